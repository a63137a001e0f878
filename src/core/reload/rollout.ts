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
import type { ProcessSpec } from '../spec.ts';
import type { Now } from '../time.ts';

interface Member {
  readonly group: string;
  readonly name: string;
}

interface Batch {
  readonly members: readonly Member[];
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

type Given = Member & { readonly spec: ProcessSpec };
type Some<T> = [T, ...T[]];

/**
 * `processes`: in (group priority, group name) order, as the daemon keeps its groups; within a group the programs are put into (priority,
 * program) order here, and the processes of a program keep theirs. One that is named twice has one turn.
 */
export function newRollout(processes: readonly Given[]): Rollout {
  const each = by(processes, ({ group, name }) => `${group}:${name}`).map(([first]) => first);
  const batches = by(each, ({ group }) => group).flatMap((members) => {
    const programs = by(members, ({ spec }) => spec.program);
    return programs.sort(([a], [b]) => byPriority(a.spec, b.spec)).flatMap(batchesOf);
  });
  return { at: { stage: 'new' }, batches, failures: [] };
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
  const at: Stage = { stage: 'batch', index, underWay: batch.members };
  return {
    rollout: { ...rollout, at },
    effects: batch.members.map(({ group, name }) => ({ effect: 'reload', group, name })),
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
  const failed = rollout.failures.some((failure) =>
    batch?.members.some(({ group, name }) => group === failure.group && name === failure.name),
  );
  if (failed && batch?.continues !== true) return end(rollout, index + 1);
  if (batch === undefined || batch.pauseMs === 0) return beginBatch(rollout, index + 1);
  const at: Stage = { stage: 'pause', index: index + 1, until: now.mono + batch.pauseMs };
  return { rollout: { ...rollout, at }, effects: [] };
}

/** `untouched`: the first batch that has not had its turn and will not have it. */
function end(rollout: Rollout, untouched: number = rollout.batches.length): Outcome {
  const reason = describeFailures(rollout, untouched);
  return {
    rollout: { ...rollout, at: { stage: 'ended' } },
    effects: [{ effect: 'ended', ok: rollout.failures.length === 0, reason }],
  };
}

/** Why it failed, '' if it did not: the one failure, or each with its process's name, and how many were left alone. */
function describeFailures({ batches, failures }: Rollout, untouched: number): string {
  const [first] = failures;
  if (first === undefined) return '';
  const total = batches.flatMap(({ members }) => members).length;
  if (total === 1) return first.reason;
  const left = batches.slice(untouched).flatMap(({ members }) => members).length;
  const what = failures
    .map(({ group, name, reason }) => `${group === name ? name : `${group}:${name}`}: ${reason}`)
    .join('; ');
  return left === 0 ? what : `${what}; ${left} of ${total} not reloaded because of it`;
}

function batchesOf(members: Some<Given>): Batch[] {
  const { parallelism, delaySecs, onFailure } = members[0].spec.reload;
  const size = Math.max(1, parallelism);
  const count = Math.ceil(members.length / size);
  return Array.from({ length: count }, (_, index) => ({
    members: members.slice(index * size, (index + 1) * size).map(({ group, name }) => ({ group, name })),
    pauseMs: index === count - 1 ? 0 : delaySecs * 1000,
    continues: onFailure === 'continue',
  }));
}

function byPriority(a: ProcessSpec, b: ProcessSpec): number {
  if (a.priority !== b.priority) return a.priority - b.priority;
  return a.program < b.program ? -1 : 1;
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
