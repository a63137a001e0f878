import { act, stopAction } from '../act.ts';
import type { Command } from '../command.ts';
import { words } from '../names.ts';

export const command: Command = {
  help: [
    'stop <name>\t\tStop one process',
    'stop <group>:*\t\tStop every process of a group',
    'stop <name> <name>\tStop several processes or groups; wildcards are allowed',
    'stop all\t\tStop everything',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    if (arg === '') {
      return ctl.failUsage('Error: stop requires a process name', command);
    }
    return act(ctl, words(arg), stopAction(ctl));
  },
};
