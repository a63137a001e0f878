/**
 * The one timer: whoever has a deadline sets it here under a key of its own, setting it again moves it. Armed for the earliest. Nothing is
 * ever cancelled by hand: a deadline that moved leaves a stale row in the heap, skipped when it comes up.
 */
import type { Clock } from '../os/os.ts';

interface Row {
  readonly at: number;
  readonly key: object;
}

export class Deadlines {
  readonly #clock: Clock;
  readonly #wakes = new Map<object, { at: number; wake: () => void }>();
  readonly #heap: Row[] = [];
  #armedFor: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `at`: mono milliseconds; null: no deadline. `wake` is called once. */
  set(key: object, at: number | null, wake: () => void): void {
    const old = this.#wakes.get(key);
    if (at === null) {
      if (old !== undefined) this.#wakes.delete(key);
    } else {
      this.#wakes.set(key, { at, wake });
      if (old?.at !== at) this.#push({ at, key });
    }
    this.#arm();
  }

  /** Calls back once after `ms`; the returned function calls it off. */
  after(ms: number, wake: () => void): () => void {
    const key = {};
    this.set(key, this.#clock.now().mono + ms, wake);
    return () => this.set(key, null, wake);
  }

  #arm(): void {
    let first = this.#heap[0];
    while (first !== undefined && this.#wakes.get(first.key)?.at !== first.at) {
      this.#pop();
      first = this.#heap[0];
    }
    const at = first?.at ?? null;
    if (at === this.#armedFor) return;
    this.#armedFor = at;
    this.#clock.arm(at, () => this.#wake());
  }

  #wake(): void {
    this.#armedFor = null;
    const now = this.#clock.now().mono;
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.#pop();
      const due = this.#wakes.get(first.key);
      if (due?.at !== first.at) continue;
      this.#wakes.delete(first.key);
      due.wake();
    }
    this.#arm();
  }

  #push(row: Row): void {
    const heap = this.#heap;
    let index = heap.push(row) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Row;
      if (above.at <= row.at) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = row;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Row).at < (heap[child] as Row).at) child += 1;
      if ((heap[child] as Row).at >= last.at) break;
      heap[index] = heap[child] as Row;
      index = child;
    }
    heap[index] = last;
  }
}
