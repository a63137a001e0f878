import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellingOutput } from '../../../src/core/reload/telling-output.ts';

test('short output is shown as it is', () => {
  assert.deepEqual(tellingOutput(['a', 'b'], 5), ['a', 'b']);
  assert.deepEqual(tellingOutput([], 5), []);
});

test('of long output the end is shown', () => {
  assert.deepEqual(tellingOutput(['a', 'b', 'c'], 2), ['b', 'c']);
});

test('what an earlier traceback ended with comes before the end, once', () => {
  const lines = [
    '  File "app.py", line 1',
    'RuntimeError: no',
    '  File "app.py", line 1',
    'RuntimeError: no',
    'x',
    'y',
    'z',
  ];
  assert.deepEqual(tellingOutput(lines, 2), ['RuntimeError: no', '...', 'y', 'z']);
});

test('an exception that is among the last lines is not shown twice', () => {
  assert.deepEqual(tellingOutput(['a', 'b', 'pkg.mod.SomeError: x'], 1), ['pkg.mod.SomeError: x']);
});

test('a sentence with the word error in it is no exception', () => {
  assert.deepEqual(tellingOutput(['there was an Error: x', 'a', 'b'], 2), ['a', 'b']);
});
