import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { busyListener, type ListenerState, listen, maxResultBytes, newListener } from '../../src/core/listener.ts';
import { defaultResultHandler, type ResultHandler, resultHandler } from '../../src/core/result-handler.ts';
import { splits } from '../support/splits.ts';

const handler = resultHandler(defaultResultHandler);
const fails: ResultHandler = () => ({ verdict: 'error', print: '' });
const ready: ListenerState = { name: 'READY' };
const unknown: ListenerState = { name: 'UNKNOWN' };

interface Run {
  readonly state: string;
  readonly said: readonly string[];
}

/** Log lines as `LEVL text`, the rest as what it is. */
function run(start: ListenerState, chunks: readonly (string | Buffer)[], by = handler): Run {
  let state = start;
  const said: string[] = [];
  for (const chunk of chunks) {
    const step = listen(state, Buffer.from(chunk), 'l', by);
    state = JSON.parse(JSON.stringify(step.state));
    for (const effect of step.effects) {
      if (effect.effect === 'log') said.push(`${effect.line.level} ${effect.line.text}`);
      else said.push(effect.effect);
    }
  }
  return { state: state.name, said };
}

const goneWrong =
  'WARN l: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process violated the eventlistener protocol';
const accepted = ['DEBG l: event was processed', 'DEBG l: BUSY -> ACKNOWLEDGED', 'accepted'];
const rejected = ['WARN l: event was rejected', 'DEBG l: BUSY -> ACKNOWLEDGED', 'rejected'];
const bad = (line: string) => [`WARN l: bad result line: '${line}'`, 'DEBG l: BUSY -> UNKNOWN', goneWrong, 'rejected'];

const rows: ReadonlyArray<readonly [state: ListenerState, input: string, end: string, said: readonly string[]]> = [
  [newListener, '', 'ACKNOWLEDGED', []],
  [newListener, 'READY', 'ACKNOWLEDGED', []],
  [newListener, 'READY\n', 'READY', ['DEBG l: ACKNOWLEDGED -> READY']],
  [newListener, 'nonsense', 'UNKNOWN', ['DEBG l: ACKNOWLEDGED -> UNKNOWN', goneWrong]],
  [newListener, 'short', 'ACKNOWLEDGED', []],
  [newListener, '\nREADY\n', 'UNKNOWN', ['DEBG l: ACKNOWLEDGED -> UNKNOWN', goneWrong]],
  [newListener, 'READY\n.', 'UNKNOWN', ['DEBG l: ACKNOWLEDGED -> READY', 'DEBG l: READY -> UNKNOWN', goneWrong]],
  [ready, 'x', 'UNKNOWN', ['DEBG l: READY -> UNKNOWN', goneWrong]],
  [busyListener, 'RESULT 2', 'BUSY', []],
  [busyListener, 'RESULT 2\n', 'BUSY', []],
  [busyListener, 'RESULT 2\nO', 'BUSY', []],
  [busyListener, 'RESULT 2\nOK', 'ACKNOWLEDGED', accepted],
  [busyListener, 'RESULT 4\nFAIL', 'ACKNOWLEDGED', rejected],
  [busyListener, 'RESULT 2\nok', 'ACKNOWLEDGED', rejected],
  [busyListener, 'RESULT 3\nOK\n', 'ACKNOWLEDGED', rejected],
  [busyListener, 'RESULT 0\n', 'ACKNOWLEDGED', rejected],
  [busyListener, 'RESULT 2\nOKREADY\n', 'READY', [...accepted, 'DEBG l: ACKNOWLEDGED -> READY']],
  [busyListener, 'RESULT 2\nOK\nREADY\n', 'UNKNOWN', [...accepted, 'DEBG l: ACKNOWLEDGED -> UNKNOWN', goneWrong]],
  [busyListener, 'OUTCOME 2\nOK', 'ACKNOWLEDGED', accepted],
  [busyListener, 'OUTCOMES 2\nOK', 'UNKNOWN', bad('OUTCOMES 2')],
  [busyListener, 'result:2\nOK', 'ACKNOWLEDGED', accepted],
  [busyListener, 'RESULT  +2 \r\nOK', 'ACKNOWLEDGED', accepted],
  [busyListener, 'RESULT 0_2\nOK', 'ACKNOWLEDGED', accepted],
  [busyListener, 'RESULT\n', 'UNKNOWN', bad('RESULT')],
  [busyListener, '\n', 'UNKNOWN', bad('')],
  [busyListener, 'RESULT two\nOK', 'UNKNOWN', bad('RESULT two')],
  [busyListener, 'RESULT 2.0\nOK', 'UNKNOWN', bad('RESULT 2.0')],
  [busyListener, 'RESULT 0x2\nOK', 'UNKNOWN', bad('RESULT 0x2')],
  [busyListener, 'RESULT 2__0\nOK', 'UNKNOWN', bad('RESULT 2__0')],
  [busyListener, 'RESULT -1\nOK', 'UNKNOWN', bad('RESULT -1')],
  [busyListener, 'READY\n', 'UNKNOWN', bad('READY')],
  [unknown, 'READY\n', 'UNKNOWN', []],
];
for (const [state, input, end, said] of rows) {
  test(`a listener that is ${state.name} and says ${JSON.stringify(input)} is ${end} then`, () => {
    assert.deepEqual(run(state, [input]), { state: end, said });
  });
}

