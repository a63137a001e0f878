/** Reloads as stories: what becomes of the process, what clients see of it, and what is told. 101 is the predecessor, 102 the successor. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { aliveGenerations, currentGeneration, isAtRest, stateName } from '../../../src/core/process.ts';
import { describeFact } from '../../../src/core/reload/describe-fact.ts';
import { reloadRefusal } from '../../../src/core/reload/step.ts';
import type { ReloadSpec } from '../../../src/core/spec.ts';
import { exit, killedBy, ProcessDriver, wallAhead } from '../../support/process-driver.ts';
import type { SpecOverrides } from '../../support/spec-builder.ts';

const rolling = (reload: Partial<ReloadSpec> = {}, spec: SpecOverrides = {}) =>
  new ProcessDriver({ ...spec, reload: { strategy: 'rolling', ...reload } }).run();

/** Up to where the successor boots. */
function booting(reload: Partial<ReloadSpec> = {}, spec: SpecOverrides = {}): ProcessDriver {
  const process = rolling(reload, spec);
  process.reload();
  process.spawned(2);
  return process;
}

/** Up to where both serve. */
function overlapping(): ProcessDriver {
  const process = booting();
  process.after(4);
  process.ready(2);
  return process;
}

const current = ({ process }: ProcessDriver) => currentGeneration(process)?.pid;
const alive = ({ process }: ProcessDriver) => aliveGenerations(process).map(({ pid, role }) => `${pid} ${role}`);
const told = ({ facts }: ProcessDriver) => facts.map(describeFact);
/** PROCESS_STATE events since the process was RUNNING for the first time. */
const seen = ({ words }: ProcessDriver) =>
  words.filter((word) => /^[A-Z]+>/.test(word)).slice(words[0]?.startsWith('STOPPED>') ? 2 : 0);

