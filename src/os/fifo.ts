/**
 * A child's output: a FIFO of which the child holds a read-write descriptor and the daemon a reading one.
 *
 *     child ──fd 1, O_RDWR──► FIFO ──O_RDONLY, non-blocking──► daemon
 *
 * Since the child's own descriptor counts as a reader, it gets no SIGPIPE when the daemon dies; it writes on, and the next daemon opens
 * the path again and misses nothing. Since it is a real pipe with an inode, `echo > /dev/stdout` works in the child, and because the
 * inode belongs to the child's user, it works for that user too. End of file comes when the last writer has gone.
 */
import { chownSync, closeSync, constants, openSync, readSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { errnoName, errnoOf, type Libc } from './libc.ts';
import type { Chunk, Fd, LogPipe, OnChunk, Pace } from './os.ts';
import { OsError } from './os-error.ts';

const OWNER_ONLY = 0o600;
const MAX_LABEL = 100;
/** No pipe holds more (`pipe-max-size`): after so much, what is read was written later than the drain was asked for. */
export const LARGEST_PIPE = 1024 * 1024;
const DRAIN_BUFFER = Buffer.alloc(64 * 1024);

/** How the daemon's end is read. Owns the descriptor from `start` on. */
export interface PipeReader {
  start(onChunk: OnChunk, onEnd: () => void, pace: Pace): void;
  drain(): void;
  /** Closes the descriptor; the end is told. */
  stop(): void;
}

export type MakeReader = (fd: Fd) => PipeReader;

/** Makes a FIFO in `directory`, which must be the daemon's own and closed to others. Throws `OsError`. */
export function createFifo(
  libc: Pick<Libc, 'mkfifo'>,
  directory: string,
  label: string,
  ownerUid: number | null,
  makeReader: MakeReader = readBySocket,
): LogPipe {
  const path = makeNode(libc, directory, label, ownerUid);
  let readFd: Fd | null = null;
  try {
    readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return new Fifo(path, readFd, openSync(path, constants.O_RDWR), makeReader);
  } catch (error) {
    if (readFd !== null) closeSync(readFd);
    unlinkSync(path);
    throw new OsError('open', errnoOf(error), path);
  }
}

/** The daemon's end of a FIFO that an earlier daemon made. Throws `OsError`. */
export function reopenFifo(path: string, makeReader: MakeReader = readBySocket): LogPipe {
  try {
    return new Fifo(path, openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), null, makeReader);
  } catch (error) {
    throw new OsError('open', errnoOf(error), path);
  }
}

/** null: there is none. */
export function holdOpen(path: string, end: 'read' | 'write'): Fd | null {
  try {
    return openSync(path, (end === 'read' ? constants.O_RDONLY : constants.O_WRONLY) | constants.O_NONBLOCK);
  } catch {
    return null;
  }
}

/** A new one in `directory`, with a name that begins with the label, for that user. Throws `OsError`. */
export function makeNode(
  libc: Pick<Libc, 'mkfifo'>,
  directory: string,
  label: string,
  ownerUid: number | null,
): string {
  const stem = `${directory}/${label.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, MAX_LABEL)}`;
  for (let number = 1; ; number += 1) {
    const path = `${stem}.${number}`;
    const answer = libc.mkfifo(path, OWNER_ONLY);
    if (answer >= 0) {
      if (ownerUid !== null) giveTo(path, ownerUid);
      return path;
    }
    if (errnoName(answer) !== 'EEXIST') throw new OsError('mkfifo', errnoName(answer), path);
  }
}

/** Without the right to do so the pipe still works; only that user can not open `/dev/stdout` again. */
function giveTo(path: string, uid: number): void {
  try {
    chownSync(path, uid, -1);
  } catch (error) {
    if (errnoOf(error) === 'EPERM') return;
    unlinkSync(path);
    throw new OsError('chown', errnoOf(error), path);
  }
}

class Fifo implements LogPipe {
  readonly path: string;
  readonly childFd: Fd;
  readonly #readFd: Fd;
  readonly #makeReader: MakeReader;
  #childEndOpen: boolean;
  #closed = false;
  #reader: PipeReader | null = null;

  constructor(path: string, readFd: Fd, childFd: Fd | null, makeReader: MakeReader) {
    this.path = path;
    this.#readFd = readFd;
    this.childFd = childFd ?? -1;
    this.#childEndOpen = childFd !== null;
    this.#makeReader = makeReader;
  }

  closeChildEnd(): void {
    if (this.#childEndOpen) closeSync(this.childFd);
    this.#childEndOpen = false;
  }

  read(onChunk: OnChunk, onEnd: () => void, pace: Pace = 'prompt'): void {
    this.#reader = this.#makeReader(this.#readFd);
    this.#reader.start(onChunk, onEnd, pace);
  }

  drain(): void {
    if (!this.#closed) this.#reader?.drain();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.closeChildEnd();
    if (this.#reader === null) closeSync(this.#readFd);
    else this.#reader.stop();
    try {
      unlinkSync(this.path);
    } catch {
      // removed by hand: nothing is left to remove
    }
  }
}

/** By node alone. What the daemon has read when it dies is lost if it was not written yet. */
export const readBySocket: MakeReader = (fd) => {
  let socket: Socket | null = null;
  let receive: OnChunk = () => {};
  return {
    start(onChunk, onEnd) {
      receive = onChunk;
      // Its stream never holds anything back: it is always flowing.
      socket = new Socket({ fd, readable: true, writable: false })
        .on('data', (chunk) => receive(heldChunk(chunk)))
        .on('error', () => {}) // 'close' follows and says all there is to say
        .on('close', () => onEnd());
    },
    drain() {
      if (socket === null) return;
      for (let total = 0; total < LARGEST_PIPE && !socket.destroyed; ) {
        const size = readNow(fd);
        if (size === 0) return; // empty or at its end, which the event loop will tell
        total += size;
        receive(heldChunk(Buffer.from(DRAIN_BUFFER.subarray(0, size))));
      }
    },
    stop: () => void socket?.destroy(),
  };
};

/** One that has left its pipe already. */
export function heldChunk(bytes: Buffer): Chunk {
  return {
    size: bytes.length,
    bytes: () => bytes,
    last: (most) => bytes.subarray(Math.max(0, bytes.length - most)),
    moveTo: () => 0,
  };
}

function readNow(fd: Fd): number {
  try {
    return readSync(fd, DRAIN_BUFFER);
  } catch {
    return 0; // EAGAIN: nothing to read now
  }
}
