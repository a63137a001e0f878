import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FakeDaemon, program } from '../support/fake-daemon.ts';

describe('two reloads, and a thousand processes', () => {
  it('a second reload of the same process is refused with words, one of another is not', async () => {
    const daemon = await new FakeDaemon(program('a', 'startsecs=3') + program('b')).up(3000);
    const first = daemon.reload('a');
    await daemon.elapse(100);
    assert.deepEqual(daemon.begunReload('a'), {
      ok: false,
      fault: 'FAILED',
      text: 'a can not be reloaded now: reload 1 of it is under way',
    });
    const other = daemon.reload('b');
    await daemon.elapse(5000);
    assert.deepEqual([(await first).ok, (await other).ok], [true, true]);
    const third = daemon.reload('a');
    await daemon.elapse(5000);
    assert.ok((await third).ok);
  });

  it('a thousand start, retry, reload and stop, and nothing is left', async () => {
    const daemon = await new FakeDaemon(
      program('many', 'numprocs=1000\nprocess_name=%(process_num)04d\nreload_parallelism=100\nautorestart=true'),
    ).up();
    const states = () =>
      new Set(daemon.supervisor.groups().flatMap(({ processes }) => processes.map(({ state }) => state)));
    assert.deepEqual([...states()], ['RUNNING']);
    for (const child of [...daemon.os.living]) daemon.os.exit(child.pid, 1);
    await daemon.elapse(1100);
    assert.deepEqual([...states(), daemon.os.spawned.length], ['RUNNING', 2000]);
    const names = daemon.supervisor.groups().flatMap(({ processes }) => processes.map(({ name }) => `many:${name}`));
    const reload = daemon.reload(...names);
    await daemon.elapse(30_000);
    assert.ok((await reload).ok);
    assert.deepEqual([...states(), daemon.os.spawned.length], ['RUNNING', 3000]);
    daemon.supervisor.shutdown();
    await daemon.elapse(1000);
    assert.equal(await daemon.supervisor.ended, 'shutdown');
    assert.deepEqual([daemon.os.living, daemon.os.leaks(), daemon.os.clock.armedFor], [[], [], null]);
  });
});