describe('a rolling reload', () => {
  test('brings up a successor, waits for it, lets both serve, retires the predecessor; clients see a pid change', () => {
    const process = rolling();
    assert.equal(process.reload(), 'RUNNING/spawning | spawn 2 beside 101');
    assert.equal(process.spawned(2), 'RUNNING/waiting | check 2');
    assert.deepEqual(alive(process), ['101 current', '102 successor']);
    process.after(4);
    assert.equal(process.ready(2), 'RUNNING/overlapping | promote 2');
    assert.deepEqual(alive(process), ['102 current', '101 retiring']);
    assert.equal(process.process.startedAt, wallAhead + 1000);
    assert.equal(process.after(0.5), 'RUNNING/retiring | uncheck 1, SIGTERM 101');
    assert.deepEqual(alive(process), ['102 current', '101 retiring']);
    process.after(0.4);
    assert.equal(process.exited(101), 'RUNNING | reloaded');
    assert.deepEqual(alive(process), ['102 current']);
    assert.deepEqual(seen(process), []);
    assert.deepEqual(told(process), [
      'reload (rolling) of pid 101',
      'successor started with pid 102',
      'ready after 4.0 s',
      'successor 102 took over; both serve for 0.5 s',
      'sent SIGTERM to predecessor 101',
      'predecessor 101 stopped (exit status 0)',
      'reloaded in 4.9 s',
    ]);
  });

  test('stops a predecessor that will not go by SIGKILL after its stopwaitsecs', () => {
    const process = overlapping();
    process.after(0.5);
    assert.equal(process.after(9.999), 'same');
    assert.equal(process.after(0.001), 'RUNNING/retiring | SIGKILL 101');
    assert.equal(process.exited(101, killedBy(9)), 'RUNNING | reloaded');
  });

  test('leaves everything as it was when the successor dies', () => {
    const process = booting();
    process.exited(102, exit(3));
    assert.deepEqual(alive(process), ['101 current']);
    assert.deepEqual(seen(process), []);
    assert.equal(process.process.spawnError, '');
    assert.equal(process.process.stoppedAt, 0);
    assert.equal(told(process).at(-1), 'reload failed: the successor ended before it was ready (exit status 3)');
  });

  test('leaves everything as it was when the successor can not be spawned', () => {
    const process = rolling();
    process.reload();
    assert.equal(process.spawnFailed(2, 'too many open files'), 'RUNNING | reload failed: too many open files');
    assert.deepEqual(alive(process), ['101 current']);
  });

  test('rolls back when the successor is not ready in time, and kills its whole group if it must', () => {
    const process = booting({ timeoutSecs: 20 });
    process.checked(2, 'not accepted');
    assert.equal(
      process.after(20),
      'RUNNING | uncheck 2, SIGTERM 102, reload failed: not ready within 20 s (not accepted)',
    );
    assert.deepEqual(alive(process), ['101 current', '102 retiring']);
    assert.equal(process.after(10), 'RUNNING | SIGKILL group 102');
    assert.equal(process.exited(102, killedBy(9)), 'RUNNING');
    assert.deepEqual(alive(process), ['101 current']);
    assert.deepEqual(seen(process), []);
    assert.equal(told(process).at(-2), 'rolled back: pid 101 serves on, successor 102 is given up');
  });

  test('gives a successor that asks for it more time', () => {
    const process = booting({ timeoutSecs: 20 });
    process.after(19);
    process.extended(2, 10_000);
    assert.equal(process.after(9.999), 'same');
    assert.equal(process.after(0.001), 'RUNNING | uncheck 2, SIGTERM 102, reload failed: not ready within 29 s');
  });

  test('names the generation whose output explains the failure', () => {
    const process = new ProcessDriver({ reload: { strategy: 'rolling' } }).run();
    process.reload();
    process.spawned(2);
    process.exited(102, exit(1));
    const { fact } = process.facts.at(-1) ?? assert.fail();
    assert.equal(fact, 'failed');
    assert.deepEqual(process.outputOf, [2]);
  });

  test('lets the successor take over when the predecessor is killed while it boots, and starts nothing else', () => {
    const process = booting({ timeoutSecs: 20 }, { autorestart: true });
    process.after(2);
    process.exited(101, killedBy(9));
    assert.deepEqual(alive(process), ['102 current']);
    assert.equal(stateName(process.process), 'STARTING');
    process.after(2);
    assert.equal(process.ready(2), 'RUNNING | promote 2, STARTING>RUNNING pid:102, reloaded');
    assert.deepEqual(seen(process), [
      'RUNNING>EXITED expected:0 pid:101',
      'EXITED>STARTING tries:0',
      'STARTING>RUNNING pid:102',
    ]);
    assert.ok(!process.words.includes('spawn 3'));
    assert.equal(process.process.spawnError, '');
    assert.equal(process.process.exitCode, 0);
    assert.equal(process.process.startedAt, wallAhead + 1000);
  });

  test('lets a successor take over that was only asked for when the predecessor died', () => {
    const process = rolling({}, { autorestart: true });
    process.reload();
    assert.equal(
      process.exited(101, killedBy(9)),
      'SPAWNING/spawning | uncheck 1, RUNNING>EXITED expected:0 pid:101, EXITED>STARTING tries:0',
    );
    assert.equal(process.spawned(2), 'STARTING?/starting | check 2');
    process.after(1);
    assert.equal(process.ready(2), 'RUNNING | promote 2, STARTING>RUNNING pid:102, reloaded');
  });

  test('that is to take over and can not be spawned is an ordinary failed start', () => {
    const process = rolling();
    process.reload();
    process.exited(101, killedBy(9));
    assert.equal(
      process.spawnFailed(2, 'too many open files'),
      'BACKOFF | reload failed: too many open files, STARTING>BACKOFF tries:1',
    );
    assert.equal(process.after(1), 'SPAWNING | BACKOFF>STARTING tries:1, spawn 3');
  });

  test('that is to take over and is not wanted any more is stopped when it comes', () => {
    const process = rolling();
    process.reload();
    process.exited(101, killedBy(9));
    assert.equal(process.stop(), 'LINGERING | reload failed: a stop was asked for, STARTING>STOPPING pid:0');
    process.spawned(2);
    assert.equal(process.exited(102), 'STOPPED | STOPPING>STOPPED pid:0');
  });

  test('fails when the successor that took over is not ready in time; then it is an ordinary failed start', () => {
    const process = booting({ timeoutSecs: 20 });
    process.exited(101, killedBy(9));
    assert.equal(process.after(20), 'FAILING | uncheck 2, SIGTERM 102, reload failed: not ready within 20 s');
    assert.equal(process.exited(102, killedBy(15)), 'BACKOFF | uncheck 2, STARTING>BACKOFF tries:1');
    assert.equal(process.after(1), 'SPAWNING | BACKOFF>STARTING tries:1, spawn 3');
  });

  test('goes back to the predecessor when the promoted successor dies in the overlap', () => {
    const process = overlapping();
    process.exited(102, killedBy(11));
    assert.deepEqual(alive(process), ['101 current']);
    assert.equal(process.process.startedAt, wallAhead);
    assert.deepEqual(seen(process), []);
    assert.deepEqual(told(process).slice(-2), [
      'rolled back: pid 101 serves on, successor 102 is given up',
      'reload failed: the successor ended just after it was ready (terminated by SIGSEGV)',
    ]);
    assert.equal(process.after(60), 'same');
  });

  test('has succeeded when the predecessor dies in the overlap', () => {
    const process = overlapping();
    assert.equal(process.exited(101, killedBy(9)), 'RUNNING | reloaded');
    assert.deepEqual(alive(process), ['102 current']);
  });

  test('has failed when the successor dies while the predecessor is being stopped; autorestart does the rest', () => {
    const process = overlapping();
    process.after(0.5);
    process.exited(102, exit(1));
    assert.equal(stateName(process.process), 'STARTING');
    assert.ok(process.words.includes('spawn 3'));
    assert.deepEqual(alive(process), ['101 retiring']);
    process.spawned(3);
    process.exited(101);
    assert.deepEqual(alive(process), ['103 current']);
  });

  test('skips the overlap when the predecessor is not RUNNING itself: it is nothing to go back to', () => {
    const process = new ProcessDriver({ startSecs: 10, reload: { strategy: 'rolling' } });
    process.start();
    process.spawned(1);
    process.reload();
    process.spawned(2);
    assert.equal(process.ready(2), 'RUNNING/retiring | STARTING>RUNNING pid:102, promote 2, uncheck 1, SIGTERM 101');
    assert.equal(process.exited(101), 'RUNNING | reloaded');
  });

  test('lets the successor take over when the predecessor fails to start beside it', () => {
    const process = new ProcessDriver({ startSecs: 10, reload: { strategy: 'rolling' } });
    process.start();
    process.spawned(1);
    process.reload();
    process.spawned(2);
    assert.equal(
      process.exited(101),
      'STARTING?/starting | uncheck 1, STARTING>BACKOFF tries:1, BACKOFF>STARTING tries:1',
    );
    process.ready(2);
    assert.equal(process.after(10), 'RUNNING | STARTING>RUNNING pid:102, reloaded');
  });

  test('with stop_first stops the old and starts the new like a restart', () => {
    const process = rolling({ order: 'stop_first' });
    assert.equal(process.reload(), 'STOPPING/stopping | uncheck 1, RUNNING>STOPPING pid:101, SIGTERM 101');
    assert.equal(
      process.exited(101),
      'SPAWNING/starting | STOPPING>STOPPED pid:101, STOPPED>STARTING tries:0, spawn 2',
    );
    process.spawned(2);
    assert.equal(process.after(1), 'RUNNING | STARTING>RUNNING pid:102, reloaded');
  });
});

