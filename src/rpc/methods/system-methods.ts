/** `system.*`: the table of methods told to clients, and several calls in one. */

import { rpcBounds } from '../bounds.ts';
import type { RpcValue } from '../codec.ts';
import { faultCodes } from '../contract.ts';
import type { RpcResult } from '../encode-response.ts';
import {
  type Answer,
  answer,
  fault,
  faultText,
  type Method,
  type MethodTable,
  param,
  wrongArgument,
} from '../method.ts';

/** What the methods below need of the dispatcher that holds them. */
export interface Published {
  /** Full names in code point order. */
  names(): readonly string[];
  method(name: string): Method | undefined;
  call(name: string, params: readonly RpcValue[]): Answer | Promise<Answer>;
}

export const multicallName = 'system.multicall';

export function systemMethods(published: Published): MethodTable {
  const describe =
    (tell: (method: Method) => RpcResult): Method['call'] =>
    (_context, [name]) => {
      const method = typeof name === 'string' ? published.method(name) : undefined;
      return method === undefined ? fault('SIGNATURE_UNSUPPORTED') : answer(tell(method));
    };
  return [
    [
      'listMethods',
      {
        returns: 'array',
        params: [],
        help: 'The names of all methods.',
        reads: true,
        whileStopping: true,
        call: () => answer(published.names()),
      },
    ],
    [
      'methodHelp',
      {
        returns: 'string',
        params: [param('name', 'string')],
        help: 'What a method does.',
        reads: true,
        whileStopping: true,
        call: describe(helpText),
      },
    ],
    [
      'methodSignature',
      {
        returns: 'array',
        params: [param('name', 'string')],
        help: 'The type of what a method returns, then the types of its parameters.',
        reads: true,
        whileStopping: true,
        call: describe((method) => [method.returns, ...method.params.map(({ type }) => type)]),
      },
    ],
    [
      'multicall',
      {
        returns: 'array',
        params: [param('calls', 'array')],
        help: 'Calls several methods one after the other, each given as {methodName, params}. The answers stand bare in the array; a fault is a struct {faultCode, faultString}.',
        reads: true,
        whileStopping: true,
        call: (_context, [calls]) => (isArray(calls) ? multicall(published, calls) : wrongArgument),
      },
    ],
  ];
}

/** Strictly in order: each call is answered before the next one starts. */
async function multicall(published: Published, calls: readonly RpcValue[]): Promise<Answer> {
  if (calls.length > rpcBounds.maxMulticalls) {
    return fault('BAD_ARGUMENTS', `more than ${rpcBounds.maxMulticalls} calls in one`);
  }
  const results: RpcResult[] = [];
  for (const call of calls) {
    const outcome = await oneOfMany(published, call);
    results.push(
      'value' in outcome ? outcome.value : { faultCode: faultCodes[outcome.fault], faultString: faultText(outcome) },
    );
  }
  return answer(results);
}

function oneOfMany(published: Published, call: RpcValue): Answer | Promise<Answer> {
  const { methodName, params } = callMembers(call);
  if (methodName === undefined || methodName === null) return fault('INCORRECT_PARAMETERS', 'No methodName');
  if (methodName === multicallName) return fault('INCORRECT_PARAMETERS', 'Recursive system.multicall forbidden');
  if (typeof methodName !== 'string') return fault('UNKNOWN_METHOD');
  if (params === undefined) return published.call(methodName, []);
  return isArray(params) ? published.call(methodName, params) : wrongArgument;
}

/** The members of one call of many; nothing of what is no struct. */
export function callMembers(call: RpcValue): { methodName?: RpcValue; params?: RpcValue } {
  if (call === null || typeof call !== 'object' || isArray(call)) return {};
  const members = new Map<string, RpcValue>(Object.entries(call));
  const methodName = members.get('methodName');
  const params = members.get('params');
  return { ...(methodName !== undefined && { methodName }), ...(params !== undefined && { params }) };
}

export function isArray(value: RpcValue | undefined): value is readonly RpcValue[] {
  return Array.isArray(value);
}

function helpText({ help, params, returns }: Method): string {
  const lines = params.map(
    ({ name, type, optional }) => `@param ${type} ${name}${optional === true ? ' (may be left out)' : ''}`,
  );
  return [help, '', ...lines, `@return ${returns}`].join('\n');
}
