import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWindow, tailWindow } from '../../src/core/log-window.ts';

const text = '0123456789';
const most = 1000;

test('tail gives what supervisord gives, for each row of its table', () => {
  const rows: ReadonlyArray<readonly [offset: number, length: number, bytes: string, overflow: boolean]> = [
    [0, 0, '', true],
    [0, 5, '56789', true],
    [0, 10, text, false],
    [0, 11, text, false],
    [5, 4, '6789', true],
    [5, 5, '56789', false],
    [5, 6, '456789', false],
    [10, 5, '', false],
    [15, 5, '', false],
    [-5, 5, '56789', true],
    [0, -5, '', true],
  ];
  for (const [offset, length, bytes, overflow] of rows) {
    const window = tailWindow(text.length, offset, length, most);
    assert.deepEqual(
      [offset, length, text.slice(window.start, window.end), window.overflow],
      [offset, length, bytes, overflow],
    );
  }
  assert.deepEqual(tailWindow(0, 0, 10, most), { start: 0, end: 0, overflow: false });
});

test('read takes from an offset, or the last bytes, and refuses what makes no sense', () => {
  const rows: ReadonlyArray<readonly [offset: number, length: number, bytes: string | null]> = [
    [0, 0, text],
    [4, 0, '456789'],
    [2, 3, '234'],
    [8, 9, '89'],
    [99, 0, ''],
    [99, 5, ''],
    [-3, 0, '789'],
    [-99, 0, text],
    [3, -1, null],
    [-3, 1, null],
    [-3, -1, null],
  ];
  for (const [offset, length, bytes] of rows) {
    const window = readWindow(text.length, offset, length, most);
    const got = window === 'bad-arguments' ? null : text.slice(window.start, window.end);
    assert.deepEqual([offset, length, got], [offset, length, bytes]);
  }
});

test('one answer has a bound: the beginning of what was asked for, or of a tail its end', () => {
  assert.deepEqual(readWindow(100, 10, 0, 30), { start: 10, end: 40 });
  assert.deepEqual(readWindow(100, 10, 50, 30), { start: 10, end: 40 });
  assert.deepEqual(readWindow(100, -50, 0, 30), { start: 70, end: 100 });
  assert.deepEqual(tailWindow(100, 0, 50, 30), { start: 70, end: 100, overflow: true });
});
