/** A clock that moves only when the test says so. */
import type { Now } from '../../src/core/time.ts';
import type { Clock } from '../../src/os/os.ts';

export class FakeClock implements Clock {
  #mono: number;
  #wall: number;
  #armed: { at: number; wake: () => void } | null = null;
  #others: Array<{ at: number; wake: () => void }> = [];

  /** Some wall time that is no round number of anything: 2024-05-06 07:08:09.123 UTC. */
  constructor(mono = 1_000_000, wall = 1_714_979_289_123) {
    this.#mono = mono;
    this.#wall = wall;
  }

  now(): Now {
    return { mono: this.#mono, wall: this.#wall };
  }

  arm(mono: number | null, wake: () => void): void {
    this.#armed = mono === null ? null : { at: mono, wake };
  }

  /** The armed deadline, for a test to look at. */
  get armedFor(): number | null {
    return this.#armed?.at ?? null;
  }

  /** A timer of another fake's own, not of the daemon's. */
  after(ms: number, wake: () => void): void {
    this.#others.push({ at: this.#mono + ms, wake });
  }

  /** Somebody sets the wall clock; mono goes on. */
  jumpWall(ms: number): void {
    this.#wall += ms;
  }

  /** Fires the earliest deadline that is not after `target`, with the clock at it. false: there is none, and the clock is at `target`. */
  step(target: number): boolean {
    const due = [...this.#others, ...(this.#armed === null ? [] : [this.#armed])]
      .filter(({ at }) => at <= target)
      .sort((a, b) => a.at - b.at)[0];
    const to = due === undefined ? target : Math.max(due.at, this.#mono);
    this.#wall += to - this.#mono;
    this.#mono = to;
    if (due === undefined) return false;
    if (due === this.#armed) this.#armed = null;
    this.#others = this.#others.filter((other) => other !== due);
    due.wake();
    return true;
  }
}
