/**
 * An open descriptor that log bytes go to, and what can go wrong with it. A regular file takes everything at once or fails. A pipe or a
 * terminal that is set to non-blocking (by us, or by whoever shares it) may be full: what does not fit then waits here, bounded, and is
 * written by the next write or by a timer, so that a slow reader neither loses lines nor holds up the daemon.
 *
 * Synchronous on purpose: the order of lines is exact, and nothing is lost when the daemon dies right after a write.
 */
import { closeSync, writeSync } from 'node:fs';

/** What may wait for a slow reader, and how long one write may wait for it when that is used up. */
const maxPendingBytes = 1 << 20;
const maxStallMs = 100;
const retryMs = 20;

/** An error of the file system as a value: `ENOSPC`, and `ENOSPC: no space left on device` to show. */
export interface Trouble {
  readonly errno: string;
  readonly text: string;
}

/** `lost`: how many of the bytes given were not and will not be written. */
export interface WriteFailure extends Trouble {
  readonly lost: number;
}

/** Output that is still where it comes from: it can be moved to a file instead of being written there. */
export interface Movable {
  readonly size: number;
  /** All of it. Not after `last`. */
  bytes(): Buffer;
  /** The end of it, so many bytes at most. */
  last(most: number): Buffer;
  /** Moves the first of what is left of it, so many bytes at most; how many bytes it was. */
  moveTo(fd: number, most: number): number;
}

export class LogOutput {
  readonly fd: number;
  readonly #owned: boolean;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  /** The reader did not move while we waited for it: do not wait again until it does. */
  #stuck = false;

  /** `owned`: `close` closes the descriptor. */
  constructor(fd: number, owned: boolean) {
    this.fd = fd;
    this.#owned = owned;
  }

  /** null: taken, all of it. Never throws. */
  write(data: Buffer): WriteFailure | null {
    if (this.#pendingBytes > 0) return this.#enqueue(data);
    let done = 0;
    try {
      while (done < data.length) done += writeSync(this.fd, data, done);
    } catch (error) {
      const trouble = troubleOf(error);
      const rest = data.subarray(done);
      return trouble.errno === 'EAGAIN' ? this.#enqueue(rest) : { ...trouble, lost: rest.length };
    }
    return null;
  }

  /** Gives what waits a last chance, bounded, and closes. */
  close(): void {
    if (this.#pendingBytes > 0) this.#waitForRoom(0);
    this.#forgetPending();
    if (!this.#owned) return;
    try {
      closeSync(this.fd);
    } catch {
      // Nothing to be done: on Linux the descriptor is gone all the same, and what it had to say (EIO) a write has said.
    }
  }

  #enqueue(data: Buffer): WriteFailure | null {
    const trouble = this.#flush();
    if (trouble !== null) return { ...trouble, lost: data.length };
    if (this.#pendingBytes > 0 && this.#pendingBytes + data.length > maxPendingBytes && !this.#stuck) {
      this.#waitForRoom(Math.max(0, maxPendingBytes - data.length));
    }
    if (this.#pendingBytes > 0 && this.#pendingBytes + data.length > maxPendingBytes) {
      this.#stuck = true;
      return { errno: 'EAGAIN', text: 'EAGAIN: its reader does not read', lost: data.length };
    }
    // A copy: the caller may use its buffer again.
    this.#pending.push(Buffer.from(data));
    this.#pendingBytes += data.length;
    this.#timer ??= setTimeout(() => this.#retry(), retryMs).unref();
    return null;
  }

  #retry(): void {
    this.#timer = null;
    this.#flush();
    if (this.#pendingBytes > 0) this.#timer = setTimeout(() => this.#retry(), retryMs).unref();
  }

  /** Writes what waits, as far as it goes. An error other than "full" ends the wait for all of it. */
  #flush(): Trouble | null {
    try {
      for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
        const written = writeSync(this.fd, first);
        this.#stuck = false;
        this.#pendingBytes -= written;
        if (written === first.length) this.#pending.shift();
        else this.#pending[0] = first.subarray(written);
      }
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.errno === 'EAGAIN') return null;
      this.#forgetPending();
      return trouble;
    }
    return null;
  }

  #waitForRoom(downTo: number): void {
    for (let waited = 0; waited < maxStallMs && this.#pendingBytes > downTo; waited++) {
      sleepMs(1);
      this.#flush();
    }
  }

  #forgetPending(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

/** The errno of what a call of `node:fs` threw; throws on what is not such an error. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
  // "ENOSPC: no space left on device, write": the call's name and the path are known to the reader.
  return { errno: error.code, text: error.message.split(',')[0] ?? error.code };
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
function sleepMs(ms: number): void {
  Atomics.wait(sleeper, 0, 0, ms);
}
