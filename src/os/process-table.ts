/** The kernel's table of processes, read from `/proc`: who is whose parent, and whether a pid still means the same process. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { ProcessStat } from './os.ts';

/** null: there is no such process (any more). */
export function readStat(pid: number): ProcessStat | null {
  const text = unlessGone(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  if (text === null) return null;
  // The command's name stands in parentheses and may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '?',
    ppid: Number(fields[1]),
    pgid: Number(fields[2]),
    startTime: Number(fields[19]),
  };
}

/**
 * Children, grandchildren and so on, parents before their children. By the kernel's lists of each one's children where it keeps them
 * (CONFIG_PROC_CHILDREN), so that a look at one program does not cost more the more others there are. A child can be missed when its elder
 * sibling ends while the list is read (proc_pid_task(5)); who needs to be sure looks again.
 */
export function readDescendants(pid: number): number[] {
  hasChildrenFiles ??= existsSync(`/proc/${process.pid}/task/${process.pid}/children`);
  return hasChildrenFiles ? below(pid, readChildren) : scannedDescendants(pid);
}

let hasChildrenFiles: boolean | null = null;

/** Those of all its threads. */
function readChildren(pid: number): readonly number[] {
  const threads = unlessGone(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  return threads.flatMap((thread) => {
    const text = unlessGone(() => readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')) ?? '';
    return text === '' ? [] : text.trimEnd().split(' ').map(Number);
  });
}

function unlessGone<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** By the parents of all processes that there are. */
export function scannedDescendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const candidate = Number(name);
    if (!Number.isInteger(candidate)) continue;
    const stat = readStat(candidate);
    if (stat === null) continue;
    const siblings = children.get(stat.ppid);
    if (siblings === undefined) children.set(stat.ppid, [candidate]);
    else siblings.push(candidate);
  }
  return below(pid, (at) => children.get(at) ?? []);
}

function below(pid: number, childrenOf: (pid: number) => readonly number[]): number[] {
  const found: number[] = [];
  for (let at: number | undefined = pid, next = 0; at !== undefined; at = found[next++]) found.push(...childrenOf(at));
  return found;
}
