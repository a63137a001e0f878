/**
 * What an earlier daemon had open, found again: by its own descriptor after an exec in place, and else by somebody who has it open as well. An
 * inode says that it is the same one: a number of a descriptor, a name or a pid may have come to mean another.
 */
import { fstatSync, readdirSync, readlinkSync } from 'node:fs';
import { errnoOf, type Libc } from './libc.ts';
import { SYS_PIDFD_GETFD, SYS_PIDFD_OPEN } from './missing.ts';
import type { Fd, HeldSocket } from './os.ts';
import { OsError } from './os-error.ts';
import { readDescendants, readStat } from './process-table.ts';

/** `pids`: who may have it, or whose descendants may. null: nobody has, or it can not be taken from them. */
export function regainSocket(libc: Libc, lost: HeldSocket, pids: readonly number[]): HeldSocket | null {
  const { fd, inode, address } = lost;
  if (isSocket(fd, inode)) return lost;
  for (const pid of pids) {
    for (const holder of [pid, ...familyOf(pid)]) {
      const theirs = descriptorOf(holder, `socket:[${inode}]`);
      const ours = theirs === null ? -1 : borrow(libc, holder, theirs);
      if (ours >= 0) return { fd: ours, inode, address };
    }
  }
  return null;
}

/** Whether that descriptor of ours is that socket. */
export function isSocket(fd: Fd, inode: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isSocket() && stat.ino === inode;
  } catch {
    return false; // it is not open
  }
}

/**
 * The process that was started with that FIFO as its standard output or standard error, leading a group of its own as our children do; the
 * eldest of several. null: there is none. Throws `OsError` where the processes can not be looked at.
 */
export function findWriter(fifo: string): number | null {
  let names: readonly string[];
  try {
    names = readdirSync('/proc');
  } catch (error) {
    throw new OsError('opendir', errnoOf(error), '/proc');
  }
  const found = names
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && [1, 2].some((fd) => link(pid, fd) === fifo))
    .map((pid) => ({ pid, stat: readStat(pid) }))
    .filter(({ pid, stat }) => stat !== null && stat.pgid === pid && stat.state !== 'Z')
    .sort((a, b) => (a.stat?.startTime ?? 0) - (b.stat?.startTime ?? 0));
  return found[0]?.pid ?? null;
}

function familyOf(pid: number): readonly number[] {
  try {
    return readDescendants(pid);
  } catch {
    return []; // no descriptor is free to look
  }
}

function descriptorOf(pid: number, target: string): Fd | null {
  try {
    const name = readdirSync(`/proc/${pid}/fd`).find((fd) => link(pid, fd) === target);
    return name === undefined ? null : Number(name);
  } catch {
    return null; // gone, or not ours to look at
  }
}

function link(pid: number, fd: number | string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '';
  }
}

function borrow(libc: Libc, pid: number, fd: Fd): Fd {
  const pidfd = libc.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0);
  if (pidfd < 0) return -1;
  const ours = libc.syscall(SYS_PIDFD_GETFD, pidfd, fd, 0, 0);
  libc.close(pidfd);
  return ours;
}
