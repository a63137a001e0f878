/**
 * A daemon at rest gives back what only its busy time needed. V8 collects when more is allocated, so what a burst of starts or requests left
 * behind would stay for as long as nothing happens, which for a daemon may be weeks.
 *
 *     a collection (V8 has been busy) ─► ten quiet seconds ─► one full, compacting collection; what malloc and the start-up code hold
 *
 * Nothing is watched meanwhile: no collection, no timer, no wake-up. The pages of node's program code are clean copies of a file: dropped, they are
 * mapped again when that code runs.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Libc } from './libc.ts';

const quietMs = 10_000;
/** More than that of processor time within `quietMs` is no rest. */
const busyMs = 200;
const MADV_DONTNEED = 4;

type Memory = Pick<Libc, 'madvise' | 'mallocTrim'>;

/** From now on, whenever the process has come to rest. `libc` null: only V8's memory. The result ends it. */
export function giveBackAtRest(libc: Memory | null): () => void {
  let gaveBackAt = 0;
  let observer: PerformanceObserver | null = null;
  let timer: NodeJS.Timeout | null = null;
  const arm = () => {
    const before = process.cpuUsage();
    timer = setTimeout(() => {
      const { user, system } = process.cpuUsage(before);
      if (user + system > busyMs * 1000) return arm();
      observer ??= observe();
      giveBack(libc);
      gaveBackAt = performance.now();
      timer = null;
    }, quietMs).unref();
  };
  const observe = () => {
    const collections = new PerformanceObserver((list) => {
      // The collections that giving back itself makes are told afterwards.
      if (timer === null && list.getEntries().some(({ startTime }) => startTime > gaveBackAt)) arm();
    });
    collections.observe({ entryTypes: ['gc'] });
    return collections;
  };
  arm();
  return () => {
    observer?.disconnect();
    if (timer !== null) clearTimeout(timer);
  };
}

/** Takes some 10 ms, and 50 with a thousand programs. */
export function giveBack(libc: Memory | null): void {
  setFlagsFromString('--compact-on-every-full-gc');
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  setFlagsFromString('--no-expose-gc');
  setFlagsFromString('--no-compact-on-every-full-gc');
  if (libc === null) return;
  libc.mallocTrim?.(0);
  for (const { from, size } of cleanProgramPages()) libc.madvise(from, size, MADV_DONTNEED);
}

/** What is mapped of node's executable and can not have been changed here: no page of it is private memory. */
function cleanProgramPages(): readonly { readonly from: bigint; readonly size: number }[] {
  try {
    const program = readlinkSync('/proc/self/exe');
    const mappings = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
    return mappings.flatMap((mapping) => {
      const [, start = '', end = '', path] = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ \S+ +(.*)$/m.exec(mapping) ?? [];
      if (path !== program || !/^Anonymous: +0 kB$/m.test(mapping)) return [];
      const from = BigInt(`0x${start}`);
      return [{ from, size: Number(BigInt(`0x${end}`) - from) }];
    });
  } catch {
    return []; // a /proc that shows nothing
  }
}
