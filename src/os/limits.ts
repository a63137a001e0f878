/**
 * Resource limits. Node raises its soft limit of open files to the hard one when it starts, and a child would inherit that: programs
 * built on select() or that close "all" descriptors suffer. So the limit that was there before node is looked up, and every child
 * gets it back, while the daemon keeps the high one. Root may lack the right to raise a hard limit (containers): that is an answer.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import type { Libc } from './libc.ts';
import type { EnsureLimit, LimitedResource } from './os.ts';
import { readStat } from './process-table.ts';

const RESOURCES = { NOFILE: 7, NPROC: 6 } as const;
const PROC_LINES = { NOFILE: 'Max open files', NPROC: 'Max processes' } as const;

/** Infinity: unlimited. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

const UNLIMITED = 2n ** 64n - 1n;

export function getLimit(libc: Libc, resource: LimitedResource): Limit {
  const memory = Buffer.alloc(16);
  libc.getrlimit(RESOURCES[resource], memory);
  const decode = (raw: bigint) => (raw === UNLIMITED ? Number.POSITIVE_INFINITY : Number(raw));
  return { soft: decode(memory.readBigUInt64LE(0)), hard: decode(memory.readBigUInt64LE(8)) };
}

/** Zero, or minus the errno. */
export function setLimit(libc: Libc, resource: LimitedResource, { soft, hard }: Limit): number {
  const memory = Buffer.alloc(16);
  const encode = (limit: number) => (Number.isFinite(limit) ? BigInt(limit) : UNLIMITED);
  memory.writeBigUInt64LE(encode(soft), 0);
  memory.writeBigUInt64LE(encode(hard), 8);
  return libc.setrlimit(RESOURCES[resource], memory);
}

/** supervisord's rule: a soft limit that is lower than wanted is raised to it, and the hard one only as far as needed. Never lowered. */
export function raised(limit: Limit, wanted: number): Limit {
  return limit.soft >= wanted ? limit : { soft: wanted, hard: Math.max(limit.hard, wanted) };
}

/**
 * The soft limit of open files that node was started with, as far as the parent's shows it; the present one where it does not
 * (no parent to be seen in a container, or one that had a higher limit than ours allows). A parent that is node as well has raised its
 * own: then its parent is asked, so that a daemon that left the terminal finds the shell's.
 */
export function softLimitBeforeNode(own: Limit): number {
  const node = executable(process.pid);
  let pid = parentOf(process.pid);
  while (pid !== 0 && executable(pid) === node) pid = parentOf(pid);
  const parent = pid === 0 ? null : readLimit(pid, 'NOFILE');
  return parent === null ? own.soft : Math.min(parent.soft, own.soft);
}

function parentOf(pid: number): number {
  return readStat(pid)?.ppid ?? 0;
}

function executable(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return ''; // another user's: not this daemon's starter
  }
}

/** Another process's limit. null: not to be read. */
function readLimit(pid: number, resource: LimitedResource): Limit | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/limits`, 'latin1');
  } catch {
    return null; // it has gone, or /proc is closed to us
  }
  const line = text.split('\n').find((candidate) => candidate.startsWith(PROC_LINES[resource]));
  if (line === undefined) return null;
  const [soft, hard] = line.slice(PROC_LINES[resource].length).trim().split(/\s+/).map(limitNumber);
  return soft === undefined || hard === undefined ? null : { soft, hard };
}

function limitNumber(word: string): number {
  return word === 'unlimited' ? Number.POSITIVE_INFINITY : Number(word);
}

/** What children get, and what the daemon asks for at start (`minfds`, `minprocs`). */
export class Limits {
  readonly #libc: Libc;
  #childFiles: number;

  /** `original`: the soft limit of open files before node, when the starter knows it. */
  constructor(libc: Libc, original: number | null) {
    this.#libc = libc;
    this.#childFiles = original ?? softLimitBeforeNode(getLimit(libc, 'NOFILE'));
  }

  /** Makes sure that children have at least that much. */
  ensure(resource: LimitedResource, wanted: number): EnsureLimit {
    const own = getLimit(this.#libc, resource);
    const limit = raised(own, wanted);
    if (limit !== own && setLimit(this.#libc, resource, limit) < 0) return { ok: false, hard: own.hard };
    if (resource === 'NPROC') return { ok: true, raised: limit !== own };
    // Of open files the limit before node counts, since that is what children have.
    const isMore = wanted > this.#childFiles;
    this.#childFiles = Math.max(this.#childFiles, wanted);
    return { ok: true, raised: isMore };
  }

  /** Runs `body`, which must not wait for anything, with the limit that children are to inherit. */
  asForChildren<T>(body: () => T): T {
    const own = getLimit(this.#libc, 'NOFILE');
    if (own.soft <= this.#childFiles) return body();
    setLimit(this.#libc, 'NOFILE', { soft: this.#childFiles, hard: own.hard });
    try {
      return body();
    } finally {
      setLimit(this.#libc, 'NOFILE', own);
    }
  }
}
