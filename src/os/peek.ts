/**
 * Reads a log pipe so that nothing is lost when the daemon is killed in the midst of it: what is read stays in the pipe until it has been
 * dealt with.
 *
 *     pipe ──► chunk ──► receiver: looks at it, writes it ──► the pipe is rid of it
 *                           └─ or moves it: splice(pipe ─► log file), one call
 *
 * A receiver that writes leaves a moment in which the same bytes are in the log and in the pipe: whoever dies there has them twice. One that
 * moves them does not: the kernel takes off the pipe exactly what it has put into the file, whatever happens to us meanwhile.
 *
 * When a pipe may be gathered from, it is not read at each write while there is much:
 *
 *     resting: read when it is readable
 *        │      ▲
 *        │      └ nothing came ─┐
 *        └ twice in GATHER_MS ► gathering: read every GATHER_MS
 *                               │      ▲
 *                               │      └ little came ─┐
 *                               └ much, and not to be made larger ► racing: read every GATHER_MS and when it is readable
 */
import { closeSync } from 'node:fs';
import { LARGEST_PIPE, type MakeReader, type PipeReader } from './fifo.ts';
import { GATHER_MS, Gathering } from './gathering.ts';
import type { Libc } from './libc.ts';
import type { Fd, OnChunk, Pace } from './os.ts';
import { Scratch } from './peeked-chunk.ts';
import { PipeSizes } from './pipe-sizes.ts';
import type { Poller } from './poller.ts';

/** What a chunk of a prompt pipe has at most. */
const CHUNK = 64 * 1024;
/** Then the event loop gets a turn, and the others with it. */
const BYTES_PER_TURN = 8 * CHUNK;

/** Parts of what a pipe can hold. */
const MUCH = 0.75;
const LITTLE = 0.5;

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
  #pace: Pace = 'prompt';
  #state: 'resting' | 'gathering' | 'racing' | 'closed' = 'resting';
  #readAt = Number.NEGATIVE_INFINITY;
  /** Of what was read when it was readable. */
  #sizeSinceTick = 0;
  #delivering = false;

  constructor(fd: Fd, shared: Shared) {
    this.#fd = fd;
    this.#shared = shared;
  }

  start(onChunk: OnChunk, onEnd: () => void, pace: Pace): void {
    this.#receive = onChunk;
    this.#end = onEnd;
    this.#pace = pace;
    this.#shared.scratch.open(); // with the first log pipe and not with the first word
    this.#watch();
  }

  drain(): void {
    for (let total = 0, size = 1; size > 0 && total < LARGEST_PIPE; total += size) size = this.#deliver();
  }

  stop(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const { poller, gathering, sizes } = this.#shared;
    poller.forget(this.#fd);
    gathering.forget(this.#fd);
    sizes.forget(this.#fd);
    closeSync(this.#fd);
    setImmediate(this.#end);
  }

  #watch(): void {
    this.#shared.poller.watch(this.#fd, this.#pace === 'prompt' ? () => this.#take() : () => this.#readable());
  }

  #readable(): void {
    this.#sizeSinceTick += this.#take();
    if (this.#state !== 'resting') return;
    const now = performance.now();
    if (now - this.#readAt < GATHER_MS) this.#gather();
    else this.#readAt = now;
  }

  #tick(): number {
    const taken = this.#take();
    const size = taken + this.#sizeSinceTick;
    this.#sizeSinceTick = 0;
    this.#pass(size);
    return taken;
  }

  /** After so much has come since the last tick. */
  #pass(size: number): void {
    const { sizes } = this.#shared;
    const fullness = sizes.fullness(this.#fd, size);
    switch (this.#state) {
      case 'gathering':
        if (size === 0 && sizes.reduce(this.#fd)) this.#rest();
        else if (fullness > MUCH && !sizes.enlarge(this.#fd)) this.#race();
        return;
      case 'racing':
        if (fullness < LITTLE) this.#gather();
        return;
      case 'resting':
      case 'closed':
        return;
    }
  }

  #gather(): void {
    this.#state = 'gathering';
    this.#sizeSinceTick = 0;
    this.#shared.poller.forget(this.#fd);
    this.#shared.gathering.add(this.#fd, () => this.#tick());
  }

  #race(): void {
    this.#state = 'racing';
    this.#watch();
  }

  #rest(): void {
    this.#state = 'resting';
    this.#shared.gathering.forget(this.#fd);
    this.#watch();
  }

  /** What a turn may have; how many bytes that was. Stops when the last writer has gone. */
  #take(): number {
    const most = this.#most;
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

  get #most(): number {
    return this.#pace === 'prompt' ? CHUNK : LARGEST_PIPE;
  }

  /** The size of the next chunk; 0: there is none now, less: there will be none any more. */
  #deliver(): number {
    if (this.#delivering || this.#state === 'closed') return 0; // the receiver asks for what it is being given
    const chunk = this.#shared.scratch.peek(this.#fd, this.#most);
    if (chunk === 'nothing') return 0;
    if (chunk === 'end') return -1;
    this.#delivering = true;
    try {
      this.#receive(chunk);
      return chunk.size;
    } finally {
      this.#delivering = false;
      chunk.done(this.#isClosed);
    }
  }

  /** A method, since the compiler does not see that calls change the state. */
  get #isClosed(): boolean {
    return this.#state === 'closed';
  }
}
