/**
 * When a pipe is read that may be gathered from: while there is much, not at each write.
 *
 *     resting: read when it is readable
 *        │      ▲
 *        │      └ nothing came ─┐
 *        └ twice in GATHER_MS ► gathering: read every GATHER_MS
 *                               │      ▲
 *                               │      └ little came ─┐
 *                               └ much, and not to be made larger ► racing: read every GATHER_MS and when it is readable
 */
import { monoNow } from './clock.ts';
import { GATHER_MS, type Gathering } from './gathering.ts';
import type { Fd } from './os.ts';
import type { PipeSizes } from './pipe-sizes.ts';
import type { Poller } from './poller.ts';

/** Parts of what the pipe can hold, in GATHER_MS. */
const MUCH = 0.75;
const LITTLE = 0.3;
/** Less is not worth being woken for. */
const WORTH_WAKING = 32 * 1024;

export interface Pacing {
  readonly poller: Poller;
  readonly gathering: Gathering;
  readonly sizes: PipeSizes;
}

export class GatheredPace {
  readonly #fd: Fd;
  readonly #pacing: Pacing;
  readonly #take: () => number;
  #state: 'resting' | 'gathering' | 'racing' | 'stopped' = 'resting';
  #readAt = Number.NEGATIVE_INFINITY;
  /** While racing: what came since it was last read for the time. */
  #raced = 0;

  /** `take` reads what there is; how many bytes that was. */
  constructor(fd: Fd, pacing: Pacing, take: () => number) {
    this.#fd = fd;
    this.#pacing = pacing;
    this.#take = take;
    this.#watch();
  }

  /** Before the descriptor is closed. */
  stop(): void {
    this.#state = 'stopped';
    this.#pacing.poller.forget(this.#fd);
    this.#pacing.gathering.forget(this.#fd);
    this.#pacing.sizes.forget(this.#fd);
  }

  #readable(): void {
    const size = this.#take();
    switch (this.#state) {
      case 'resting': {
        const now = monoNow();
        if (now - this.#readAt < GATHER_MS) this.#gather();
        else this.#readAt = now;
        return;
      }
      case 'racing':
        this.#raced += size;
        if (size < WORTH_WAKING) this.#gather();
        return;
      case 'gathering':
      case 'stopped':
        return;
    }
  }

  #timeHasCome(): number {
    const taken = this.#take();
    const size = taken + this.#raced;
    this.#raced = 0;
    const { sizes } = this.#pacing;
    const fullness = sizes.fullness(this.#fd, size);
    switch (this.#state) {
      case 'gathering':
        if (size === 0 && sizes.reduce(this.#fd)) this.#rest();
        else if (fullness > MUCH && !sizes.enlarge(this.#fd)) this.#race();
        return taken;
      case 'racing':
        if (fullness < LITTLE) this.#gather();
        return taken;
      case 'resting':
      case 'stopped':
        return taken;
    }
  }

  #gather(): void {
    this.#state = 'gathering';
    this.#raced = 0;
    this.#pacing.poller.forget(this.#fd);
    this.#pacing.gathering.add(this.#fd, () => this.#timeHasCome());
  }

  #race(): void {
    this.#state = 'racing';
    this.#watch();
  }

  #rest(): void {
    this.#state = 'resting';
    this.#pacing.gathering.forget(this.#fd);
    this.#watch();
  }

  #watch(): void {
    this.#pacing.poller.watch(this.#fd, () => this.#readable());
  }
}
