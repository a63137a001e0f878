import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesFilter, naturalOrder, rowsOf } from '../../src/tui/rows.ts';
import { lineWith, model, press, process, screenLines, someProcesses, typed } from './sample.ts';

const names = (it: Parameters<typeof rowsOf>[0]) =>
  rowsOf(it).map((row) => (row.kind === 'group' ? `[${row.group}]` : row.process.name));

test('processes stand under their group; one that has its group to itself and its name stands alone', () => {
  assert.deepEqual(names(model()), [
    'broken',
    'off',
    'web',
    '[worker]',
    'worker_0',
    'worker_1',
    'worker_2',
    'worker_10',
  ]);
  assert.deepEqual(names(model([process('app:one', 'RUNNING')])), ['[app]', 'one']);
});

test('numbers in names are ordered as numbers', () => {
  assert.deepEqual(['a10', 'a9', 'a', 'b1', 'a9b'].sort(naturalOrder), ['a', 'a9', 'a9b', 'a10', 'b1']);
});

test('a folded group shows how many of it are up, and the worst of its states', () => {
  const folded = press(model(), 'end', 'left');
  assert.deepEqual(names(folded), ['broken', 'off', 'web', '[worker]']);
  assert.match(lineWith(folded, '▸ worker'), /▸ worker +◌ 2\/4 up/);
  assert.equal(folded.selected, ':worker', 'the selection goes to the group');
  assert.deepEqual(names(press(folded, 'right')).length, 8);
  assert.deepEqual(names(press(folded, 'z')).length, 8);
  assert.deepEqual(names(press(model(), 'z')).length, 4);
  assert.deepEqual(names(press(folded, 'space')).length, 8);
});

test('without the tree every process has one row, with its group in its name', () => {
  const flat = press(model(), 't');
  assert.equal(names(flat).length, 7);
  assert.match(lineWith(flat, 'worker_10'), /worker:worker_10/);
});

test('a filter shows at once what has all of its words, in name, state or pid', () => {
  const [broken, , web] = someProcesses;
  assert.ok(broken !== undefined && web !== undefined);
  const matches = (filter: string) => [matchesFilter(broken, filter), matchesFilter(web, filter)];
  assert.deepEqual(['', 'b', 'FATAL', 'fatal bro', '4711', 'bro web', '!fatal', '!'].map(matches), [
    [true, true],
    [true, true],
    [true, false],
    [true, false],
    [false, true],
    [false, false],
    [false, true],
    [true, true],
  ]);
  const filtered = typed(press(model(), '/'), 'worker_1');
  assert.deepEqual(names(filtered), ['[worker]', 'worker_1', 'worker_10']);
  assert.match(screenLines(filtered).at(-2) ?? '', /^ filter: worker_1 {3}2 shown/);
  const kept = press(filtered, 'enter');
  assert.equal(kept.mode.kind, 'table');
  assert.match(screenLines(kept)[1] ?? '', /filter "worker_1": 2/);
  assert.equal(press(kept, 'escape').filter, '');
  assert.equal(press(filtered, 'escape').filter, '', 'given up, it is as it was before');
  assert.match(lineWith(typed(press(model(), '/'), 'zzz'), 'nothing matches'), /Esc shows all 7/);
});

test('what was searched for is not hidden in a folded group', () => {
  const folded = press(model(), 'z');
  assert.deepEqual(names(typed(press(folded, '/'), 'worker_2')), ['[worker]', 'worker_2']);
});

test('any column sorts, and again turns the order round; what has no value stays at the end', () => {
  const usage = (name: string, cpuPercent: number) =>
    [`worker:${name}`, { cpuPercent, rssBytes: 2 ** 20, cpuSecs: 1, pid: 1, at: 1 }] as const;
  const busy = {
    ...model(),
    tree: false,
    usage: new Map([usage('worker_0', 3), usage('worker_1', 50), usage('worker_10', 7)]),
  };
  const byCpu = press(busy, 'o', 'down', 'down', 'down', 'down', 'down', 'enter');
  assert.equal(byCpu.sort.column, 'cpu');
  assert.deepEqual(names(byCpu).slice(0, 3), ['worker_1', 'worker_10', 'worker_0']);
  assert.deepEqual(names(press(byCpu, 'O')).slice(0, 3), ['worker_0', 'worker_10', 'worker_1']);
  assert.match(screenLines(byCpu)[2] ?? '', /▼CPU%/);
  const byState = press(busy, '>');
  assert.deepEqual([byState.sort.column, names(byState)[0]], ['state', 'broken']);
  assert.deepEqual(names({ ...byCpu, tree: true })[0], '[worker]', 'a group stands where its first process would');
  assert.equal(names(press(busy, 'O'))[0], 'worker_10');
});
