import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReloadFact } from '../../src/core/reload/facts.ts';
import { bar, spinner } from '../../src/ctl/moving-line.ts';
import { ReloadProgress } from '../../src/ctl/progress.ts';

const waiting = (name: string): ReloadFact => ({
  at: 0,
  group: 'web',
  name,
  fact: 'waiting',
  check: 'accept',
  timeoutSecs: 10,
});

test('nothing moves before something is waited for, nor afterwards', () => {
  const progress = new ReloadProgress(5);
  assert.equal(progress.render(0, 80), null);
  progress.add(waiting('a'), 1000);
  assert.notEqual(progress.render(1000, 80), null);
  progress.add({ at: 0, group: 'web', name: 'a', fact: 'ready', pid: 1, afterSecs: 1 }, 2000);
  assert.equal(progress.render(2000, 80), null);
});

test('the moving line tells who, how long and how much of the time is gone', () => {
  const progress = new ReloadProgress(5);
  progress.add(waiting('web_0'), 1000);
  assert.equal(
    progress.render(6000, 100),
    '⠋ web:web_0: not ready yet (accept) 5.0 s of 10 s [###############---------------]',
  );
  progress.add(waiting('web_1'), 2000);
  assert.match(
    progress.render(6000, 100) ?? '',
    /^⠋ \[-+\] 0 of 2 reloaded, waiting for web:web_0 \(accept, 5\.0 s of 10 s\)$/,
  );
});

test('the line never reaches the edge of the terminal, whose width may be anything', () => {
  const progress = new ReloadProgress(5);
  progress.add(waiting('web_0'), 0);
  for (const width of [0, 1, 10, 40, 60, 80, 300]) {
    assert.ok((progress.render(3000, width) ?? '').length <= Math.max(0, width - 1), String(width));
  }
});

test('a bar fills, and needs room', () => {
  assert.equal(bar(0, 10), '[----------]');
  assert.equal(bar(0.5, 10), '[#####-----]');
  assert.equal(bar(7, 10), '[##########]');
  assert.equal(bar(0.5, 4), '');
  assert.notEqual(spinner(0), spinner(100));
});

test('a successor that binds its address itself is told what it should do', () => {
  const fact = { at: 0, group: 'web', name: 'web' };
  const shown = (line: string) => {
    const progress = new ReloadProgress(10);
    progress.add({ ...fact, fact: 'spawned', pid: 2, generation: 2 }, 0);
    return progress.add({ ...fact, fact: 'failed', reason: 'it ended', lastOutput: [line] }, 0).join('\n');
  };
  assert.match(shown('OSError: [Errno 98] Address already in use'), /LISTEN_FDS.*hupd-reload\(7\)/);
  assert.doesNotMatch(shown('OSError: something else'), /LISTEN_FDS/);
});
