/**
 * `hupd.*` for those who look on: what changed, what the processes use, what happened to them. A client that shows the daemon's state calls
 * `waitChange` again with each answer's version and never asks in between.
 */
import { processInfo } from '../../core/describe.ts';
import { describeHappening, type HistoryEntry } from '../../core/history.ts';
import type { ProcessView, UsageView } from '../../runtime/supervision.ts';
import { toInt } from '../arguments.ts';
import { rpcBounds } from '../bounds.ts';
import { Double, type RpcResult } from '../encode-response.ts';
import { toLocalTime } from '../local-time.ts';
import { answer, type MethodTable, param, wrongArgument } from '../method.ts';
import { seconds, toSeconds } from '../seconds.ts';
import { findProcess } from '../targets.ts';

export const watchMethods: MethodTable = [
  [
    'waitChange',
    {
      returns: 'struct',
      params: [param('sinceVersion', 'int'), param('timeoutSecs', 'double')],
      help: `Answered when a process has changed since that version (0: at once), or after timeoutSecs (at most ${rpcBounds.maxWaitSecs}): version, for the next call; complete: whether processes are all or only those that changed; daemonState; and processes, each as in getProcessInfo with generation, generations, strategy, reloadId (0: none), lastAnswer, restarts.`,
      reads: true,
      whileStopping: true,
      call: async ({ daemon }, [sinceVersion, timeoutSecs]) => {
        const since = toInt(sinceVersion);
        const timeout = toSeconds(timeoutSecs);
        if (since === null || timeout === null) return wrongArgument;
        await daemon.changed(since, Math.min(timeout, rpcBounds.maxWaitSecs) * 1000);
        const { version, complete, processes } = daemon.changes(since);
        const now = daemon.now();
        return answer({
          version,
          complete,
          daemonState: daemon.daemonState,
          processes: processes.map((process) => changeStruct(process, now)),
        });
      },
    },
  ],
  [
    'getUsage',
    {
      returns: 'array',
      params: [],
      help: 'What each process that is up uses, with all that descends from it: group, name, pid, cpuSecs, rssBytes, processes (how many), and at, when that was read (at most once a second).',
      reads: true,
      whileStopping: true,
      call: async ({ daemon }) => {
        const { at, rows } = await daemon.usage();
        return answer(rows.map((row) => usageStruct(row, at)));
      },
    },
  ],
  [
    'getSockets',
    {
      returns: 'array',
      params: [param('name', 'string')],
      help: 'The listening sockets that hupd holds for a process, open while it is down: address, waiting (connections that nobody has accepted yet), limit (-1: the kernel does not tell).',
      reads: true,
      whileStopping: true,
      call: ({ daemon }, [name]) => {
        const target = findProcess(daemon, name);
        if (target.kind === 'wrong') return target.answer;
        const sockets = daemon.sockets(target.process.group, target.process.name);
        return answer(sockets.map(({ address, waiting, limit }) => ({ address, waiting, limit: limit ?? -1 })));
      },
    },
  ],
  [
    'getHistory',
    {
      returns: 'array',
      params: [param('name', 'string'), param('count', 'int')],
      help: 'The last events of a process, at most count, oldest first: at, what (asked, state, exited, reload), text in words, and what else that kind has.',
      reads: true,
      whileStopping: true,
      call: ({ daemon }, [name, count]) => {
        const most = toInt(count);
        if (most === null) return wrongArgument;
        const target = findProcess(daemon, name);
        if (target.kind === 'wrong') return target.answer;
        const { group, name: process } = target.process;
        return answer(most < 1 ? [] : daemon.history(group, process).slice(-most).map(entryStruct));
      },
    },
  ],
];

function changeStruct(process: ProcessView, now: number): RpcResult {
  return {
    ...processInfo(process, now, toLocalTime),
    generation: process.generation,
    generations: process.generations.map(({ number, pid, startedAt, role }) => ({
      number,
      pid,
      startedAt: seconds(startedAt),
      role,
    })),
    strategy: process.spec.reload.strategy,
    reloadId: process.reloadId ?? 0,
    lastAnswer: process.lastAnswer,
    restarts: process.restarts,
  };
}

function usageStruct({ group, name, pid, cpuSecs, rssBytes, processes }: UsageView, at: number): RpcResult {
  return { group, name, pid, cpuSecs: new Double(cpuSecs), rssBytes: new Double(rssBytes), processes, at: seconds(at) };
}

function entryStruct(entry: HistoryEntry): RpcResult {
  const members = Object.entries({ ...entry, text: describeHappening(entry) }).map(([name, value]) => {
    if (typeof value !== 'number') return [name, value] as const;
    if (name === 'at') return [name, seconds(value)] as const;
    return [name, name.endsWith('Secs') ? new Double(value) : value] as const;
  });
  return Object.fromEntries<RpcResult>(members);
}
