import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Explained, explain } from '../../src/core/explain.ts';
import { describeSpan, type Happening, type HistoryEntry } from '../../src/core/history.ts';
import type { StateName } from '../../src/core/states.ts';

const start = Date.UTC(2026, 0, 2, 10, 0);
const clock = (wall: number) => new Date(wall).toISOString().slice(11, 16);

const state = (from: StateName, to: StateName, more: Partial<Happening & { what: 'state' }> = {}): Happening => ({
  what: 'state',
  from,
  to,
  pid: 7,
  expected: false,
  spawnError: '',
  ...more,
});
const exited = (how: string, ranSecs: number, lastLine = ''): Happening => ({
  what: 'exited',
  pid: 7,
  generation: 1,
  how,
  ranSecs,
  lastLine,
});
const asked = (wish: 'start' | 'stop' | 'signal', signal = 0): Happening => ({ what: 'asked', wish, signal });
const reload = (fact: 'started' | 'promoted' | 'done' | 'failed', text = ''): Happening => ({
  what: 'reload',
  fact,
  text,
});

const up = [state('STOPPED', 'STARTING'), state('STARTING', 'RUNNING')];
const module = "ModuleNotFoundError: No module named 'app'";
const tooQuick = 'Exited too quickly (process log may have details)';
const failedTry = [exited('exit status 1', 0.4, module), state('STARTING', 'BACKOFF', { spawnError: tooQuick })];

/** One entry a minute. */
function why(now: StateName, happenings: readonly Happening[], more: Partial<Explained> = {}): readonly string[] {
  const entries: HistoryEntry[] = happenings.map((happening, minute) => ({
    at: start + minute * 60_000,
    ...happening,
  }));
  const process: Explained = {
    state: now,
    pid: 7,
    startedAt: 0,
    stoppedAt: 0,
    spawnError: '',
    exitCode: 0,
    lastAnswer: '',
    lastLine: '',
    ...more,
  };
  return explain(process, entries, clock);
}

test('a process that gave up is explained by how often and how it failed, and by its last line', () => {
  const tries = [1, 2, 3, 4].flatMap(() => [state('BACKOFF', 'STARTING'), ...failedTry]);
  assert.deepEqual(why('FATAL', [...tries, state('BACKOFF', 'FATAL')], { spawnError: tooQuick }), [
    `FATAL since 10:12: exited with 1 within 1 s, 4 times; last line: ${module}`,
  ]);
});

test('only the tries since it last ran, or was asked for, count', () => {
  const past = [...failedTry, ...failedTry, asked('start'), ...failedTry];
  assert.deepEqual(why('BACKOFF', past, { spawnError: tooQuick }), [
    `BACKOFF since 10:06: exited with 1 within 1 s; last line: ${module}; it is tried again`,
  ]);
});

test('a command that is not there, or a check that is not passed, is named as it is', () => {
  const failure = state('STARTING', 'BACKOFF');
  assert.deepEqual(
    why('FATAL', [failure, failure, state('BACKOFF', 'FATAL')], { spawnError: "couldn't exec /bin/x: ENOENT" }),
    ["FATAL since 10:02: couldn't exec /bin/x: ENOENT, 2 times"],
  );
  const spawnError = 'not ready within 5 s (connection refused)';
  assert.deepEqual(
    why('FATAL', [exited('terminated by SIGTERM', 5, 'booting'), failure, state('BACKOFF', 'FATAL')], { spawnError }),
    [`FATAL since 10:02: ${spawnError}; last line: booting`],
  );
});

