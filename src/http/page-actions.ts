/** What the links of the status page do, and the sentence that says how it went. supervisord's sentences, since scripts look for them. */
import { monthNames } from '../core/describe.ts';
import { splitNamespec } from '../core/namespec.ts';
import { type FaultName, faultCodes } from '../rpc/contract.ts';
import type { Rpc } from '../rpc/dispatch.ts';
import { type Failure, faultText } from '../rpc/method.ts';
import type { Supervision } from '../runtime/supervision.ts';

/** Changes nothing: allowed with read-only credentials. */
export const harmlessAction = 'refresh';

/** Resolves when it is done. null: there is no such action, or it wants a process name. */
export async function act(daemon: Supervision, rpc: Rpc, action: string, name: string | null): Promise<string | null> {
  const when = (): string => ctime(new Date(daemon.now()));
  switch (action) {
    case harmlessAction:
      return `Page refreshed at ${when()}`;
    case 'stopall':
      await rpc.call('supervisor.stopAllProcesses', []);
      return `All stopped at ${when()}`;
    case 'restartall':
      await rpc.call('supervisor.stopAllProcesses', []);
      await rpc.call('supervisor.startAllProcesses', []);
      return `All restarted at ${when()}`;
    case 'start':
    case 'stop':
    case 'restart':
    case 'clearlog':
      return name === null || name === '' ? null : actOnProcess(daemon, rpc, action, name);
    default:
      return null;
  }
}

async function actOnProcess(
  daemon: Supervision,
  rpc: Rpc,
  action: 'start' | 'stop' | 'restart' | 'clearlog',
  name: string,
): Promise<string> {
  const spec = splitNamespec(name);
  if (spec.process === null || daemon.process(spec.group, spec.process) === null)
    return `No such process named ${name}`;
  switch (action) {
    case 'start': {
      const outcome = await rpc.call('supervisor.startProcess', [name]);
      return 'fault' in outcome ? `ERROR: Process ${name}: ${startProblem(outcome)}` : `Process ${name} started`;
    }
    case 'stop': {
      const outcome = await rpc.call('supervisor.stopProcess', [name]);
      return 'fault' in outcome ? unexpected(outcome) : `Process ${name} stopped`;
    }
    case 'restart':
      await rpc.call('supervisor.stopProcess', [name]);
      await rpc.call('supervisor.startProcess', [name]);
      return `Process ${name} restarted`;
    case 'clearlog': {
      const outcome = await rpc.call('supervisor.clearProcessLogs', [name]);
      return 'fault' in outcome ? unexpected(outcome) : `Log for ${name} cleared`;
    }
  }
}

const startProblems: ReadonlyMap<FaultName, string> = new Map<FaultName, string>([
  ['NO_FILE', 'no such file'],
  ['NOT_EXECUTABLE', 'file not executable'],
  ['ALREADY_STARTED', 'already started'],
  ['SPAWN_ERROR', 'spawn error'],
  ['ABNORMAL_TERMINATION', 'abnormal termination'],
]);

function startProblem(failure: Failure): string {
  return startProblems.get(failure.fault) ?? unexpected(failure);
}

export function unexpected(failure: Failure): string {
  return `unexpected rpc fault [${faultCodes[failure.fault]}] ${faultText(failure)}`;
}

const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** C's: `Sun Nov  1 09:05:00 2026`, local time. */
function ctime(date: Date): string {
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
  const day = String(date.getDate()).padStart(2);
  return `${dayNames[date.getDay()]} ${monthNames[date.getMonth()]} ${day} ${clock} ${date.getFullYear()}`;
}
