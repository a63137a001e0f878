/**
 * A unix datagram socket of one generation's own, for sd_notify. With each datagram the kernel tells who has sent it. Its path is in the
 * daemon's directory and belongs to the program's user: nobody else may write to it.
 *
 * A datagram may carry descriptors. They are closed at once; that is all that `BARRIER=1` asks for, and `systemd-notify` waits for it: the
 * sender lives until what it said has been heard.
 */
import { chownSync, rmSync, unlinkSync } from 'node:fs';
import type { Arrivals } from './arrivals.ts';
import { errnoName, errnoOf, type Libc } from './libc.ts';
import { bindWithMode } from './listen-socket.ts';
import type { Datagram, Fd, NotifySocket } from './os.ts';
import { OsError } from './os-error.ts';
import { AF_UNIX, encodePath, SOCK_CLOEXEC, SOCK_NONBLOCK, SOL_SOCKET, setOption } from './socket-address.ts';

const SOCK_DGRAM = 2;
const SO_PASSCRED = 16;
const SCM_RIGHTS = 1;
const SCM_CREDENTIALS = 2;
const MSG_TRUNC = 0x20;
const MSG_DONTWAIT = 0x40;
const MSG_CMSG_CLOEXEC = 0x40000000;
const OWNER_ONLY = 0o600;

/** systemd takes no more either; what is longer is dropped. */
const LARGEST_MESSAGE = 4096;
/** Credentials, and a descriptor or two; the kernel drops what has no room. */
const CONTROL_BYTES = 128;
const CONTROL_HEAD = 16;
/** After so many the event loop gets a turn: a program gone wild must not keep the daemon from answering. */
const PER_TURN = 100;

/** Makes one in `directory`, for that user. Throws `OsError`. */
export function createNotifySocket(
  libc: Libc,
  arrivals: Arrivals,
  directory: string,
  ownerUid: number | null,
): NotifySocket {
  const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) throw new OsError('socket', errnoName(fd), '');
  let path: string | null = null;
  try {
    setOption(libc, fd, SOL_SOCKET, SO_PASSCRED, 1);
    path = bindSomewhere(libc, fd, directory);
    if (ownerUid !== null) giveTo(path, ownerUid);
    return new DatagramSocket(libc, arrivals, fd, path);
  } catch (error) {
    libc.close(fd);
    if (path !== null) unlinkSync(path);
    throw error;
  }
}

/** At the path that a program has been given by an earlier daemon; `fd`: the socket itself, where it is still open. Throws `OsError`. */
export function regainNotifySocket(
  libc: Libc,
  arrivals: Arrivals,
  path: string,
  fd: Fd | null,
  ownerUid: number | null,
): NotifySocket {
  if (fd !== null) return new DatagramSocket(libc, arrivals, fd, path);
  const fresh = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fresh < 0) throw new OsError('socket', errnoName(fresh), '');
  try {
    setOption(libc, fresh, SOL_SOCKET, SO_PASSCRED, 1);
    rmSync(path, { force: true });
    const answer = bindWithMode(libc, fresh, encodePath(path), OWNER_ONLY);
    if (answer < 0) throw new OsError('bind', errnoName(answer), path);
    if (ownerUid !== null) giveTo(path, ownerUid);
    return new DatagramSocket(libc, arrivals, fresh, path);
  } catch (error) {
    libc.close(fresh);
    throw error;
  }
}

/** A short name: a socket's path has 107 bytes at most. */
function bindSomewhere(libc: Libc, fd: Fd, directory: string): string {
  for (let number = 1; ; number += 1) {
    const path = `${directory}/notify.${number}`;
    const answer = bindWithMode(libc, fd, encodePath(path), OWNER_ONLY);
    if (answer >= 0) return path;
    if (errnoName(answer) !== 'EADDRINUSE') throw new OsError('bind', errnoName(answer), path);
  }
}

