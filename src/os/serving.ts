/**
 * Which processes serve a socket at this moment, seen from outside: one serves when it waits for a connection on it. A process that has
 * only inherited the socket (a master that leaves accepting to its workers, a program that still boots) does not.
 *
 *   epoll            /proc/PID/fdinfo/EPOLL names what it watches, and for what
 *   accept           /proc/PID/task/TID/syscall has the descriptor as the first argument
 *   poll, select     the same file has the address of the set, /proc/PID/mem the set
 *
 * A thread that handles a request at that moment is missed, the next look finds it. Needs ptrace rights over the processes, as
 * borrowing their sockets does; io_uring can not be seen.
 */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { errnoOf } from './libc.ts';
import type { Fd, Serving } from './os.ts';
import { readDescendants } from './process-table.ts';

const EPOLLIN = 1;
const POLLIN = 1;
const POLLFD_BYTES = 8;
/** Sets larger than this are not looked at: no server waits for its listeners in one. */
const LARGEST_SET = 4096;
/** Of a process with more threads the others are not looked at. */
const MAX_THREADS = 256;

type Wait = 'accept' | 'poll' | 'select';
const waitsOf: Readonly<Record<string, ReadonlyMap<number, Wait>>> = {
  x64: new Map([
    [7, 'poll'],
    [23, 'select'],
    [43, 'accept'],
    [270, 'select'],
    [271, 'poll'],
    [288, 'accept'],
  ]),
  arm64: new Map([
    [72, 'select'],
    [73, 'poll'],
    [202, 'accept'],
    [242, 'accept'],
  ]),
};

/** The process and its descendants that wait on one of these sockets (inode numbers); null: on any that listens. */
export function whoServes(pid: number, inodes: ReadonlySet<number> | null): Serving {
  const pids: number[] = [];
  let refused = false;
  for (const candidate of [pid, ...readDescendants(pid)]) {
    try {
      if (serves(candidate, inodes ?? listeningInodes(candidate))) pids.push(candidate);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'EACCES' || errno === 'EPERM') refused = true; // anything else: gone in the meantime
    }
  }
  return { pids, refused };
}

function serves(pid: number, inodes: ReadonlySet<number>): boolean {
  const sockets = new Set<Fd>();
  const polls: Fd[] = [];
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    const target = linkOf(pid, name);
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined && inodes.has(Number(inode))) sockets.add(Number(name));
    else if (target === 'anon_inode:[eventpoll]') polls.push(Number(name));
  }
  if (sockets.size === 0) return false;
  return polls.some((fd) => watches(pid, fd, sockets)) || someThreadWaits(pid, sockets);
}

function linkOf(pid: number, name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${name}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''; // closed in the meantime
    throw error;
  }
}

function watches(pid: number, epoll: Fd, sockets: ReadonlySet<Fd>): boolean {
  const watched = readFileSync(`/proc/${pid}/fdinfo/${epoll}`, 'latin1').matchAll(
    /^tfd:\s*(\d+) events:\s*([0-9a-f]+)/gm,
  );
  for (const [, fd, events] of watched) {
    if (sockets.has(Number(fd)) && (Number.parseInt(events ?? '0', 16) & EPOLLIN) !== 0) return true;
  }
  return false;
}

function someThreadWaits(pid: number, sockets: ReadonlySet<Fd>): boolean {
  const waits = waitsOf[process.arch];
  if (waits === undefined) return false;
  for (const thread of readdirSync(`/proc/${pid}/task`).slice(0, MAX_THREADS)) {
    const [number, ...values] = readFileSync(`/proc/${pid}/task/${thread}/syscall`, 'latin1').split(' ');
    const [first = 0, second = 0] = values.map(Number);
    const wait = waits.get(Number(number)); // `running`: NaN, which is none
    if (wait === 'accept' && sockets.has(first)) return true;
    if (wait === 'poll' && inPollSet(memory(pid, first, second * POLLFD_BYTES), sockets)) return true;
    if (wait === 'select' && inSelectSet(memory(pid, second, Math.ceil(first / 8)), sockets)) return true;
  }
  return false;
}

/** `struct pollfd`: an int, then the events asked for as a short. */
function inPollSet(set: Buffer, sockets: ReadonlySet<Fd>): boolean {
  for (let at = 0; at + POLLFD_BYTES <= set.length; at += POLLFD_BYTES) {
    if (sockets.has(set.readInt32LE(at)) && (set.readInt16LE(at + 4) & POLLIN) !== 0) return true;
  }
  return false;
}

function inSelectSet(set: Buffer, sockets: ReadonlySet<Fd>): boolean {
  return [...sockets].some((fd) => ((set[fd >> 3] ?? 0) & (1 << (fd & 7))) !== 0);
}

/** Empty where there is nothing to read. */
function memory(pid: number, address: number, size: number): Buffer {
  if (address === 0 || size <= 0 || size > LARGEST_SET) return Buffer.alloc(0);
  const mem = openSync(`/proc/${pid}/mem`, 'r');
  try {
    const bytes = Buffer.alloc(size);
    return bytes.subarray(0, readSync(mem, bytes, 0, size, address));
  } finally {
    closeSync(mem);
  }
}

/** Of all sockets of its network namespace those that listen. */
function listeningInodes(pid: number): ReadonlySet<number> {
  const inodes = new Set<number>();
  for (const table of ['tcp', 'tcp6']) {
    for (const row of rowsOf(pid, table)) if (row[3] === '0A') inodes.add(Number(row[9]));
  }
  for (const row of rowsOf(pid, 'unix')) if (row[3] === '00010000') inodes.add(Number(row[6]));
  return inodes;
}

function rowsOf(pid: number, table: string): string[][] {
  return readFileSync(`/proc/${pid}/net/${table}`, 'latin1')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
}