test('an end says whether it was expected, and SIGKILL from nobody points to the kernel', () => {
  const end = (how: string, expected: boolean) => [exited(how, 7300, 'bye'), state('RUNNING', 'EXITED', { expected })];
  assert.deepEqual(why('EXITED', [...up, ...end('exit status 0', true)]), [
    'EXITED since 10:03: exited with 0 after 2 h 1 min, which is an expected end; autorestart does not start it again',
  ]);
  assert.match(
    why('EXITED', [...up, ...end('terminated by SIGKILL', false)]).join(),
    /was terminated by SIGKILL \(not by hupd; by the kernel's out-of-memory killer\?\) after .*not an expected end.*bye/,
  );
  assert.match(
    why('EXITED', [...up, asked('signal', 9), ...end('terminated by SIGKILL', false)]).join(),
    /was terminated by SIGKILL, after a client had sent SIGKILL after/,
  );
});

test('a stop says who wanted it', () => {
  const down = [state('RUNNING', 'STOPPING'), exited('exit status 0', 65), state('STOPPING', 'STOPPED')];
  assert.deepEqual(why('STOPPED', [...up, asked('stop'), ...down]), [
    'STOPPED since 10:05: a client asked to stop it; exited with 0 after 1 min 5 s',
  ]);
  assert.deepEqual(why('STOPPED', []), ['STOPPED: it has not been started']);
  assert.match(why('STOPPING', [...up, ...down.slice(0, 1)]).join(), /hupd stopped it$/);
  assert.match(why('STOPPED', [...failedTry, asked('stop'), state('BACKOFF', 'STOPPED')]).join(), /a client asked/);
});

test('a running process says where it came from', () => {
  const again = [exited('exit status 3', 5, 'oops'), state('RUNNING', 'EXITED'), state('EXITED', 'STARTING')];
  const running = (past: readonly Happening[]) => why('RUNNING', [...past, state('STARTING', 'RUNNING')]);
  assert.deepEqual(why('RUNNING', up), ['RUNNING since 10:01: pid 7, started with hupd']);
  assert.deepEqual(running([...up, ...again]), [
    'RUNNING since 10:05: pid 7, started again after it exited with 3 at 10:02; last line: oops',
  ]);
  assert.deepEqual(running([asked('start'), state('STOPPED', 'STARTING')]), [
    'RUNNING since 10:02: pid 7, started by a client',
  ]);
  assert.deepEqual(
    why('RUNNING', [...up, reload('started'), reload('promoted'), reload('done', 'reloaded in 4.5 s')]),
    ['RUNNING since 10:03: pid 7, which came by a reload (reloaded in 4.5 s)'],
  );
});

test('a reload that failed is told until the process is started anew', () => {
  const failed = [...up, reload('started'), reload('failed', 'reload failed: it died')];
  assert.deepEqual(why('RUNNING', failed).slice(1), ['its last reload, at 10:03, went wrong: it died']);
  assert.equal(why('RUNNING', [...failed, ...up]).length, 1);
});

test('a start that takes its time says what it waits for', () => {
  assert.deepEqual(why('STARTING', [state('STOPPED', 'STARTING')], { lastAnswer: '1 of 2 workers' }), [
    'STARTING since 10:00: not ready yet: 1 of 2 workers',
  ]);
  assert.match(why('STARTING', [...failedTry, state('BACKOFF', 'STARTING')]).join(), /again, after it exited with 1/);
  assert.match(why('STARTING', []).join(), /startsecs/);
});

test('without a history the state tells what it can', () => {
  assert.deepEqual(why('FATAL', [], { stoppedAt: start, spawnError: tooQuick, lastLine: module }), [
    `FATAL since 10:00: ${tooQuick}; last line: ${module}`,
  ]);
  assert.deepEqual(why('EXITED', [], { stoppedAt: start, exitCode: 3 }), ['EXITED since 10:00: exited with 3']);
  assert.deepEqual(why('RUNNING', [], { startedAt: start }), ['RUNNING since 10:00: pid 7']);
  assert.deepEqual(why('UNKNOWN', []), ['UNKNOWN: a signal could not be sent to it']);
});

test('spans have two units at most', () => {
  assert.deepEqual([0, 0.44, 9.94, 9.96, 59.6, 61, 3600, 3725, 90_000, 86_400 * 2].map(describeSpan), [
    '0.0 s',
    '0.4 s',
    '9.9 s',
    '10 s',
    '1 min',
    '1 min 1 s',
    '1 h',
    '1 h 2 min',
    '1 day 1 h',
    '2 days',
  ]);
});
