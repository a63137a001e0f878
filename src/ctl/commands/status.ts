import { isStoppedState, type StateName } from '../../core/states.ts';
import type { Command } from '../command.ts';
import { exitStatus } from '../exit-status.ts';
import { statusLines } from '../format.ts';
import { words } from '../names.ts';
import { isSelected, selectProcesses } from '../select-processes.ts';

export const command: Command = {
  help: [
    'status\t\t\tShow the state of every process',
    'status <name>\t\tShow the state of one process',
    'status <group>:*\tShow the state of every process of a group',
    'status <name> <name>\tShow the state of several; wildcards are allowed',
    'status --json [...]\tThe same as JSON, with all that the server tells',
    'status --watch [...]\tThe same, then a line for each change, until Ctrl-C',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      ctl.exitStatus = up ? ctl.exitStatus : exitStatus.insufficientPrivileges;
      return up || undefined;
    }
    const reply = await ctl.client.getAllProcessInfo();
    if (!reply.ok) {
      return reply.failure;
    }
    const all = words(arg);
    const names = all.filter((word) => word !== '--json' && word !== '--watch');
    const infos = selectProcesses(ctl, reply.value, names);
    const painter = ctl.terminal.fancy ? paint : undefined;
    if (all.includes('--json')) {
      ctl.output(JSON.stringify(infos, null, 2));
    } else {
      ctl.output(...statusLines(infos, painter));
    }
    if (infos.some((info) => isStoppedState(info.statename as StateName))) {
      ctl.exitStatus = exitStatus.unimplemented;
    }
    if (all.includes('--watch') && infos.length > 0) {
      const { watchStatus } = await import('../watch-status.ts');
      return watchStatus(ctl, { infos, isWanted: (info) => isSelected(info, names), paint: painter });
    }
    return undefined;
  },
};

const colours: Readonly<Record<string, number>> = { RUNNING: 32, STARTING: 33, BACKOFF: 33, STOPPING: 33, FATAL: 31 };

function paint(state: string, padded: string): string {
  const colour = colours[state];
  return colour === undefined ? padded : `\u001b[${colour}m${padded}\u001b[0m`;
}
