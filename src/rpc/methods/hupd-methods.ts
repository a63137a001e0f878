/**
 * `hupd.*`: what supervisord does not have: reloads, their course and their history, generations, and the doctor. Names of members are
 * ours, in camelCase; times and spans are seconds, as doubles.
 */
import type { ReloadFact } from '../../core/reload/facts.ts';
import type { ProcessView, ReloadView, Supervision } from '../../runtime/supervision.ts';
import { toInt } from '../arguments.ts';
import { rpcBounds } from '../bounds.ts';
import type { RpcValue } from '../codec.ts';
import { hupdApiVersion } from '../contract.ts';
import { Double, type RpcResult } from '../encode-response.ts';
import { type Answer, answer, fault, type MethodTable, param, refused, wrongArgument } from '../method.ts';
import { seconds, toSeconds } from '../seconds.ts';
import { allProcesses, findGroup, findProcess, findTarget } from '../targets.ts';
import { watchMethods } from './watch-methods.ts';

export const hupdMethods: MethodTable = [
  [
    'getAPIVersion',
    {
      returns: 'string',
      params: [],
      help: 'The version of the hupd.* methods.',
      reads: true,
      whileStopping: true,
      call: () => answer(hupdApiVersion),
    },
  ],
  [
    'reloadProcess',
    {
      returns: 'int',
      params: [param('name', 'string')],
      help: 'Begins the reload of a process, or with "group:*" of a group, by the strategy of each program. The number is for getReload and waitReload.',
      reads: false,
      call: ({ daemon }, [name]) => {
        const target = findTarget(daemon, name);
        if (target.kind === 'wrong') return target.answer;
        if (target.kind === 'group') return reload(daemon, `${target.groupName}:*`, target.group.processes);
        return reload(daemon, target.name, [target.process]);
      },
    },
  ],
  [
    'reloadProcessGroup',
    {
      returns: 'int',
      params: [param('name', 'string')],
      help: 'Begins the reload of every process of a group.',
      reads: false,
      call: ({ daemon }, [name]) => {
        const target = findGroup(daemon, name);
        if (target.kind === 'wrong') return target.answer;
        return reload(daemon, `${target.groupName}:*`, target.group.processes);
      },
    },
  ],
  [
    'reloadAllProcesses',
    {
      returns: 'int',
      params: [],
      help: 'Begins the reload of every process, one program after another.',
      reads: false,
      call: ({ daemon }) => reload(daemon, 'all', allProcesses(daemon)),
    },
  ],
  [
    'upgrade',
    {
      returns: 'boolean',
      params: [],
      help: 'Becomes the hupd that is installed now, in place: programs, logs and sockets stay. Refused when that one could not go on.',
      reads: false,
      call: async ({ daemon }) => {
        const outcome = await daemon.upgrade();
        return outcome.ok ? answer(true) : refused(outcome, '');
      },
    },
  ],
  [
    'getUpgrades',
    {
      returns: 'int',
      params: [],
      help: 'How often this process has been upgraded in place.',
      reads: true,
      whileStopping: true,
      call: ({ daemon }) => answer(daemon.upgrades),
    },
  ],
  [
    'getReload',
    {
      returns: 'struct',
      params: [param('id', 'int')],
      help: 'How far a reload has come: id, target, startedAt, endedAt (0: not yet), done, ok, reason, and facts in order.',
      reads: true,
      whileStopping: true,
      call: ({ daemon }, [id]) => reloadAnswer(daemon, id),
    },
  ],
  [
    'waitReload',
    {
      returns: 'struct',
      params: [param('id', 'int'), param('factCount', 'int'), param('timeoutSecs', 'double')],
      help: `The same, but answered only when there are more facts than factCount, or the reload has ended, or after timeoutSecs (at most ${rpcBounds.maxWaitSecs}).`,
      reads: true,
      whileStopping: true,
      call: async ({ daemon }, [id, factCount, timeoutSecs]) => {
        const number = toInt(id);
        const count = toInt(factCount);
        const timeout = toSeconds(timeoutSecs);
        if (number === null || count === null || timeout === null) return wrongArgument;
        if (daemon.reloadView(number) === null) return fault('BAD_NAME', String(number));
        await daemon.reloadChanged(number, count, Math.min(timeout, rpcBounds.maxWaitSecs) * 1000);
        return reloadAnswer(daemon, number);
      },
    },
  ],
  [
    'getReloadHistory',
    {
      returns: 'array',
      params: [param('name', 'string')],
      help: 'The reloads of a process, oldest first, each as in getReload.',
      reads: true,
      call: ({ daemon }, [name]) =>
        ofProcess(daemon, name, (process) => daemon.reloadHistory(process.group, process.name).map(reloadStruct)),
    },
  ],
  [
    'listGenerations',
    {
      returns: 'array',
      params: [param('name', 'string')],
      help: 'The generations of a process that are alive, the one that is the process first: number, pid, startedAt, role.',
      reads: true,
      call: ({ daemon }, [name]) => ofProcess(daemon, name, generations),
    },
  ],
  [
    'planReload',
    {
      returns: 'array',
      params: [param('name', 'string')],
      help: 'What a reload of a process, or with "group:*" of a group, would do, in sentences; of a group with their names. Nothing is touched.',
      reads: true,
      call: ({ daemon }, [name]) => {
        const target = findTarget(daemon, name);
        if (target.kind === 'wrong') return target.answer;
        if (target.kind === 'group') return answer(namedPlan(daemon, target.group.processes));
        return answer(daemon.planReload([target.process]).map(({ text }) => text));
      },
    },
  ],
  [
    'planReloadAll',
    {
      returns: 'array',
      params: [],
      help: 'The same of all processes, with their names.',
      reads: true,
      call: ({ daemon }) => answer(namedPlan(daemon, allProcesses(daemon))),
    },
  ],
  [
    'doctor',
    {
      returns: 'array',
      params: [],
      help: 'What stands in the way of graceful reloads: an array of {program, level, text, todo}.',
      reads: true,
      call: ({ daemon }) =>
        answer(daemon.doctor().map(({ program, level, text, todo }) => ({ program, level, text, todo }))),
    },
  ],
  ...watchMethods,
];

