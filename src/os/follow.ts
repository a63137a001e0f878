/**
 * The end of a process that is not our child: one that an earlier daemon started, or that made itself a successor. Its parent reaps it; we hear of
 * it by a pidfd, and learn how it ended where the kernel tells: from `/proc/PID/stat` while it is a zombie, and since Linux 6.15 from the
 * pidfd when it is none any more.
 */
import { readFileSync } from 'node:fs';
import type { ExitStatus } from '../core/exit-status.ts';
import { errnoName, type Libc } from './libc.ts';
import { SYS_PIDFD_OPEN } from './missing.ts';
import type { Errno, Fd, Following } from './os.ts';
import type { Poller } from './poller.ts';
import { readStat } from './process-table.ts';
import { decodeStatus } from './reaper.ts';

const PIDFD_INFO_BYTES = 128;
const PIDFD_INFO_EXIT = 8n;
/** _IOWR(0xFF, 11, struct pidfd_info) */
const PIDFD_GET_INFO = ((3 << 30) | (PIDFD_INFO_BYTES << 16) | (0xff << 8) | 11) >>> 0;
const EXIT_CODE_OFFSET = 0x3c;
/** Of `/proc/PID/stat`, counted from the state on: how it ended, 0 to whom it is not shown. */
const EXIT_CODE_FIELD = 49;

export type Followed =
  | { readonly ok: true; readonly following: Following }
  | { readonly ok: false; readonly errno: Errno };

/**
 * `startTime`: of the process that is meant, since a pid alone proves nothing; `ESRCH` where it has gone. `onExit` is called once, from the
 * event loop; null: the kernel does not tell how it ended.
 */
export function follow(
  libc: Libc,
  poller: Poller,
  pid: number,
  startTime: number,
  onExit: (status: ExitStatus | null) => void,
): Followed {
  const pidfd = libc.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0);
  if (pidfd < 0) return { ok: false, errno: errnoName(pidfd) };
  const stat = readStat(pid);
  if (stat === null || stat.startTime !== startTime) {
    libc.close(pidfd);
    // There is one, so what can not be read is no proof that it has gone.
    return { ok: false, errno: stat === null ? 'EAGAIN' : 'ESRCH' };
  }
  let closed = false;
  const end = () => {
    if (closed) return;
    closed = true;
    poller.forget(pidfd);
    libc.close(pidfd);
  };
  poller.watch(pidfd, () => {
    if (closed) return;
    const status = howItEnded(libc, pidfd, pid);
    end();
    onExit(status);
  });
  return { ok: true, following: { end } };
}

function howItEnded(libc: Libc, pidfd: Fd, pid: number): ExitStatus | null {
  const word = toldByPidfd(libc, pidfd) ?? toldByProc(pid) ?? toldByPidfd(libc, pidfd);
  return word === null ? null : decodeStatus(word);
}

function toldByPidfd(libc: Libc, pidfd: Fd): number | null {
  const info = Buffer.alloc(PIDFD_INFO_BYTES);
  info.writeBigUInt64LE(PIDFD_INFO_EXIT, 0);
  if (libc.ioctl(pidfd, PIDFD_GET_INFO, info) < 0) return null;
  return (info.readBigUInt64LE(0) & PIDFD_INFO_EXIT) === 0n ? null : info.readInt32LE(EXIT_CODE_OFFSET);
}

/** The field is 0 to whom it is not shown, and of one that ended with 0: who may see the one may see where it is in memory too. */
function toldByProc(pid: number): number | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null; // its parent was quicker
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  if (fields[0] !== 'Z') return null;
  return Number(fields[EXIT_CODE_FIELD]);
}