describe('a second reload', () => {
  test('while one is under way is refused with words, in every phase', () => {
    const phases = [rolling({ test: 'check' }), rolling(), booting(), overlapping()];
    for (const [index, process] of phases.entries()) {
      if (index < 2) process.reload();
      assert.equal(reloadRefusal(process.process), 'a reload is under way already');
      assert.equal(process.reload(), 'same');
    }
  });

  test('after a rolled back one goes ahead, though the broken successor is still dying', () => {
    const process = booting();
    process.notReady(2);
    assert.equal(reloadRefusal(process.process), null);
    process.reload();
    process.spawned(3);
    assert.deepEqual(alive(process), ['101 current', '103 successor', '102 retiring']);
    process.exited(102);
    assert.equal(process.ready(3), 'RUNNING/overlapping | promote 3');
  });
});

describe('a stop during a reload', () => {
  const stop = (process: ProcessDriver) => {
    process.stop();
    assert.equal(stateName(process.process), 'STOPPING');
    assert.equal(process.process.reload, null);
    assert.ok(process.words.includes('reload failed: a stop was asked for'));
    return process;
  };

  test('while it is tested ends the test', () => {
    const process = rolling({ test: 'check' });
    process.reload();
    stop(process);
    assert.ok(process.words.includes('end test'));
    assert.equal(process.tested(true), 'same');
    assert.equal(process.exited(101), 'STOPPED | STOPPING>STOPPED pid:101');
  });

  test('while the successor is being spawned stops it as soon as it is there', () => {
    const process = rolling();
    process.reload();
    stop(process);
    assert.equal(process.exited(101), 'LINGERING');
    assert.equal(stateName(process.process), 'STOPPING');
    assert.equal(process.spawned(2), 'LINGERING | uncheck 2, SIGTERM 102');
    assert.equal(process.exited(102), 'STOPPED | STOPPING>STOPPED pid:101');
  });

  test('stops both generations, and is done when both have gone', () => {
    for (const order of [
      [101, 102],
      [102, 101],
    ]) {
      const process = stop(booting());
      assert.deepEqual(process.words.filter((word) => word.startsWith('SIGTERM')).sort(), [
        'SIGTERM 101',
        'SIGTERM 102',
      ]);
      process.exited(order[0] ?? 0);
      assert.equal(stateName(process.process), 'STOPPING');
      process.exited(order[1] ?? 0);
      assert.equal(stateName(process.process), 'STOPPED');
      assert.equal(seen(process).at(-1), 'STOPPING>STOPPED pid:101');
      assert.ok(isAtRest(process.process));
    }
  });

  test('says that the predecessor is stopped as well, so that nobody thinks it serves on', () => {
    for (const process of [rolling({ test: 'check' }), rolling()]) {
      process.reload();
      assert.deepEqual(told(stop(process)).slice(-2), [
        'sent SIGTERM to predecessor 101',
        'reload failed: a stop was asked for',
      ]);
    }
    assert.ok(told(stop(booting())).includes('sent SIGTERM to predecessor 101'));
    assert.ok(!told(stop(overlapping())).some((line) => line.startsWith('sent')));
  });

  test('in the overlap stops both, and names the promoted one', () => {
    const process = stop(overlapping());
    process.exited(101);
    assert.equal(process.exited(102), 'STOPPED | STOPPING>STOPPED pid:102');
    assert.equal(current(process), undefined);
  });

  test('while the predecessor is being stopped stops the successor too, and waits for both', () => {
    const process = overlapping();
    process.after(0.5);
    stop(process);
    assert.equal(process.exited(102, exit(7)), 'LINGERING');
    assert.equal(process.after(10), 'LINGERING | SIGKILL 101');
    assert.equal(process.exited(101, killedBy(9)), 'STOPPED | STOPPING>STOPPED pid:102');
    assert.equal(process.process.exitCode, 7);
  });

  test('of a restart does not let it start again', () => {
    const process = new ProcessDriver().run();
    process.reload();
    stop(process);
    assert.equal(process.exited(101), 'STOPPED | STOPPING>STOPPED pid:101');
  });

  test('of one that is starting stops it', () => {
    const process = new ProcessDriver();
    process.reload();
    process.spawned(1);
    stop(process);
    assert.equal(process.exited(101), 'STOPPED | STOPPING>STOPPED pid:101');
  });

  test('of one that a signal was sent to stops it', () => {
    const process = stop(hup());
    assert.equal(process.exited(101), 'STOPPED | STOPPING>STOPPED pid:101');
  });
});

