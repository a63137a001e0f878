/**
 * What a published method is: a row with its signature, its help and its function. The table of rows is all that a client can reach; nothing
 * is looked up by a client's string in an object (supervisord's CVE-2017-11610).
 */
import type { LogFiles } from '../core/log-window.ts';
import type { Refusal, Supervision } from '../runtime/supervision.ts';
import type { RpcValue } from './codec.ts';
import type { FaultName } from './contract.ts';
import type { Encoded, RpcResult } from './encode-response.ts';

export type RpcType = 'string' | 'int' | 'boolean' | 'double' | 'array' | 'struct';

export interface Param {
  readonly name: string;
  readonly type: RpcType;
  readonly optional?: true;
  /** What it holds may be secret or long: it is not for the log. */
  readonly content?: true;
}

/** `text` follows the fault's name, even when it is empty; null: the name stands alone. */
export interface Failure {
  readonly fault: FaultName;
  readonly text: string | null;
}

/** What a method answers. `encoded`: there is one for each `value` that may be answered again. */
export type Answer = { readonly value: RpcResult; readonly encoded?: Encoded } | Failure;

/** What every method is given. */
export interface RpcContext {
  readonly daemon: Supervision;
  readonly logs: LogFiles;
}

export interface Method {
  readonly returns: RpcType;
  readonly params: readonly Param[];
  readonly help: string;
  /** Changes nothing: allowed with read-only credentials. */
  readonly reads: boolean;
  /** Answers while the daemon shuts down or restarts as well. */
  readonly whileStopping?: true;
  /** The number of arguments has been checked, their types have not. */
  readonly call: (context: RpcContext, args: readonly RpcValue[]) => Answer | Promise<Answer>;
}

/** Methods by their name without namespace. */
export type MethodTable = ReadonlyArray<readonly [name: string, method: Method]>;

export function answer(value: RpcResult): Answer {
  return { value };
}

export function fault(name: FaultName, text: string | null = null): Answer {
  return { fault: name, text };
}

/** An argument of the wrong type: supervisord fails with HTTP 500 there. */
export const wrongArgument: Answer = fault('INCORRECT_PARAMETERS');

/** `NAME` or `NAME: text`. */
export function faultText(failure: Failure): string {
  return failure.text === null ? failure.fault : `${failure.fault}: ${failure.text}`;
}

/** Faults whose text is the name as the client wrote it. */
const namedFaults: ReadonlySet<FaultName> = new Set<FaultName>([
  'BAD_NAME',
  'ALREADY_STARTED',
  'SPAWN_ERROR',
  'ABNORMAL_TERMINATION',
  'NOT_RUNNING',
  'ALREADY_ADDED',
  'STILL_RUNNING',
]);

/** The daemon's refusal of something that the client named `name`. */
export function refused(refusal: Refusal, name: string): Answer {
  return fault(refusal.fault, namedFaults.has(refusal.fault) ? name : refusal.text || null);
}

export const param = (name: string, type: RpcType): Param => ({ name, type });
export const content = (name: string, type: RpcType): Param => ({ name, type, content: true });
export const optional = (name: string, type: RpcType): Param => ({ name, type, optional: true });
