/**
 * Who changed since a client last looked: a counter that goes up with each change, the count at which each process changed last, and those
 * who wait for the next one. So nobody needs to ask again and again, and an answer holds only what is new.
 */
import type { Deadlines } from './deadlines.ts';

export class Changes {
  readonly #deadlines: Deadlines;
  /** By `group:name`. */
  readonly #changedAt = new Map<string, number>();
  readonly #answers = new Map<string, string>();
  readonly #waiting = new Set<() => void>();
  /** Whoever knows less than that must be told everything: processes have come or gone. */
  #allChangedAt = 1;
  #version = 1;
  #epoch = 0;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  get version(): number {
    return this.#version;
  }

  /** Another number whenever something may have changed of what clients can see, also where nobody is told. */
  get epoch(): number {
    return this.#epoch;
  }

  /** A process changed in a way that clients see. */
  touch({ group, name }: { readonly group: string; readonly name: string }): void {
    this.#changedAt.set(`${group}:${name}`, this.#version + 1);
    this.#next();
  }

  /** After each step of a process. What its ready check says counts when it says something else than before. */
  stepped(process: { readonly group: string; readonly name: string }, answer: string): void {
    this.#epoch += 1;
    const key = `${process.group}:${process.name}`;
    if (answer === (this.#answers.get(key) ?? '')) return;
    if (answer === '') this.#answers.delete(key);
    else this.#answers.set(key, answer);
    this.touch(process);
  }

  /** Processes have come or gone, or something that is no process's changed. */
  touchAll(): void {
    this.#changedAt.clear();
    this.#allChangedAt = this.#version + 1;
    this.#next();
  }

  /** A group has another definition, or is not there any more. Its clients are told when that is done. */
  regrouped(): void {
    this.#epoch += 1;
  }

  /** Whether an answer to `since` must list every process. A version that never was is from an earlier life of the daemon. */
  isAllNew(since: number): boolean {
    return since < this.#allChangedAt || since > this.#version;
  }

  isNew({ group, name }: { readonly group: string; readonly name: string }, since: number): boolean {
    return this.isAllNew(since) || (this.#changedAt.get(`${group}:${name}`) ?? 0) > since;
  }

  /** Resolves when something is new, or after `timeoutMs`. */
  changed(since: number, timeoutMs: number): Promise<void> {
    if (since !== this.#version) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        callOff();
        this.#waiting.delete(done);
        resolve();
      };
      const callOff = this.#deadlines.after(timeoutMs, done);
      this.#waiting.add(done);
    });
  }

  #next(): void {
    this.#version += 1;
    this.#epoch += 1;
    for (const done of [...this.#waiting]) done();
  }
}
