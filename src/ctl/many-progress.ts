/** How far something is that is done to many processes, as one moving line: a bar, counts, and who takes longest. Pure. */
import type { ProcessInfo } from '../core/describe.ts';
import { isStoppedState, type StateName } from '../core/states.ts';
import { manyLine } from './moving-line.ts';
import { namespecOf } from './names.ts';

/** What is counted. */
export interface Tally {
  readonly total: number;
  /** `started`: stands behind the counts. */
  readonly what: string;
  done(): number;
  /** Takes processes that may have changed. */
  news(infos: readonly ProcessInfo[]): void;
  isWaitedFor(info: ProcessInfo): boolean;
  /** Who is named where no process is waited for; '' for none. */
  fallback(): string;
}

export type Goal = 'started' | 'stopped';

/** Counts those processes that have yet to come where they are wanted. */
export class GoalTally implements Tally {
  readonly what: Goal;
  readonly total: number;
  /** How each looked at the beginning. */
  readonly #open: Map<string, string>;

  constructor(goal: Goal, infos: readonly ProcessInfo[]) {
    this.what = goal;
    const open = infos.filter((info) =>
      goal === 'started' ? info.statename !== 'RUNNING' : !isStoppedState(info.statename as StateName),
    );
    this.#open = new Map(open.map((info) => [namespecOf(info), look(info)]));
    this.total = this.#open.size;
  }

  done(): number {
    return this.total - this.#open.size;
  }

  news(infos: readonly ProcessInfo[]): void {
    for (const info of infos) {
      if (this.#isThere(info)) this.#open.delete(namespecOf(info));
    }
  }

  isWaitedFor(info: ProcessInfo): boolean {
    return this.#open.has(namespecOf(info));
  }

  fallback(): string {
    return '';
  }

  /** A start that failed is through as well. */
  #isThere(info: ProcessInfo): boolean {
    const stopped = isStoppedState(info.statename as StateName);
    if (this.what === 'stopped') return stopped;
    return info.statename === 'RUNNING' || (stopped && look(info) !== this.#open.get(namespecOf(info)));
  }
}

function look({ statename, start, stop }: ProcessInfo): string {
  return `${statename} ${start} ${stop}`;
}

/** Counts groups that are gone through one after the other. */
export class GroupTally implements Tally {
  readonly what = 'groups';
  readonly total: number;
  #begun = 0;
  #group = '';

  constructor(total: number) {
    this.total = total;
  }

  /** That group's turn has come; the one before is through. */
  next(group: string): void {
    this.#group = group;
    this.#begun += 1;
  }

  done(): number {
    return Math.max(0, this.#begun - 1);
  }

  news(): void {}

  isWaitedFor(info: ProcessInfo): boolean {
    return info.group === this.#group && isMoving(info);
  }

  fallback(): string {
    return this.#group;
  }
}

/** The others wait for their turn. */
function isMoving({ statename }: ProcessInfo): boolean {
  return statename === 'STOPPING' || statename === 'STARTING' || statename === 'BACKOFF';
}

/** What is over sooner is not worth a line. */
const patienceMs = 500;

export class ManyProgress {
  readonly #tally: Tally;
  readonly #begunMs: number;
  readonly #known = new Map<string, { readonly info: ProcessInfo; readonly sinceMs: number }>();

  constructor(tally: Tally, nowMs: number) {
    this.#tally = tally;
    this.#begunMs = nowMs;
  }

  news(infos: readonly ProcessInfo[], nowMs: number): void {
    for (const info of infos) {
      const name = namespecOf(info);
      if (this.#known.get(name)?.info.statename !== info.statename) this.#known.set(name, { info, sinceMs: nowMs });
    }
    this.#tally.news(infos);
  }

  /** No wider than `width`; null: nothing to draw. */
  render(nowMs: number, width: number): string | null {
    if (nowMs - this.#begunMs < patienceMs || this.#tally.total === 0) return null;
    const waited = [...this.#known.values()].filter(({ info }) => this.#tally.isWaitedFor(info));
    const [slowest] = waited.toSorted(
      (a, b) => Number(isMoving(b.info)) - Number(isMoving(a.info)) || a.sinceMs - b.sinceMs,
    );
    const who =
      slowest === undefined
        ? this.#tally.fallback()
        : `${namespecOf(slowest.info)} (${slowest.info.statename} ${Math.floor((nowMs - slowest.sinceMs) / 1000)} s)`;
    const { total, what } = this.#tally;
    return manyLine({ done: this.#tally.done(), total, what, who }, nowMs, width);
  }
}
