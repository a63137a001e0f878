/**
 * The pace at which pipes are read that are written to all the time: a reader that is woken by each line spends more on waking than on the
 * lines. The timer runs only while there are such pipes.
 */
import { callApart } from './call-apart.ts';
import type { Fd } from './os.ts';

/** Nobody notices it of a log; a shorter one is not to be had. */
export const GATHER_MS = 1;
/** Then the event loop gets a turn, and the others with it. */
const BYTES_PER_TURN = 2 * 1024 * 1024;

/** Reads what there is; how many bytes that was. */
type Read = () => number;

export class Gathering {
  readonly #reads = new Map<Fd, Read>();
  #due: Fd[] = [];
  #waiting = false;

  /** `read` is called again and again until `forget`. */
  add(fd: Fd, read: Read): void {
    this.#reads.set(fd, read);
    this.#wait();
  }

  /** Before the descriptor is closed. */
  forget(fd: Fd): void {
    this.#reads.delete(fd);
  }

  #wait(): void {
    if (this.#waiting || this.#reads.size === 0) return;
    this.#waiting = true;
    setTimeout(this.#begin, GATHER_MS);
  }

  readonly #begin = (): void => {
    this.#due = [...this.#reads.keys()];
    this.#turn();
  };

  readonly #turn = (): void => {
    for (let bytes = 0; bytes < BYTES_PER_TURN; ) {
      const fd = this.#due.pop();
      if (fd === undefined) {
        this.#waiting = false;
        return this.#wait();
      }
      const read = this.#reads.get(fd);
      if (read !== undefined) bytes += callApart(read) ?? 0;
    }
    setImmediate(this.#turn);
  };
}
