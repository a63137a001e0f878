/** Where the words of the daemon and of its programs go (compat 2.7, 4.8). */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { onBoth, onHupd, plain, type Trial, trials } from './trial.ts';

const say = (text: string) => `command=/bin/sh -c "printf '${text}'; exec sleep 1000"`;

/** With the daemon's stdout and stderr going into a file of their own. */
function intoFile(trial: Trial, args: readonly string[] = []): void {
  const out = openSync(trial.path('out'), 'a');
  const err = openSync(trial.path('err'), 'a');
  const child = spawn(trial.command, ['-n', '-c', trial.file, ...args], {
    stdio: ['ignore', out, err],
    cwd: trial.dir,
    env: { ...process.env, HUPD_TRIAL: trial.dir },
  });
  child.unref();
  closeSync(out);
  closeSync(err);
}

/** With the daemon's stdout being a pipe to that shell command; stderr goes into a file. Node's own pipes are sockets. */
function intoPipe(trial: Trial, reader: string): void {
  const line = `${trial.command} -n -c ${trial.file} 2> err | ${reader}`;
  spawn('/bin/sh', ['-c', line], {
    stdio: 'ignore',
    cwd: trial.dir,
    env: { ...process.env, HUPD_TRIAL: trial.dir },
  }).unref();
}

