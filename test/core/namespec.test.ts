import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeNamespec, splitNamespec } from '../../src/core/namespec.ts';

test('a name without colon is a process of the group of that name', () => {
  assert.deepEqual(splitNamespec('web'), { group: 'web', process: 'web' });
});

test('nothing or a star after the colon is the whole group; later colons belong to the process', () => {
  assert.deepEqual(splitNamespec('g:'), { group: 'g', process: null });
  assert.deepEqual(splitNamespec('g:*'), { group: 'g', process: null });
  assert.deepEqual(splitNamespec('g:a:b'), { group: 'g', process: 'a:b' });
  assert.deepEqual(splitNamespec(':'), { group: '', process: null });
});

test('a process is named with its group only where they differ', () => {
  assert.equal(makeNamespec('web', 'web'), 'web');
  assert.equal(makeNamespec('g', 'web'), 'g:web');
});
