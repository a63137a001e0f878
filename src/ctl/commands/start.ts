import { act, startAction } from '../act.ts';
import type { Command } from '../command.ts';
import { exitStatus } from '../exit-status.ts';
import { words } from '../names.ts';

export const command: Command = {
  help: [
    'start <name>\t\tStart one process',
    'start <group>:*\t\tStart every process of a group',
    'start <name> <name>\tStart several processes or groups; wildcards are allowed',
    'start all\t\tStart everything',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    if (arg === '') {
      return ctl.failUsage('Error: start requires a process name', command, exitStatus.invalidArgs);
    }
    return act(ctl, words(arg), startAction(ctl));
  },
};
