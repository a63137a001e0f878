/**
 * A child's stdin: a real pipe, blocking on the child's side and not on ours. What the pipe takes is written at once, so that a closed
 * stdin is an answer (`EPIPE`) and not an event later; what it does not take goes on in order when it is writable again.
 */
import { closeSync, constants, fstatSync, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { makeNode } from './fifo.ts';
import { errnoName, errnoOf, type Libc } from './libc.ts';
import type { Errno, Fd, StdinPipe } from './os.ts';
import { OsError } from './os-error.ts';

const O_CLOEXEC = 0o2000000;
const O_WRONLY = 1;
const O_NONBLOCK = 0o4000;
const F_SETFL = 4;

/** Throws `OsError`. */
export function createStdinPipe(libc: Libc): StdinPipe {
  const ends = Buffer.alloc(8);
  const answer = libc.pipe2(ends, O_CLOEXEC);
  if (answer < 0) throw new OsError('pipe2', errnoName(answer), '');
  const childFd = ends.readInt32LE(0);
  const ownFd = ends.readInt32LE(4);
  libc.fcntl(ownFd, F_SETFL, O_WRONLY | O_NONBLOCK);
  return pipeBetween(libc, childFd, ownFd);
}

/**
 * A FIFO that the child holds open read-write: when the daemon dies its input has no end, and the next daemon writes on. Throws `OsError`.
 */
export function createInputFifo(libc: Libc, directory: string, label: string, ownerUid: number | null): StdinPipe {
  const path = makeNode(libc, directory, label, ownerUid);
  let childFd: Fd | null = null;
  try {
    childFd = openSync(path, constants.O_RDWR);
    return new Pipe(libc, childFd, openToWrite(path), path);
  } catch (error) {
    if (childFd !== null) closeSync(childFd);
    unlinkSync(path);
    throw new OsError('open', errnoOf(error), path);
  }
}

/** Throws `OsError`: `ENXIO` where nobody reads it any more. */
export function reopenInputFifo(libc: Libc, path: string): StdinPipe {
  try {
    return new Pipe(libc, -1, openToWrite(path), path);
  } catch (error) {
    throw new OsError('open', errnoOf(error), path);
  }
}

function openToWrite(path: string): Fd {
  return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
}

/** Of two ends that are open: the child's, and ours, which does not block. */
export function pipeBetween(libc: Pick<Libc, 'write'>, childFd: Fd, ownFd: Fd): StdinPipe {
  return new Pipe(libc, childFd, ownFd, null);
}

class Pipe implements StdinPipe {
  readonly path: string | null;
  readonly childFd: Fd;
  readonly #libc: Pick<Libc, 'write'>;
  readonly #ownFd: Fd;
  /** Made when the pipe was full for the first time; it owns the descriptor then. */
  #socket: Socket | null = null;
  #pending = 0;
  #broken: Errno | null = null;
  #childEndOpen: boolean;
  #closed = false;

  constructor(libc: Pick<Libc, 'write'>, childFd: Fd, ownFd: Fd, path: string | null) {
    this.#libc = libc;
    this.path = path;
    this.childFd = childFd;
    this.#childEndOpen = childFd >= 0;
    this.#ownFd = ownFd;
  }

  get pending(): number {
    return this.#pending;
  }

  changed(): string {
    return this.#closed ? '' : `${fstatSync(this.#ownFd, { bigint: true }).mtimeNs}`;
  }

  closeChildEnd(): void {
    if (this.#childEndOpen) closeSync(this.childFd);
    this.#childEndOpen = false;
  }

  write(data: Buffer): 'ok' | Errno {
    if (this.#closed) return 'EPIPE';
    if (this.#broken !== null) return this.#broken;
    let rest = data;
    while (rest.length > 0 && this.#pending === 0) {
      const written = this.#libc.write(this.#ownFd, rest, rest.length);
      if (written >= 0) {
        rest = rest.subarray(written);
        continue;
      }
      const errno = errnoName(written);
      if (errno === 'EINTR') continue;
      if (errno !== 'EAGAIN') {
        this.#broken = errno;
        return errno;
      }
      break;
    }
    if (rest.length > 0) this.#keep(Buffer.from(rest));
    return 'ok';
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.closeChildEnd();
    this.#pending = 0;
    if (this.#socket === null) closeSync(this.#ownFd);
    else this.#socket.destroy();
    if (this.path === null) return;
    try {
      unlinkSync(this.path);
    } catch {
      // removed by hand: nothing is left to remove
    }
  }

  #keep(rest: Buffer): void {
    this.#pending += rest.length;
    this.#socket ??= new Socket({ fd: this.#ownFd, readable: false, writable: true }).on('error', (error) => {
      this.#broken = errnoOf(error);
      this.#pending = 0;
    });
    this.#socket.write(rest, (error) => {
      if (error === null || error === undefined) this.#pending -= rest.length;
    });
  }
}
