/**
 * Capture mode: a child that writes `<!--XSUPERVISOR:BEGIN-->text<!--XSUPERVISOR:END-->` sends `text` as a PROCESS_COMMUNICATION event
 * instead of logging it.
 *
 *              BEGIN token
 *   logging ─────────────────► capturing        text: to the log         captured text: kept, at most about `maxBytes`
 *           ◄─────────────────
 *              END token, an event
 *
 * Tokens may be cut anywhere by chunks. supervisord decides nothing before it has more bytes than a token is long, and so withholds short
 * output and loses it when the process ends; here only what may really be the beginning of a token is held back, and the end of the
 * stream lets it go.
 *
 * Bytes are kept as Latin-1 strings, one character a byte, so that the state is plain JSON.
 */

const beginToken = '<!--XSUPERVISOR:BEGIN-->';
const endToken = '<!--XSUPERVISOR:END-->';
const tokenBytes = { logging: Buffer.from(beginToken), capturing: Buffer.from(endToken) } as const;

export type CaptureState =
  /** `held`: a beginning of the token that is looked for, '' mostly. */
  | { readonly mode: 'logging'; readonly held: string }
  | { readonly mode: 'capturing'; readonly held: string; readonly captured: string };

export type CaptureOutput =
  /** To the log; `captured` text is not, but makes PROCESS_LOG events all the same, as under supervisord. */
  | { readonly kind: 'text'; readonly data: Buffer; readonly captured: boolean }
  | { readonly kind: 'communication'; readonly data: Buffer };

export interface CaptureStep {
  readonly state: CaptureState;
  readonly output: readonly CaptureOutput[];
}

export const startCapture: CaptureState = { mode: 'logging', held: '' };

/** One chunk of output. Pieces of `output` may share memory with `chunk`. */
export function capture(start: CaptureState, chunk: Buffer, maxBytes: number): CaptureStep {
  const output: CaptureOutput[] = [];
  let state = start;
  let rest = state.held === '' ? chunk : Buffer.concat([Buffer.from(state.held, 'latin1'), chunk]);
  for (;;) {
    const token = tokenBytes[state.mode];
    const at = rest.indexOf(token);
    const end = at === -1 ? rest.length - prefixAtEnd(rest, token) : at;
    state = take(state, rest.subarray(0, end), maxBytes, output);
    if (at === -1) return { state: { ...state, held: rest.toString('latin1', end) }, output };
    rest = rest.subarray(at + token.length);
    if (state.mode === 'capturing') {
      output.push({ kind: 'communication', data: Buffer.from(state.captured, 'latin1') });
      state = startCapture;
    } else {
      state = { mode: 'capturing', held: '', captured: '' };
    }
  }
}

/** The stream has ended: what was held back is text after all. An event whose END never came is not sent. */
export function endCapture(state: CaptureState): readonly CaptureOutput[] {
  if (state.held === '') return [];
  return [{ kind: 'text', data: Buffer.from(state.held, 'latin1'), captured: state.mode === 'capturing' }];
}

function take(state: CaptureState, data: Buffer, maxBytes: number, output: CaptureOutput[]): CaptureState {
  if (data.length === 0) return state;
  output.push({ kind: 'text', data, captured: state.mode === 'capturing' });
  if (state.mode === 'logging') return state;
  // supervisord's bound: what would overflow pushes out as many bytes as it brings, so one piece bigger than the bound is kept whole.
  const overflow = state.captured.length + data.length > maxBytes;
  const kept = overflow ? state.captured.slice(data.length) : state.captured;
  return { ...state, captured: kept + data.toString('latin1') };
}

/** How many bytes at the end of `data` are a beginning of `token`. */
function prefixAtEnd(data: Buffer, token: Buffer): number {
  for (let length = Math.min(token.length - 1, data.length); length > 0; length--) {
    if (data.subarray(data.length - length).equals(token.subarray(0, length))) return length;
  }
  return 0;
}
