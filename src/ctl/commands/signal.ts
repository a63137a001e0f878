import { act, stopErrors } from '../act.ts';
import type { Command } from '../command.ts';
import { exitStatus } from '../exit-status.ts';
import { words } from '../names.ts';

export const command: Command = {
  help: [
    'signal <signal> <name>\t\tSend a signal, by name or number, to one process',
    'signal <signal> <group>:*\t\tSend it to every process of a group',
    'signal <signal> <name> <name>\tSend it to several processes or groups; wildcards are allowed',
    'signal <signal> all\t\tSend it to everything',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const [signal, ...names] = words(arg);
    if (signal === undefined || names.length === 0) {
      return ctl.failUsage('Error: signal requires a signal name and a process name', command);
    }
    const { client } = ctl;
    return act(ctl, names, {
      all: () => client.signalAllProcesses(signal),
      group: (group) => client.signalProcessGroup(group, signal),
      one: (name) => client.signalProcess(name, signal),
      done: 'signalled',
      errors: stopErrors,
      noSuchGroupStatus: exitStatus.generic,
    });
  },
};
