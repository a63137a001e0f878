/** One process's way through a reload, put together from the facts that came so far. */
import type { ReloadFact } from '../core/reload/facts.ts';
import type { ReloadRow } from './model.ts';

type Of<F extends ReloadFact['fact']> = Extract<ReloadFact, { fact: F }>;

export interface Course {
  readonly group: string;
  readonly name: string;
  readonly started: Of<'started'> | null;
  readonly testing: Of<'testing'> | null;
  readonly signalled: Of<'signalled'> | null;
  readonly spawned: Of<'spawned'> | null;
  readonly waiting: Of<'waiting'> | null;
  readonly ready: Of<'ready'> | null;
  readonly promoted: Of<'promoted'> | null;
  readonly stopping: Of<'stopping'> | null;
  readonly stopped: Of<'stopped'> | Of<'predecessor-died'> | null;
  readonly rolledBack: Of<'rolled-back'> | null;
  readonly done: Of<'done'> | null;
  readonly failed: Of<'failed'> | null;
}

/** In the order in which their turn came. */
export function coursesOf({ facts }: Pick<ReloadRow, 'facts'>): readonly Course[] {
  const byProcess = new Map<string, ReloadFact[]>();
  for (const fact of facts) {
    const key = `${fact.group}:${fact.name}`;
    const own = byProcess.get(key);
    if (own === undefined) byProcess.set(key, [fact]);
    else own.push(fact);
  }
  return [...byProcess.values()].map(courseOf);
}

function courseOf(facts: readonly ReloadFact[]): Course {
  const last = <F extends ReloadFact['fact']>(name: F): Of<F> | null =>
    facts.findLast((fact): fact is Of<F> => fact.fact === name) ?? null;
  return {
    group: facts[0]?.group ?? '',
    name: facts[0]?.name ?? '',
    started: last('started'),
    testing: last('testing'),
    signalled: last('signalled'),
    spawned: last('spawned'),
    waiting: last('waiting'),
    ready: last('ready'),
    promoted: last('promoted'),
    stopping: last('stopping'),
    stopped: last('stopped') ?? last('predecessor-died'),
    rolledBack: last('rolled-back'),
    done: last('done'),
    failed: last('failed'),
  };
}

export function hasEnded({ done, failed }: Course): boolean {
  return done !== null || failed !== null;
}