function hup(reload: Partial<ReloadSpec> = {}, spec: SpecOverrides = {}): ProcessDriver {
  const process = new ProcessDriver({ ...spec, reload: { strategy: 'hup', ...reload } }).run();
  process.reload();
  return process;
}

describe('a reload by signal', () => {
  test('sends it to the process alone and is done when that has stayed up for startsecs', () => {
    const process = new ProcessDriver({
      startSecs: 3,
      stopAsGroup: true,
      reload: { strategy: 'hup', signal: 12 },
    }).run();
    process.after(100);
    assert.equal(process.reload(), 'RUNNING/watching | forget 1, SIGUSR2 101');
    assert.equal(process.after(2.999), 'same');
    assert.equal(process.after(0.001), 'RUNNING | reloaded');
    assert.deepEqual(seen(process), []);
    assert.deepEqual(told(process), ['reload (hup) of pid 101', 'sent SIGUSR2 to pid 101', 'reloaded in 3.0 s']);
  });

  test('has failed when the process dies of it; autorestart does the rest', () => {
    const process = hup();
    process.exited(101, killedBy(1));
    assert.ok(process.words.includes('reload failed: it ended after the signal (terminated by SIGHUP)'));
    assert.equal(process.process.life.state, 'SPAWNING');
    assert.deepEqual(process.outputOf, [1]);
  });

  test('asks an explicit ready check again, and wants startsecs as well', () => {
    const process = new ProcessDriver({ reload: { strategy: 'hup', readyCheck: { kind: 'notify' } } }).run();
    process.after(50);
    assert.equal(process.reload(), 'RUNNING/watching | forget 1, SIGHUP 101, check 1 after signal');
    process.mono += 300;
    assert.equal(process.ready(1), 'RUNNING/watching');
    assert.equal(process.after(0.699), 'same');
    assert.equal(process.after(0.001), 'RUNNING | reloaded');
  });

  test('is done at once when the check is passed after startsecs', () => {
    const process = hup({ readyCheck: { kind: 'notify' } });
    process.after(7);
    assert.equal(process.ready(1), 'RUNNING | reloaded');
    assert.deepEqual(told(process).slice(-2), ['ready after 7.0 s', 'reloaded in 7.0 s']);
  });

  test('has failed when the check is not passed in time; the process goes on', () => {
    const process = hup({ readyCheck: { kind: 'notify' }, timeoutSecs: 9 });
    process.checked(1, 'HTTP 500');
    assert.equal(process.after(9), 'RUNNING | uncheck 1, reload failed: not ready within 9 s (HTTP 500)');
    assert.deepEqual(alive(process), ['101 current']);
  });

  test('of a process that is waiting for its first ready check lets that gate open too', () => {
    const process = new ProcessDriver({ reload: { strategy: 'hup', readyCheck: { kind: 'notify' } } });
    process.start();
    process.spawned(1);
    process.reload();
    assert.equal(process.ready(1), 'STARTING/watching');
    process.after(1);
    assert.equal(stateName(process.process), 'RUNNING');
    assert.ok(process.words.includes('reloaded'));
  });

  test('counts from the signal, not from the test before it', () => {
    const process = hup({ test: 'check' });
    process.after(30);
    assert.equal(process.tested(true), 'RUNNING/watching | forget 1, SIGHUP 101');
    assert.equal(process.after(0.999), 'same');
    assert.equal(process.after(0.001), 'RUNNING | reloaded');
    const checked = hup({ test: 'check', readyCheck: { kind: 'notify' } });
    checked.after(30);
    checked.tested(true);
    assert.equal(checked.ready(1), 'RUNNING/watching');
    assert.equal(checked.after(0.999), 'same');
    assert.equal(checked.after(0.001), 'RUNNING | reloaded');
  });
});

