/**
 * A reload of many processes, as plain data: programs one after another, within a program so many processes at a time, with a pause between
 * the batches. Never more than a batch is under way, so that all but `reload_parallelism` of a program serve at any moment, and with
 * start_first all of them.
 *
 *   new ─begin─► batch ─all ended─► pause ─time─► batch ─► ... ─► ended
 *                  └─ one failed: when the rest of its batch has ended ──┘
 *
 * What one process does in its turn is `step.ts`'s business; one that is not running has its turn like any other.
 */
import { compareCodePoints } from '../../util/code-point-order.ts';
import { makeNamespec } from '../namespec.ts';
import type { ProcessSpec } from '../spec.ts';
import type { Now } from '../time.ts';

interface Member {
  readonly group: string;
  readonly name: string;
}

/** `processes` from `start` up to, not including, `end`. */
interface Batch {
  readonly start: number;
  readonly end: number;
  /** From the end of this batch to the next one of the same program; 0 for a program's last. */
  readonly pauseMs: number;
  /** A failure does not keep the others from their turn. */
  readonly continues: boolean;
}

type Stage =
  | { readonly stage: 'new' }
  | { readonly stage: 'batch'; readonly index: number; readonly underWay: readonly Member[] }
  /** `index`: of the batch that comes next; `until`: mono. */
  | { readonly stage: 'pause'; readonly index: number; readonly until: number }
  | { readonly stage: 'ended' };

export interface Rollout {
  readonly at: Stage;
  /** In the order of their turns. */
  readonly processes: readonly Member[];
  readonly batches: readonly Batch[];
  readonly failures: ReadonlyArray<Member & { readonly reason: string }>;
}

export type RolloutEvent =
  | { readonly event: 'begin' }
  | {
      readonly event: 'ended';
      readonly group: string;
      readonly name: string;
      readonly ok: boolean;
      readonly reason: string;
    }
  | { readonly event: 'time' };

/** `reload` is answered by `ended` for that process. After `ended` nothing more comes. */
export type RolloutEffect =
  | { readonly effect: 'reload'; readonly group: string; readonly name: string }
  | { readonly effect: 'ended'; readonly ok: boolean; readonly reason: string };

interface Outcome {
  readonly rollout: Rollout;
  readonly effects: readonly RolloutEffect[];
}

type Given = Member & { readonly spec: ProcessSpec; readonly groupPriority: number };
type Some<T> = [T, ...T[]];

/** Programs in (group priority, group, priority, program) order, each one's processes as given. One that is named twice has one turn. */
export function inTurn<G extends Given>(given: readonly G[]): readonly Some<G>[] {
  const each = by(given, ({ group, name }) => `${group}:${name}`).map(([first]) => first);
  return by(each, ({ group, spec }) => `${group}:${spec.program}`).sort(([a], [b]) => byTurn(a, b));
}

export function newRollout(given: readonly Given[]): Rollout {
  const programs = inTurn(given);
  const batches: Batch[] = [];
  for (const program of programs) batches.push(...batchesOf(program, batches.at(-1)?.end ?? 0));
  const processes = programs.flat().map(({ group, name }) => ({ group, name }));
  return { at: { stage: 'new' }, processes, batches, failures: [] };
}

export function rolloutStep(rollout: Rollout, event: RolloutEvent, now: Now): Outcome {
  const { at } = rollout;
  switch (event.event) {
    case 'begin':
      return at.stage === 'new' ? beginBatch(rollout, 0) : { rollout, effects: [] };
    case 'ended':
      return at.stage === 'batch' ? memberEnded(rollout, at, event, now) : { rollout, effects: [] };
    case 'time': {
      const due = at.stage === 'pause' && now.mono >= at.until;
      return due ? beginBatch(rollout, at.index) : { rollout, effects: [] };
    }
  }
}

/** When it wants to be woken with a `time` event (mono), or null. */
export function rolloutDeadline({ at }: Rollout): number | null {
  return at.stage === 'pause' ? at.until : null;
}

function beginBatch(rollout: Rollout, index: number): Outcome {
  const batch = rollout.batches[index];
  if (batch === undefined) return end(rollout);
  const members = rollout.processes.slice(batch.start, batch.end);
  return {
    rollout: { ...rollout, at: { stage: 'batch', index, underWay: members } },
    effects: members.map(({ group, name }) => ({ effect: 'reload', group, name })),
  };
}

function memberEnded(
  rollout: Rollout,
  { index, underWay }: Extract<Stage, { stage: 'batch' }>,
  { group, name, ok, reason }: Extract<RolloutEvent, { event: 'ended' }>,
  now: Now,
): Outcome {
  const left = underWay.filter((member) => member.group !== group || member.name !== name);
  if (left.length === underWay.length) return { rollout, effects: [] }; // not ours, or told twice
  const failures = ok ? rollout.failures : [...rollout.failures, { group, name, reason }];
  const next: Rollout = { ...rollout, failures, at: { stage: 'batch', index, underWay: left } };
  if (left.length > 0) return { rollout: next, effects: [] };
  return batchEnded(next, index, now);
}

function batchEnded(rollout: Rollout, index: number, now: Now): Outcome {
  const batch = rollout.batches[index];
  if (batch === undefined) return end(rollout);
  const members = rollout.processes.slice(batch.start, batch.end);
  const failed = rollout.failures.some((failure) =>
    members.some(({ group, name }) => group === failure.group && name === failure.name),
  );
  if (failed && !batch.continues) return end(rollout, batch.end);
  if (batch.pauseMs === 0) return beginBatch(rollout, index + 1);
  const at: Stage = { stage: 'pause', index: index + 1, until: now.mono + batch.pauseMs };
  return { rollout: { ...rollout, at }, effects: [] };
}

/** `turns`: how many processes have had theirs; no other will. */
function end(rollout: Rollout, turns: number = rollout.processes.length): Outcome {
  const reason = describeFailures(rollout, turns);
  return {
    rollout: { ...rollout, at: { stage: 'ended' } },
    effects: [{ effect: 'ended', ok: rollout.failures.length === 0, reason }],
  };
}

/** Why it failed, '' if it did not: the one failure, or each with its process's name, and how many were left alone. */
function describeFailures({ processes, failures }: Rollout, turns: number): string {
  const [first] = failures;
  if (first === undefined) return '';
  if (processes.length === 1) return first.reason;
  const what = failures.map(({ group, name, reason }) => `${makeNamespec(group, name)}: ${reason}`).join('; ');
  const left = processes.length - turns;
  return left === 0 ? what : `${what}; ${left} of ${processes.length} not reloaded because of it`;
}

/** `first`: the place of the program's first process among all. */
function batchesOf(program: Some<Given>, first: number): Batch[] {
  const { parallelism, delaySecs, onFailure } = program[0].spec.reload;
  const size = Math.max(1, parallelism);
  const count = Math.ceil(program.length / size);
  return Array.from({ length: count }, (_, index) => ({
    start: first + index * size,
    end: first + Math.min((index + 1) * size, program.length),
    pauseMs: index === count - 1 ? 0 : delaySecs * 1000,
    continues: onFailure === 'continue',
  }));
}

function byTurn(a: Given, b: Given): number {
  return (
    a.groupPriority - b.groupPriority ||
    compareCodePoints(a.group, b.group) ||
    a.spec.priority - b.spec.priority ||
    compareCodePoints(a.spec.program, b.spec.program)
  );
}

/** Those with the same key together, in the order of their first. */
function by<T>(items: readonly T[], key: (item: T) => string): Some<T>[] {
  const groups = new Map<string, Some<T>>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
