/** Which processes a command's names mean, for commands that ask for all of them and show some. */

import type { ProcessInfo } from '../core/describe.ts';
import { splitNamespec } from '../core/namespec.ts';
import type { Ctl } from './ctl.ts';
import { suggest } from './did-you-mean.ts';
import { exitStatus } from './exit-status.ts';
import { isWildcard, matchesWildcard, namespecOf } from './names.ts';

/** In the order of the names, all without one; each name that matches nothing is an error line. */
export function selectProcesses(
  ctl: Ctl,
  infos: readonly ProcessInfo[],
  names: readonly string[],
): readonly ProcessInfo[] {
  if (names.length === 0 || names.includes('all')) {
    return infos;
  }
  return names.flatMap((name) => {
    const { group, process } = splitNamespec(name);
    const matches = infos.filter((info) => isMeant(name, info));
    if (matches.length === 0) {
      const line = process === null ? `${group}: ERROR (no such group)` : `${name}: ERROR (no such process)`;
      ctl.fail(line, exitStatus.insufficientPrivileges);
      suggest(ctl, name, infos.map(namespecOf));
    }
    return matches;
  });
}

export function isSelected(info: ProcessInfo, names: readonly string[]): boolean {
  return names.length === 0 || names.includes('all') || names.some((name) => isMeant(name, info));
}

/** Whether a name of a command line means that process. */
export function isMeant(name: string, info: ProcessInfo): boolean {
  if (isWildcard(name)) {
    return matchesWildcard(name, info);
  }
  const { group, process } = splitNamespec(name);
  return info.group === group && (process === null || info.name === process);
}
