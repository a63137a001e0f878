/**
 * Listening sockets of a running process, taken without its help: `/proc/PID/fd` names them, pidfd_getfd duplicates them into this
 * process. With a duplicate here they live on when the process stops or crashes. It needs ptrace rights over the process: root has
 * them, a same-user parent too unless yama or a container's seccomp profile says otherwise.
 */
import { fstatSync, readdirSync, readlinkSync } from 'node:fs';
import type { SocketAddress } from '../core/spec.ts';
import { errnoName, errnoOf, type Libc } from './libc.ts';
import { SYS_PIDFD_GETFD, SYS_PIDFD_OPEN } from './missing.ts';
import type { Borrowed, Errno, Fd, HeldSocket } from './os.ts';
import { isProbe } from './probe-guard.ts';
import { readDescendants } from './process-table.ts';
import {
  boundAddress,
  getOption,
  SO_ACCEPTCONN,
  SO_REUSEPORT,
  SO_TYPE,
  SOCK_STREAM,
  SOL_SOCKET,
} from './socket-address.ts';

/** Those of the process; where it has none itself (a shell that started the server), those of its descendants. */
export function borrowListeners(libc: Libc, pid: number): Borrowed {
  const found: Found = { inodes: new Set(), sockets: [], ownEach: [] };
  let refused = borrowFrom(libc, pid, found);
  if (found.sockets.length === 0 && found.ownEach.length === 0 && refused === null) {
    for (const descendant of readDescendants(pid)) refused ??= borrowFrom(libc, descendant, found);
  }
  const { sockets, ownEach } = found;
  return { sockets, ownEach, problem: refused === null ? null : problemText(pid, refused) };
}

interface Found {
  readonly inodes: Set<string>;
  readonly sockets: HeldSocket[];
  readonly ownEach: SocketAddress[];
}

type Refusal = { readonly call: string; readonly errno: Errno };

/** Adds the process's sockets; one that several descriptors or processes share is taken once. */
function borrowFrom(libc: Libc, pid: number, { inodes, sockets, ownEach }: Found): Refusal | null {
  const pidfd = libc.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0);
  if (pidfd < 0) return refusal('pidfd_open', errnoName(pidfd));
  try {
    for (const name of readdirSync(`/proc/${pid}/fd`)) {
      const inode = socketInode(pid, name);
      if (inode === null || inodes.has(inode)) continue;
      inodes.add(inode);
      const fd = libc.syscall(SYS_PIDFD_GETFD, pidfd, Number(name), 0, 0);
      if (fd < 0) {
        const errno = errnoName(fd);
        if (errno === 'EBADF') continue; // closed in the meantime
        return refusal('pidfd_getfd', errno);
      }
      const socket = asListener(libc, fd);
      const takes = socket !== null && getOption(libc, fd, SOL_SOCKET, SO_REUSEPORT) !== 1;
      if (takes) sockets.push(socket);
      else libc.close(fd);
      if (socket !== null && !takes) ownEach.push(socket.address);
    }
    return null;
  } catch (error) {
    return refusal('read /proc/PID/fd', errnoOf(error));
  } finally {
    libc.close(pidfd);
  }
}

function socketInode(pid: number, name: string): string | null {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1] ?? null;
  } catch {
    return null; // closed in the meantime
  }
}

function asListener(libc: Libc, fd: Fd): HeldSocket | null {
  if (getOption(libc, fd, SOL_SOCKET, SO_ACCEPTCONN) !== 1) return null;
  if (getOption(libc, fd, SOL_SOCKET, SO_TYPE) !== SOCK_STREAM || isProbe(libc, fd)) return null;
  const address = boundAddress(libc, fd);
  return address === null ? null : { fd, inode: fstatSync(fd).ino, address };
}

/** A process that has just gone has no sockets, which is no problem. */
function refusal(call: string, errno: Errno): Refusal | null {
  return errno === 'ESRCH' || errno === 'ENOENT' ? null : { call, errno };
}

function problemText(pid: number, { call, errno }: Refusal): string {
  return `the listening sockets of process ${pid} can not be taken over (${call}: ${errno}; this needs Linux 5.6 and ptrace rights over the process, which a container's seccomp profile or yama may refuse): name the addresses with socket= and hupd binds them itself`;
}
