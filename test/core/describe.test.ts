import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeProcess,
  describeUptime,
  type LocalTime,
  type ProcessFacts,
  processInfo,
} from '../../src/core/describe.ts';

const stopped: ProcessFacts = {
  group: 'g',
  name: 'web',
  state: 'STOPPED',
  pid: 0,
  startedAt: 0,
  stoppedAt: 0,
  spawnError: '',
  exitCode: 0,
  stdoutLog: '',
  stderrLog: '',
};

const at = (month: number, day: number, hour: number, minute: number) => (): LocalTime => ({
  month,
  day,
  hour,
  minute,
});
const never = at(0, 1, 0, 0);

test("uptime is Python's timedelta", () => {
  const rows: ReadonlyArray<readonly [seconds: number, text: string]> = [
    [0, '0:00:00'],
    [5, '0:00:05'],
    [3599, '0:59:59'],
    [3600, '1:00:00'],
    [86_399, '23:59:59'],
    [86_405, '1 day, 0:00:05'],
    [12 * 86_400 + 3661, '12 days, 1:01:01'],
  ];
  for (const [seconds, text] of rows) assert.equal(describeUptime(1_000_000, 1_000_000 + seconds * 1000), text);
});

test('uptime counts whole seconds of the clock, and is not negative after the clock was set back', () => {
  assert.equal(describeUptime(1999, 2000), '0:00:01');
  assert.equal(describeUptime(9000, 2000), '0:00:00');
});

test('each state has its description', () => {
  const describe = (facts: Partial<ProcessFacts>, local = never) =>
    describeProcess({ ...stopped, ...facts }, 99_000, local);
  assert.equal(describe({ state: 'RUNNING', pid: 7, startedAt: 94_000 }), 'pid 7, uptime 0:00:05');
  assert.equal(describe({ state: 'STOPPED' }), 'Not started');
  assert.equal(describe({ state: 'EXITED', startedAt: 5000, stoppedAt: 6000 }, at(10, 2, 0, 5)), 'Nov 02 12:05 AM');
  assert.equal(describe({ state: 'STOPPED', startedAt: 5000, stoppedAt: 6000 }, at(0, 31, 12, 0)), 'Jan 31 12:00 PM');
  assert.equal(describe({ state: 'STOPPED', startedAt: 5000, stoppedAt: 6000 }, at(4, 9, 23, 59)), 'May 09 11:59 PM');
  assert.equal(describe({ state: 'FATAL', spawnError: 'no such file' }), 'no such file');
  assert.equal(describe({ state: 'BACKOFF' }), 'unknown error (try "tail web")');
  for (const state of ['STARTING', 'STOPPING', 'UNKNOWN'] as const) assert.equal(describe({ state }), '');
});

test('process info has the members of supervisord in their order, times in whole seconds', () => {
  const info = processInfo(
    { ...stopped, state: 'EXITED', startedAt: 5999, stoppedAt: 6001, exitCode: -1, stdoutLog: '/o', stderrLog: '/e' },
    7999,
    at(0, 1, 0, 0),
  );
  assert.equal(
    JSON.stringify(info),
    '{"name":"web","group":"g","start":5,"stop":6,"now":7,"state":100,"statename":"EXITED","spawnerr":"","exitstatus":-1,' +
      '"logfile":"/o","stdout_logfile":"/o","stderr_logfile":"/e","pid":0,"description":"Jan 01 12:00 AM"}',
  );
});
