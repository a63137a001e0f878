import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeDaemon, program } from '../support/fake-daemon.ts';

const ok = { ok: true };

describe('wishes and how they turn out', () => {
  it('a start that waits is answered when the process is RUNNING', async () => {
    const daemon = new FakeDaemon(program('web', 'autostart=false\nstartsecs=5')).begin();
    const answer = daemon.start('web');
    await daemon.elapse(4900);
    assert.equal(daemon.state('web'), 'STARTING');
    assert.equal(await Promise.race([answer, Promise.resolve('not yet')]), 'not yet');
    await daemon.elapse(200);
    assert.deepEqual(await answer, ok);
    assert.equal(daemon.state('web'), 'RUNNING');
  });

  it('a start that does not wait is answered at once', async () => {
    const daemon = new FakeDaemon(program('web', 'autostart=false\nstartsecs=5')).begin();
    assert.deepEqual(await daemon.start('web', false), ok);
    assert.equal(daemon.state('web'), 'STARTING');
  });

  it('a start that fails says how', async () => {
    const daemon = new FakeDaemon(
      program('quick', 'autostart=false') + program('none', 'autostart=false', '/bin/there-is-no-such-program'),
    ).begin();
    const answer = daemon.start('quick');
    await daemon.elapse(0);
    daemon.os.exit(daemon.os.last.pid, 3);
    await daemon.elapse(0);
    assert.deepEqual(await answer, { ok: false, fault: 'SPAWN_ERROR', text: 'quick' });
    assert.equal(daemon.view('quick').spawnError, 'Exited too quickly (process log may have details)');
    const none = await daemon.start('none');
    assert.deepEqual(none, { ok: false, fault: 'NO_FILE', text: "can't find command '/bin/there-is-no-such-program'" });
  });

  it('a start of what runs, and a stop of what does not, are refused', async () => {
    const daemon = await new FakeDaemon(program('web') + program('idle', 'autostart=false')).up();
    assert.deepEqual(await daemon.start('web'), { ok: false, fault: 'ALREADY_STARTED', text: 'web' });
    assert.deepEqual(await daemon.stop('idle'), { ok: false, fault: 'NOT_RUNNING', text: 'idle' });
    assert.deepEqual(await daemon.start('nobody'), { ok: false, fault: 'BAD_NAME', text: 'nobody' });
  });

  it('a stop that waits is answered when the process has gone, by SIGKILL if need be', async () => {
    const daemon = await new FakeDaemon(program('web', 'stopwaitsecs=7')).up();
    const child = daemon.child('web');
    child.ignores(15);
    const answer = daemon.stop('web');
    await daemon.elapse(6900);
    assert.deepEqual([child.received, daemon.state('web')], [[15], 'STOPPING']);
    await daemon.elapse(200);
    assert.deepEqual(await answer, ok);
    assert.deepEqual([child.received, daemon.state('web')], [[15, 9], 'STOPPED']);
    assert.ok(daemon.lines.includes(`WARN killing 'web' (${child.pid}) with SIGKILL`));
  });

  it('a start during STOPPING is kept until the stop is done', async () => {
    for (const wait of [true, false]) {
      const daemon = await new FakeDaemon(program('web', 'stopwaitsecs=7')).up();
      const before = daemon.child('web');
      before.ignores(15);
      void daemon.stop('web');
      const answer = daemon.start('web', wait);
      await daemon.elapse(6900);
      assert.equal(daemon.state('web'), 'STOPPING');
      await daemon.elapse(2000);
      assert.deepEqual(await answer, ok);
      assert.equal(daemon.state('web'), 'RUNNING');
      assert.notEqual(daemon.child('web').pid, before.pid);
    }
  });

  it('a start that is kept until a stop is done starts nothing once the daemon shuts down', async () => {
    for (const wait of [true, false]) {
      const daemon = await new FakeDaemon(program('web', 'stopwaitsecs=7')).up();
      daemon.child('web').ignores(15);
      void daemon.stop('web');
      const answer = daemon.start('web', wait);
      daemon.supervisor.shutdown();
      await daemon.elapse(20_000);
      assert.equal(await daemon.supervisor.ended, 'shutdown');
      assert.deepEqual(await answer, wait ? { ok: false, fault: 'SHUTDOWN_STATE', text: 'web' } : ok);
      assert.deepEqual([daemon.os.living, daemon.os.leaks(), daemon.os.spawned.length], [[], [], 1]);
    }
  });

  it('a restart, as clients do it, is a stop and a start', async () => {
    const daemon = await new FakeDaemon(program('web')).up();
    const { pid } = daemon.child('web');
    const stopped = daemon.stop('web');
    await daemon.elapse(0);
    assert.deepEqual(await stopped, ok);
    const started = daemon.start('web');
    await daemon.elapse(1100);
    assert.deepEqual(await started, ok);
    assert.notEqual(daemon.child('web').pid, pid);
    void daemon.stop('web');
    await daemon.elapse(0);
    assert.deepEqual(daemon.os.leaks(), []);
  });

  it('retries come after 1, 2 and 3 seconds, then it gives up', async () => {
    const daemon = new FakeDaemon(program('web')).begin();
    const starts: number[] = [];
    const begun = daemon.os.clock.now().mono;
    daemon.os.onSpawn = (child) => {
      starts.push(daemon.os.clock.now().mono - begun);
      daemon.os.clock.after(100, () => daemon.os.exit(child.pid, 1));
    };
    daemon.os.exit(daemon.os.last.pid, 1);
    await daemon.elapse(60_000);
    // Each counts from the failure before it.
    assert.deepEqual(starts, [1000, 3100, 6200]);
    assert.equal(daemon.state('web'), 'FATAL');
    assert.equal(daemon.lines.at(-1), 'INFO gave up: web entered FATAL state, too many start retries too quickly');
  });

  it('a clock set back or forward changes nothing of when things happen', async () => {
    for (const jump of [-3_600_000, 3_600_000]) {
      const daemon = new FakeDaemon(program('web', 'startsecs=10') + program('late', 'stopwaitsecs=10')).begin();
      await daemon.elapse(5000);
      daemon.os.clock.jumpWall(jump);
      await daemon.elapse(4900);
      assert.equal(daemon.state('web'), 'STARTING');
      await daemon.elapse(200);
      assert.equal(daemon.state('web'), 'RUNNING');
      daemon.child('late').ignores(15);
      void daemon.stop('late');
      await daemon.elapse(5000);
      daemon.os.clock.jumpWall(jump);
      await daemon.elapse(4900);
      assert.equal(daemon.state('late'), 'STOPPING');
      await daemon.elapse(200);
      assert.equal(daemon.state('late'), 'STOPPED');
    }
  });

  it('a signal that cannot be sent makes it UNKNOWN, and says so', async () => {
    const daemon = await new FakeDaemon(program('web')).up();
    daemon.os.failNext('kill', 'EPERM');
    const answer = await daemon.stop('web');
    assert.deepEqual(answer, { ok: false, fault: 'FAILED', text: 'unknown problem killing web' });
    assert.equal(daemon.state('web'), 'UNKNOWN');
  });
});
