/**
 * Reads a log pipe so that nothing is lost when the daemon is killed in the midst of it: what is read stays in the pipe until it has been
 * dealt with.
 *
 *     pipe ──► chunk ──► receiver: looks at it, writes it ──► the pipe is rid of it
 *                           └─ or moves it: splice(pipe ─► log file), one call
 *
 * A receiver that writes leaves a moment in which the same bytes are in the log and in the pipe: whoever dies there has them twice. One that
 * moves them does not: the kernel takes off the pipe exactly what it has put into the file, whatever happens to us meanwhile.
 */
import { closeSync } from 'node:fs';
import { LARGEST_PIPE, type MakeReader, type PipeReader } from './fifo.ts';
import { GatheredPace } from './gathered-pace.ts';
import { Gathering } from './gathering.ts';
import type { Libc } from './libc.ts';
import type { Fd, OnChunk, Pace } from './os.ts';
import { Scratch } from './peeked-chunk.ts';
import { PipeSizes } from './pipe-sizes.ts';
import type { Poller } from './poller.ts';

/** What a chunk of a prompt pipe has at most. */
const CHUNK = 64 * 1024;
/** Then the event loop gets a turn, and the others with it. */
const BYTES_PER_TURN = 8 * CHUNK;

/** What all pipes of a daemon share. */
interface Shared {
  readonly poller: Poller;
  readonly scratch: Scratch;
  readonly gathering: Gathering;
  readonly sizes: PipeSizes;
}

export class Peeking {
  readonly #shared: Shared;

  constructor(libc: Libc, poller: Poller) {
    const scratch = new Scratch(libc);
    this.#shared = { poller, scratch, gathering: new Gathering(), sizes: new PipeSizes(libc, scratch) };
  }

  readonly reader: MakeReader = (fd) => new Peeker(fd, this.#shared);

  close(): void {
    this.#shared.scratch.close();
  }
}

class Peeker implements PipeReader {
  readonly #fd: Fd;
  readonly #shared: Shared;
  #receive: OnChunk = () => {};
  #end = () => {};
  #gathered: GatheredPace | null = null;
  #closed = false;
  #delivering = false;

  constructor(fd: Fd, shared: Shared) {
    this.#fd = fd;
    this.#shared = shared;
  }

  start(onChunk: OnChunk, onEnd: () => void, pace: Pace): void {
    this.#receive = onChunk;
    this.#end = onEnd;
    this.#shared.scratch.open(); // with the first log pipe and not with the first word
    const take = () => this.#take();
    if (pace === 'gathered') this.#gathered = new GatheredPace(this.#fd, this.#shared, take);
    else this.#shared.poller.watch(this.#fd, take);
  }

  drain(): void {
    for (let total = 0, size = 1; size > 0 && total < LARGEST_PIPE; total += size) size = this.#deliver();
  }

  stop(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#gathered?.stop();
    this.#shared.poller.forget(this.#fd);
    closeSync(this.#fd);
    setImmediate(this.#end);
  }

  /** What a turn may have; how many bytes that was. Stops when the last writer has gone. */
  #take(): number {
    const most = this.#chunkSize();
    let total = 0;
    for (let size = most; size === most && total < BYTES_PER_TURN; total += size) {
      size = this.#deliver();
      if (size < 0) {
        this.stop();
        return total;
      }
    }
    return total;
  }

  #chunkSize(): number {
    return this.#gathered === null ? CHUNK : LARGEST_PIPE;
  }

  /** The size of the next chunk; 0: there is none now, less: there will be none any more. */
  #deliver(): number {
    if (this.#delivering || this.#closed) return 0; // the receiver asks for what it is being given
    const chunk = this.#shared.scratch.peek(this.#fd, this.#chunkSize());
    if (chunk === 'nothing') return 0;
    if (chunk === 'end') return -1;
    this.#delivering = true;
    try {
      this.#receive(chunk);
      return chunk.size;
    } finally {
      this.#delivering = false;
      chunk.done(this.#closed);
    }
  }
}
