import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  appendText,
  countMatches,
  emptyLog,
  findNext,
  type LogView,
  linesKept,
  newLines,
  openLog,
  pause,
  scrollLog,
  searchFor,
  splitAtMatches,
  toEnd,
  toStart,
  visibleLines,
} from '../../src/tui/log-view.ts';
import { joinBacklog } from '../../src/tui/tail.ts';

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}\n`).join('');
const log = (text: string) => appendText(openLog(emptyLog, 'web:web/stdout'), text);
const shown = (it: LogView, height = 3, width = 20) => visibleLines(it, width, height).map(({ text }) => text);

test('a log is followed: the last lines are seen, the unfinished one too', () => {
  assert.deepEqual(shown(log('')), []);
  assert.deepEqual(shown(log(numbers(1, 10))), ['line 8', 'line 9', 'line 10']);
  assert.deepEqual(shown(appendText(log(`${numbers(1, 2)}hal`), 'f')), ['line 1', 'line 2', 'half']);
});

test('long lines are broken into cells, and keep their end in sight', () => {
  assert.deepEqual(shown(log('abcdefghij\n'), 3, 4), ['abcd', 'efgh', 'ij']);
  assert.deepEqual(shown(log('abcdefghij\n'), 2, 4), ['efgh', 'ij']);
  assert.deepEqual(shown(log('漢字漢\n'), 3, 3), ['漢', '字', '漢']);
});

test('a paused log stands still, counts what comes, and goes on from the end', () => {
  const paused = appendText(pause(log(numbers(1, 5))), numbers(6, 9));
  assert.deepEqual([shown(paused), newLines(paused)], [['line 3', 'line 4', 'line 5'], 4]);
  assert.deepEqual(shown(pause(paused)), ['line 7', 'line 8', 'line 9']);
});

test('whoever scrolls up stays there, and follows again at the end', () => {
  const up = scrollLog(log(numbers(1, 10)), -2);
  assert.deepEqual(shown(appendText(up, numbers(11, 12))), ['line 6', 'line 7', 'line 8']);
  assert.equal(scrollLog(up, 2).end, null);
  assert.deepEqual(shown(toStart(up)), ['line 1']);
  assert.equal(toEnd(up).end, null);
});

test('lines that were forgotten do not move the reader', () => {
  const up = scrollLog(log(numbers(1, linesKept)), -10);
  const later = appendText(up, numbers(linesKept + 1, linesKept + 50));
  assert.equal(later.lines.length, linesKept);
  assert.equal(shown(later).at(-1), `line ${linesKept - 10}`);
  assert.equal(shown(toStart(later)).at(-1), 'line 51');
});

test('a search goes to the last match, then from match to match', () => {
  const it = searchFor(log('an Error\nfine\nan error\nfine\n'), 'error');
  assert.deepEqual([shown(it).at(-1), countMatches(it)], ['an error', 2]);
  const above = findNext(it, -1);
  assert.equal(shown(above).at(-1), 'an Error');
  assert.equal(shown(findNext(above, -1)).at(-1), 'an Error', 'there is no further one');
  assert.equal(shown(findNext(above, 1)).at(-1), 'an error');
  assert.equal(countMatches(searchFor(it, 'Error')), 1, 'a capital is meant');
  assert.deepEqual(splitAtMatches('a.b a.b', '.'), ['a', '.', 'b a', '.', 'b']);
});

test('another log begins anew, and the search stays', () => {
  const next = openLog(searchFor(log('x\n'), 'x'), 'web:web/stderr');
  assert.deepEqual([next.lines, next.search, next.end], [[], 'x', null]);
});

test('the stream tells the end of what was read again: it is shown once', () => {
  assert.equal(joinBacklog('one\ntwo\nthree\n', 'two\nthree\nfour\n'), 'one\ntwo\nthree\nfour\n');
  assert.equal(joinBacklog('one\n', ''), 'one\n');
  assert.equal(joinBacklog('', 'one\n'), 'one\n');
  assert.equal(joinBacklog('old\n', 'quite another\n'), 'quite another\n');
});
