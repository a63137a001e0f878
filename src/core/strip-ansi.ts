/**
 * `strip_ansi=true`: removes terminal sequences from a stream of bytes by supervisord's rule, which is coarse: from `ESC [` up to and including the
 * first of `HfABCDRsuJKhlpm`, whatever stands between.
 *
 * supervisord looks at each chunk alone, so a sequence that the kernel happened to cut in two leaves its halves in the log; here the
 * state goes on to the next chunk and the result does not depend on where chunks end.
 */

const escapeByte = 0x1b;
const begin = Buffer.from('\x1b[');
const terminators: ReadonlySet<number> = new Set(Buffer.from('HfABCDRsuJKhlpm'));

/** Where the last chunk ended: in text, right after an ESC that is still held back, or within a sequence. */
export type AnsiState = 'text' | 'escape' | 'sequence';

export interface Stripped {
  readonly state: AnsiState;
  readonly data: Buffer;
}

/** One chunk. `data` may share memory with `chunk`. */
export function stripAnsi(state: AnsiState, chunk: Buffer): Stripped {
  if (chunk.length === 0) return { state, data: chunk };
  if (state === 'text' && chunk.at(-1) !== escapeByte && !chunk.includes(begin)) return { state, data: chunk };
  const input = state === 'escape' ? Buffer.concat([begin.subarray(0, 1), chunk]) : chunk;
  const kept: Buffer[] = [];
  let at = 0;
  let inSequence = state === 'sequence';
  while (at < input.length) {
    if (inSequence) {
      while (at < input.length && !terminators.has(input[at] ?? 0)) at++;
      if (at === input.length) break;
      at++;
      inSequence = false;
    } else {
      const next = input.indexOf(begin, at);
      if (next === -1) break;
      kept.push(input.subarray(at, next));
      at = next + begin.length;
      inSequence = true;
    }
  }
  if (inSequence) return { state: 'sequence', data: Buffer.concat(kept) };
  const heldBack = at < input.length && input.at(-1) === escapeByte;
  kept.push(input.subarray(at, heldBack ? -1 : undefined));
  return { state: heldBack ? 'escape' : 'text', data: Buffer.concat(kept) };
}

/** What is still owed when the stream ends. */
export function flushAnsi(state: AnsiState): Buffer {
  return state === 'escape' ? begin.subarray(0, 1) : Buffer.alloc(0);
}
