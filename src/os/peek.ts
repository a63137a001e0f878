/**
 * Reads a log pipe so that nothing is lost when the daemon is killed in the midst of it: what is read stays in the pipe until it has been
 * dealt with.
 *
 *     pipe ──tee──► scratch pipe ──read──► chunk ──► receiver: looks at it, writes it ──► the pipe is rid of it
 *                                                        └─ or moves it: splice(pipe ─► log file), one call
 *
 * A receiver that writes leaves a moment in which the same bytes are in the log and in the pipe: whoever dies there has them twice. One that
 * moves them does not: the kernel takes off the pipe exactly what it has put into the file, whatever happens to us meanwhile.
 */
import { closeSync, openSync } from 'node:fs';
import { LARGEST_PIPE, type MakeReader } from './fifo.ts';
import { errnoName, type Libc } from './libc.ts';
import type { Fd, OnChunk } from './os.ts';
import { OsError } from './os-error.ts';
import type { Poller } from './poller.ts';

const O_CLOEXEC = 0o2000000;
const O_APPEND = 0o2000;
const F_GETFL = 3;
const F_SETFL = 4;
const SEEK_END = 2;
const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;
const CHUNK = 64 * 1024;
/** Then the event loop gets a turn, and the others with it. */
const CHUNKS_PER_TURN = 8;

/** For all pipes of a daemon. */
export class Peeking {
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #buffer = Buffer.alloc(CHUNK);
  #scratch: { readonly read: Fd; readonly write: Fd; readonly nowhere: Fd } | null = null;

  constructor(libc: Libc, poller: Poller) {
    this.#libc = libc;
    this.#poller = poller;
  }

  readonly reader: MakeReader = (fd) => {
    let receive: OnChunk = () => {};
    let end = () => {};
    let closed = false;
    let delivering = false;
    const stop = () => {
      if (closed) return;
      closed = true;
      this.#poller.forget(fd);
      closeSync(fd);
      setImmediate(end);
    };
    /** Up to so many bytes. False: the last writer has gone. */
    const deliver = (most: number): boolean => {
      if (delivering) return true; // the receiver asks for what it is being given
      delivering = true;
      try {
        for (let total = 0; total < most && !closed; ) {
          const size = this.#peek(fd);
          if (size <= 0) return size < 0;
          total += size;
          this.#give(fd, size, receive, () => closed);
        }
        return true;
      } finally {
        delivering = false;
      }
    };
    return {
      start: (onChunk, onEnd) => {
        receive = onChunk;
        end = onEnd;
        this.#pipes(); // opened with the first log pipe and not with the first word
        this.#poller.watch(fd, () => {
          if (!deliver(CHUNKS_PER_TURN * CHUNK)) stop();
        });
      },
      drain: () => void deliver(LARGEST_PIPE),
      stop,
    };
  };

  close(): void {
    if (this.#scratch !== null) for (const fd of Object.values(this.#scratch)) closeSync(fd);
    this.#scratch = null;
  }

  /** How much the buffer has now of what the pipe has; 0: nothing will come any more, less: nothing now. */
  #peek(fd: Fd): number {
    const { read, write } = this.#pipes();
    const size = this.#libc.tee(fd, write, CHUNK, SPLICE_F_NONBLOCK);
    return size <= 0 ? size : this.#libc.read(read, this.#buffer, size);
  }

  #give(fd: Fd, size: number, receive: OnChunk, isClosed: () => boolean): void {
    let left = size;
    const moveTo = (file: Fd): number => {
      const moved = Math.max(0, this.#moveToEnd(fd, file, left));
      left -= moved;
      return moved;
    };
    try {
      receive(Buffer.from(this.#buffer.subarray(0, size)), { moveTo });
    } finally {
      while (left > 0 && !isClosed()) {
        const gone = this.#libc.splice(fd, this.#pipes().nowhere, left, SPLICE_F_NONBLOCK);
        if (gone <= 0) break;
        left -= gone;
      }
    }
  }

  /** The kernel splices to no file that is open for appending; so for this one call it is not. */
  #moveToEnd(fd: Fd, file: Fd, size: number): number {
    const libc = this.#libc;
    const flags = libc.fcntl(file, F_GETFL, 0);
    if (flags < 0 || libc.lseek(file, 0, SEEK_END) < 0) return 0;
    libc.fcntl(file, F_SETFL, flags & ~O_APPEND);
    let moved = 0;
    try {
      while (moved < size) {
        const answer = libc.splice(fd, file, size - moved, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (answer <= 0) break;
        moved += answer;
      }
    } finally {
      libc.fcntl(file, F_SETFL, flags);
    }
    return moved;
  }

  #pipes(): { readonly read: Fd; readonly write: Fd; readonly nowhere: Fd } {
    if (this.#scratch !== null) return this.#scratch;
    const ends = Buffer.alloc(8);
    const answer = this.#libc.pipe2(ends, O_CLOEXEC);
    if (answer < 0) throw new OsError('pipe2', errnoName(answer), '');
    this.#scratch = { read: ends.readInt32LE(0), write: ends.readInt32LE(4), nowhere: openSync('/dev/null', 'w') };
    return this.#scratch;
  }
}
