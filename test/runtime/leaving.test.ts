import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeDaemon, program } from '../support/fake-daemon.ts';

describe('the way down', () => {
  it('goes group after group from the highest priority, members together, and ends when the last has gone', async () => {
    const daemon = await new FakeDaemon(
      program('low', 'priority=1') +
        program('high', 'priority=3') +
        program('a', 'priority=5') +
        program('b', 'priority=6') +
        '[group:pair]\nprograms=a,b\npriority=2\n',
    ).up();
    const { os, supervisor } = daemon;
    for (const child of os.living) child.ignores(15);
    const [low, high, a, b] = ['low', 'high', 'pair:a', 'pair:b'].map((name) => daemon.child(name));
    assert.ok(low && high && a && b);
    supervisor.shutdown();
    await daemon.elapse(0);
    const told = () => os.signals.map(({ target }) => target);
    assert.deepEqual(told(), [high.pid]);
    os.exit(high.pid, 0);
    await daemon.elapse(0);
    assert.deepEqual(told(), [high.pid, b.pid, a.pid]);
    os.exit(b.pid, 0);
    await daemon.elapse(0);
    assert.equal(told().length, 3);
    os.exit(a.pid, 0);
    await daemon.elapse(0);
    assert.deepEqual(told(), [high.pid, b.pid, a.pid, low.pid]);
    os.exit(low.pid, 0);
    await daemon.elapse(0);
    assert.equal(await supervisor.ended, 'shutdown');
    assert.deepEqual(os.leaks(), []);
  });

  it('nothing starts any more: no retry, no autorestart, no reload', async () => {
    const daemon = await new FakeDaemon(
      program('crash', 'autorestart=true\npriority=1') + program('retry', 'priority=1') + program('slow', 'priority=2'),
    ).up();
    const { os, supervisor } = daemon;
    daemon.child('slow').ignores(15);
    os.exit(daemon.child('retry').pid, 3);
    await daemon.elapse(100);
    os.exit(daemon.child('retry').pid, 3);
    await daemon.elapse(0);
    assert.equal(daemon.state('retry'), 'BACKOFF');
    const count = os.spawned.length;
    supervisor.shutdown();
    os.exit(daemon.child('crash').pid, 3);
    const reload = daemon.begunReload('slow');
    await daemon.elapse(5000);
    assert.equal(os.spawned.length, count);
    assert.equal(daemon.state('retry'), 'FATAL');
    assert.equal(daemon.state('crash'), 'EXITED');
    if (reload.ok) assert.match(supervisor.reloadView(reload.id)?.outcome?.reason ?? '', /shutting down|stop/);
    await daemon.elapse(10_000);
    assert.equal(await supervisor.ended, 'shutdown');
    assert.deepEqual(os.leaks(), []);
  });

  it('in the middle of a rolling reload both generations go', async () => {
    for (const moment of ['while it boots', 'in the overlap', 'while the predecessor goes']) {
      const daemon = await new FakeDaemon(
        program('web', 'reload_strategy=rolling\nready_check=startsecs\nstartsecs=2\nreload_overlap=3'),
      ).up(2000);
      const { os, supervisor } = daemon;
      const before = daemon.child('web');
      if (moment === 'while the predecessor goes') before.ignores(15);
      const outcome = daemon.reload('web');
      await daemon.elapse(moment === 'while it boots' ? 1000 : moment === 'in the overlap' ? 3000 : 6000);
      assert.equal(os.living.length, 2, moment);
      supervisor.shutdown();
      await daemon.elapse(11_000);
      assert.equal(await supervisor.ended, 'shutdown');
      await outcome;
      assert.deepEqual([os.living, os.leaks()], [[], []], moment);
    }
  });

  it('a restart that would fail is refused with words, and nothing is stopped', async () => {
    const daemon = await new FakeDaemon(program('web'), { mayRestart: () => 'a broken file' }).up();
    assert.deepEqual(daemon.supervisor.restart(), { ok: false, fault: 'CANT_REREAD', text: 'a broken file' });
    await daemon.elapse(1000);
    assert.equal(daemon.state('web'), 'RUNNING');
    assert.equal(daemon.supervisor.daemonState, 'RUNNING');
    assert.ok(daemon.lines.at(-1)?.startsWith('ERRO not restarted: a broken file; '));
  });

  it('an empty daemon ends at once', async () => {
    const daemon = new FakeDaemon('').begin();
    daemon.supervisor.restart();
    await daemon.elapse(0);
    assert.equal(await daemon.supervisor.ended, 'restart');
    assert.equal(daemon.os.clock.armedFor, null);
  });
});
