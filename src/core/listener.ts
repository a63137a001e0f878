/**
 * What an event listener says on its standard output, byte by byte.
 *
 *                   READY\n                event sent (by the pool)
 *   ACKNOWLEDGED ─────────────► READY ─────────────────────────────► BUSY
 *        ▲  │                     │                                   │ │
 *        │  │ anything else       │ any byte           no RESULT line │ │  RESULT 2\nOK
 *        │  └──────────► UNKNOWN ◄┴───────────────────────────────────┘ │
 *        └──────────────────────────────────────────────────────────────┘
 *
 * UNKNOWN is the end: whatever the listener says is thrown away until its process is started again. The machine reads a stream, so a step
 * may be given any piece of it; text that waits for more is kept as Latin-1, one character a byte, and the state is plain JSON.
 */
import { decodeOrRepr } from '../util/utf8.ts';
import { eventTexts, type LogText } from './log-texts.ts';
import type { ResultHandler } from './result-handler.ts';

/** No result needs more; a listener that announces more, or never ends its line, is broken. */
export const maxResultBytes = 16 * 1024 * 1024;
const maxResultLineBytes = 4096;
const maxShownBytes = 200;

export type ListenerState =
  | { readonly name: 'ACKNOWLEDGED'; readonly held: string }
  | { readonly name: 'READY' }
  /** `length`: null until the RESULT line is there; then `held` is the beginning of the result. */
  | { readonly name: 'BUSY'; readonly held: string; readonly length: number | null }
  | { readonly name: 'UNKNOWN' };

/** What becomes of the event that the listener was busy with, and what has to be said. */
export type ListenerEffect =
  | { readonly effect: 'log'; readonly line: LogText }
  | { readonly effect: 'accepted' }
  /** Back to the pool. */
  | { readonly effect: 'rejected' }
  | { readonly effect: 'print'; readonly text: string };

/** Every process begins here. */
export const newListener: ListenerState = { name: 'ACKNOWLEDGED', held: '' };

/** An event was written to it. */
export const busyListener: ListenerState = { name: 'BUSY', held: '', length: null };

export interface ListenerStep {
  readonly state: ListenerState;
  readonly effects: readonly ListenerEffect[];
}

/** A piece of what the listener said. `process`: its name, for the log. */
export function listen(start: ListenerState, piece: Buffer, process: string, handler: ResultHandler): ListenerStep {
  const effects: ListenerEffect[] = [];
  let state = start;
  let rest = piece.toString('latin1');
  while (rest !== '') {
    switch (state.name) {
      case 'ACKNOWLEDGED': {
        const text: string = state.held + rest;
        if (text.length < ready.length) return { state: { name: 'ACKNOWLEDGED', held: text }, effects };
        rest = text.slice(ready.length);
        state = change(state, text.startsWith(ready) ? { name: 'READY' } : unknown, process, effects);
        break;
      }
      case 'READY':
        state = change(state, unknown, process, effects);
        break;
      case 'BUSY': {
        const text: string = state.held + rest;
        const cut = state.length === null ? takeLine(text) : takeResult(text, state.length);
        if (cut.kind === 'more') return { state: { ...state, held: text }, effects };
        rest = text.slice(cut.end);
        if (cut.kind === 'result') state = finish(state, cut.result, process, handler, effects);
        else if (cut.kind === 'length') state = { ...state, held: '', length: cut.length };
        else {
          effects.push({ effect: 'log', line: eventTexts.badResultLine(process, cut.shown) });
          state = change(state, unknown, process, effects);
          effects.push({ effect: 'rejected' });
        }
        break;
      }
      case 'UNKNOWN':
        rest = '';
        break;
    }
  }
  return { state, effects };
}

const ready = 'READY\n';
const resultWord = 'RESULT ';
const unknown: ListenerState = { name: 'UNKNOWN' };

type Cut =
  | { readonly kind: 'more' }
  | { readonly kind: 'length'; readonly end: number; readonly length: number }
  | { readonly kind: 'bad'; readonly end: number; readonly shown: string }
  | { readonly kind: 'result'; readonly end: number; readonly result: string };

/** The first seven bytes are not looked at: supervisord takes any word. */
function takeLine(text: string): Cut {
  const newline = text.indexOf('\n');
  const size = newline === -1 ? text.length : newline;
  if (newline === -1 && size <= maxResultLineBytes) return { kind: 'more' };
  const length = size <= maxResultLineBytes ? pythonInt(text.slice(resultWord.length, newline)) : null;
  if (length === null || length < 0 || length > maxResultBytes)
    return { kind: 'bad', end: text.length, shown: shown(text.slice(0, size)) };
  // supervisord acts on an empty result only when something follows it; there is nothing to wait for.
  return length === 0 ? { kind: 'result', end: newline + 1, result: '' } : { kind: 'length', end: newline + 1, length };
}

function takeResult(text: string, length: number): Cut {
  if (text.length < length) return { kind: 'more' };
  return { kind: 'result', end: length, result: text.slice(0, length) };
}

function finish(
  state: ListenerState,
  result: string,
  process: string,
  handler: ResultHandler,
  effects: ListenerEffect[],
): ListenerState {
  const { verdict, print } = handler(Buffer.from(result, 'latin1'));
  if (print !== '') effects.push({ effect: 'print', text: print });
  const line = {
    accepted: eventTexts.processed(process),
    rejected: eventTexts.rejected(process),
    error: eventTexts.handlerFailed(process),
  }[verdict];
  effects.push({ effect: 'log', line });
  const next = change(state, verdict === 'error' ? unknown : newListener, process, effects);
  effects.push({ effect: verdict === 'accepted' ? 'accepted' : 'rejected' });
  return next;
}

function change(from: ListenerState, to: ListenerState, process: string, effects: ListenerEffect[]): ListenerState {
  effects.push({ effect: 'log', line: eventTexts.listenerState(process, from.name, to.name) });
  if (to.name === 'UNKNOWN') effects.push({ effect: 'log', line: eventTexts.listenerUnknown(process) });
  return to;
}

/** Python's `int()` of bytes: blanks around it, a sign, and single underscores between digits are fine. */
function pythonInt(text: string): number | null {
  return /^[ \t\r\f\v]*[+-]?\d+(?:_\d+)*[ \t\r\f\v]*$/.test(text) ? Number(text.replaceAll('_', '')) : null;
}

function shown(line: string): string {
  const whole = line.length <= maxShownBytes;
  return decodeOrRepr(Buffer.from(whole ? line : line.slice(0, maxShownBytes), 'latin1')) + (whole ? '' : '...');
}
