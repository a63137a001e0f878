/** A process that makes its own successor: what every event does in each phase. 101 is the predecessor, 102 the successor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leaving } from '../../../src/core/turn.ts';
import { exit, killedBy, ProcessDriver } from '../../support/process-driver.ts';

const told: Leaving = { signal: 3, pause: null, byItself: false };

function reloading(...then: Array<(process: ProcessDriver) => void>): ProcessDriver {
  const process = new ProcessDriver({ reload: { strategy: 'rolling', handover: 'signal', signal: 12 } }).run();
  process.reload();
  for (const tell of then) tell(process);
  return process;
}

const adopted = (process: ProcessDriver) => process.adopted(2);
const ready = (process: ProcessDriver) => process.ready(2);
const overlapped = (process: ProcessDriver) => process.after(0.5);

const phases = {
  calling: () => reloading(),
  waiting: () => reloading(adopted),
  overlapping: () => reloading(adopted, ready),
  leaving: () => reloading(adopted, ready, overlapped),
};

const events = {
  stop: (process: ProcessDriver) => process.stop(),
  reload: (process: ProcessDriver) => process.reload(),
  adopted: (process: ProcessDriver) => process.adopted(process.process.spawning ?? 9),
  'not adopted': (process: ProcessDriver) => process.notAdopted(process.process.spawning ?? 9),
  '101 exits': (process: ProcessDriver) => process.exited(101),
  '101 crashes': (process: ProcessDriver) => process.exited(101, killedBy(11)),
  '102 exits': (process: ProcessDriver) => process.exited(102, exit(1)),
  'kill of 101 fails': (process: ProcessDriver) => process.killFailed(101),
  '2 ready': (process: ProcessDriver) => process.ready(2),
  '2 not ready': (process: ProcessDriver) => process.notReady(2),
  early: (process: ProcessDriver) => process.atDeadline(1),
  time: (process: ProcessDriver) => process.atDeadline(),
};

const table: Record<keyof typeof phases, Record<keyof typeof events, string>> = {
  calling: {
    stop: 'STOPPING | reload failed: a stop was asked for, uncheck 1, RUNNING>STOPPING pid:101, SIGTERM 101',
    reload: 'same',
    adopted: 'RUNNING/waiting | check 2',
    'not adopted': 'RUNNING/calling',
    '101 exits':
      'EXITED | reload failed: it ended after the signal (exit status 0), uncheck 1, RUNNING>EXITED expected:1 pid:101',
    '101 crashes':
      'SPAWNING | reload failed: it ended after the signal (terminated by SIGSEGV), uncheck 1, RUNNING>EXITED expected:0 pid:101, EXITED>STARTING tries:0, spawn 3',
    '102 exits': 'same',
    'kill of 101 fails': 'UNKNOWN | RUNNING>UNKNOWN, end follow 2, reload failed: it could not be signalled',
    '2 ready': 'same',
    '2 not ready': 'same',
    early: 'same',
    time: 'RUNNING | end follow 2, reload failed: pid 101 has made no successor within 60 s',
  },
  waiting: {
    stop: 'STOPPING | uncheck 2, SIGTERM 102, reload failed: a stop was asked for, uncheck 1, RUNNING>STOPPING pid:101, SIGTERM 101',
    reload: 'same',
    adopted: 'RUNNING/waiting | uncheck 9, SIGTERM 109',
    'not adopted': 'same',
    '101 exits': 'RUNNING | uncheck 2, promote 2, reloaded',
    '101 crashes': 'STARTING?/starting | uncheck 1, RUNNING>EXITED expected:0 pid:101, EXITED>STARTING tries:0',
    '102 exits': 'RUNNING | uncheck 2, reload failed: the successor ended before it was ready (exit status 1)',
    'kill of 101 fails': 'UNKNOWN/waiting | RUNNING>UNKNOWN',
    '2 ready': 'RUNNING/overlapping | promote 2',
    '2 not ready': 'RUNNING | uncheck 2, SIGTERM 102, reload failed: refused',
    early: 'same',
    time: 'RUNNING | uncheck 2, SIGTERM 102, reload failed: not ready within 60 s',
  },
  overlapping: {
    stop: 'STOPPING | uncheck 1, SIGTERM 101, reload failed: a stop was asked for, uncheck 2, RUNNING>STOPPING pid:102, SIGTERM 102',
    reload: 'same',
    adopted: 'RUNNING/overlapping | uncheck 9, SIGTERM 109',
    'not adopted': 'same',
    '101 exits': 'RUNNING | reloaded',
    '101 crashes': 'RUNNING | reloaded',
    '102 exits': 'RUNNING | reload failed: the successor ended just after it was ready (exit status 1)',
    'kill of 101 fails': 'same',
    '2 ready': 'same',
    '2 not ready': 'same',
    early: 'same',
    time: 'RUNNING/leaving',
  },
  leaving: {
    stop: 'STOPPING | uncheck 1, SIGTERM 101, reload failed: a stop was asked for, uncheck 2, RUNNING>STOPPING pid:102, SIGTERM 102',
    reload: 'same',
    adopted: 'RUNNING/leaving | uncheck 9, SIGTERM 109',
    'not adopted': 'same',
    '101 exits': 'RUNNING | reloaded',
    '101 crashes': 'RUNNING | reloaded',
    '102 exits':
      'SPAWNING | uncheck 1, SIGTERM 101, reload failed: the successor ended just after it was ready (exit status 1), uncheck 2, RUNNING>EXITED expected:0 pid:102, EXITED>STARTING tries:0, spawn 3',
    'kill of 101 fails': 'same',
    '2 ready': 'same',
    '2 not ready': 'same',
    early: 'same',
    time: 'RUNNING/retiring | uncheck 1, SIGTERM 101',
  },
};

for (const [phase, row] of Object.entries(table) as Array<[keyof typeof phases, Record<string, string>]>) {
  test(`each event in the phase ${phase} leads where it should`, () => {
    assert.equal(phases[phase]().process.reload?.phase, phase);
    const got = Object.fromEntries(Object.entries(events).map(([event, tell]) => [event, tell(phases[phase]())]));
    assert.deepEqual(got, row);
  });
}

test('it is followed before it is signalled, with the signal of the program', () => {
  const process = new ProcessDriver({ reload: { strategy: 'rolling', handover: 'signal', signal: 12 } }).run();
  assert.equal(process.reload(), 'RUNNING/calling | follow 101 for 2, SIGUSR2 101');
});

test('one that is not running yet is not sent the signal', () => {
  const process = new ProcessDriver({ reload: { strategy: 'rolling', handover: 'signal', signal: 12 } });
  process.start();
  process.spawned(1);
  assert.match(process.reload(), /reload failed: it is not running yet/);
});

test('a server that has to be told to leave is told after the overlap, by its graceful signal', () => {
  const process = reloading(adopted, ready);
  process.leaving = told;
  assert.equal(process.after(0.5), 'RUNNING/retiring | uncheck 1, SIGQUIT 101');
  assert.equal(process.exited(101), 'RUNNING | reloaded');
  assert.deepEqual(
    process.facts.map(({ fact }) => fact),
    ['started', 'signalled', 'spawned', 'ready', 'promoted', 'stopping', 'stopped', 'done'],
  );
});

test('a successor that is found after a stop is stopped too, and waited for', () => {
  const process = reloading();
  process.stop();
  assert.equal(process.adopted(2), 'STOPPING | uncheck 2, SIGTERM 102');
  assert.equal(process.exited(101), 'LINGERING');
  assert.equal(process.exited(102), 'STOPPED | STOPPING>STOPPED pid:101');
});

test('a successor that is found when nobody waits for it any more is stopped, and the process serves on', () => {
  const process = reloading();
  process.after(60);
  assert.equal(process.adopted(2), 'RUNNING | uncheck 2, SIGTERM 102');
});

test('one that hands over unasked goes on under another pid, and no state tells of it', () => {
  const process = new ProcessDriver({ reload: { strategy: 'rolling', handover: 'signal' } }).run();
  process.succeeded(2);
  assert.equal(process.state(), 'RUNNING');
  assert.equal(process.exited(101), 'RUNNING');
  assert.match(process.lines.join('\n'), /pid 101 has handed over to pid 102/);
  assert.equal(
    process.exited(102, exit(1)),
    'SPAWNING | uncheck 2, RUNNING>EXITED expected:0 pid:102, EXITED>STARTING tries:0, spawn 3',
  );
});

test('a predecessor that can be paused takes no more while its successor serves, and goes on if that fails', () => {
  const process = new ProcessDriver({ reload: { strategy: 'rolling' } }).run();
  process.leaving = { signal: 2, pause: 20, byItself: false };
  process.reload();
  process.spawned(2);
  assert.equal(process.ready(2), 'RUNNING/overlapping | promote 2, SIGTSTP 101');
  const { process: overlapping } = process;
  assert.equal(process.after(0.5), 'RUNNING/retiring | uncheck 1, SIGINT 101');
  process.process = overlapping;
  assert.match(process.exited(102), /SIGTSTP 101/);
});
