/**
 * The one timer. `mono` is the kernel's monotonic clock since boot, not node's since its own start: deadlines in a carried-over state
 * stay right when the daemon executes itself again in place.
 */
import type { Now } from '../core/time.ts';
import type { Clock } from './os.ts';

/** What setTimeout can count; anything longer is waited for in pieces. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

function systemNow(): Now {
  return { mono: monoNow(), wall: Date.now() };
}

/** Milliseconds since boot. */
export function monoNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

export class SystemClock implements Clock {
  #timer: NodeJS.Timeout | null = null;

  now(): Now {
    return systemNow();
  }

  arm(mono: number | null, wake: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (mono === null) return;
    const wait = Math.ceil(mono - this.now().mono);
    this.#timer = setTimeout(
      () => {
        // libuv rounds down, so a timer may be a fraction early; and a far deadline has come only a piece nearer.
        if (this.now().mono < mono) this.arm(mono, wake);
        else {
          this.#timer = null;
          wake();
        }
      },
      Math.min(Math.max(wait, 0), LONGEST_TIMEOUT_MS),
    );
  }
}
