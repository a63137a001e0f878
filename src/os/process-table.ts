/** The kernel's table of processes, read from `/proc`: who is whose parent, and whether a pid still means the same process. */
import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessStat } from './os.ts';

/** null: there is no such process (any more). */
export function readStat(pid: number): ProcessStat | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null; // gone, which is an answer
  }
  // The command's name stands in parentheses and may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '?',
    ppid: Number(fields[1]),
    pgid: Number(fields[2]),
    startTime: Number(fields[19]),
  };
}

/** Children, grandchildren and so on, parents before their children. */
export function readDescendants(pid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const candidate = Number(name);
    if (!Number.isInteger(candidate)) continue;
    const stat = readStat(candidate);
    if (stat === null) continue;
    const siblings = childrenOf.get(stat.ppid);
    if (siblings === undefined) childrenOf.set(stat.ppid, [candidate]);
    else siblings.push(candidate);
  }
  const found: number[] = [];
  for (let at: number | undefined = pid, next = 0; at !== undefined; at = found[next++]) {
    found.push(...(childrenOf.get(at) ?? []));
  }
  return found;
}