trials('logs', () => {
  onBoth('in the foreground every record goes to stdout as well', async (trial) => {
    trial.config({ programs: `[program:a]\n${say('x')}` });
    intoFile(trial);
    await trial.logged(/success: a/);
    await trial.until('the copy', () => trial.read('out') === trial.log);
    assert.equal(trial.read('err'), '');
  });

  for (const [how, parts, args] of [
    ['silent=true', { daemon: 'silent=true' }, []],
    ['-s', {}, ['-s']],
  ] as const) {
    onBoth(`${how} leaves stdout alone`, async (trial) => {
      trial.config({ ...parts, programs: `[program:a]\n${say('x')}` });
      intoFile(trial, args);
      await trial.logged(/success: a/);
      assert.equal(trial.read('out'), '');
    });
  }

  onBoth('logfile=/dev/stdout in the foreground says every line twice', async (trial) => {
    trial.config({ daemon: 'logfile=/dev/stdout\nlogfile_maxbytes=0', programs: `[program:a]\n${say('x')}` });
    intoFile(trial);
    await trial.until('the start', () => /success: a[^\n]*\n[^\n]*success: a[^\n]*\n/.test(trial.read('out')));
    assert.equal(plain(trial.read('out')).filter((line) => line === "INFO spawned: 'a' with pid N").length, 2);
  });

  onBoth('logfile=/dev/null and silent: not a word', async (trial) => {
    trial.config({
      daemon: 'logfile=/dev/null\nlogfile_maxbytes=0\nsilent=true',
      programs: `[program:a]\n${say('x')}`,
    });
    intoFile(trial);
    await trial.until('the start', async () => /RUNNING/.test((await trial.ctl('status')).stdout));
    assert.equal(trial.read('out') + trial.read('err'), '');
  });

  for (const target of ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']) {
    onBoth(`stdout_logfile=${target} is the daemon's stdout, a pipe`, async (trial) => {
      trial.config({
        daemon: 'silent=true',
        programs: `[program:a]\n${say('of a program\\n')}\nstdout_logfile=${target}\nstdout_logfile_maxbytes=0`,
      });
      intoPipe(trial, 'cat > out');
      await trial.until('the line', () => trial.read('out') === 'of a program\n');
    });
    onBoth(`stdout_logfile=${target} is the daemon's stdout, a file`, async (trial) => {
      trial.config({
        daemon: 'silent=true',
        programs: `[program:a]\n${say('of a program\\n')}\nstdout_logfile=${target}\nstdout_logfile_maxbytes=0`,
      });
      intoFile(trial);
      await trial.until('the line', () => trial.read('out') === 'of a program\n');
    });
  }

  onBoth('a program whose log is a pipe, with the default maxbytes', async (trial) => {
    trial.config({
      daemon: 'silent=true',
      programs:
        '[program:a]\ncommand=/bin/sh -c "for i in 1 2 3; do echo $i; sleep 0.3; done; exec sleep 1000"\nstdout_logfile=/dev/stdout',
    });
    intoPipe(trial, 'cat > out');
    if (trial.differs('log-special-target', true, false)) {
      await trial.logged(/CRIT uncaptured python exception, closing channel/);
      return;
    }
    await trial.until('all of it', () => trial.read('out') === '1\n2\n3\n');
    assert.match(trial.log, /WARN log \/dev\/stdout is not a regular file: its maxbytes is ignored/);
  });

  onBoth('NONE keeps no log; AUTO has its names and mode 0600, in childlogdir, one for each channel', async (trial) => {
    mkdirSync(trial.path('logs'));
    trial.config({
      daemon: 'childlogdir=DIR/logs\nidentifier=id.x',
      programs: `[program:none]\n${say('x')}\nstdout_logfile=NONE\nstderr_logfile=none
[program:off]\n${say('x')}\nstdout_logfile=off\nstderr_logfile=OFF
[program:auto]\n${say('x')}
[program:both]\n${say('x')}\nredirect_stderr=true
[program:late]\n${say('x')}\nautostart=false`,
    });
    await trial.foreground();
    await trial.logged(/success: both/);
    const names = trial.list('logs').map((name) => name.replace(/-[a-z0-9_]{8}\.log$/, '-R.log'));
    assert.deepEqual(names, [
      'auto-stderr---id.x-R.log',
      'auto-stdout---id.x-R.log',
      'both-stdout---id.x-R.log',
      'late-stderr---id.x-R.log',
      'late-stdout---id.x-R.log',
    ]);
    const modes = execFileSync('stat', ['-c', '%a', ...trial.list('logs').map((name) => trial.path(`logs/${name}`))]);
    assert.deepEqual([...new Set(modes.toString().trim().split('\n'))], ['600']);
    await trial.ctl('restart', 'auto');
    assert.equal(trial.list('logs').length, 5);
  });

  onBoth(
    'AUTO logs of an earlier run go at the start, those of another identifier and other files stay',
    async (trial) => {
      mkdirSync(trial.path('logs'));
      const gone = ['a-stdout---supervisor-abcdefgh.log', 'a-stderr---supervisor-abcdefgh.log.1'];
      const kept = ['a-stdout---other-abcdefgh.log', 'a.log', 'supervisor.log'];
      for (const name of [...gone, ...kept]) trial.write(`logs/${name}`, '');
      trial.config({ daemon: 'childlogdir=DIR/logs' });
      await trial.foreground();
      assert.deepEqual(trial.list('logs'), kept);
    },
  );

  onBoth('strip_ansi takes the colours out of the logs', async (trial) => {
    trial.config({
      daemon: 'strip_ansi=true',
      programs: `[program:a]\n${say('\\033[31mred\\033[0m\\n')}\nstdout_logfile=DIR/a.log`,
    });
    await trial.foreground();
    await trial.until('the line', () => trial.read('a.log') === 'red\n');
  });

  onBoth('the main log is rotated at its size, with so many backups', async (trial) => {
    trial.config({
      daemon: 'logfile_maxbytes=1KB\nlogfile_backups=2\nloglevel=debug',
      programs:
        '[program:a]\ncommand=/bin/sh -c "while sleep 0.01; do echo x; done; exec sleep 1000"\nstdout_logfile=NONE',
    });
    await trial.foreground();
    // In the midst of a rotation the first one is away for a moment.
    const logs = () => trial.list().filter((name) => name.startsWith('main.log'));
    await trial.until('the log and its backups', () => logs().join(' ') === 'main.log main.log.1 main.log.2');
    // A record is not split: what is full has reached the size, and not much more.
    const sizes = ['main.log.1', 'main.log.2'].map((name) => trial.read(name).length);
    for (const size of sizes) assert.ok(size >= 1024 && size < 1500, `${size}`);
    assert.ok(trial.read('main.log.1').endsWith('\n'));
  });

  onBoth('redirect_stderr sends both into one log', async (trial) => {
    trial.config({
      programs:
        '[program:a]\ncommand=/bin/sh -c "echo out; echo err >&2; exec sleep 1000"\nredirect_stderr=true\nstdout_logfile=DIR/a.log',
    });
    await trial.foreground();
    await trial.until('both', () => trial.read('a.log') === 'out\nerr\n');
  });

  onBoth(
    'at level debug the output of programs is in the main log, undecodable bytes as Python shows them',
    async (trial) => {
      trial.config({
        daemon: 'loglevel=debug',
        programs: `[program:a]\n${say('Malm\\303\\266\\n')}\n[program:b]\n${say('\\210\\n')}`,
      });
      await trial.foreground();
      await trial.logged(/DEBG 'a' stdout output:\nMalmö\n/);
      await trial.logged(/DEBG 'b' stdout output:\nUndecodable: b'\\x88\\n'\n/);
    },
  );

  onHupd('logfile=syslog and stdout_syslog reach the system log', async (trial) => {
    trial.config({ daemon: 'logfile=syslog\nsilent=true', programs: `[program:a]\n${say('x')}\nstdout_syslog=true` });
    intoFile(trial);
    // There may be no logger; that it runs without one is what this is about.
    await trial.until('the start', async () => /RUNNING/.test((await trial.ctl('status')).stdout));
    assert.equal(trial.read('err'), '');
  });

  onBoth('a reader of stdout that goes away does not matter', async (trial) => {
    trial.config({ programs: `[program:a]\n${say('x\\n')}` });
    intoPipe(trial, 'head -n 1 > out');
    await trial.logged(/success: a/);
    await trial.until('the end of the reader', () => trial.read('out').includes('\n'));
    assert.equal((await trial.ctl('stop', 'a')).stdout, 'a: stopped\n');
    await trial.logged(/stopped: a/);
    const pid = Number((await trial.ctl('pid')).stdout);
    process.kill(pid, 'SIGTERM');
    await trial.gone(pid);
    assert.doesNotMatch(trial.log, /uncaught|internal error/);
  });

  onHupd('a log has the file open while the program runs, and no longer', async (trial) => {
    trial.config({ programs: `[program:a]\n${say('x')}\nstdout_logfile=DIR/a.log` });
    const daemon = await trial.foreground();
    await trial.logged(/success: a/);
    const open = () =>
      readdirSync(`/proc/${daemon.pid}/fd`).some((fd) => {
        try {
          return readlinkSync(`/proc/${daemon.pid}/fd/${fd}`) === trial.path('a.log');
        } catch {
          return false;
        }
      });
    assert.ok(open());
    await trial.ctl('stop', 'a');
    assert.ok(!open());
    writeFileSync(trial.path('a.log'), '');
  });
});
