import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FakeDaemon, program } from '../support/fake-daemon.ts';

const gentle = 'update_strategy=reload\nreload_strategy=rolling\nready_check=startsecs\nreload_overlap=1';

/** What a client's update does: reread, then one call for each group that is told. Resolves with what the calls answered. */
async function update(daemon: FakeDaemon, text: string, ms = 30_000): Promise<readonly string[]> {
  daemon.text = text;
  const read = daemon.supervisor.reread();
  assert.ok(read.ok);
  const { added, changed, removed } = read.diff;
  assert.deepEqual([changed, removed], [[], []]);
  const answers = added.map((name) => daemon.supervisor.addGroup(name));
  await daemon.elapse(ms);
  return Promise.all(answers.map(async (answer) => answer.then((outcome) => (outcome.ok ? 'ok' : outcome.text))));
}

const many = (count: number, more = '') =>
  program('web', `numprocs=${count}\nprocess_name=%(process_num)02d\n${gentle}\n${more}`);

describe('an update with update_strategy=reload', () => {
  it('reloads a changed program by its strategy, to its new definition', async () => {
    const daemon = await new FakeDaemon(program('web', gentle) + program('other')).up();
    const [before, other] = [daemon.child('web'), daemon.child('other')];
    daemon.text = program('web', `${gentle}\nenvironment=X="1"`) + program('other');
    const read = daemon.supervisor.reread();
    assert.deepEqual(read, { ok: true, diff: { added: ['web'], changed: [], removed: [] } });
    // Nothing is applied by looking.
    await daemon.elapse(5000);
    assert.equal(daemon.os.spawned.length, 2);

    const answer = daemon.supervisor.addGroup('web');
    await daemon.elapse(500);
    assert.deepEqual(before.received, []);
    assert.equal(daemon.os.last.env('X'), '1');
    await daemon.elapse(5000);
    assert.deepEqual(await answer, { ok: true });
    assert.deepEqual(before.received, [15]);
    assert.equal(daemon.child('web').env('X'), '1');
    assert.equal(daemon.child('other').pid, other.pid);
    assert.deepEqual(daemon.supervisor.reread(), { ok: true, diff: { added: [], changed: [], removed: [] } });
    assert.ok(daemon.lines.includes('INFO web: new definition: web is reloaded (rolling)'));
  });

  it('takes a changed numprocs for what it is: only the difference is added or removed', async () => {
    const daemon = await new FakeDaemon(many(2)).up();
    const first = ['web:00', 'web:01'].map((name) => daemon.child(name).pid);
    assert.deepEqual(await update(daemon, many(4)), ['ok']);
    assert.deepEqual(
      daemon.supervisor.groups().flatMap(({ processes }) => processes.map(({ name, state }) => `${name} ${state}`)),
      ['00 RUNNING', '01 RUNNING', '02 RUNNING', '03 RUNNING'],
    );
    assert.deepEqual(
      ['web:00', 'web:01'].map((name) => daemon.child(name).pid),
      first,
    );
    assert.deepEqual(await update(daemon, many(1)), ['ok']);
    assert.deepEqual(
      daemon.supervisor.groups().flatMap(({ processes }) => processes.map(({ name }) => name)),
      ['00'],
    );
    assert.equal(daemon.child('web:00').pid, first[0]);
    assert.equal(daemon.os.living.length, 1);
    assert.deepEqual(daemon.supervisor.reread(), { ok: true, diff: { added: [], changed: [], removed: [] } });
  });

  it('lets options hold that need no restart: nobody is touched', async () => {
    const daemon = await new FakeDaemon(program('web', gentle)).up();
    const { pid } = daemon.child('web');
    assert.deepEqual(
      await update(daemon, program('web', `${gentle}\nstopsignal=INT\nstopwaitsecs=3\nautorestart=true`)),
      ['ok'],
    );
    assert.equal(daemon.os.spawned.length, 1);
    const { spec } = daemon.view('web');
    assert.deepEqual([spec.stopSignal, spec.stopWaitSecs, spec.autorestart], [2, 3, true]);
    assert.equal(daemon.child('web').pid, pid);
    void daemon.stop('web', false);
    assert.deepEqual(daemon.os.signals.at(-1), { target: pid, signal: 2, group: false });
  });

  it('stops a predecessor as its own definition says, and the successor as the new one does', async () => {
    const daemon = await new FakeDaemon(program('web', `${gentle}\nstopsignal=INT\nstopwaitsecs=4`)).up();
    const before = daemon.child('web');
    before.ignores(15);
    assert.deepEqual(
      await update(daemon, program('web', `${gentle}\nstopsignal=QUIT\nstopwaitsecs=9\nenvironment=X="1"`)),
      ['ok'],
    );
    assert.deepEqual(before.received, [2, 9]);
    const after = daemon.child('web');
    after.obeys(3);
    void daemon.stop('web', false);
    await daemon.elapse(0);
    assert.deepEqual(after.received, [3]);
  });

  it('where the successor fails, the old one serves on by the old definition, and the next reread tells of it again', async () => {
    const daemon = await new FakeDaemon(program('web', gentle)).up();
    const { pid } = daemon.child('web');
    const broken = program('web', `${gentle}\nenvironment=X="1"`);
    daemon.os.onSpawn = (child) => {
      child.obeys([15, 9]);
      daemon.os.clock.after(100, () => daemon.os.exit(child.pid, 1));
    };
    const [answer] = await update(daemon, broken);
    assert.match(answer ?? '', /^web: the successor ended before it was ready \(exit status 1\)/);
    assert.equal(daemon.child('web').pid, pid);
    assert.deepEqual(daemon.view('web').spec.environment, []);
    assert.deepEqual(daemon.supervisor.reread(), { ok: true, diff: { added: ['web'], changed: [], removed: [] } });
    daemon.os.onSpawn = (child) => child.obeys([15, 9]);
    assert.deepEqual(await update(daemon, broken), ['ok']);
    assert.notEqual(daemon.child('web').pid, pid);
  });

  it('of several processes those that were reloaded stay so when one fails', async () => {
    const daemon = await new FakeDaemon(many(3)).up();
    let starts = 0;
    daemon.os.onSpawn = (child) => {
      child.obeys([15, 9]);
      starts += 1;
      if (starts === 2) daemon.os.clock.after(100, () => daemon.os.exit(child.pid, 1));
    };
    const [answer] = await update(daemon, many(3, 'environment=X="1"'));
    assert.match(answer ?? '', /^web: web:01: the successor ended .*1 of 3 not reloaded because of it/);
    const variables = ['web:00', 'web:01', 'web:02'].map((name) => daemon.view(name).spec.environment.length);
    assert.deepEqual(variables, [1, 0, 0]);
    const read = daemon.supervisor.reread();
    assert.deepEqual(read.ok && read.diff.added, ['web']);
  });

  it('by restart where the strategy cannot bring the new definition: a signal, or another address', async () => {
    for (const [options, command, fresh] of [
      ['update_strategy=reload\nreload_strategy=hup', '/bin/sh -c x', '/bin/sh -c y'],
      [gentle, '/bin/sh -b 127.0.0.1:8000', '/bin/sh -b 127.0.0.1:9000'],
    ] as const) {
      const daemon = await new FakeDaemon(program('web', options, command)).up();
      const before = daemon.child('web');
      assert.deepEqual(await update(daemon, program('web', options, fresh)), ['ok']);
      assert.deepEqual(before.received, [15]);
      assert.deepEqual(daemon.child('web').request.args, fresh.split(' '));
      assert.ok(daemon.lines.includes('INFO web: new definition: web is reloaded (restart)'));
    }
    const daemon = await new FakeDaemon(program('web', gentle, '/bin/sh -w 4 -b :8000')).up();
    await update(daemon, program('web', gentle, '/bin/sh -w 8 -b :8000'));
    assert.ok(daemon.lines.includes('INFO web: new definition: web is reloaded (rolling)'));
  });

  it('what was stopped by hand stays stopped; what had failed gets another chance', async () => {
    const text = program('idle', gentle) + program('broken', `${gentle}\nstartretries=0`);
    const daemon = new FakeDaemon(text).begin();
    daemon.os.exit(daemon.child('broken').pid, 1);
    await daemon.elapse(2000);
    await daemon.stop('idle', false);
    await daemon.elapse(0);
    assert.deepEqual([daemon.state('idle'), daemon.state('broken')], ['STOPPED', 'FATAL']);
    assert.deepEqual(await update(daemon, text.replaceAll('reload_overlap=1', 'reload_overlap=1\numask=077')), [
      'ok',
      'ok',
    ]);
    assert.deepEqual([daemon.state('idle'), daemon.state('broken')], ['STOPPED', 'RUNNING']);
    assert.equal(daemon.view('idle').spec.umask, 0o77);
  });

  it('a second update while one is under way is refused with words', async () => {
    const daemon = await new FakeDaemon(program('web', gentle)).up();
    daemon.text = program('web', `${gentle}\nenvironment=X="1"`);
    daemon.supervisor.reread();
    const first = daemon.supervisor.addGroup('web');
    await daemon.elapse(100);
    assert.deepEqual(await daemon.supervisor.addGroup('web'), { ok: false, fault: 'ALREADY_ADDED', text: 'web' });
    daemon.text = program('web', `${gentle}\nenvironment=X="2"`);
    daemon.supervisor.reread();
    const second = await daemon.supervisor.addGroup('web');
    assert.deepEqual(second, {
      ok: false,
      fault: 'FAILED',
      text: 'web can not be updated now: web: reload 1 of it is under way',
    });
    await daemon.elapse(5000);
    assert.deepEqual(await first, { ok: true });
  });

  it('sockets that stay are not opened again, new ones are, and those that are gone are closed', async () => {
    const socket = (...ports: number[]) => `socket=${ports.map((port) => `tcp://127.0.0.1:${port}`).join(' ')}`;
    const daemon = await new FakeDaemon(program('web', `${gentle}\n${socket(1, 2)}`)).up();
    const open = () =>
      daemon.os.sockets.flatMap(({ open, address }) => (open && address.kind === 'tcp' ? [address.port] : []));
    assert.deepEqual(open(), [1, 2]);
    assert.deepEqual(await update(daemon, program('web', `${gentle}\n${socket(2, 3)}`)), ['ok']);
    assert.deepEqual(open(), [2, 3]);
    assert.equal(daemon.os.sockets.length, 3);
  });

  it('a log that goes to the same place stays the same file, an AUTO log too; another place is another file', async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'hupd-update-'));
    t.after(() => rmSync(dir, { recursive: true }));
    const text = (stderr: string, more: string) =>
      `childlogdir=${dir}\n[program:web]\ncommand=/bin/sh\nstdout_logfile_maxbytes=1MB\nstderr_logfile=${stderr}\n${gentle}\n${more}`;
    const daemon = await new FakeDaemon(text(join(dir, 'a.err'), '')).up();
    const { stdoutLog } = daemon.view('web');
    const before = daemon.child('web');
    daemon.text = text(join(dir, 'b.err'), 'environment=X="1"');
    daemon.supervisor.reread();
    const answer = daemon.supervisor.addGroup('web');
    await daemon.elapse(500);
    before.write(1, 'old\n');
    before.write(2, 'old\n');
    daemon.os.last.write(1, 'new\n');
    daemon.os.last.write(2, 'new\n');
    await daemon.elapse(5000);
    assert.deepEqual(await answer, { ok: true });
    assert.deepEqual([daemon.view('web').stdoutLog, daemon.view('web').stderrLog], [stdoutLog, join(dir, 'b.err')]);
    const { readFileSync } = await import('node:fs');
    assert.equal(readFileSync(stdoutLog, 'utf8'), 'old\nnew\n');
    assert.equal(readFileSync(join(dir, 'a.err'), 'utf8'), 'old\n');
    assert.equal(readFileSync(join(dir, 'b.err'), 'utf8'), 'new\n');
    assert.equal(readdirSync(dir).length, 3);
  });

  it('a group where one program concerned has not asked for it is changed as under supervisord', async () => {
    const text = (environment: string) =>
      `${program('a', `${gentle}\n${environment}`)}${program('b', environment)}[group:pair]\nprograms=a,b\n`;
    const daemon = await new FakeDaemon(text('')).up();
    daemon.text = text('environment=X="1"');
    assert.deepEqual(daemon.supervisor.reread(), { ok: true, diff: { added: [], changed: ['pair'], removed: [] } });
  });

  it('nothing is left at the end of an update that a shutdown meets', async () => {
    for (const ms of [0, 500, 1500, 2500]) {
      const daemon = await new FakeDaemon(many(2, 'socket=tcp://127.0.0.1:1')).up();
      daemon.text = many(1, 'socket=tcp://127.0.0.1:2\nenvironment=X="1"');
      daemon.supervisor.reread();
      const answer = daemon.supervisor.addGroup('web');
      await daemon.elapse(ms);
      daemon.supervisor.shutdown();
      await daemon.elapse(30_000);
      await answer;
      assert.equal(await daemon.supervisor.ended, 'shutdown');
      assert.deepEqual([daemon.os.living, daemon.os.leaks()], [[], []], `after ${ms} ms`);
    }
  });
});
