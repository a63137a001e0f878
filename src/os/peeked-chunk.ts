/**
 * What is in a log pipe now, looked at without taking it off: `tee` puts the same pages into a scratch pipe, so that their bytes are copied only if
 * somebody asks for them.
 *
 *     pipe ──tee──► scratch pipe ──► bytes, or the last of them
 *      └──splice──► log file
 */
import { closeSync, openSync } from 'node:fs';
import { errnoName, type Libc } from './libc.ts';
import type { Chunk, Fd } from './os.ts';
import { OsError } from './os-error.ts';

const O_CLOEXEC = 0o2000000;
const O_APPEND = 0o2000;
const F_GETFL = 3;
const F_SETFL = 4;
const SEEK_END = 2;
const SPLICE_F_MOVE = 1;
const SPLICE_F_NONBLOCK = 2;

type Pipe = { readonly read: Fd; readonly write: Fd; readonly nowhere: Fd };

/** One for all pipes of a daemon: it is empty between two chunks. */
export class Scratch {
  readonly libc: Libc;
  #open: Pipe | null = null;
  #buffer = Buffer.alloc(0);

  constructor(libc: Libc) {
    this.libc = libc;
  }

  get pipe(): Pipe {
    return this.#open ?? this.open();
  }

  /** Throws `OsError`. Twice is once. */
  open(): Pipe {
    if (this.#open !== null) return this.#open;
    const ends = Buffer.alloc(8);
    const answer = this.libc.pipe2(ends, O_CLOEXEC);
    if (answer < 0) throw new OsError('pipe2', errnoName(answer), '');
    this.#open = { read: ends.readInt32LE(0), write: ends.readInt32LE(4), nowhere: openSync('/dev/null', 'w') };
    return this.#open;
  }

  /** So large, and the same again and again. */
  buffer(size: number): Buffer {
    if (this.#buffer.length < size) this.#buffer = Buffer.allocUnsafe(size);
    return this.#buffer.subarray(0, size);
  }

  /** What that pipe has now, so many bytes at most; 'nothing' now, or 'end': nothing will come any more. */
  peek(fd: Fd, most: number): PeekedChunk | 'nothing' | 'end' {
    const size = this.libc.tee(fd, this.pipe.write, most, SPLICE_F_NONBLOCK);
    if (size > 0) return new PeekedChunk(this, fd, size);
    return size < 0 ? 'nothing' : 'end';
  }

  close(): void {
    if (this.#open !== null) for (const fd of Object.values(this.#open)) closeSync(fd);
    this.#open = null;
  }
}

export class PeekedChunk implements Chunk {
  readonly size: number;
  readonly #scratch: Scratch;
  readonly #fd: Fd;
  #inPipe: number;
  #inScratch: number;
  #bytes: Buffer | null = null;

  constructor(scratch: Scratch, fd: Fd, size: number) {
    this.#scratch = scratch;
    this.#fd = fd;
    this.size = size;
    this.#inPipe = size;
    this.#inScratch = size;
  }

  bytes(): Buffer {
    this.#bytes ??= this.#read(Buffer.allocUnsafe(this.#inScratch));
    return this.#bytes;
  }

  last(most: number): Buffer {
    if (this.#bytes !== null) return this.#bytes.subarray(Math.max(0, this.#bytes.length - most));
    this.#inScratch -= this.#drop(this.#scratch.pipe.read, this.#inScratch - most);
    return this.#read(this.#scratch.buffer(this.#inScratch));
  }

  /** The kernel splices to no file that is open for appending; so for this one call it is not. */
  moveTo(file: Fd, most: number): number {
    const { libc } = this.#scratch;
    const flags = libc.fcntl(file, F_GETFL, 0);
    if (flags < 0 || libc.lseek(file, 0, SEEK_END) < 0) return 0;
    libc.fcntl(file, F_SETFL, flags & ~O_APPEND);
    let moved = 0;
    try {
      for (const wanted = Math.min(most, this.#inPipe); moved < wanted; ) {
        const answer = libc.splice(this.#fd, file, wanted - moved, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (answer <= 0) break;
        moved += answer;
      }
    } finally {
      libc.fcntl(file, F_SETFL, flags);
    }
    this.#inPipe -= moved;
    return moved;
  }

  /** It has been dealt with. `closed`: its pipe was closed meanwhile. */
  done(closed: boolean): void {
    if (!closed) this.#drop(this.#fd, this.#inPipe);
    this.#drop(this.#scratch.pipe.read, this.#inScratch);
  }

  #read(into: Buffer): Buffer {
    const got = Math.max(0, this.#scratch.libc.read(this.#scratch.pipe.read, into, into.length));
    this.#inScratch -= got;
    return into.subarray(0, got);
  }

  /** How many bytes are gone. */
  #drop(from: Fd, size: number): number {
    let dropped = 0;
    while (dropped < size) {
      const gone = this.#scratch.libc.splice(from, this.#scratch.pipe.nowhere, size - dropped, SPLICE_F_NONBLOCK);
      if (gone <= 0) break;
      dropped += gone;
    }
    return dropped;
  }
}