function giveTo(path: string, uid: number): void {
  try {
    chownSync(path, uid, -1);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') throw new OsError('chown', errnoOf(error), path);
  }
}

class DatagramSocket implements NotifySocket {
  readonly path: string;
  readonly #libc: Libc;
  readonly #arrivals: Arrivals;
  readonly fd: Fd;
  readonly #message: Message;
  #onDatagram: ((datagram: Datagram) => void) | null = null;
  #closed = false;

  constructor(libc: Libc, arrivals: Arrivals, fd: Fd, path: string) {
    this.#libc = libc;
    this.#arrivals = arrivals;
    this.fd = fd;
    this.path = path;
    this.#message = new Message(libc);
    arrivals.watch(fd, this.#read);
  }

  listen(onDatagram: (datagram: Datagram) => void): void {
    this.#onDatagram = onDatagram;
    setImmediate(this.#read);
  }

  drain(): void {
    this.#receive(Number.POSITIVE_INFINITY);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#arrivals.forget(this.#read);
    this.#libc.close(this.fd);
    try {
      unlinkSync(this.path);
    } catch {
      // removed by hand: nothing is left to remove
    }
  }

  readonly #read = (): void => {
    if (this.#receive(PER_TURN)) setImmediate(this.#read);
  };

  /** True: there may be more. */
  #receive(most: number): boolean {
    for (let count = 0; count < most; count += 1) {
      if (this.#closed || this.#onDatagram === null) return false;
      const received = this.#message.receive(this.fd);
      if (received === 'nothing') return false;
      if (received !== 'unusable') this.#onDatagram(received);
    }
    return true;
  }
}

/** `struct msghdr` and what it points to, as 64-bit glibc and musl have them. */
class Message {
  readonly #libc: Libc;
  readonly #data = Buffer.alloc(LARGEST_MESSAGE);
  readonly #control = Buffer.alloc(CONTROL_BYTES);
  readonly #vector = Buffer.alloc(16);
  readonly #head = Buffer.alloc(56);

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#vector.writeBigUInt64LE(libc.address(this.#data), 0);
    this.#vector.writeBigUInt64LE(BigInt(LARGEST_MESSAGE), 8);
  }

  receive(fd: Fd): Datagram | 'nothing' | 'unusable' {
    const head = this.#head.fill(0);
    head.writeBigUInt64LE(this.#libc.address(this.#vector), 16);
    head.writeBigUInt64LE(1n, 24);
    head.writeBigUInt64LE(this.#libc.address(this.#control), 32);
    head.writeBigUInt64LE(BigInt(CONTROL_BYTES), 40);
    const size = this.#libc.recvmsg(fd, head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0) return errnoName(size) === 'EINTR' ? 'unusable' : 'nothing';
    const sender = this.#readControl(Number(head.readBigUInt64LE(40)));
    if (sender === null || (head.readInt32LE(48) & MSG_TRUNC) !== 0) return 'unusable';
    return { data: Buffer.from(this.#data.subarray(0, size)), ...sender };
  }

  #readControl(size: number): { readonly pid: number; readonly uid: number } | null {
    let sender: { readonly pid: number; readonly uid: number } | null = null;
    for (let at = 0; at + CONTROL_HEAD <= size; ) {
      const length = Number(this.#control.readBigUInt64LE(at));
      if (length < CONTROL_HEAD) break;
      const level = this.#control.readInt32LE(at + 8);
      const type = this.#control.readInt32LE(at + 12);
      const body = this.#control.subarray(at + CONTROL_HEAD, Math.min(at + length, size));
      if (level === SOL_SOCKET && type === SCM_CREDENTIALS) {
        sender = { pid: body.readInt32LE(0), uid: body.readUInt32LE(4) };
      } else if (level === SOL_SOCKET && type === SCM_RIGHTS) {
        for (let fd = 0; fd + 4 <= body.length; fd += 4) this.#libc.close(body.readInt32LE(fd));
      }
      at += Math.ceil(length / 8) * 8;
    }
    return sender;
  }
}
