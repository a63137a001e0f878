import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AnsiState, flushAnsi, stripAnsi } from '../../src/core/strip-ansi.ts';
import { splits } from '../support/splits.ts';

function strip(chunks: readonly Buffer[]): string {
  let state: AnsiState = 'text';
  const out: Buffer[] = [];
  for (const chunk of chunks) {
    const step = stripAnsi(state, chunk);
    state = step.state;
    out.push(step.data);
  }
  out.push(flushAnsi(state));
  return Buffer.concat(out).toString();
}

// What supervisord 4.2.5 makes of each, given as one chunk.
const rows: ReadonlyArray<readonly [string, string]> = [
  ['', ''],
  ['plain', 'plain'],
  ['\x1b[31mred\x1b[0m.', 'red.'],
  ['a\x1b[2Jb\x1b[10;20Hc', 'abc'],
  ['\x1b[?25lhidden', 'hidden'],
  ['\x1b[5XX is none of them: it eats', ' none of them: it eats'],
  ['\x1b[mleft', 'left'],
  ['never ended \x1b[31', 'never ended '],
  ['\x1b]0;title\x07x', '\x1b]0;title\x07x'],
  ['lone \x1b', 'lone \x1b'],
  ['\x1b\x1b[1mx', '\x1bx'],
  ['\x1b[\x1b[1mx', 'x'],
  ['ö\x1b[1mü', 'öü'],
];
for (const [input, expected] of rows) {
  test(`strip_ansi makes ${JSON.stringify(expected)} of ${JSON.stringify(input)}`, () => {
    assert.equal(strip([Buffer.from(input)]), expected);
  });
}

test('strip_ansi: however the stream is cut into chunks, the result is the same', () => {
  const piece = fc.constantFrom('\x1b', '[', '\x1b[', 'm', '3', 'x', ' ', 'H', '\x1b[0m', 'ü');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }).chain((pieces) => splits(Buffer.from(pieces.join('')))),
      (chunks) => {
        assert.equal(strip(chunks), strip([Buffer.concat(chunks)]));
      },
    ),
  );
});

test('strip_ansi costs nothing where there is nothing to strip: the chunk itself comes back', () => {
  const chunk = Buffer.from('plain');
  assert.equal(stripAnsi('text', chunk).data, chunk);
});
