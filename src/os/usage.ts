/**
 * What processes use of the machine, each with all that descends from it, read from `/proc` when somebody asks. One look at the whole table
 * answers for every process; it is taken in slices, so that a machine with thousands of processes does not hold up the event loop.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Usage } from './os.ts';

/** About a millisecond of reading. */
const sliceSize = 64;
/** A line of `stat` is shorter: some 50 numbers and a name of at most 64 bytes. */
const lineBytes = 2048;

interface Row {
  readonly ppid: number;
  readonly ticks: number;
  readonly pages: number;
}

/** By pid; a process that is not there has no entry. */
export async function readUsage(pids: readonly number[]): Promise<ReadonlyMap<number, Usage>> {
  const rows = await readTable();
  const { ticksPerSec, pageBytes } = machineUnits();
  const childrenOf = new Map<number, number[]>();
  for (const [pid, { ppid }] of rows) {
    const siblings = childrenOf.get(ppid);
    if (siblings === undefined) childrenOf.set(ppid, [pid]);
    else siblings.push(pid);
  }
  const found = new Map<number, Usage>();
  for (const root of pids) {
    if (!rows.has(root)) continue;
    let ticks = 0;
    let pages = 0;
    // A set, and not a list: pids that were given anew while the table was read may look like a circle.
    const family = new Set([root]);
    for (const pid of family) {
      const row = rows.get(pid);
      ticks += row?.ticks ?? 0;
      pages += row?.pages ?? 0;
      for (const child of childrenOf.get(pid) ?? []) family.add(child);
    }
    found.set(root, { cpuSecs: ticks / ticksPerSec, rssBytes: pages * pageBytes, processes: family.size });
  }
  return found;
}

async function readTable(): Promise<ReadonlyMap<number, Row>> {
  const rows = new Map<number, Row>();
  const buffer = Buffer.allocUnsafe(lineBytes);
  let read = 0;
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const row = readRow(pid, buffer);
    if (row !== null) rows.set(pid, row);
    read += 1;
    if (read % sliceSize === 0) await setImmediate();
  }
  return rows;
}

function readRow(pid: number, buffer: Buffer): Row | null {
  let text: string;
  try {
    const fd = openSync(`/proc/${pid}/stat`, 'r');
    try {
      text = buffer.toString('latin1', 0, readSync(fd, buffer, 0, lineBytes, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null; // gone, which is an answer
  }
  // The command's name stands in parentheses and may itself hold blanks and parentheses. proc(5) counts from 1, and state is 3.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3] ?? 0);
  // utime, stime, and what its reaped children used: so that the sum does not fall when a worker is replaced.
  return { ppid: field(4), ticks: field(14) + field(15) + field(16) + field(17), pages: field(24) };
}

const AT_PAGESZ = 6n;
const AT_CLKTCK = 17n;
let units: { readonly ticksPerSec: number; readonly pageBytes: number } | null = null;

/** What the kernel told this process at its start. */
function machineUnits(): { readonly ticksPerSec: number; readonly pageBytes: number } {
  if (units !== null) return units;
  const values = new Map<bigint, bigint>();
  try {
    const auxv = readFileSync('/proc/self/auxv');
    for (let at = 0; at + 16 <= auxv.length; at += 16)
      values.set(auxv.readBigUInt64LE(at), auxv.readBigUInt64LE(at + 8));
  } catch {
    // hidden by the machine's rules: the usual values
  }
  units = { ticksPerSec: Number(values.get(AT_CLKTCK) ?? 100n), pageBytes: Number(values.get(AT_PAGESZ) ?? 4096n) };
  return units;
}
