import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessRow, ReloadRow } from '../../src/web/messages.ts';
import {
  bytes,
  emptyModel,
  generationBoxes,
  reloadProgress,
  span,
  sparkline,
  statusLine,
  withProcesses,
  withUsage,
} from '../../src/web/model.ts';

const process = (changes: Partial<ProcessRow> = {}): ProcessRow => ({
  id: 'web',
  state: 'RUNNING',
  description: '',
  pid: 11,
  startedAt: 1000,
  generation: 1,
  generations: [{ number: 1, pid: 11, startedAt: 1000, role: 'current' }],
  strategy: 'rolling',
  restarts: 0,
  lastAnswer: '',
  logs: ['stdout'],
  reload: null,
  ...changes,
});

const message = (complete: boolean, ...processes: ProcessRow[]) => ({
  complete,
  now: 0,
  daemonState: 'RUNNING',
  processes,
});

test('news of some processes leaves the others; complete news forgets those that have gone', () => {
  const both = withProcesses(emptyModel, message(true, process(), process({ id: 'app' })));
  const changed = withProcesses(both, message(false, process({ id: 'app', state: 'FATAL' })));
  assert.deepEqual(
    [...changed.processes.values()].map(({ id, state }) => `${id} ${state}`),
    ['web RUNNING', 'app FATAL'],
  );
  assert.deepEqual([...withProcesses(changed, message(true, process())).processes.keys()], ['web']);
});

test('CPU is the difference of two readings in per cent of a core, and never negative', () => {
  const usage = (at: number, cpuSecs: number) => ({
    at,
    rows: [{ id: 'web', cpuSecs, rssBytes: 5, generations: [] }],
  });
  const readings = [usage(0, 1), usage(2000, 2), usage(4000, 0.5)];
  const model = readings.reduce(withUsage, emptyModel);
  assert.deepEqual(model.loads.get('web')?.cpuPercents, [50, 0]);
  assert.equal(withUsage(model, { at: 6000, rows: [] }).loads.size, 0);
});

test('a sparkline ends at the right edge, its largest value at the top', () => {
  assert.equal(sparkline([0, 5, 10], 59, 20, 1), '57.0,19.0 58.0,10.0 59.0,1.0');
  assert.equal(sparkline([], 59, 20, 1), '');
});

test('a successor is drawn as not ready beside the generation that serves, with its workers once they are counted', () => {
  const row = process({
    generations: [
      { number: 1, pid: 11, startedAt: 0, role: 'current' },
      { number: 2, pid: 12, startedAt: 0, role: 'successor' },
    ],
  });
  const last = { id: 'web', cpuSecs: 0, rssBytes: 0, generations: [{ pid: 11, processes: 3 }] };
  const boxes = generationBoxes(row, { cpuPercents: [], rssBytes: [], last, at: 0 });
  assert.deepEqual(
    boxes.map(({ ready, standing, workers }) => [ready, standing, workers]),
    [
      [true, 'serving', 2],
      [false, 'not ready yet', null],
    ],
  );
});

test('a reload moves on with its facts, and with the time while readiness is waited for', () => {
  const steps = [{ at: 1000, fact: 'waiting' as const, text: 'waiting' }];
  const reload: ReloadRow = { id: 1, steps, timeoutSecs: 10, outcome: 'under way', reason: '', lastOutput: [] };
  assert.ok(reloadProgress(reload, 2000) < reloadProgress(reload, 8000));
  assert.ok(
    reloadProgress(reload, 1e9) < reloadProgress({ ...reload, steps: [{ at: 0, fact: 'ready', text: '' }] }, 0),
  );
  assert.equal(reloadProgress({ ...reload, outcome: 'failed' }, 0), 1);
  assert.equal(statusLine(process({ reload }), 5000), 'reloading: waiting');
  assert.match(statusLine(process({ reload: { ...reload, outcome: 'failed', reason: 'died' } }), 5000), /4 s; .*died/);
});

test('spans and sizes are told in two units at most', () => {
  assert.deepEqual([5, 65, 3700, 90_000].map(span), ['5 s', '1 min 5 s', '1 h 1 min', '1 d 1 h']);
  assert.deepEqual([2048, 3 * 2 ** 20, 300 * 2 ** 20, 2 ** 31].map(bytes), ['2 KiB', '3.0 MiB', '300 MiB', '2.0 GiB']);
});
