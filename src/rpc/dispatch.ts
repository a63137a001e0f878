/**
 * From a method's name to its answer. The map below is built once, from the tables in `methods/`, and is all that clients can reach: a name
 * is a key of it or it is an unknown method.
 */
import { type LogText, rpcTexts } from '../core/log-texts.ts';
import type { RpcInterfaceSpec } from '../core/spec.ts';
import type { Supervision } from '../runtime/supervision.ts';
import { compareCodePoints } from '../util/code-point-order.ts';
import { reprText } from '../util/python-repr.ts';
import type { RpcValue } from './codec.ts';
import { faultCodes } from './contract.ts';
import { type Answer, fault, faultText, type Method, type MethodTable, type RpcContext } from './method.ts';
import { daemonMethods } from './methods/daemon-methods.ts';
import { groupMethods } from './methods/group-methods.ts';
import { hupdMethods } from './methods/hupd-methods.ts';
import { infoMethods } from './methods/info-methods.ts';
import { inputMethods } from './methods/input-methods.ts';
import { logMethods } from './methods/log-methods.ts';
import { startStopMethods } from './methods/start-stop-methods.ts';
import { callMembers, isArray, multicallName, systemMethods } from './methods/system-methods.ts';
import { twiddlerMethods } from './methods/twiddler-methods.ts';

export interface Rpc {
  /** Never throws or rejects. What need not wait is answered at once. */
  call(method: string, params: readonly RpcValue[]): Answer | Promise<Answer>;
  /**
   * The calls that may change something, this one or those inside it, as text without their contents: `supervisor.stopProcess('web')`. None: all
   * is left as it is. What does not exist changes nothing either.
   */
  changes(method: string, params: readonly RpcValue[]): readonly string[];
}

/** The methods of the main interface, whatever namespace it is published under. */
export const mainMethods: MethodTable = [
  ...daemonMethods,
  ...infoMethods,
  ...startStopMethods,
  ...groupMethods,
  ...logMethods,
  ...inputMethods,
];

/** Publishes each interface under its namespace, and `system` and `hupd` with them. */
export function createRpc(context: RpcContext, interfaces: readonly RpcInterfaceSpec[]): Rpc {
  const methods = new Map<string, Method>();
  const { daemon } = context;
  const publish = (namespace: string, table: MethodTable): void => {
    for (const [name, method] of table) methods.set(`${namespace}.${name}`, method);
  };
  const call = (name: string, params: readonly RpcValue[]): Answer | Promise<Answer> =>
    callMethod(context, methods.get(name), params);

  for (const spec of interfaces) publish(spec.namespace, tableOf(spec));
  publish('hupd', hupdMethods);
  publish(
    'system',
    systemMethods({
      names: () => [...methods.keys()].sort(compareCodePoints),
      method: (name) => methods.get(name),
      call,
    }),
  );

  const changes: Rpc['changes'] = (name, params) => {
    if (name !== multicallName) {
      const method = methods.get(name);
      return method === undefined || method.reads ? [] : [describeCall(name, method, params)];
    }
    const [calls] = params;
    return !isArray(calls)
      ? []
      : calls.flatMap((inner) => {
          const { methodName, params: own } = callMembers(inner);
          const isCall = typeof methodName === 'string' && methodName !== multicallName;
          return isCall ? changes(methodName, isArray(own) ? own : []) : [];
        });
  };

  return {
    changes,
    call: (name, params) =>
      daemon.isLogged('TRAC') ? traced(daemon, name, () => call(name, params)) : call(name, params),
  };
}

async function traced(daemon: Supervision, name: string, call: () => Answer | Promise<Answer>): Promise<Answer> {
  const log = ({ level, text }: LogText): void => daemon.log(level, text);
  log(rpcTexts.called(name));
  const outcome = await call();
  if ('value' in outcome) log(rpcTexts.returned(name));
  else log(rpcTexts.faulted(name, faultCodes[outcome.fault], faultText(outcome)));
  return outcome;
}

function tableOf(spec: RpcInterfaceSpec): MethodTable {
  switch (spec.interface) {
    case 'main':
      return mainMethods;
    case 'twiddler':
      return twiddlerMethods(spec.whitelist);
  }
}

/** As Python would write it, with what is no plain value, or may be secret, left out. */
function describeCall(name: string, method: Method, params: readonly RpcValue[]): string {
  const shown = params.slice(0, method.params.length).map((value, index) => {
    if (method.params[index]?.content === true) return '...';
    if (typeof value === 'string') return value.length > 200 ? `${reprText(value.slice(0, 200))}...` : reprText(value);
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    return typeof value === 'number' ? String(value) : '...';
  });
  return `${name}(${shown.join(', ')})`;
}

function callMethod(
  context: RpcContext,
  method: Method | undefined,
  params: readonly RpcValue[],
): Answer | Promise<Answer> {
  if (method === undefined) return fault('UNKNOWN_METHOD');
  const required = method.params.filter(({ optional }) => optional !== true).length;
  if (params.length < required || params.length > method.params.length) return fault('INCORRECT_PARAMETERS');
  const { daemonState } = context.daemon;
  const stopping = daemonState === 'SHUTDOWN' || daemonState === 'RESTARTING';
  if (stopping && method.whileStopping !== true) return fault('SHUTDOWN_STATE');
  // A bug of ours, but the daemon lives, and the client gets an answer.
  const unexpected = (error: unknown): Answer => {
    const { level, text } = rpcTexts.unexpected(
      error instanceof Error ? (error.stack ?? String(error)) : String(error),
    );
    context.daemon.log(level, text);
    return fault('FAILED', 'internal error');
  };
  try {
    const called = method.call(context, params);
    return called instanceof Promise ? called.catch(unexpected) : called;
  } catch (error) {
    return unexpected(error);
  }
}
