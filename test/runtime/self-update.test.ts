import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FakeDaemon, program } from '../support/fake-daemon.ts';

const watched = (name: string, more = '') =>
  program(name, `watch=/app/${name}/**/*.py\nwatch_ignore=*_test.py\n${more}`);

async function change(daemon: FakeDaemon, ...paths: string[]): Promise<void> {
  for (const path of paths) daemon.os.changeFile(path);
  await daemon.elapse(0);
}

describe('watch= of a program', () => {
  it('reloads it by its strategy after the delay, once for many files, and no other program', async () => {
    const daemon = await new FakeDaemon(
      watched('web', 'watch_delay=2\nreload_strategy=rolling\nready_check=startsecs') + watched('other'),
    ).up();
    const before = daemon.child('web');
    await change(daemon, ...Array.from({ length: 5000 }, (_, i) => `/app/web/x/${i}.py`));
    await daemon.elapse(1900);
    assert.equal(daemon.os.spawned.length, 2);
    await daemon.elapse(500);
    // A successor beside the old one.
    assert.deepEqual([daemon.os.spawned.length, before.received], [3, []]);
    await daemon.elapse(10_000);
    assert.notEqual(daemon.child('web').pid, before.pid);
    assert.equal(daemon.os.spawned.length, 3);
    assert.ok(daemon.lines.includes('INFO web: /app/web/x/4999.py changed: reload'));
  });

  it('does nothing for what the globs do not name, nor for editors and for our own logs', async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'hupd-self-'));
    t.after(() => rmSync(dir, { recursive: true }));
    const logs = `stdout_logfile=${dir}/web.log\nstderr_logfile=NONE`;
    const daemon = await new FakeDaemon(`[program:web]\ncommand=/bin/sh\n${logs}\nwatch=${dir}`).up();
    await change(daemon, ...['web.log', 'web.log.1', '.a.swp', '.git/index', '../a.py'].map((name) => join(dir, name)));
    await daemon.elapse(10_000);
    assert.equal(daemon.os.spawned.length, 1);
    await change(daemon, join(dir, 'a.py'));
    await daemon.elapse(10_000);
    assert.equal(daemon.os.spawned.length, 2);
    const other = await new FakeDaemon(watched('web')).up();
    await change(other, '/app/web/a.txt', '/app/web/a_test.py');
    await other.elapse(10_000);
    assert.equal(other.os.spawned.length, 1);
  });

  it('a change during a reload is for the next one', async () => {
    const daemon = await new FakeDaemon(watched('web')).up();
    await change(daemon, '/app/web/a.py');
    await daemon.elapse(1500);
    assert.equal(daemon.os.spawned.length, 2);
    await change(daemon, '/app/web/a.py');
    await daemon.elapse(10_000);
    assert.equal(daemon.os.spawned.length, 3);
  });

  it('a reload that a client began is waited for', async () => {
    const daemon = await new FakeDaemon(watched('web', 'startsecs=5')).up(5000);
    const outcome = daemon.reload('web');
    await change(daemon, '/app/web/a.py');
    await daemon.elapse(4000);
    assert.equal(daemon.os.spawned.length, 2);
    await daemon.elapse(10_000);
    assert.ok((await outcome).ok);
    assert.equal(daemon.os.spawned.length, 3);
  });

  it('all processes of a program are one reload; what was stopped by hand stays so, what failed is started', async () => {
    const daemon = await new FakeDaemon(
      watched('web', 'numprocs=3\nprocess_name=%(process_num)d\nautorestart=false'),
    ).up();
    await daemon.stop('web:1', false);
    await daemon.elapse(0);
    daemon.os.exit(daemon.child('web:2').pid, 3);
    await daemon.elapse(1000);
    assert.deepEqual(
      ['web:1', 'web:2'].map((name) => daemon.state(name)),
      ['STOPPED', 'EXITED'],
    );
    await change(daemon, '/app/web/a.py');
    await daemon.elapse(10_000);
    assert.deepEqual(
      ['web:0', 'web:1', 'web:2'].map((name) => daemon.state(name)),
      ['RUNNING', 'STOPPED', 'RUNNING'],
    );
    assert.equal(daemon.supervisor.reloadHistory('web', '0').length, 1);
  });

  it('is watched as long as it is there and says so', async () => {
    const daemon = await new FakeDaemon(watched('web') + watched('other')).up();
    const open = () => daemon.os.watches.filter(({ closed }) => !closed).map(({ request }) => request.roots.join(' '));
    assert.deepEqual(open(), ['/app/other', '/app/web']);
    // An option of our own: a reread is enough, and the other one is left alone.
    daemon.text = watched('web', 'watch_delay=9') + program('other');
    daemon.supervisor.reread();
    assert.deepEqual(open(), ['/app/web']);
    assert.equal(daemon.os.watches.length, 3);
    await daemon.stop('web', false);
    await daemon.elapse(0);
    daemon.supervisor.removeGroup('web');
    assert.deepEqual(open(), []);
  });

  it('tells once what cannot be watched', async () => {
    const daemon = await new FakeDaemon(watched('web')).up();
    for (let i = 0; i < 3; i++) daemon.os.watches[0]?.request.onError('ENOSPC: no watches left');
    assert.equal(daemon.lines.filter((line) => line === 'WARN watch of web: ENOSPC: no watches left').length, 1);
  });

  it('nothing is watched and nothing reloaded while the daemon goes down', async () => {
    const daemon = await new FakeDaemon(watched('web', 'stopwaitsecs=5')).up();
    daemon.child('web').ignores(15);
    await change(daemon, '/app/web/a.py');
    daemon.supervisor.shutdown();
    await daemon.elapse(10_000);
    assert.equal(await daemon.supervisor.ended, 'shutdown');
    assert.equal(daemon.os.spawned.length, 1);
    assert.deepEqual(daemon.os.leaks(), []);
  });
});

