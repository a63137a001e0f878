/**
 * What happened lately to each process: state changes, ends, clients' wishes and the turning points of reloads, the oldest forgotten. Kept by
 * name and not by member, so that a group which is removed and added again has not lost its past.
 */
import type { ExitStatus } from '../core/exit-status.ts';
import { describeExit } from '../core/exit-status.ts';
import type { Happening, HistoryEntry } from '../core/history.ts';
import { aliveGenerations } from '../core/process.ts';
import { describeFact } from '../core/reload/describe-fact.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import type { ProcessEffect } from '../core/turn.ts';
import type { Clock } from '../os/os.ts';
import type { Child } from './child.ts';
import type { Member } from './member.ts';
import type { TallyView } from './supervision.ts';

const entriesKept = 100;
/** Of processes that are gone: their names may be new ones each time. */
const recordsKept = 5000;
/** The end of a longer one is cut. */
const lastLineChars = 300;
/** A last line of blanks says nothing: that many lines are looked through for a better one. */
const linesLookedAt = 10;

export type Wish = Pick<Happening & { what: 'asked' }, 'wish' | 'signal'>;

/** Those that a reader of the past wants; the steps in between are in the reload's own record. */
const turningPoints: ReadonlySet<ReloadFact['fact']> = new Set([
  'started',
  'promoted',
  'rolled-back',
  'done',
  'failed',
]);

interface Named {
  readonly group: string;
  readonly name: string;
}

interface Tally {
  readonly exits: Map<string, number>;
  reloadsDone: number;
  reloadsFailed: number;
  lastReloadSecs: number;
  /** wall */
  reloadBegun: number;
  reloadDrops: number | null;
  lastBootSecs: number | null;
  /** mono, of the last STARTING. */
  startedAt: number;
}

interface Record {
  readonly entries: HistoryEntry[];
  restarts: number;
  readonly tally: Tally;
  /** A client's start, or a reload's, is what the next STARTING comes from. */
  wanted: boolean;
}

export class History {
  readonly #clock: Clock;
  readonly #changed: (process: Named) => void;
  readonly #records = new Map<string, Record>();

  /** `changed` is told of each entry, and of each fact of a reload. */
  constructor(clock: Clock, changed: (process: Named) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Oldest first. */
  of(group: string, name: string): readonly HistoryEntry[] {
    return this.#records.get(`${group}:${name}`)?.entries ?? [];
  }

  /** How often the process was started again because it had ended, or failed to start. */
  restarts(group: string, name: string): number {
    return this.#records.get(`${group}:${name}`)?.restarts ?? 0;
  }

  tally(group: string, name: string): TallyView {
    return this.#records.get(`${group}:${name}`)?.tally ?? newTally();
  }

  asked(member: Member, { wish, signal }: Wish): void {
    this.#add(member.spec, { what: 'asked', wish, signal });
    if (wish === 'start') this.#record(member.spec).wanted = true;
  }

  stateChanged(member: Member, { from, to, pid, expected }: ProcessEffect & { effect: 'state' }): void {
    const failed = to === 'BACKOFF' || to === 'FATAL';
    const spawnError = failed ? member.process.spawnError : '';
    this.#add(member.spec, { what: 'state', from, to, pid, expected, spawnError });
    const record = this.#record(member.spec);
    const { mono } = this.#clock.now();
    if (from === 'STARTING' && to === 'RUNNING') record.tally.lastBootSecs = (mono - record.tally.startedAt) / 1000;
    if (to !== 'STARTING') return;
    record.tally.startedAt = mono;
    const again = from === 'BACKOFF' || from === 'EXITED';
    if (again && !record.wanted && member.process.reload === null) record.restarts += 1;
    record.wanted = false;
  }

  /** Before the process takes the step that its end means. */
  exited(member: Member, child: Child, status: ExitStatus): void {
    const generation = aliveGenerations(member.process).find(({ pid }) => pid === child.pid);
    const ranSecs = Math.max(0, this.#clock.now().mono - (generation?.since ?? this.#clock.now().mono)) / 1000;
    const lines = child.lastLines(linesLookedAt).map((line) => line.trim());
    const lastLine = (lines.findLast((line) => line !== '') ?? '').slice(0, lastLineChars);
    const how = describeExit(status);
    const { exits } = this.#record(member.spec).tally;
    exits.set(how, (exits.get(how) ?? 0) + 1);
    this.#add(member.spec, { what: 'exited', pid: child.pid, generation: child.generation, how, ranSecs, lastLine });
  }

  reloadFact(fact: ReloadFact): void {
    this.#count(fact);
    if (turningPoints.has(fact.fact)) this.#add(fact, { what: 'reload', fact: fact.fact, text: describeFact(fact) });
    else this.#changed(fact);
  }

  #count(fact: ReloadFact): void {
    const { tally } = this.#record(fact);
    if (fact.fact === 'started') tally.reloadBegun = fact.at;
    if (fact.fact === 'ready') tally.lastBootSecs = fact.afterSecs;
    if (fact.fact === 'done' && fact.dropped >= 0) tally.reloadDrops = (tally.reloadDrops ?? 0) + fact.dropped;
    if (fact.fact !== 'done' && fact.fact !== 'failed') return;
    if (fact.fact === 'done') tally.reloadsDone += 1;
    else tally.reloadsFailed += 1;
    tally.lastReloadSecs =
      fact.fact === 'done' ? fact.tookSecs : Math.max(0, fact.at - (tally.reloadBegun || fact.at)) / 1000;
  }

  #add(process: Named, happening: Happening): void {
    const { entries } = this.#record(process);
    entries.push({ at: this.#clock.now().wall, ...happening });
    if (entries.length > entriesKept) entries.shift();
    this.#changed(process);
  }

  #record({ group, name }: Named): Record {
    const key = `${group}:${name}`;
    let record = this.#records.get(key);
    if (record === undefined) {
      record = { entries: [], restarts: 0, tally: newTally(), wanted: false };
      this.#records.set(key, record);
      const oldest = this.#records.keys().next();
      if (this.#records.size > recordsKept && !oldest.done) this.#records.delete(oldest.value);
    }
    return record;
  }
}

function newTally(): Tally {
  return {
    exits: new Map(),
    reloadsDone: 0,
    reloadsFailed: 0,
    lastReloadSecs: 0,
    reloadBegun: 0,
    reloadDrops: null,
    lastBootSecs: null,
    startedAt: 0,
  };
}
