/** What the kernel knows of a process and its threads. */
import { readdirSync, readFileSync } from 'node:fs';
import { readDescendants } from '../../../src/os/process-table.ts';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has gone meanwhile
  }
};

/** MiB. */
export function memoryOf(pid: number): { readonly uss: number; readonly pss: number } {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  const sum = (name: RegExp) => [...rollup.matchAll(name)].reduce((all, [, kb]) => all + Number(kb), 0) / 1024;
  return { uss: sum(/^Private_(?:Clean|Dirty): +(\d+)/gm), pss: sum(/^Pss: +(\d+)/gm) };
}

/** Seconds on a processor, of all threads. */
export function cpuOf(pid: number): number {
  const threads = tasks(pid).map((task) => read(`/proc/${pid}/task/${task}/schedstat`));
  return threads.reduce((all, text) => all + Number(text.split(' ')[0]), 0) / 1e9;
}

/** How often a thread of it went to sleep, which is as often as one was woken. */
export function wakeUpsOf(pid: number): number {
  const threads = tasks(pid).map((task) => read(`/proc/${pid}/task/${task}/status`));
  return threads.reduce((all, text) => all + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(text)?.[1] ?? 0), 0);
}

/** That process and all that descend from it. */
export function family(pid: number): readonly number[] {
  return [pid, ...readDescendants(pid)];
}

export function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((all, pid) => all + of(pid), 0);
}

function tasks(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
