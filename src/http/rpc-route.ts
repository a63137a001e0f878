/** `/RPC2`: XML-RPC over POST. What is no call is HTTP 400; what is one is answered with 200, a fault as well. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rpcTexts } from '../core/log-texts.ts';
import { rpcBounds } from '../rpc/bounds.ts';
import { faultCodes } from '../rpc/contract.ts';
import { decodeCall, noMethodName, type RpcCall } from '../rpc/decode-call.ts';
import type { Rpc } from '../rpc/dispatch.ts';
import { type ControlCharacters, encodeFault, encodeResponse } from '../rpc/encode-response.ts';
import { type Answer, faultText } from '../rpc/method.ts';
import type { Supervision } from '../runtime/supervision.ts';
import { reprText } from '../util/python-repr.ts';
import { audited, type Caller, noteRefused } from './audit.ts';
import { type Body, receiveBody } from './body.ts';
import { respond, respondAndClose, respondError } from './respond.ts';

/** A client that reads control characters although XML has none sends this header with `raw`. */
export const controlsHeader = 'x-control-characters';

/** A call that need not wait is answered with the last byte of its body: awaiting each step of it would make it dearer by a twentieth. */
export function rpcRoute(
  rpc: Rpc,
  daemon: Supervision,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
): void | Promise<void> {
  if (request.method !== 'POST') return respondAndClose(request, response, 400);
  const exchange = { rpc, daemon, request, response, caller };
  return new Promise((resolve, reject) => {
    receiveBody(request, (body) => {
      try {
        resolve(answerBody(exchange, body));
      } catch (error) {
        reject(error);
      }
    });
  });
}

interface Exchange {
  readonly rpc: Rpc;
  readonly daemon: Supervision;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
}

function answerBody(exchange: Exchange, body: Body): void | Promise<void> {
  const { request, response } = exchange;
  if (body === 'gone') return;
  if ('status' in body) return respondAndClose(request, response, body.status);
  const { bytes } = body;
  const text = decodeUtf8(bytes);
  if (text === null) return refuse(exchange, bytes, 'not UTF-8');
  return next(decodeCall(text, rpcBounds), (call) =>
    'problem' in call ? refuse(exchange, bytes, call.problem) : carryOut(exchange, call),
  );
}

function carryOut(
  { rpc, daemon, request, response, caller }: Exchange,
  { method, params }: RpcCall,
): void | Promise<void> {
  const changes = caller.access === 'read' ? rpc.changes(method, params) : [];
  if (changes.length > 0) {
    noteRefused(daemon, caller, changes);
    return respondError(request, response, 403);
  }
  return next(audited(rpc, daemon, caller).call(method, params), (outcome) => {
    const controls = request.headers[controlsHeader] === 'raw' ? 'raw' : 'replaced';
    respond(request, response, { type: 'text/xml', body: encodeAnswer(outcome, controls) });
  });
}

/** What is no call. */
function refuse({ daemon, request, response }: Exchange, bytes: Buffer, problem: string): void {
  const { level, text } = describeProblem(problem, bytes);
  daemon.log(level, text);
  respondError(request, response, 400);
}

/** At once, if it is there. */
function next<T, R>(value: T | Promise<T>, then: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}

function encodeAnswer(outcome: Answer, controls: ControlCharacters): string | Buffer {
  if ('value' in outcome) {
    const { value, encoded } = outcome;
    return encoded === undefined ? encodeResponse(value, controls) : encoded.of(value, controls);
  }
  return encodeFault({ faultCode: faultCodes[outcome.fault], faultString: faultText(outcome) }, controls);
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Only the beginning of the data: it may be long. */
function describeProblem(problem: string, bytes: Buffer) {
  const shown = reprText(bytes.subarray(0, 200).toString());
  return problem === noMethodName ? rpcTexts.noMethodName(shown) : rpcTexts.unmarshallable(shown);
}