describe('a reload by restart', () => {
  test('stops and starts, and is done when the new one is RUNNING', () => {
    const process = new ProcessDriver().run();
    process.reload();
    process.exited(101);
    process.spawned(2);
    process.after(1);
    assert.deepEqual(seen(process), [
      'RUNNING>STOPPING pid:101',
      'STOPPING>STOPPED pid:101',
      'STOPPED>STARTING tries:0',
      'STARTING>RUNNING pid:102',
    ]);
    assert.deepEqual(told(process), [
      'reload (restart) of pid 101',
      'sent SIGTERM to predecessor 101',
      'predecessor 101 stopped (exit status 0)',
      'successor started with pid 102',
      'reloaded in 1.0 s',
    ]);
  });

  test('waits for the ready check if there is one', () => {
    const process = new ProcessDriver({ reload: { readyCheck: { kind: 'accept' } } }).run();
    process.reload();
    process.exited(101);
    process.spawned(2);
    assert.equal(process.after(1), 'same');
    assert.equal(process.ready(2), 'RUNNING | STARTING>RUNNING pid:102, reloaded');
    assert.equal(told(process).at(-2), 'ready after 1.0 s');
  });

  test('has failed at the first start that fails, while the retries go on', () => {
    const process = new ProcessDriver().run();
    process.reload();
    process.exited(101);
    process.spawned(2);
    process.exited(102, exit(1));
    assert.ok(process.words.includes('reload failed: it ended before it was running (exit status 1)'));
    assert.deepEqual(process.outputOf, [2]);
    assert.equal(process.after(1), 'SPAWNING | BACKOFF>STARTING tries:1, spawn 3');
  });
});

