/** A process's life as stories: what the tables of single events do not show. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeExit } from '../../src/core/exit-status.ts';
import { aliveGenerations, deadline, isAtRest, stateName } from '../../src/core/process.ts';
import { exit, killedBy, ProcessDriver, wallAhead } from '../support/process-driver.ts';

const tooQuick = 'Exited too quickly (process log may have details)';

describe('a process that does not come up', () => {
  // supervisord 4.2.5: attempts = startretries + 1, the n-th retry no earlier than n seconds after the n-th failure.
  for (const [startRetries, waits] of [
    [0, []],
    [1, [1]],
    [3, [1, 2, 3]],
    [5, [1, 2, 3, 4, 5]],
  ] as const) {
    test(`with startretries=${startRetries} is tried ${startRetries + 1} times, after ${waits.join(', ') || 'no'} s`, () => {
      const process = new ProcessDriver({ startRetries });
      const waited = [];
      process.start();
      for (let tries = 1; stateName(process.process) !== 'FATAL'; tries += 1) {
        process.spawned(tries);
        process.mono += 400;
        process.exited(100 + tries, exit(1));
        const at = deadline(process.process);
        if (at === null) break;
        waited.push((at - process.mono) / 1000);
        assert.ok(process.words.at(-1)?.endsWith(`>BACKOFF tries:${tries}`));
        process.atDeadline();
        assert.deepEqual(process.words.slice(-2), [`BACKOFF>STARTING tries:${tries}`, `spawn ${tries + 1}`]);
      }
      assert.deepEqual(waited, waits);
      assert.equal(process.process.generations, startRetries + 1);
      assert.deepEqual(process.words.slice(-2), [`STARTING>BACKOFF tries:${startRetries + 1}`, 'BACKOFF>FATAL']);
      assert.equal(process.process.spawnError, tooQuick);
      assert.equal(deadline(process.process), null);
    });
  }

  test('counts failed spawns like quick exits', () => {
    const process = new ProcessDriver({ startRetries: 1 });
    process.start();
    assert.equal(process.spawnFailed(1), 'BACKOFF | STARTING>BACKOFF tries:1');
    assert.equal(process.after(1), 'SPAWNING | BACKOFF>STARTING tries:1, spawn 2');
    process.spawned(2);
    assert.equal(process.exited(102), 'FATAL | uncheck 2, STARTING>BACKOFF tries:2, BACKOFF>FATAL');
  });

  test('is failed by any quick exit, an expected one as well, and has no exit code then', () => {
    const process = new ProcessDriver();
    process.start();
    process.spawned(1);
    process.exited(101, exit(0));
    assert.equal(process.process.life.state, 'BACKOFF');
    assert.equal(process.process.exitCode, 0);
    assert.equal(process.process.spawnError, tooQuick);
    assert.equal(process.process.stoppedAt, wallAhead);
  });

  test('begins to count anew once it was RUNNING', () => {
    const process = new ProcessDriver({ autorestart: true });
    process.start();
    process.spawnFailed(1);
    process.after(1);
    process.spawned(2);
    process.after(1);
    assert.equal(process.exited(102).split(', ').at(-2), 'EXITED>STARTING tries:0');
    assert.equal(process.spawnFailed(3), 'BACKOFF | STARTING>BACKOFF tries:1');
  });

  test('begins to count anew after a stop, and after it was given up', () => {
    const stopped = new ProcessDriver();
    stopped.start();
    stopped.spawnFailed(1);
    stopped.stop();
    assert.equal(stopped.start(), 'SPAWNING | STOPPED>STARTING tries:0, spawn 2');
    const fatal = new ProcessDriver({ startRetries: 0 });
    fatal.start();
    fatal.spawnFailed(1);
    assert.equal(fatal.start(), 'SPAWNING | FATAL>STARTING tries:0, spawn 2');
  });

  test('keeps the reason until the next try, also when its retries are stopped', () => {
    const process = new ProcessDriver();
    process.start();
    process.spawnFailed(1, "can't find command '/x'");
    assert.equal(process.process.spawnError, "can't find command '/x'");
    process.stop();
    assert.equal(process.process.spawnError, "can't find command '/x'");
    process.start();
    assert.equal(process.process.spawnError, '');
  });
});

describe('startsecs', () => {
  test('an exit a millisecond before them is a failed start', () => {
    const process = new ProcessDriver({ startSecs: 2 });
    process.start();
    process.spawned(1);
    process.mono = 1999;
    assert.equal(process.exited(101), 'BACKOFF | uncheck 1, STARTING>BACKOFF tries:1');
  });

  test('an exit exactly at them is RUNNING first, then EXITED', () => {
    const process = new ProcessDriver({ startSecs: 2 });
    process.start();
    process.spawned(1);
    process.mono = 2000;
    const words = 'EXITED | uncheck 1, STARTING>RUNNING pid:101, RUNNING>EXITED expected:1 pid:101';
    assert.equal(process.exited(101), words);
  });

  test('of 0 make it RUNNING at once', () => {
    const process = new ProcessDriver({ startSecs: 0 });
    process.start();
    assert.equal(process.spawned(1), 'RUNNING | STARTING>RUNNING pid:101');
    assert.equal(process.exited(101), 'EXITED | uncheck 1, RUNNING>EXITED expected:1 pid:101');
  });

  test('count from the spawn, not from the wish', () => {
    const process = new ProcessDriver({ startSecs: 1 });
    process.start();
    process.mono = 5000;
    process.spawned(1);
    assert.equal(deadline(process.process), 6000);
    assert.equal(process.process.startedAt, wallAhead + 5000);
  });
});

describe('autorestart', () => {
  const rows = [
    [true, exit(0), true],
    [true, exit(1), true],
    ['unexpected', exit(0), false],
    ['unexpected', exit(2), false],
    ['unexpected', exit(1), true],
    ['unexpected', killedBy(15), true],
    [false, exit(1), false],
    [false, killedBy(9), false],
  ] as const;
  for (const [autorestart, status, restarted] of rows) {
    const how = describeExit(status);
    test(`${autorestart} ${restarted ? 'starts' : 'does not start'} it again after ${how}`, () => {
      const process = new ProcessDriver({ autorestart, exitCodes: [0, 2] }).run();
      process.exited(101, status);
      assert.equal(process.process.life.state, restarted ? 'SPAWNING' : 'EXITED');
    });
  }

  test('does nothing while the daemon shuts down', () => {
    const process = new ProcessDriver({ autorestart: true }).run();
    process.restarts = false;
    assert.equal(process.exited(101), 'EXITED | uncheck 1, RUNNING>EXITED expected:1 pid:101');
  });

  test('a death by a signal has exit code -1, an unexpected code leaves its words', () => {
    const process = new ProcessDriver({ autorestart: false }).run();
    process.exited(101, killedBy(9));
    assert.equal(process.process.exitCode, -1);
    assert.equal(process.process.spawnError, 'Bad exit code -1');
  });
});

describe('a stop', () => {
  test('sends SIGKILL after stopwaitsecs, and again each time they have passed', () => {
    const process = new ProcessDriver({ stopWaitSecs: 3 }).run();
    process.stop();
    assert.equal(process.after(2.999), 'same');
    assert.equal(process.after(0.001), 'STOPPING | SIGKILL 101');
    assert.equal(process.after(2.999), 'same');
    assert.equal(process.after(0.001), 'STOPPING | SIGKILL 101');
    assert.equal(process.exited(101, killedBy(9)), 'STOPPED | STOPPING>STOPPED pid:101');
    assert.equal(process.process.exitCode, -1);
    assert.ok(isAtRest(process.process));
  });

  test('with stopwaitsecs=0 sends SIGKILL at once, and then not more than every second', () => {
    const process = new ProcessDriver({ stopWaitSecs: 0 }).run();
    process.stop();
    assert.equal(process.after(0), 'STOPPING | SIGKILL 101');
    assert.equal(process.after(0.999), 'same');
    assert.equal(process.after(0.001), 'STOPPING | SIGKILL 101');
  });

  for (const [stopAsGroup, killAsGroup, words] of [
    [false, false, ['SIGINT 101', 'SIGKILL 101']],
    [false, true, ['SIGINT 101', 'SIGKILL group 101']],
    [true, true, ['SIGINT group 101', 'SIGKILL group 101']],
    [true, false, ['SIGINT group 101', 'SIGKILL 101']],
  ] as const) {
    test(`with stopasgroup=${stopAsGroup} and killasgroup=${killAsGroup} sends ${words.join(', then ')}`, () => {
      const process = new ProcessDriver({ stopSignal: 2, stopAsGroup, killAsGroup }).run();
      process.stop();
      process.atDeadline();
      assert.deepEqual(
        process.words.filter((word) => word.startsWith('SIG')),
        words,
      );
    });
  }

  test('is not followed by a restart, whatever autorestart says', () => {
    const process = new ProcessDriver({ autorestart: true }).run();
    process.stop();
    assert.equal(process.exited(101, exit(1)), 'STOPPED | STOPPING>STOPPED pid:101');
    assert.equal(process.after(3600), 'same');
  });

  test('of one whose spawn is on its way waits for it, and stops it when it is there', () => {
    const process = new ProcessDriver();
    process.start();
    process.stop();
    assert.equal(stateName(process.process), 'STOPPING');
    assert.ok(!isAtRest(process.process));
    process.spawned(1);
    assert.deepEqual(
      aliveGenerations(process.process).map(({ pid, role }) => [pid, role]),
      [[101, 'retiring']],
    );
    assert.equal(process.atDeadline(), 'LINGERING | SIGKILL group 101');
    assert.equal(process.exited(101, killedBy(9)), 'STOPPED | STOPPING>STOPPED pid:0');
  });

  test('of one in BACKOFF is done at once; while the daemon shuts down it is FATAL without a word', () => {
    const process = new ProcessDriver();
    process.start();
    process.spawnFailed(1);
    process.restarts = false;
    process.lines.length = 0;
    assert.equal(process.stop(), 'FATAL | BACKOFF>FATAL');
    assert.deepEqual(process.lines, ['DEBG Attempted to kill web, which is in BACKOFF state.']);
  });

  test('that can not be delivered leaves it UNKNOWN for good: not started again, and down when it has gone', () => {
    const process = new ProcessDriver({ autorestart: true }).run();
    process.stop();
    assert.equal(process.killFailed(101), 'UNKNOWN | STOPPING>UNKNOWN');
    assert.ok(isAtRest(process.process), 'nobody waits for it');
    assert.equal(process.start(), 'same');
    assert.equal(process.exited(101), 'EXITED | uncheck 1, UNKNOWN>EXITED expected:1 pid:101');
    assert.equal(process.start(), 'SPAWNING | EXITED>STARTING tries:0, spawn 2');
  });
});

describe('nothing is retried while the daemon shuts down', () => {
  test('a failed start is given up', () => {
    const process = new ProcessDriver();
    process.start();
    process.restarts = false;
    assert.equal(process.spawnFailed(1), 'FATAL | STARTING>BACKOFF tries:1, BACKOFF>FATAL');
  });

  test('a retry that is due is given up', () => {
    const process = new ProcessDriver();
    process.start();
    process.spawnFailed(1);
    process.restarts = false;
    assert.equal(process.atDeadline(), 'FATAL | BACKOFF>FATAL');
  });

  test('but STARTING goes on to RUNNING', () => {
    const process = new ProcessDriver();
    process.start();
    process.spawned(1);
    process.restarts = false;
    assert.equal(process.after(1), 'RUNNING | STARTING>RUNNING pid:101');
  });
});

describe('an explicit ready_check', () => {
  test('has more time when the process asks for it, and never less', () => {
    const process = new ProcessDriver({ reload: { readyCheck: { kind: 'notify' }, readyTimeoutSecs: 10 } });
    process.start();
    process.spawned(1);
    process.after(9);
    process.extended(1, 500);
    assert.equal(process.after(0.9), 'same');
    process.extended(1, 30_000);
    assert.equal(process.after(29.999), 'same');
    assert.equal(process.after(0.001), 'FAILING | uncheck 1, SIGTERM 101');
    process.exited(101);
    assert.equal(process.process.spawnError, 'not ready within 39.9 s');
  });

  const gated = (readyTimeoutSecs = 60, startSecs = 1) => {
    const process = new ProcessDriver({ startSecs, reload: { readyCheck: { kind: 'accept' }, readyTimeoutSecs } });
    process.start();
    assert.equal(process.spawned(1), 'STARTING? | check 1');
    return process;
  };

  for (const kind of ['auto', 'startsecs'] as const) {
    test(`${kind} asks for nothing but the time at a first start`, () => {
      const process = new ProcessDriver({ reload: { readyCheck: { kind } } });
      process.start();
      assert.equal(process.spawned(1), 'STARTING');
      assert.equal(process.after(1), 'RUNNING | STARTING>RUNNING pid:101');
    });
  }

  test('keeps it STARTING beyond startsecs, and RUNNING means ready', () => {
    const process = gated();
    assert.equal(process.after(5), 'same');
    assert.equal(process.ready(1), 'RUNNING | STARTING>RUNNING pid:101');
  });

  test('that is passed early leaves startsecs to wait for', () => {
    const process = gated();
    process.mono = 200;
    assert.equal(process.ready(1), 'STARTING');
    assert.equal(deadline(process.process), 1000);
    assert.equal(process.atDeadline(), 'RUNNING | STARTING>RUNNING pid:101');
  });

  test('that is not passed in time stops it, and counts as a failed start with its last answer', () => {
    const process = gated(5);
    process.checked(1, 'HTTP 503');
    assert.equal(process.after(5), 'FAILING | uncheck 1, SIGTERM 101');
    assert.equal(stateName(process.process), 'STARTING');
    assert.equal(process.after(10), 'FAILING | SIGKILL 101');
    assert.equal(process.exited(101, killedBy(9)), 'BACKOFF | uncheck 1, STARTING>BACKOFF tries:1');
    assert.equal(process.process.spawnError, 'not ready within 5 s (HTTP 503)');
    assert.equal(process.after(1), 'SPAWNING | BACKOFF>STARTING tries:1, spawn 2');
  });

  test('that says never does so at once', () => {
    const process = gated();
    process.notReady(1, 'exec: exit status 127');
    process.exited(101, killedBy(15));
    assert.equal(process.process.spawnError, 'exec: exit status 127');
  });

  test('makes an exit before it a failed start, however late', () => {
    const process = gated();
    process.after(30);
    assert.equal(process.exited(101), 'BACKOFF | uncheck 1, STARTING>BACKOFF tries:1');
    assert.equal(process.process.spawnError, 'Exited before it was ready (process log may have details)');
  });

  test("counts only that generation's answers", () => {
    const process = gated();
    assert.equal(process.ready(2), 'same');
    assert.equal(process.notReady(0), 'same');
    assert.equal(process.checked(7, 'x'), 'same');
  });
});

test("the main log has a line for each step, in supervisord's words", () => {
  const process = new ProcessDriver({ startRetries: 0 });
  process.start();
  process.spawnFailed(1);
  process.start();
  process.spawned(2);
  process.start();
  process.exited(102, exit(0));
  process.start();
  process.spawned(3);
  process.after(1);
  process.exited(103, exit(0));
  process.start();
  process.spawned(4);
  process.after(1);
  process.stop();
  process.after(10);
  process.exited(104, killedBy(9));
  assert.deepEqual(process.lines, [
    "INFO spawnerr: can't find command '/x'",
    'INFO gave up: web entered FATAL state, too many start retries too quickly',
    "INFO spawned: 'web' with pid 102",
    "WARN process 'web' already running",
    'WARN exited: web (exit status 0; not expected)',
    'INFO gave up: web entered FATAL state, too many start retries too quickly',
    "INFO spawned: 'web' with pid 103",
    'INFO success: web entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
    'INFO exited: web (exit status 0; expected)',
    "INFO spawned: 'web' with pid 104",
    'INFO success: web entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
    "WARN killing 'web' (104) with SIGKILL",
    'WARN stopped: web (terminated by SIGKILL)',
  ]);
});
