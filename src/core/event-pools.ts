/**
 * All pools of event listeners, and the way of an event to them. Most events interest nobody: ask `wants` before one is made, which costs a look
 * into a set.
 */
import type { EventType, SupervisorEvent } from './event.ts';
import { EventPool, type PoolEffect, type PoolOptions, type SavedPool } from './event-pool.ts';

export interface SavedPools {
  readonly nextSerial: number;
  readonly pools: ReadonlyArray<readonly [name: string, pool: SavedPool]>;
}

export class EventPools {
  /** In the order in which they were added, which is the order in which they hear of an event. */
  readonly #pools = new Map<string, EventPool>();
  #wanted: ReadonlySet<EventType> = new Set();
  readonly #saved: Map<string, SavedPool>;
  #nextSerial: number;

  /** `saved`: goes on where those ended, each pool when it is added again, until `restored`. */
  constructor(saved: SavedPools | null = null) {
    this.#saved = new Map(saved?.pools);
    this.#nextSerial = saved?.nextSerial ?? 0;
  }

  /** Would anybody get an event of this type? */
  wants(type: EventType): boolean {
    return this.#wanted.has(type);
  }

  add(options: PoolOptions): EventPool {
    const pool = new EventPool(options, this.#saved.get(options.name) ?? null);
    this.#pools.set(pool.name, pool);
    this.#countWanted();
    return pool;
  }

  /** A pool that is added from here on is a new one, whatever its name. */
  restored(): void {
    this.#saved.clear();
  }

  remove(name: string): void {
    this.#pools.delete(name);
    this.#countWanted();
  }

  pool(name: string): EventPool | null {
    return this.#pools.get(name) ?? null;
  }

  all(): Iterable<EventPool> {
    return this.#pools.values();
  }

  /**
   * Gives an event to every pool that gets its type; what there is to do, by pool. Only an event that somebody gets uses up a serial. `written` is
   * told before a pool has it.
   */
  notify(
    event: SupervisorEvent,
    written: ((pool: string, serial: number) => void) | null = null,
  ): ReadonlyArray<readonly [pool: string, effects: readonly PoolEffect[]]> {
    if (!this.#wanted.has(event.type)) return [];
    const serial = this.#nextSerial++;
    const pools = [...this.#pools.values()].filter(({ types }) => types.has(event.type));
    return pools.map((pool) => {
      written?.(pool.name, serial);
      return [pool.name, pool.accept(event, serial)];
    });
  }

  get nextSerial(): number {
    return this.#nextSerial;
  }

  save(): SavedPools {
    return { nextSerial: this.#nextSerial, pools: [...this.#pools].map(([name, pool]) => [name, pool.save()]) };
  }

  #countWanted(): void {
    this.#wanted = new Set([...this.#pools.values()].flatMap((pool) => [...pool.types]));
  }
}