test('a handler that fails breaks the listener, and the event goes back', () => {
  assert.deepEqual(run(busyListener, ['RESULT 2\nOKREADY\n'], fails), {
    state: 'UNKNOWN',
    said: ['WARN l: event caused an error', 'DEBG l: BUSY -> UNKNOWN', goneWrong, 'rejected'],
  });
});

test('a line that is no UTF-8 is shown as supervisord shows it', () => {
  const { said } = run(busyListener, [Buffer.from([0x52, 0x88, 0x0a])]);
  assert.equal(said[0], "WARN l: bad result line: 'Undecodable: b'R\\x88''");
});

test('a result line that never ends, and a result that is announced too big, break the listener; what is shown is short', () => {
  for (const chunks of [
    Array.from({ length: 100 }, () => 'x'.repeat(100)),
    ['x'.repeat(10_000), '\n'],
    [`${'x'.repeat(5000)}\n`],
  ]) {
    const { state, said } = run(busyListener, chunks);
    assert.equal(state, 'UNKNOWN');
    assert.equal(said[0], `WARN l: bad result line: '${'x'.repeat(200)}...'`);
  }
  assert.equal(run(busyListener, [`RESULT ${maxResultBytes + 1}\n`]).state, 'UNKNOWN');
  assert.equal(run(busyListener, [`RESULT ${maxResultBytes}\n`]).state, 'BUSY');
  assert.equal(run(busyListener, ['RESULT 99999999999999999999999999\n']).state, 'UNKNOWN');
});

test('a big result in small pieces is collected in reasonable time', () => {
  const state = listen(busyListener, Buffer.from(`RESULT ${1 << 22}\n`), 'l', handler).state;
  let step = { state };
  const piece = Buffer.alloc(64, 'x');
  for (let i = 0; i < (1 << 22) / 64; i++) step = listen(step.state, piece, 'l', handler);
  assert.equal(step.state.name, 'ACKNOWLEDGED');
});

const word = fc.constantFrom(
  'READY\n',
  'RESULT ',
  'RESULT 2\n',
  'RESULT 4\n',
  'OK',
  'FAIL',
  '\n',
  '2',
  'x',
  '0\n',
  'öRESULT 3\n',
);
test('however its output is cut into chunks, a listener comes to the same', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<ListenerState>(newListener, ready, busyListener, unknown),
      fc.array(word, { maxLength: 8 }).chain((words) => splits(Buffer.from(words.join('')))),
      (start, chunks) => assert.deepEqual(run(start, chunks), run(start, [Buffer.concat(chunks)])),
    ),
  );
});

test('of one event there is at most one outcome, and a listener that is ready or broken has had it', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (words) => {
      const { state, said } = run(busyListener, words);
      const outcomes = said.filter((text) => text === 'accepted' || text === 'rejected').length;
      assert.equal(outcomes, state === 'BUSY' ? 0 : 1);
    }),
  );
});
