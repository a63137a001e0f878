import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, cutMiddle, fit, fitRight, harmless, takeCells, textWidth, wrap } from '../../src/tui/cells.ts';

test('text is as wide as the cells that it takes: two for wide characters, none for marks', () => {
  assert.deepEqual(
    ['', 'web', 'é', 'e\u0301', '漢字', '한', '🚀', 'a漢b', '│●…'].map(textWidth),
    [0, 3, 1, 1, 4, 2, 2, 4, 3],
  );
});

test('what is cut is cut at cells, and says so', () => {
  assert.equal(cut('worker_01', 6), 'worke…');
  assert.equal(cut('漢字漢字', 6), '漢字…');
  assert.equal(cut('漢字漢字', 5), '漢字…');
  assert.equal(cut('short', 5), 'short');
  assert.equal(cut('short', 0), '');
  assert.equal(cutMiddle('worker-with-a-name_01', 11), 'worke…me_01');
  assert.equal(cutMiddle('worker', 0), '');
  assert.equal(takeCells('a漢b', 2), 'a');
  assert.equal(takeCells('abc', -1), '');
});

test('a column is exactly as wide as it is to be', () => {
  for (const text of ['', 'web', '漢字漢字', 'a much longer name']) {
    for (const width of [1, 4, 7]) {
      assert.equal(textWidth(fit(text, width)), width, text);
      assert.equal(textWidth(fitRight(text, width)), width, text);
    }
  }
  assert.equal(fitRight('12', 4), '  12');
});

test('sentences are broken between words, and words where they must be', () => {
  assert.deepEqual(wrap('the successor ended before it was ready', 16), [
    'the successor',
    'ended before it',
    'was ready',
  ]);
  assert.deepEqual(wrap('aaaaaaaaaa', 4), ['aaaa', 'aaaa', 'aa']);
  assert.deepEqual(wrap('', 4), ['']);
});

test('nothing that a process writes moves the cursor', () => {
  assert.equal(harmless('\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u001b[2Jy\u001b(Bz'), 'red xyz');
  assert.equal(harmless('a\u0000b\u009bc\u202ed\u0007'), 'a·b·c·d·');
  assert.equal(harmless('done\r'), 'done');
  assert.equal(harmless('a\tb\t\tc'), 'a       b               c');
  assert.equal(harmless('half a sequence \u001b['), 'half a sequence ');
});
