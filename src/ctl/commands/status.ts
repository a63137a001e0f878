import { splitNamespec } from '../../core/namespec.ts';
import { isStoppedState, type StateName } from '../../core/states.ts';
import type { ProcessInfo } from '../client.ts';
import type { Command } from '../command.ts';
import type { Ctl } from '../ctl.ts';
import { exitStatus } from '../exit-status.ts';
import { statusLines } from '../format.ts';
import { isWildcard, matchesWildcard, words } from '../names.ts';

export const command: Command = {
  help: [
    'status\t\t\tShow the state of every process',
    'status <name>\t\tShow the state of one process',
    'status <group>:*\tShow the state of every process of a group',
    'status <name> <name>\tShow the state of several; wildcards are allowed',
    'status --json [...]\tThe same as JSON, with all that the server tells',
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
    const names = all.filter((word) => word !== '--json');
    const infos = names.length === 0 || names.includes('all') ? reply.value : select(ctl, reply.value, names);
    if (names.length < all.length) {
      ctl.output(JSON.stringify(infos, null, 2));
    } else {
      for (const line of statusLines(infos, ctl.terminal.fancy ? paint : undefined)) {
        ctl.output(line);
      }
    }
    if (infos.some((info) => isStoppedState(info.statename as StateName))) {
      ctl.exitStatus = exitStatus.unimplemented;
    }
    return undefined;
  },
};

/** In the order of the names; each name that matches nothing is an error line. */
function select(ctl: Ctl, infos: readonly ProcessInfo[], names: readonly string[]): ProcessInfo[] {
  return names.flatMap((name) => {
    const { group, process } = splitNamespec(name);
    const matches = infos.filter((info) =>
      isWildcard(name)
        ? matchesWildcard(name, info)
        : info.group === group && (process === null || info.name === process),
    );
    if (matches.length === 0) {
      const line = process === null ? `${group}: ERROR (no such group)` : `${name}: ERROR (no such process)`;
      ctl.fail(line, exitStatus.insufficientPrivileges);
    }
    return matches;
  });
}

const colours: Readonly<Record<string, number>> = { RUNNING: 32, STARTING: 33, BACKOFF: 33, STOPPING: 33, FATAL: 31 };

function paint(state: string, padded: string): string {
  const colour = colours[state];
  return colour === undefined ? padded : `\u001b[${colour}m${padded}\u001b[0m`;
}
