/**
 * The reloads that clients asked for: one rollout each over its processes, what happened so far, and who waits for more. The newest ended
 * ones are kept as history.
 */
import type { CarriedReload } from '../core/carried.ts';
import type { ReloadFact, ReloadOutcome } from '../core/reload/facts.ts';
import { newRollout, type Rollout, type RolloutEvent, rolloutDeadline, rolloutStep } from '../core/reload/rollout.ts';
import type { ProcessSpec } from '../core/spec.ts';
import type { Clock } from '../os/os.ts';
import type { Carry } from './carry.ts';
import type { Deadlines } from './deadlines.ts';
import type { ReloadView } from './supervision.ts';

const endedKept = 100;
const lookAgainMs = 60_000;

/** One reload, from its beginning on. */
export interface ReloadRecord {
  readonly id: number;
  readonly target: string;
  readonly startedAt: number;
  readonly facts: ReloadFact[];
  outcome: ReloadOutcome | null;
  rollout: Rollout;
  readonly waiting: Set<() => void>;
}

export interface ReloadsOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** Posts a `reload` event to that process. */
  readonly reloadProcess: (group: string, name: string) => void;
  readonly onFact: (fact: ReloadFact) => void;
  /** The process is part of a reload now, or no more. */
  readonly changed: (process: { readonly group: string; readonly name: string }) => void;
  readonly carry: Carry | null;
}

export class Reloads {
  readonly #options: ReloadsOptions;
  readonly #records = new Map<number, ReloadRecord>();
  /** By process: the reload under way that it is part of. */
  readonly #underWay = new Map<string, ReloadRecord>();
  #lastId = 0;

  constructor(options: ReloadsOptions) {
    this.#options = options;
  }

  begin(
    target: string,
    processes: ReadonlyArray<{ group: string; name: string; spec: ProcessSpec; groupPriority: number }>,
  ): number {
    this.#lastId += 1;
    const record: ReloadRecord = {
      id: this.#lastId,
      target,
      startedAt: this.#options.clock.now().wall,
      facts: [],
      outcome: null,
      rollout: newRollout(processes),
      waiting: new Set(),
    };
    this.#records.set(record.id, record);
    this.#options.carry?.reload(record);
    for (const { group, name } of processes) this.#underWay.set(key(group, name), record);
    for (const process of processes) this.#options.changed(process);
    this.#step(record, { event: 'begin' });
    return record.id;
  }

  all(): Iterable<ReloadRecord> {
    return this.#records.values();
  }

  /** Those that an earlier daemon had begun, before any other. Goes on with what was under way, once the processes are there. */
  restore(reloads: Iterable<CarriedReload>): void {
    for (const reload of reloads) {
      const record: ReloadRecord = { ...reload, facts: [...reload.facts], waiting: new Set() };
      this.#records.set(record.id, record);
      this.#lastId = Math.max(this.#lastId, record.id);
      if (record.outcome !== null) continue;
      for (const { group, name } of record.rollout.processes) this.#underWay.set(key(group, name), record);
    }
  }

  /** `isReloading`: what the process itself knows. */
  resume(isReloading: (group: string, name: string) => boolean): void {
    for (const record of this.#records.values()) {
      if (record.outcome !== null) continue;
      const { at } = record.rollout;
      const waitsFor = at.stage === 'batch' ? at.underWay : [];
      for (const { group, name } of waitsFor) if (!isReloading(group, name)) this.#options.reloadProcess(group, name);
      this.#step(record, { event: at.stage === 'new' ? 'begin' : 'time' });
    }
  }

  /** The reload that this process is part of, done with it or not. */
  of(group: string, name: string): number | null {
    return this.#underWay.get(key(group, name))?.id ?? null;
  }

  fact(fact: ReloadFact): void {
    this.#options.onFact(fact);
    const record = this.#underWay.get(key(fact.group, fact.name));
    // The line first: it may begin the file anew, with all that is in the record by then.
    if (record !== undefined) this.#options.carry?.fact(record.id, fact);
    record?.facts.push(fact);
    this.#changed(record);
  }

  processEnded(group: string, name: string, ok: boolean, reason: string): void {
    const record = this.#underWay.get(key(group, name));
    if (record !== undefined) this.#step(record, { event: 'ended', group, name, ok, reason });
  }

  view(id: number): ReloadView | null {
    return this.#records.get(id) ?? null;
  }

  history(group: string, name: string): readonly ReloadView[] {
    return [...this.#records.values()].filter((record) => concerns(record, group, name));
  }

  /** Resolves when there are more facts than that, or the end, or after `timeoutMs`. */
  changed(id: number, factCount: number, timeoutMs: number): Promise<void> {
    const record = this.#records.get(id);
    if (record === undefined || record.outcome !== null || record.facts.length > factCount) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        callOff();
        record.waiting.delete(done);
        resolve();
      };
      const callOff = this.#options.deadlines.after(timeoutMs, done);
      record.waiting.add(done);
    });
  }

  /** How it ended, when it has. */
  async ended(id: number): Promise<ReloadOutcome> {
    const record = this.#records.get(id);
    while (record !== undefined && record.outcome === null) await this.changed(id, record.facts.length, lookAgainMs);
    return record?.outcome ?? { ok: true, reason: '', endedAt: 0 };
  }

  #step(record: ReloadRecord, event: RolloutEvent): void {
    const { clock, deadlines } = this.#options;
    const { rollout, effects } = rolloutStep(record.rollout, event, clock.now());
    record.rollout = rollout;
    const ends = effects.some(({ effect }) => effect === 'ended');
    if (!ends) this.#options.carry?.rollout(record); // else written with its outcome: half of it would never end
    for (const effect of effects) {
      if (effect.effect === 'reload') this.#options.reloadProcess(effect.group, effect.name);
      else this.#end(record, effect.ok, effect.reason);
    }
    deadlines.set(record, rolloutDeadline(record.rollout), () => this.#step(record, { event: 'time' }));
  }

  #end(record: ReloadRecord, ok: boolean, reason: string): void {
    record.outcome = { ok, reason, endedAt: this.#options.clock.now().wall };
    this.#options.carry?.rollout(record);
    for (const [name, underWay] of this.#underWay) if (underWay === record) this.#underWay.delete(name);
    for (const process of record.rollout.processes) this.#options.changed(process);
    this.#changed(record);
    const ended = [...this.#records.values()].filter(({ outcome }) => outcome !== null);
    for (const { id } of ended.slice(0, -endedKept)) this.#records.delete(id);
  }

  #changed(record: ReloadRecord | undefined): void {
    for (const done of [...(record?.waiting ?? [])]) done();
  }
}

function concerns({ rollout }: ReloadRecord, group: string, name: string): boolean {
  return rollout.processes.some((process) => process.group === group && process.name === name);
}

function key(group: string, name: string): string {
  return `${group}:${name}`;
}
