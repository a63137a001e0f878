/**
 * Listening sockets that hupd holds for its programs. Made by system calls and not by node's `net`: node would poll and accept on them,
 * and hupd never serves one itself; it keeps it open and hands it over.
 *
 * A unix socket is bound under its real name and not under a temporary one that is linked: servers that inherit it (puma, php-fpm, gunicorn)
 * ask the kernel for its name and compare it with their configuration. It has its permissions from birth all the same: a socket's mode
 * set before `bind` is the file's, and nobody can connect before `listen`.
 */
import { chownSync, fstatSync, lstatSync, readFileSync, unlinkSync } from 'node:fs';
import type { SocketAddress } from '../core/spec.ts';
import { errnoName, errnoOf, type Libc } from './libc.ts';
import type { AcceptQueue, Fd, HeldSocket, ListenOptions } from './os.ts';
import { OsError } from './os-error.ts';
import {
  addressText,
  boundAddress,
  encodeAddress,
  familyOf,
  IPPROTO_TCP,
  int32,
  openSocket,
  SO_REUSEADDR,
  SOL_SOCKET,
  setOption,
} from './socket-address.ts';

const TCP_INFO = 11;
const TCP_INFO_BYTES = 104;
const SO_MEMINFO = 55;
/** Nine uint32, the last one the count of drops. */
const MEMINFO_BYTES = 36;
/** More than any kernel allows: it takes its own maximum (`net.core.somaxconn`). */
const LARGEST_BACKLOG = 2 ** 31 - 1;

/** Binds and listens. Throws `OsError`. */
export function listenOn(libc: Libc, address: SocketAddress, options: ListenOptions): HeldSocket {
  const bytes = encodeAddress(libc, address);
  const fd = openSocket(libc, familyOf(bytes), 0);
  let bound = false;
  try {
    if (address.kind === 'tcp') {
      setOption(libc, fd, SOL_SOCKET, SO_REUSEADDR, 1);
      check('bind', libc.bind(fd, bytes, bytes.length), address);
    } else {
      removeOldSocket(address.path);
      check('bind', bindWithMode(libc, fd, bytes, options.mode), address);
    }
    bound = true;
    if (address.kind === 'unix' && options.owner !== null) changeOwner(address.path, options.owner);
    check('listen', libc.listen(fd, options.backlog ?? LARGEST_BACKLOG), address);
    return {
      fd,
      inode: fstatSync(fd).ino,
      address: address.kind === 'tcp' && address.port === 0 ? (boundAddress(libc, fd) ?? address) : address,
    };
  } catch (error) {
    libc.close(fd);
    if (bound && address.kind === 'unix') unlinkSync(address.path);
    throw error;
  }
}

/** Of a listening TCP socket the kernel reports the accept queue where a connection has its unacknowledged segments. */
export function acceptQueueOf(libc: Libc, { fd, address }: Omit<HeldSocket, 'inode'>): AcceptQueue | null {
  if (address.kind === 'unix') return { waiting: waitingOnPath(address.path), limit: null, dropped: 0 };
  const info = Buffer.alloc(TCP_INFO_BYTES);
  if (libc.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, int32(info.length)) < 0) return null;
  const memory = Buffer.alloc(MEMINFO_BYTES);
  const tells = libc.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, int32(memory.length)) >= 0;
  const dropped = tells ? memory.readUInt32LE(MEMINFO_BYTES - 4) : 0;
  return { waiting: info.readUInt32LE(24), limit: info.readUInt32LE(28), dropped };
}

/** A connection that nobody has accepted has its listener's path, no inode yet, and is connecting (02). A client finds a full queue by waiting. */
function waitingOnPath(path: string): number {
  const rows = readFileSync('/proc/self/net/unix', 'utf8').split('\n');
  return rows.filter((row) => row.endsWith(` ${path}`) && / 0001 02 +0 /.test(row)).length;
}

/** A listener's own count of drops has what TCP_DEFER_ACCEPT ignores in it as well; the namespace's has not. 0 where the kernel does not tell. */
export function readListenDrops(): number {
  const [names = '', values = ''] = readFileSync('/proc/self/net/netstat', 'latin1')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'));
  const at = names.split(' ').indexOf('ListenDrops');
  return at < 0 ? 0 : Number(values.split(' ')[at]);
}

/** What an earlier server left behind goes; anything else at that path is somebody's and stays: the bind then fails. */
function removeOldSocket(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return;
  try {
    unlinkSync(path);
  } catch (error) {
    throw new OsError('unlink', errnoOf(error), path);
  }
}

/** The mode asked for, whatever the daemon's umask is; without one, what the umask leaves. */
export function bindWithMode(libc: Libc, fd: Fd, bytes: Buffer, mode: number | null): number {
  if (mode === null) return libc.bind(fd, bytes, bytes.length);
  libc.fchmod(fd, mode);
  const before = process.umask(0);
  const answer = libc.bind(fd, bytes, bytes.length);
  process.umask(before);
  return answer;
}

function changeOwner(path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    throw new OsError('chown', errnoOf(error), path);
  }
}

function check(call: string, answer: number, address: SocketAddress): void {
  if (answer < 0) throw new OsError(call, errnoName(answer), addressText(address));
}
