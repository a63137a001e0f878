/** `/RPC2`: XML-RPC over POST. What is no call is HTTP 400; what is one is answered with 200, a fault as well. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { rpcTexts } from '../core/log-texts.ts';
import { rpcBounds } from '../rpc/bounds.ts';
import { faultCodes } from '../rpc/contract.ts';
import { decodeCall, noMethodName } from '../rpc/decode-call.ts';
import type { Rpc } from '../rpc/dispatch.ts';
import { type ControlCharacters, encodeFault, encodeResponse } from '../rpc/encode-response.ts';
import { type Answer, faultText } from '../rpc/method.ts';
import type { Supervision } from '../runtime/supervision.ts';
import { reprText } from '../util/python-repr.ts';
import { audited, type Caller, noteRefused } from './audit.ts';
import { readBody } from './body.ts';
import { respond, respondAndClose, respondError } from './respond.ts';

/** A client that reads control characters although XML has none sends this header with `raw`. */
export const controlsHeader = 'x-control-characters';

export async function rpcRoute(
  rpc: Rpc,
  daemon: Supervision,
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
): Promise<void> {
  if (request.method !== 'POST') return respondAndClose(request, response, 400);
  const body = await readBody(request);
  if (body === 'gone') return;
  if ('status' in body) return respondAndClose(request, response, body.status);
  const text = decodeUtf8(body.bytes);
  const call = text === null ? { problem: 'not UTF-8' } : await decodeCall(text, rpcBounds);
  if ('problem' in call) {
    const { level, text: line } = describeProblem(call.problem, body.bytes);
    daemon.log(level, line);
    return respondError(request, response, 400);
  }
  const changes = caller.access === 'read' ? rpc.changes(call.method, call.params) : [];
  if (changes.length > 0) {
    noteRefused(daemon, caller, changes);
    return respondError(request, response, 403);
  }
  const outcome = await audited(rpc, daemon, caller).call(call.method, call.params);
  const controls = request.headers[controlsHeader] === 'raw' ? 'raw' : 'replaced';
  respond(request, response, { type: 'text/xml', body: encodeAnswer(outcome, controls) });
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
