import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCodePoints } from '../../src/util/code-point-order.ts';

test('text is sorted as Python sorts it, by code point', () => {
  const sorted = ['', 'A', 'B', 'a', 'aa', 'b', 'é', '\u{ffee}', '\u{1f600}', '\u{1f600}a', '\u{10ffff}'];
  assert.deepEqual(sorted.toReversed().sort(compareCodePoints), sorted);
  assert.equal(compareCodePoints('x', 'x'), 0);
});
