import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine } from '../../src/ctl/ctl.ts';
import { availLine, columns, statusLines } from '../../src/ctl/format.ts';
import { isWildcard, matchesWildcard } from '../../src/ctl/names.ts';
import { parseInteger } from '../../src/ctl/tail-length.ts';
import { processInfo } from './fake-server.ts';

test('a wildcard is any name with * or ?, but not the form for a whole group', () => {
  assert.deepEqual(['web', 'web:*', 'web:', 'web_*', 'w?b', '*', 'w*:*', 'web:web_*', ':*'].map(isWildcard), [
    false,
    false,
    false,
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('a wildcard without a colon is held against the name of the process, one with a colon against both', () => {
  const process = { group: 'web', name: 'web_1' };
  const matching = ['web_*', '*', 'web_?', '*:*', 'w*:*', 'web:*_1', '*:'].filter((it) => matchesWildcard(it, process));
  assert.deepEqual(matching, ['web_*', '*', 'web_?', '*:*', 'w*:*', 'web:*_1', '*:']);
  const other = ['web', 'web*x', 'WEB_*', 'a*:*', 'web:?', 'web.*'].filter((it) => matchesWildcard(it, process));
  assert.deepEqual(other, []);
});

test('the status table is as wide as its longest name, in characters', () => {
  assert.deepEqual(statusLines([processInfo('web', 'RUNNING'), processInfo('g:p', 'STARTING', { description: '' })]), [
    'web                              RUNNING   pid 100, uptime 0:00:05',
    'g:p                              STARTING  ',
  ]);
  const wide = '😀'.repeat(31);
  assert.ok(statusLines([processInfo(wide, 'FATAL')])[0]?.startsWith(`${wide}   FATAL     `));
});

test('avail pads name, use and start', () => {
  const info = { name: 'p', group: 'g', inuse: true, autostart: false, group_prio: 999, process_prio: 1 };
  assert.equal(availLine(info), 'g:p                              in use    manual    999:1');
});

test('columns run downwards and pad their last word, as in Python', () => {
  assert.deepEqual(columns(['a', 'bb', 'ccc', 'd', 'e'], 8), ['a    d', 'bb   e', 'ccc']);
  assert.deepEqual(columns(['a', 'bb'], 79), ['a  bb']);
  assert.deepEqual(columns(['aaaa', 'bbbb'], 4), ['aaaa', 'bbbb']);
  assert.deepEqual(columns([], 79), []);
});

test('a line is cut where the command word ends', () => {
  assert.equal(parseLine('  '), null);
  assert.deepEqual(parseLine(' start  web  x '), { name: 'start', arg: 'web  x', line: 'start  web  x' });
  assert.deepEqual(parseLine('?start'), { name: 'help', arg: 'start', line: 'help start' });
  assert.deepEqual(parseLine('start-all'), { name: 'start', arg: '-all', line: 'start-all' });
  assert.deepEqual(parseLine('!ls'), { name: '', arg: '!ls', line: '!ls' });
});

test('a length is what Python takes for an integer', () => {
  assert.deepEqual(['100', '+4', '-3', '1_000', '', 'x', '1.5', '_1'].map(parseInteger), [
    100,
    4,
    -3,
    1000,
    null,
    null,
    null,
    null,
  ]);
});