function reload(daemon: Supervision, target: string, processes: readonly ProcessView[]): Answer {
  const begun = daemon.reload(
    target,
    processes.map(({ group, name }) => ({ group, name })),
  );
  return begun.ok ? answer(begun.id) : refused(begun, target);
}

function namedPlan(daemon: Supervision, processes: readonly ProcessView[]): RpcResult {
  return daemon.planReload(processes).map(({ name, text }) => `${name}: ${text}`);
}

function reloadAnswer(daemon: Supervision, id: RpcValue | undefined): Answer {
  const number = toInt(id);
  if (number === null) return wrongArgument;
  const view = daemon.reloadView(number);
  return view === null ? fault('BAD_NAME', String(number)) : answer(reloadStruct(view));
}

function reloadStruct({ id, target, startedAt, facts, outcome }: ReloadView): RpcResult {
  return {
    id,
    target,
    startedAt: seconds(startedAt),
    endedAt: seconds(outcome?.endedAt ?? 0),
    done: outcome !== null,
    ok: outcome?.ok ?? false,
    reason: outcome?.reason ?? '',
    facts: facts.map(factStruct),
  };
}

/** The fact's own members; its spans and its moment are doubles, everything else has the type that it has. */
function factStruct(fact: ReloadFact): RpcResult {
  const members: Array<readonly [string, RpcResult]> = Object.entries(fact).map(([name, value]) => {
    if (typeof value !== 'number') return [name, value];
    if (name === 'at') return [name, seconds(value)];
    return [name, name.endsWith('Secs') ? new Double(value) : value];
  });
  return Object.fromEntries(members);
}

function generations({ generations: all }: ProcessView): RpcResult {
  return all.map(({ number, pid, startedAt, role }) => ({ number, pid, startedAt: seconds(startedAt), role }));
}

function ofProcess(daemon: Supervision, name: RpcValue | undefined, tell: (process: ProcessView) => RpcResult): Answer {
  const target = findProcess(daemon, name);
  return target.kind === 'wrong' ? target.answer : answer(tell(target.process));
}