describe('watch_config', () => {
  const on = (text: string) => `watch_config=true\n${text}`;

  it('does what update does: removes, changes, adds', async () => {
    const daemon = await new FakeDaemon(on(program('web') + program('gone') + program('same'))).up();
    const [web, same] = [daemon.child('web').pid, daemon.child('same').pid];
    daemon.text = on(program('web', 'umask=077') + program('new') + program('same'));
    await change(daemon, '/s.conf');
    await daemon.elapse(5000);
    assert.deepEqual(
      daemon.supervisor.groups().flatMap(({ processes }) => processes.map(({ name, state }) => `${name} ${state}`)),
      ['new RUNNING', 'same RUNNING', 'web RUNNING'],
    );
    assert.notEqual(daemon.child('web').pid, web);
    assert.equal(daemon.child('same').pid, same);
    assert.ok(daemon.lines.includes('INFO /s.conf changed: added new; changed web; removed gone'));
  });

  it('reloads what has update_strategy=reload', async () => {
    const text = (umask: string) =>
      on(program('web', `update_strategy=reload\nreload_strategy=rolling\nready_check=startsecs\numask=${umask}`));
    const daemon = await new FakeDaemon(text('022')).up();
    const before = daemon.child('web');
    daemon.text = text('077');
    await change(daemon, '/s.conf');
    await daemon.elapse(1000);
    assert.deepEqual([before.received, daemon.os.living.length], [[], 2]);
    await daemon.elapse(5000);
    assert.equal(daemon.view('web').spec.umask, 0o77);
  });

  it('a file that cannot be used is told, and everything goes on', async () => {
    const daemon = await new FakeDaemon(on(program('web'))).up();
    daemon.text = on(program('web', 'autostart=perhaps'));
    await change(daemon, '/s.conf');
    await daemon.elapse(5000);
    assert.equal(daemon.os.spawned.length, 1);
    assert.match(
      daemon.lines.at(-1) ?? '',
      /^ERRO \/s\.conf changed, and the configuration can not be used: .*perhaps.*; everything goes on as it was$/,
    );
    daemon.text = on(program('web', 'autostart=true\numask=022'));
    await change(daemon, '/s.conf');
    await daemon.elapse(5000);
    assert.equal(daemon.os.spawned.length, 2);
  });

  it('is off by default', async () => {
    const daemon = await new FakeDaemon(program('web')).up();
    assert.deepEqual(daemon.os.watches, []);
  });
});
