import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CaptureOutput, type CaptureState, capture, endCapture, startCapture } from '../../src/core/capture.ts';
import { splits } from '../support/splits.ts';

const begin = '<!--XSUPERVISOR:BEGIN-->';
const end = '<!--XSUPERVISOR:END-->';

/** What came out, with neighbours of one kind joined: `log:a` `captured:b` `event:b`. */
function run(chunks: readonly (string | Buffer)[], maxBytes = 1 << 20): string[] {
  let state: CaptureState = startCapture;
  const output: CaptureOutput[] = [];
  for (const chunk of chunks) {
    const step = capture(state, Buffer.from(chunk), maxBytes);
    // As it would be after a restart of the daemon.
    state = JSON.parse(JSON.stringify(step.state));
    output.push(...step.output);
  }
  output.push(...endCapture(state));
  const said: string[] = [];
  let last = '';
  for (const piece of output) {
    const kind = piece.kind === 'communication' ? 'event' : piece.captured ? 'captured' : 'log';
    if (kind === last && kind !== 'event') said.push(said.pop() + piece.data.toString());
    else said.push(`${kind}:${piece.data}`);
    last = kind;
  }
  return said;
}

const rows: ReadonlyArray<readonly [title: string, chunks: readonly string[], expected: readonly string[]]> = [
  ['plain text', ['a', 'b'], ['log:ab']],
  ['an event in one chunk', [`a${begin}b${end}c`], ['log:a', 'captured:b', 'event:b', 'log:c']],
  ['an empty event', [begin + end], ['event:']],
  ['two events', [`${begin}a${end}${begin}b${end}`], ['captured:a', 'event:a', 'captured:b', 'event:b']],
  ['a token cut in two', ['a<!--XSUPER', `VISOR:BEGIN-->b${end}`], ['log:a', 'captured:b', 'event:b']],
  ['what looked like a token and is none', ['a<!--XSUPERVISOR', ':NO-->'], ['log:a<!--XSUPERVISOR:NO-->']],
  ['short output, which supervisord would withhold and lose', ['hi\n'], ['log:hi\n']],
  ['a beginning of a token at the end of the stream', ['a<!--X'], ['log:a<!--X']],
  ['an END without BEGIN', [`a${end}b`], [`log:a${end}b`]],
  ['a BEGIN within an event', [`${begin}a${begin}b${end}`], [`captured:a${begin}b`, `event:a${begin}b`]],
  ['an event that is never ended', [`a${begin}b`], ['log:a', 'captured:b']],
  ['a beginning of END at the end of the stream', [`${begin}b<!--`], ['captured:b<!--']],
  ['a token after a false start', [`<!--<!--XSUPERVISOR:BEGIN-->x${end}`], ['log:<!--', 'captured:x', 'event:x']],
];
for (const [title, chunks, expected] of rows) {
  test(`capture: ${title}`, () => {
    assert.deepEqual(run(chunks), expected);
  });
}

test('capture: bytes that are no UTF-8 go through unchanged', () => {
  const bytes = Buffer.from([0xff, 0x00, 0x88, 0xc3]);
  const { output } = capture(startCapture, Buffer.concat([Buffer.from(begin), bytes, Buffer.from(end)]), 100);
  assert.deepEqual(output.at(-1), { kind: 'communication', data: bytes });
});

// Measured on supervisord 4.2.5 with chunks of these sizes.
const overflows: ReadonlyArray<readonly [title: string, pieces: readonly string[], event: string]> = [
  ['fits exactly', ['12345', '67890'], '1234567890'],
  ['a new piece pushes out as many bytes as it brings', ['12345678', 'abcd'], '5678abcd'],
  ['one big piece is kept whole', ['123456789012345'], '123456789012345'],
  ['a big piece pushes out everything', ['12345', '123456789012345'], '123456789012345'],
];
for (const [title, pieces, event] of overflows) {
  test(`capture, more than capture_maxbytes: ${title}`, () => {
    assert.equal(run([begin, ...pieces, end], 10).at(-1), `event:${event}`);
  });
}

test('capture: an event that is never ended keeps memory bounded', () => {
  let { state } = capture(startCapture, Buffer.from(begin), 1000);
  for (let i = 0; i < 1000; i++) ({ state } = capture(state, Buffer.alloc(100, 'x'), 1000));
  assert.equal(state.mode === 'capturing' && state.captured.length, 1000);
});

test('capture: however the stream is cut into chunks, the result is the same', () => {
  const piece = fc.constantFrom(begin, end, '<!--', '<!--XSUPERVISOR:', 'BEGIN-->', '-->', 'a', '\n', '<');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }).chain((pieces) => splits(Buffer.from(pieces.join('')))),
      (chunks) => assert.deepEqual(run(chunks), run([Buffer.concat(chunks)])),
    ),
  );
});

test('capture: no byte is lost but the tokens', () => {
  const piece = fc.constantFrom(begin, end, '<!--', 'a', 'b', '>', '\n');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = run([pieces.join('')])
        .filter((said) => !said.startsWith('event:'))
        .map((said) => said.slice(said.indexOf(':') + 1))
        .join('');
      assert.equal(
        text.replaceAll(begin, '').replaceAll(end, ''),
        pieces.filter((p) => p !== begin && p !== end).join(''),
      );
    }),
  );
});
