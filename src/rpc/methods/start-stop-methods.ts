/**
 * `supervisor.*`: starting, stopping and signalling. A call that waits is answered when its outcome is known; others are served meanwhile. The
 * members of a group are taken all together: the answer lists them as they came to their end.
 */
import { isRunningState, isSignallableState, type StateName } from '../../core/states.ts';
import type { Outcome, ProcessView, Supervision } from '../../runtime/supervision.ts';
import { isTrue, toSignal } from '../arguments.ts';
import type { RpcValue } from '../codec.ts';
import { type Answer, answer, fault, type MethodTable, optional, param, refused, wrongArgument } from '../method.ts';
import { allProcesses, findGroup, findTarget, forEachProcess, namespecOf } from '../targets.ts';

type Verb = (daemon: Supervision, process: ProcessView, wait: boolean) => Promise<Outcome>;

interface Action {
  readonly verb: Verb;
  /** Which members of a group are meant; the others do not show in the answer. */
  readonly concerns: (state: StateName) => boolean;
}

const starting: Action = {
  verb: (daemon, process, wait) => daemon.start(process.group, process.name, wait),
  concerns: (state) => !isRunningState(state),
};
const stopping: Action = {
  verb: (daemon, process, wait) => daemon.stop(process.group, process.name, wait),
  concerns: isRunningState,
};

const waitParam = optional('wait', 'boolean');

export const startStopMethods: MethodTable = [
  [
    'startProcess',
    {
      returns: 'boolean',
      params: [param('name', 'string'), waitParam],
      help: 'Starts a process, or with "group:*" each of a group; waits until it is running unless told otherwise.',
      reads: false,
      call: ({ daemon }, [name, wait = true]) => actOnTarget(daemon, starting, name, wait),
    },
  ],
  [
    'startProcessGroup',
    {
      returns: 'array',
      params: [param('name', 'string'), waitParam],
      help: 'Starts every process of a group that is not running. One result struct a process.',
      reads: false,
      call: ({ daemon }, [name, wait = true]) => actOnGroup(daemon, starting, name, wait),
    },
  ],
  [
    'startAllProcesses',
    {
      returns: 'array',
      params: [waitParam],
      help: 'Starts every process that is not running. One result struct a process.',
      reads: false,
      call: ({ daemon }, [wait = true]) => actOnMany(daemon, starting, allProcesses(daemon), wait),
    },
  ],
  [
    'stopProcess',
    {
      returns: 'boolean',
      params: [param('name', 'string'), waitParam],
      help: 'Stops a process, or with "group:*" each of a group; waits until it has stopped unless told otherwise.',
      reads: false,
      call: ({ daemon }, [name, wait = true]) => actOnTarget(daemon, stopping, name, wait),
    },
  ],
  [
    'stopProcessGroup',
    {
      returns: 'array',
      params: [param('name', 'string'), waitParam],
      help: 'Stops every running process of a group. One result struct a process.',
      reads: false,
      call: ({ daemon }, [name, wait = true]) => actOnGroup(daemon, stopping, name, wait),
    },
  ],
  [
    'stopAllProcesses',
    {
      returns: 'array',
      params: [waitParam],
      help: 'Stops every running process. One result struct a process.',
      reads: false,
      call: ({ daemon }, [wait = true]) => actOnMany(daemon, stopping, allProcesses(daemon), wait),
    },
  ],
  [
    'signalProcess',
    {
      returns: 'boolean',
      params: [param('name', 'string'), param('signal', 'string')],
      help: 'Sends a signal, by name or number, to a process, or with "group:*" to each of a group.',
      reads: false,
      call: ({ daemon }, [name, signal = null]) => {
        const target = findTarget(daemon, name);
        if (target.kind === 'wrong') return target.answer;
        if (target.kind === 'group') return signalMany(daemon, target.group.processes, signal);
        return signalOne(daemon, target.process, target.name, signal);
      },
    },
  ],
  [
    'signalProcessGroup',
    {
      returns: 'array',
      params: [param('name', 'string'), param('signal', 'string')],
      help: 'Sends a signal to every process of a group that is up. One result struct a process.',
      reads: false,
      call: ({ daemon }, [name, signal = null]) => {
        const target = findGroup(daemon, name);
        return target.kind === 'wrong' ? target.answer : signalMany(daemon, target.group.processes, signal);
      },
    },
  ],
  [
    'signalAllProcesses',
    {
      returns: 'array',
      params: [param('signal', 'string')],
      help: 'Sends a signal to every process that is up. One result struct a process.',
      reads: false,
      call: ({ daemon }, [signal = null]) => signalMany(daemon, allProcesses(daemon), signal),
    },
  ],
];

function actOnTarget(
  daemon: Supervision,
  action: Action,
  name: RpcValue | undefined,
  wait: RpcValue,
): Answer | Promise<Answer> {
  const target = findTarget(daemon, name);
  if (target.kind === 'wrong') return target.answer;
  if (target.kind === 'group') return actOnMany(daemon, action, target.group.processes, wait);
  return actOnOne(daemon, action, target.process, target.name, wait);
}

function actOnGroup(
  daemon: Supervision,
  action: Action,
  name: RpcValue | undefined,
  wait: RpcValue,
): Answer | Promise<Answer> {
  const target = findGroup(daemon, name);
  return target.kind === 'wrong' ? target.answer : actOnMany(daemon, action, target.group.processes, wait);
}

function actOnMany(
  daemon: Supervision,
  action: Action,
  processes: readonly ProcessView[],
  wait: RpcValue,
): Promise<Answer> {
  const concerned = processes.filter((process) => action.concerns(process.state));
  return forEachProcess(concerned, (process) => actOnOne(daemon, action, process, namespecOf(process), wait));
}

async function actOnOne(
  daemon: Supervision,
  action: Action,
  process: ProcessView,
  name: string,
  wait: RpcValue,
): Promise<Answer> {
  const outcome = await action.verb(daemon, process, isTrue(wait));
  return outcome.ok ? answer(true) : refused(outcome, name);
}

function signalMany(
  daemon: Supervision,
  processes: readonly ProcessView[],
  signal: RpcValue,
): Answer | Promise<Answer> {
  if (!isSignalLike(signal)) return wrongArgument;
  const concerned = processes.filter((process) => isSignallableState(process.state));
  return forEachProcess(concerned, (process) => signalOne(daemon, process, namespecOf(process), signal));
}

/** The signal is judged before the state. */
function signalOne(daemon: Supervision, process: ProcessView, name: string, signal: RpcValue): Answer {
  if (!isSignalLike(signal)) return wrongArgument;
  const number = toSignal(signal);
  if (number === null) return fault('BAD_SIGNAL', String(signal));
  if (!isSignallableState(process.state)) return fault('NOT_RUNNING', name);
  const outcome = daemon.signal(process.group, process.name, number);
  return outcome.ok ? answer(true) : refused(outcome, name);
}

function isSignalLike(signal: RpcValue): boolean {
  return typeof signal === 'string' || typeof signal === 'number' || typeof signal === 'boolean';
}
