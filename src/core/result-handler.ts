/**
 * What a listener's result means. supervisord lets a pool name a Python function for this; hupd has the two that are in use.
 *
 * - the default: the two letters `OK` accept the event, anything else sends it back to the pool;
 * - `supervisor_stdout:event_handler`, which containers use to get every process's output on the daemon's standard output: its listener sends
 *   back the whole payload of a PROCESS_LOG event, and the handler prints its lines as `web stdout | line`.
 */
export interface Verdict {
  /** `error`: the handler could make nothing of it; the listener counts as broken. */
  readonly verdict: 'accepted' | 'rejected' | 'error';
  /** For the daemon's standard output, '' mostly. */
  readonly print: string;
}

export type ResultHandler = (result: Buffer) => Verdict;

export const defaultResultHandler = 'supervisor.dispatchers:default_handler';

/** The Python references that `result_handler=` may have: there is no Python here to load another. */
export const resultHandlerNames = [defaultResultHandler, 'supervisor_stdout:event_handler'] as const;
export type ResultHandlerName = (typeof resultHandlerNames)[number];

export function resultHandler(name: ResultHandlerName): ResultHandler {
  return name === defaultResultHandler ? acceptOk : printOutput;
}

function acceptOk(result: Buffer): Verdict {
  return { verdict: result.toString('latin1') === 'OK' ? 'accepted' : 'rejected', print: '' };
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const broken: Verdict = { verdict: 'error', print: '' };

function printOutput(result: Buffer): Verdict {
  let text: string;
  try {
    text = strict.decode(result);
  } catch {
    // Not UTF-8: the length was counted in characters, as the handler's own first versions did.
    return broken;
  }
  const headerEnd = text.indexOf('\n');
  if (headerEnd === -1) return broken;
  const header = new Map(text.slice(0, headerEnd).split(' ').map(pair));
  const process = header.get('processname');
  const channel = header.get('channel');
  if (process === undefined || channel === undefined) return broken;
  const lines = text.slice(headerEnd + 1).split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return { verdict: 'accepted', print: lines.map((line) => `${process} ${channel} | ${line}\n`).join('') };
}

function pair(token: string): [string, string] {
  const colon = token.indexOf(':');
  return [token.slice(0, colon), token.slice(colon + 1)];
}