describe('a process that is not running', () => {
  const down = {
    STOPPED: () => new ProcessDriver({ reload: { strategy: 'rolling' } }),
    EXITED: () => {
      const process = rolling();
      process.exited(101);
      return process;
    },
    FATAL: () => {
      const process = new ProcessDriver({ startRetries: 0, reload: { strategy: 'rolling' } });
      process.start();
      process.spawnFailed(1);
      return process;
    },
    BACKOFF: () => {
      const process = new ProcessDriver({ reload: { strategy: 'hup' } });
      process.start();
      process.spawnFailed(1);
      return process;
    },
  };
  for (const [state, make] of Object.entries(down)) {
    test(`is started when it is ${state}, whatever the strategy`, () => {
      const process = make();
      assert.equal(process.state(), state);
      const next = process.process.generations + 1;
      const tries = state === 'BACKOFF' ? 1 : 0;
      assert.equal(process.reload(), `SPAWNING/starting | ${state}>STARTING tries:${tries}, spawn ${next}`);
      process.spawned(next);
      assert.equal(process.after(1), `RUNNING | STARTING>RUNNING pid:${100 + next}, reloaded`);
    });
  }

  test('has failed to reload when it can not be started', () => {
    const process = new ProcessDriver();
    process.reload();
    assert.equal(
      process.spawnFailed(1, "can't find command '/x'"),
      "BACKOFF | STARTING>BACKOFF tries:1, reload failed: can't find command '/x'",
    );
  });

  test('is not started twice when its start is under way', () => {
    const process = new ProcessDriver();
    process.start();
    assert.equal(process.reload(), 'SPAWNING/starting');
    process.spawned(1);
    assert.equal(process.after(1), 'RUNNING | STARTING>RUNNING pid:101, reloaded');
  });

  test('is refused with words while it is being stopped or unknown, and the refusal ends the reload', () => {
    const stopping = rolling();
    stopping.stop();
    assert.equal(reloadRefusal(stopping.process), 'it is being stopped');
    assert.equal(stopping.reload(), 'STOPPING | reload failed: it is being stopped');
    const unknown = rolling();
    unknown.killFailed(101);
    assert.equal(unknown.reload(), 'UNKNOWN | reload failed: it is in an unknown state');
    const failing = new ProcessDriver({ reload: { readyCheck: { kind: 'accept' } } });
    failing.start();
    failing.spawned(1);
    failing.notReady(1);
    assert.equal(failing.reload(), 'FAILING | reload failed: it is being stopped, as its start failed');
  });
});

