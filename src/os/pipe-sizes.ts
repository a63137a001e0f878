/** Log pipes that are made larger while much goes through them, and how many of them a daemon may have. */
import type { Libc } from './libc.ts';
import type { Fd } from './os.ts';
import type { Scratch } from './peeked-chunk.ts';

const F_SETPIPE_SZ = 1031;
/** What the kernel gives a new one. */
const USUAL_PIPE = 64 * 1024;
/** What is written in GATHER_MS at some hundred MB/s. With twice as much no writer was found to be faster. */
const LARGE_PIPE = 512 * 1024;
/** A quarter of what the kernel grants a user without privilege (`pipe-user-pages-soft`), whose other programs need pipes as well. */
const MOST_LARGE = 32;

export class PipeSizes {
  readonly #libc: Libc;
  readonly #scratch: Scratch;
  readonly #large = new Set<Fd>();

  constructor(libc: Libc, scratch: Scratch) {
    this.#libc = libc;
    this.#scratch = scratch;
  }

  /** How full so much makes that pipe: 1 is to the brim. */
  fullness(fd: Fd, size: number): number {
    return size / (this.#large.has(fd) ? LARGE_PIPE : USUAL_PIPE);
  }

  /** False: it stays as it is. */
  enlarge(fd: Fd): boolean {
    if (this.#large.has(fd) || this.#large.size >= MOST_LARGE || !this.#resize(fd, LARGE_PIPE)) return false;
    this.#large.add(fd);
    return this.#resize(this.#scratch.pipe.write, LARGE_PIPE); // it takes at once what the other one holds
  }

  /** The usual size again. False: it holds more than that. */
  reduce(fd: Fd): boolean {
    return !this.#large.has(fd) || (this.#resize(fd, USUAL_PIPE) && this.#large.delete(fd));
  }

  /** Before the descriptor is closed. */
  forget(fd: Fd): void {
    this.#large.delete(fd);
  }

  #resize(fd: Fd, bytes: number): boolean {
    return this.#libc.fcntl(fd, F_SETPIPE_SZ, bytes) >= 0;
  }
}
