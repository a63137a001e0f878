/** Processes as the dashboard is told of them. */
import { describeProcess } from '../core/describe.ts';
import { makeNamespec } from '../core/namespec.ts';
import { describeFact } from '../core/reload/describe-fact.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import { toLocalTime } from '../rpc/local-time.ts';
import { namespecOf } from '../rpc/targets.ts';
import type { ProcessView, ReloadView, Supervision } from '../runtime/supervision.ts';
import type { ProcessesMessage, ProcessRow, ReloadRow, UsageMessage } from '../web/messages.ts';

/** All that changed since that version (0: everything), and the version to ask with next. */
export function processesSince(
  daemon: Supervision,
  since: number,
): { readonly version: number; readonly message: ProcessesMessage } {
  const { version, complete, processes } = daemon.changes(since);
  const now = daemon.now();
  const rows = processes.map((view) => processRow(daemon, view, now));
  return { version, message: { complete, now, daemonState: daemon.daemonState, processes: rows } };
}

export async function usageMessage(daemon: Supervision): Promise<UsageMessage> {
  const { at, rows } = await daemon.usage();
  return {
    at,
    rows: rows.map(({ group, name, cpuSecs, rssBytes, generations }) => ({
      id: makeNamespec(group, name),
      cpuSecs,
      rssBytes,
      generations,
    })),
  };
}

function processRow(daemon: Supervision, view: ProcessView, now: number): ProcessRow {
  const last = daemon.reloadHistory(view.group, view.name).at(-1);
  const { state, pid, startedAt, generation, generations, restarts, lastAnswer, spec } = view;
  const logs = [view.stdoutLog === '' ? [] : ['stdout' as const], view.stderrLog === '' ? [] : ['stderr' as const]];
  return {
    id: namespecOf(view),
    state,
    description: describeProcess(view, now, toLocalTime),
    pid,
    startedAt,
    generation,
    generations,
    strategy: spec.reload.strategy,
    restarts,
    lastAnswer,
    logs: logs.flat(),
    reload: last === undefined ? null : reloadRow(last, view),
  };
}

/** What the reload, which may be one of many processes, has to tell of this one. */
function reloadRow({ id, facts, outcome }: ReloadView, { group, name }: ProcessView): ReloadRow {
  const own = facts.filter((fact) => fact.group === group && fact.name === name);
  const waiting = own.findLast((fact) => fact.fact === 'waiting');
  const failure = own.findLast((fact) => fact.fact === 'failed');
  return {
    id,
    steps: own.map((fact) => ({ at: fact.at, fact: fact.fact, text: describeFact(fact) })),
    timeoutSecs: waiting?.timeoutSecs ?? 0,
    outcome: outcomeOf(own, outcome),
    reason: failure?.reason ?? outcome?.reason ?? '',
    lastOutput: failure?.lastOutput ?? [],
  };
}

function outcomeOf(own: readonly ReloadFact[], outcome: ReloadView['outcome']): ReloadRow['outcome'] {
  if (own.some(({ fact }) => fact === 'failed')) return 'failed';
  if (own.some(({ fact }) => fact === 'done')) return 'done';
  if (outcome === null) return 'under way';
  return outcome.ok ? 'done' : 'failed';
}
