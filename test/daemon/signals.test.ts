/** What signals do to the daemon: the order of a shutdown, restarts in the same process, logs opened again (compat 4.2, 4.3). */
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { isAlive } from '../support/rig.ts';
import { onBoth, onHupd, plain, type Trial, trials } from './trial.ts';

/** A program that says when it is told to stop, and takes its time. */
const slow = (secs: number) =>
  `command=/bin/sh -c "trap 'echo $SUPERVISOR_PROCESS_NAME >> DIR/told; sleep ${secs}; exit 0' TERM; echo $SUPERVISOR_PROCESS_NAME >> DIR/up; while :; do sleep 0.05; done"`;

async function up(trial: Trial, count: number): Promise<void> {
  await trial.until(`${count} programs up`, () => trial.read('up').split('\n').length > count);
}

trials('signals to the daemon', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    onBoth(`${signal} shuts down with status 0`, async (trial) => {
      trial.config({ programs: `[program:a]\n${slow(0)}` });
      const daemon = await trial.foreground();
      await up(trial, 1);
      daemon.kill(signal);
      assert.deepEqual(await trial.ended(daemon), { status: 0, signal: null });
      const lines = trial.plainLog;
      assert.deepEqual(lines.slice(lines.indexOf(`WARN received ${signal} indicating exit request`)), [
        `WARN received ${signal} indicating exit request`,
        'INFO waiting for a to die',
        'INFO stopped: a (exit status 0)',
      ]);
      assert.deepEqual(
        trial.list().filter((name) => name.startsWith('s.')),
        ['s.conf'],
      );
    });
  }

  onBoth(
    'groups stop one after the other, the highest priority first, names from the end; members together',
    async (trial) => {
      trial.config({
        programs: `[program:first]\npriority=1\n${slow(0.3)}\n[program:last]\npriority=2\n${slow(0.3)}
[program:z]\npriority=3\n${slow(0)}\n[program:y]\npriority=3\n${slow(0)}
[program:one]\n${slow(0.3)}\n[program:two]\n${slow(0.3)}\n[group:pair]\npriority=4\nprograms=one,two`,
      });
      const daemon = await trial.foreground();
      await up(trial, 6);
      await trial.logged(/success: z/);
      daemon.kill('SIGTERM');
      assert.equal((await trial.ended(daemon)).status, 0);
      const told = trial.read('told').trim().split('\n');
      assert.deepEqual([...told.slice(0, 2)].sort(), ['one', 'two']);
      assert.deepEqual(told.slice(2), ['z', 'y', 'last', 'first']);
      const stopped = [...trial.log.matchAll(/stopped: (\w+)/g)].map(([, name]) => name);
      assert.deepEqual(stopped.slice(2), ['z', 'y', 'last', 'first']);
    },
  );

  onBoth(
    'who is waited for is told by process names in ascending order, at most every three seconds',
    async (trial) => {
      trial.config({ programs: `[program:a]\npriority=2\n${slow(4)}\n[program:b]\npriority=1\n${slow(0)}` });
      const daemon = await trial.foreground();
      await up(trial, 2);
      daemon.kill('SIGTERM');
      await trial.ended(daemon);
      assert.deepEqual(
        [...trial.log.matchAll(/INFO (waiting for .* to die)/g)].map(([, line]) => line),
        ['waiting for b, a to die', 'waiting for b, a to die'],
      );
    },
  );

  onBoth('a second TERM is told, and hurries nothing', async (trial) => {
    trial.config({ programs: `[program:a]\n${slow(1.5)}` });
    const daemon = await trial.foreground();
    await up(trial, 1);
    daemon.kill('SIGTERM');
    await trial.until('the first', () => trial.read('told') !== '');
    daemon.kill('SIGTERM');
    assert.equal((await trial.ended(daemon)).status, 0);
    assert.equal(trial.log.match(/received SIGTERM indicating exit request/g)?.length, 2);
    assert.match(trial.log, /stopped: a \(exit status 0\)/);
    assert.doesNotMatch(trial.log, /SIGKILL/);
  });

  onBoth('HUP during a shutdown is ignored, with a line', async (trial) => {
    trial.config({ programs: `[program:a]\n${slow(1.5)}` });
    const daemon = await trial.foreground();
    await up(trial, 1);
    daemon.kill('SIGTERM');
    await trial.until('the first', () => trial.read('told') !== '');
    daemon.kill('SIGHUP');
    assert.equal((await trial.ended(daemon)).status, 0);
    assert.match(trial.log, /WARN ignored SIGHUP indicating restart request \(shutdown in progress\)/);
  });

  onBoth('TERM during a restart makes it a shutdown', async (trial) => {
    trial.config({ programs: `[program:a]\n${slow(1.5)}` });
    const daemon = await trial.foreground();
    await up(trial, 1);
    daemon.kill('SIGHUP');
    await trial.until('the first', () => trial.read('told') !== '');
    daemon.kill('SIGTERM');
    assert.equal((await trial.ended(daemon)).status, 0);
    assert.equal(trial.log.match(/supervisord started/g)?.length, 1);
  });

  onBoth('HUP restarts in the same process: configuration, log and servers anew', async (trial) => {
    trial.config({ programs: `[program:a]\n${slow(0)}` });
    const daemon = await trial.foreground(['-n', '-c', trial.file, '-i', 'flag']);
    await up(trial, 1);
    await trial.logged(/success: a/);
    const before = trial.list().filter((name) => name.startsWith('a-std'));
    trial.config({ daemon: 'logfile=DIR/second.log\nidentifier=file', programs: `[program:b]\n${slow(0)}` });
    daemon.kill('SIGHUP');
    await trial.until('b', () => /success: b/.test(trial.read('second.log')));
    const tail = plain(trial.log);
    assert.deepEqual(tail.slice(tail.indexOf('WARN received SIGHUP indicating restart request')), [
      'WARN received SIGHUP indicating restart request',
      'INFO waiting for a to die',
      'INFO stopped: a (exit status 0)',
    ]);
    const lines = plain(trial.read('second.log'));
    assert.deepEqual(lines.slice(-5), [
      "INFO RPC interface 'supervisor' initialized",
      "CRIT Server 'unix_http_server' running without any HTTP authentication checking",
      'INFO supervisord started with pid N',
      "INFO spawned: 'b' with pid N",
      'INFO success: b entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
    ]);
    assert.equal(trial.read('s.pid'), `${daemon.pid}\n`);
    assert.equal((await trial.ctl('pid')).stdout, `${daemon.pid}\n`);
    assert.match((await trial.ctl('status')).stdout, /^b +RUNNING/);
    // AUTO logs of the life before are gone, whatever the file says the identifier is: the command line beats it.
    const after = trial.list();
    assert.deepEqual(
      before.filter((name) => after.includes(name)),
      [],
    );
    assert.ok(after.some((name) => /^b-stdout---flag-/.test(name)));
  });

  onBoth('nocleanup keeps the AUTO logs of the life before', async (trial) => {
    trial.config({ daemon: 'nocleanup=true', programs: `[program:a]\n${slow(0)}` });
    const daemon = await trial.foreground();
    await up(trial, 1);
    const before = trial.list().filter((name) => name.startsWith('a-std'));
    daemon.kill('SIGHUP');
    await up(trial, 2);
    const after = trial.list().filter((name) => name.startsWith('a-std'));
    assert.deepEqual(
      before.filter((name) => !after.includes(name)),
      [],
    );
    assert.equal(after.length, 4);
  });

  onBoth('a restart with a broken configuration', async (trial) => {
    trial.config({ programs: `[program:a]\n${slow(0)}` });
    const daemon = await trial.foreground();
    await up(trial, 1);
    await trial.logged(/success: a/);
    const pid = /spawned: 'a' with pid (\d+)/.exec(trial.log)?.[1];
    trial.config({ programs: `[program:a]\nautostart=perhaps\n${slow(0)}` });
    daemon.kill('SIGHUP');
    if (trial.differs('restart-broken', true, false)) {
      assert.deepEqual(await trial.ended(daemon), { status: 2, signal: null });
      return;
    }
    await trial.logged(/ERRO not restarted: .*perhaps.*; everything goes on/);
    assert.match((await trial.ctl('status')).stdout, new RegExp(`^a +RUNNING +pid ${pid},`));
    // By RPC the client is told.
    const { status, stdout } = await trial.ctl('reload');
    assert.equal(status, 1);
    assert.match(stdout, /CANT_REREAD/);
    trial.config({ programs: `[program:a]\n${slow(0)}` });
    daemon.kill('SIGHUP');
    await trial.started(2);
  });

  onHupd('a restart that fails although the file was good goes on with the configuration before', async (trial) => {
    trial.config({ programs: `[program:a]\n${slow(0)}` });
    const daemon = await trial.foreground();
    await up(trial, 1);
    trial.config({
      server: false,
      programs: `[unix_http_server]\nfile=DIR/nowhere/s.sock\n[program:b]\n${slow(0)}`,
    });
    daemon.kill('SIGHUP');
    await trial.logged(/CRIT the restart failed: Cannot open an HTTP server: .*; going on with/);
    await up(trial, 2);
    assert.match((await trial.ctl('status')).stdout, /^a +/);
    daemon.kill('SIGTERM');
    assert.equal((await trial.ended(daemon)).status, 0);
  });

  onBoth('USR2 opens the main log and the logs of children again', async (trial) => {
    trial.config({
      programs:
        '[program:a]\ncommand=/bin/sh -c "while read x; do echo $x; done"\nstdout_logfile=DIR/a.log\nautorestart=false',
    });
    const daemon = await trial.foreground();
    await trial.logged(/success: a/);
    for (const name of ['main.log', 'a.log']) renameSync(trial.path(name), trial.path(`${name}.old`));
    daemon.kill('SIGUSR2');
    await trial.until('a new main log', () => trial.list().includes('main.log'));
    await trial.until('a new child log', () => trial.list().includes('a.log'));
    assert.match(
      trial.read('main.log.old'),
      /INFO received SIGUSR2 indicating log reopen request\n.* INFO supervisord logreopen\n$/,
    );
    await trial.ctl('stop', 'a');
    assert.match(trial.log, /stopped: a/);
  });

  onBoth('at level debug a child that ends is told as SIGCHLD', async (trial) => {
    trial.config({
      daemon: 'loglevel=debug',
      programs: '[program:a]\ncommand=/bin/true\nstartsecs=0\nautorestart=false',
    });
    const daemon = await trial.foreground();
    await trial.logged(/DEBG received SIGCHLD indicating a child quit/);
    daemon.kill('SIGTERM');
    await trial.ended(daemon);
  });

  onBoth('USR1', async (trial) => {
    trial.config({});
    const daemon = await trial.foreground();
    daemon.kill('SIGUSR1');
    if (trial.differs('usr1', true, false)) {
      assert.deepEqual(await trial.ended(daemon), { status: null, signal: 'SIGUSR1' });
      return;
    }
    assert.equal((await trial.ctl('pid')).stdout, `${daemon.pid}\n`);
    assert.doesNotMatch(trial.output, /Debugger/);
  });

  onBoth('a daemon with nothing to do stays', async (trial) => {
    trial.config({ server: false, programs: '[program:a]\ncommand=/bin/true\nstartsecs=0\nautorestart=false' });
    const daemon = await trial.foreground();
    await trial.logged(/exited: a \(exit status 0; expected\)/);
    await new Promise((turn) => setTimeout(turn, 300)); // the absence of an end has no event
    assert.ok(isAlive(daemon.pid ?? 0));
    daemon.kill('SIGTERM');
    assert.equal((await trial.ended(daemon)).status, 0);
  });

  onBoth('shutdown by RPC ends it with status 0, and during it most calls are refused', async (trial) => {
    trial.config({ programs: `[program:a]\n${slow(2)}` });
    const daemon = await trial.foreground();
    await up(trial, 1);
    assert.equal((await trial.ctl('shutdown')).stdout, 'Shut down\n');
    await trial.until('the stop', () => trial.read('told') !== '');
    assert.match((await trial.ctl('start', 'a')).stdout, /SHUTDOWN_STATE/);
    assert.equal((await trial.ctl('shutdown')).stdout, 'ERROR: already shutting down\n');
    assert.equal((await trial.ended(daemon)).status, 0);
  });
});
