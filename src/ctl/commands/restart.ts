import { act, startAction, stopAction } from '../act.ts';
import type { Command } from '../command.ts';
import { words } from '../names.ts';

export const command: Command = {
  help: [
    'restart <name>\t\tStop and start one process',
    'restart <group>:*\tStop and start every process of a group',
    'restart <name> <name>\tStop and start several processes or groups; wildcards are allowed',
    'restart all\t\tStop and start everything',
    'The configuration files are not read again: see reread and update.',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    if (arg === '') {
      ctl.failUsage('Error: restart requires a process name', command);
      return undefined;
    }
    const names = words(arg);
    return (await act(ctl, names, stopAction(ctl))) ?? (await act(ctl, names, startAction(ctl)));
  },
};