describe('reload_test', () => {
  test('runs first; when it fails nothing is touched', () => {
    const process = rolling({ test: 'nginx -t' });
    assert.equal(process.reload(), 'RUNNING/testing | test nginx -t');
    assert.equal(process.tested(false, 'exit status 1'), 'RUNNING | reload failed: exit status 1');
    assert.deepEqual(alive(process), ['101 current']);
    assert.deepEqual(told(process), [
      'reload (rolling) of pid 101',
      'testing first: nginx -t',
      'reload failed: exit status 1',
    ]);
  });

  test('that does not end in time has failed', () => {
    const process = rolling({ test: 'nginx -t', timeoutSecs: 20 });
    process.reload();
    assert.equal(process.after(20), 'RUNNING | end test, reload failed: the reload test did not end within 20 s');
  });

  test('lets the process come and go meanwhile; what counts is what it is afterwards', () => {
    const process = rolling({ test: 'nginx -t' });
    process.reload();
    process.exited(101, exit(0));
    assert.equal(process.tested(true), 'SPAWNING/starting | EXITED>STARTING tries:0, spawn 2');
  });

  test('of a process that is UNKNOWN by then has failed', () => {
    const process = rolling({ test: 'nginx -t' });
    process.reload();
    process.killFailed(101);
    assert.equal(process.tested(true), 'UNKNOWN | reload failed: it is in an unknown state');
  });
});

describe('while the daemon shuts down a reload', () => {
  const closing = (process: ProcessDriver) => {
    process.restarts = false;
    return process;
  };

  test('is not begun', () => {
    assert.equal(closing(rolling()).reload(), 'RUNNING | reload failed: hupd is shutting down');
    assert.equal(closing(new ProcessDriver()).reload(), 'STOPPED | reload failed: hupd is shutting down');
  });

  test('that is being tested goes no further', () => {
    const process = rolling({ test: 'check' });
    process.reload();
    assert.equal(closing(process).tested(true), 'RUNNING | reload failed: hupd is shutting down');
  });

  test('does not start again what it has stopped', () => {
    const process = new ProcessDriver().run();
    process.reload();
    assert.equal(
      closing(process).exited(101),
      'STOPPED | STOPPING>STOPPED pid:101, reload failed: hupd is shutting down',
    );
  });

  test('that has a successor already goes on, so that something serves until its turn to stop comes', () => {
    const process = closing(booting());
    process.ready(2);
    process.after(0.5);
    assert.equal(process.exited(101), 'RUNNING | reloaded');
    const orphan = closing(booting());
    orphan.exited(101, killedBy(9));
    assert.deepEqual(alive(orphan), ['102 current']);
  });

  test('leaves nothing behind when the stop comes, in any phase', () => {
    const phases = [rolling({ test: 'check' }), rolling(), booting(), overlapping(), hup(), new ProcessDriver().run()];
    for (const [index, process] of phases.entries()) {
      if (process.process.reload === null) process.reload();
      closing(process).stop();
      if (index === 1) process.spawned(2);
      for (const { pid } of aliveGenerations(process.process)) process.exited(pid);
      assert.ok(isAtRest(process.process), `phase ${index}`);
      assert.deepEqual(alive(process), []);
    }
  });
});
