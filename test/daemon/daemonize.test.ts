/** Leaving the terminal: what the caller sees, and what the daemon has become. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { run } from '../support/rig.ts';
import { onBoth, onHupd, plain, procField, trials } from './trial.ts';

const program = '[program:a]\ncommand=/bin/sh -c "env > DIR/env; umask > DIR/umask; pwd > DIR/cwd; exec sleep 1000"';

function stat(pid: number): { ppid: string; pgrp: string; session: string; tty: string } {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [, ppid = '', pgrp = '', session = '', tty = ''] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { ppid, pgrp, session, tty };
}

trials('leaving the terminal', () => {
  onBoth(
    'the parent comes back with 0, and the daemon has a session of its own and nothing of the terminal',
    async (trial) => {
      trial.config({});
      const { status, stdout, stderr } = await trial.run(['-c', trial.file]);
      assert.deepEqual([status, stdout, stderr], [0, '', '']);
      const pid = await trial.started();
      const { ppid, pgrp, session, tty } = stat(pid);
      assert.deepEqual([pgrp, session, tty], [`${pid}`, `${pid}`, '0']);
      assert.notEqual(ppid, `${process.pid}`);
      assert.deepEqual(
        [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)),
        Array(3).fill('/dev/null'),
      );
    },
  );

  onHupd('when the parent comes back, everything is there: pid file, socket, an answer', async (trial) => {
    trial.config({ programs: program });
    assert.equal((await trial.run()).status, 0);
    assert.equal(trial.read('s.pid'), `${await trial.started()}\n`);
    assert.deepEqual(await trial.ctl('pid'), { status: 0, stdout: trial.read('s.pid'), stderr: '' });
  });

  onBoth('umask and directory of [supervisord] count for a daemon, and are told', async (trial) => {
    trial.config({ daemon: 'umask=027\ndirectory=/usr', programs: program });
    const pid = await trial.daemonize();
    await trial.until('the program', () => trial.read('cwd') !== '');
    assert.equal(trial.read('umask').trim(), '0027');
    assert.equal(trial.read('cwd').trim(), '/usr');
    assert.equal(readlinkSync(`/proc/${pid}/cwd`), '/usr');
    assert.equal(procField(pid, 'Umask'), '0027');
    assert.equal(statSync(trial.path('s.pid')).mode & 0o777, 0o640);
    const told = trial.plainLog;
    const from = told.indexOf('INFO daemonizing the supervisord process');
    assert.deepEqual(told.slice(from, from + 3), [
      'INFO daemonizing the supervisord process',
      "INFO set current directory: '/usr'",
      'INFO supervisord started with pid N',
    ]);
  });

  onHupd(
    'an upgrade finds the configuration where the first start did, and goes on in the directory of the daemon',
    async (trial) => {
      const writes = 'command=/bin/sh -c "pwd; exec sleep 1000"\nstdout_logfile=here/a.log';
      for (const directory of ['here', 'there', 'there/here']) trial.mkdir(directory);
      trial.config({ daemon: 'directory=DIR/there', programs: `[program:a]\n${writes}\n` });
      assert.equal((await trial.run(['-c', basename(trial.file)], { cwd: trial.dir })).status, 0);
      const pid = await trial.started();
      const upgraded = await run(resolve('bin/hupctl'), ['-c', trial.file, 'upgrade']);
      assert.equal(upgraded.stdout, 'upgraded\n');
      assert.equal(readlinkSync(`/proc/${pid}/cwd`), trial.path('there'));
      await trial.ctl('restart', 'a');
      const line = `${trial.path('there')}\n`;
      await trial.until('both starts', () => trial.read('there/here/a.log') === `${line}${line}`);
    },
  );

  onBoth('umask and directory of [supervisord] do not count in the foreground', async (trial) => {
    trial.config({ daemon: 'umask=027\ndirectory=/usr', programs: program });
    await trial.foreground();
    await trial.until('the program', () => trial.read('cwd') !== '');
    assert.equal(Number.parseInt(trial.read('umask'), 8), process.umask());
    assert.equal(trial.read('cwd').trim(), trial.dir);
  });

  onBoth('-d, -m, -j, -l, -i, -q and -e beat the file', async (trial) => {
    trial.config({ daemon: 'umask=022\ndirectory=/usr\nidentifier=file', programs: program });
    const { status } = await trial.run(
      // prettier-ignore
      [
        '-c',
        trial.file,
        '-d',
        '/etc',
        '-m',
        '077',
        '-j',
        trial.path('other.pid'),
        '-l',
        trial.path('other.log'),
        '-i',
        'flag',
        '-q',
        trial.dir,
        '-e',
        'debug',
      ],
    );
    assert.equal(status, 0);
    await trial.until('the start', () => /spawned: 'a'/.test(trial.read('other.log')));
    const pid = Number(trial.read('other.pid'));
    assert.equal(readlinkSync(`/proc/${pid}/cwd`), '/etc');
    assert.equal(procField(pid, 'Umask'), '0077');
    assert.equal(trial.log, '');
    assert.ok(trial.list().some((name) => /^a-stdout---flag-\w{8}\.log$/.test(name)));
  });

  onBoth('a program does not see how its daemon was started', async (trial) => {
    trial.config({ programs: program });
    await trial.daemonize();
    await trial.until('the program', () => /SUPERVISOR_ENABLED/.test(trial.read('env')));
    const own = new Set(Object.keys(process.env));
    const added = trial
      .read('env')
      .split('\n')
      .map((line) => line.split('=')[0] ?? '')
      .filter((name) => name !== '' && !own.has(name) && !['PWD', 'OLDPWD', 'SHLVL', '_', 'HUPD_TRIAL'].includes(name));
    assert.deepEqual(added.sort(), [
      'SUPERVISOR_ENABLED',
      'SUPERVISOR_GROUP_NAME',
      'SUPERVISOR_PROCESS_NAME',
      'SUPERVISOR_SERVER_URL',
    ]);
  });

  onBoth('the pid file and the socket go at the end, with the daemon', async (trial) => {
    trial.config({ programs: program });
    const pid = await trial.daemonize();
    await trial.logged(/success: a/);
    process.kill(pid, 'SIGTERM');
    await trial.gone(pid);
    assert.deepEqual(
      trial.list().filter((name) => name.startsWith('s.')),
      ['s.conf'],
    );
  });

  onBoth('a pid file that cannot be written is told, and no reason to stop', async (trial) => {
    trial.config({ daemon: 'pidfile=DIR/folder' });
    trial.mkdir('folder');
    await trial.run(['-c', trial.file]);
    await trial.logged(/CRIT could not write pidfile .*\/folder\n/);
    assert.equal((await trial.ctl('status')).status, 0);
    assert.doesNotMatch(trial.log, /supervisord started with pid/);
    const pid = Number((await trial.ctl('pid')).stdout);
    process.kill(pid, 'SIGTERM');
    await trial.gone(pid);
    assert.deepEqual(readdirSync(trial.path('folder')), []);
  });

  onBoth(
    'a pid file of somebody else is overwritten without a look, and one that changed hands stays',
    async (trial) => {
      trial.config({});
      trial.write('s.pid', '1\n');
      const pid = await trial.daemonize();
      await trial.until('the pid file', () => trial.read('s.pid') === `${pid}\n`);
      process.kill(pid, 'SIGTERM');
      await trial.gone(pid);
      assert.equal(trial.read('s.pid'), '');
    },
  );

  onBoth('an error before the terminal is left is on stderr, with status 2', async (trial) => {
    trial.config({ programs: '[program:a]\ncommand=/bin/true\nstopsignal=NOPE' });
    const { status, stdout, stderr } = await trial.run();
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^Error: value 'NOPE' is not a valid signal name in section 'program:a' \(file: .*s\.conf'\)\nFor help, use .* -h\n$/,
    );
    assert.equal(trial.log, '');
  });

  onBoth('a control socket that cannot be made is an error on stderr too, with status 2', async (trial) => {
    trial.config({ server: false, programs: '[unix_http_server]\nfile=DIR/nowhere/s.sock' });
    const { status, stderr } = await trial.run();
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^Error: Cannot open an HTTP server: socket\.error reported errno\.ENOENT \(2\)\nFor help, use .* -h\n$/,
    );
  });

  onBoth('a second daemon with the same socket fails, and the first one serves on', async (trial) => {
    trial.config({ programs: program });
    const pid = await trial.daemonize();
    await trial.logged(/success: a/);
    const { status, stderr } = await trial.run();
    assert.equal(status, 2);
    assert.match(stderr, /^Error: Another program is already listening on a port that one of our HTTP servers/);
    assert.equal((await trial.ctl('pid')).stdout, `${pid}\n`);
    assert.equal(trial.read('s.pid'), `${pid}\n`);
    const logs = trial.list().filter((name) => name.startsWith('a-std'));
    // What the first one's AUTO logs have come to.
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    const deleted = open.some((target) => target.includes('a-stdout---') && target.endsWith('(deleted)'));
    assert.equal(deleted, trial.differs('second-daemon', true, false));
    assert.ok(logs.length >= 2);
  });

  onBoth('a main log that cannot be opened ends the start, with status 1', async (trial) => {
    trial.config({ daemon: 'logfile=DIR/folder' });
    trial.mkdir('folder');
    const { status, stderr } = await trial.run();
    assert.equal(status, 1);
    assert.match(
      stderr,
      trial.differs(
        'main-log-unopenable',
        /IsADirectoryError/,
        /^Error: could not open the log file .*\/folder: EISDIR: /,
      ),
    );
  });

  onBoth('a relative -c and directory= go together at a restart', async (trial) => {
    trial.config({ daemon: 'directory=/usr', programs: program });
    const { status } = await trial.run(['-c', 's.conf']);
    assert.equal(status, 0);
    const pid = await trial.started();
    await trial.logged(/success: a/);
    process.kill(pid, 'SIGHUP');
    if (trial.differs('restart-relative-file', true, false)) {
      await trial.gone(pid);
      return;
    }
    await trial.started(2);
    assert.equal((await trial.ctl('pid')).stdout, `${pid}\n`);
  });

  onHupd('a daemon whose starter was killed comes up all the same', async (trial) => {
    trial.config({ programs: program });
    const parent = trial.launch(['-c', trial.file]);
    // The moment when it has a child of its own.
    await trial.until('the child', () => {
      try {
        return readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8') !== '';
      } catch {
        return true; // it has come and gone between two looks
      }
    });
    parent.kill('SIGKILL');
    await trial.started();
    await trial.logged(/success: a/);
  });

  onBoth(
    "the log of a start has supervisord's lines in its order",
    async (trial) => {
      trial.config({
        daemon: 'loglevel=info',
        programs: '[program:a]\ncommand=/bin/sleep 1000\n[include]\nfiles=DIR/more/*.conf',
      });
      trial.mkdir('more');
      writeFileSync(
        trial.path('more/b.conf'),
        '[program:b]\ncommand=/bin/sleep 1000\nredirect_stderr=true\nstderr_logfile=/dev/null\n',
      );
      await trial.daemonize(['-c', trial.file, '-u', 'root']);
      await trial.logged(/success: b/);
      const lines = plain(trial.log).filter((line) => !line.startsWith('INFO Increased'));
      assert.deepEqual(lines, [
        'WARN For [program:b], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored',
        `INFO Included extra file "${trial.dir}/more/b.conf" during parsing`,
        'INFO Set uid to user 0 succeeded',
        "INFO RPC interface 'supervisor' initialized",
        "CRIT Server 'unix_http_server' running without any HTTP authentication checking",
        'INFO daemonizing the supervisord process',
        'INFO supervisord started with pid N',
        "INFO spawned: 'a' with pid N",
        "INFO spawned: 'b' with pid N",
        'INFO success: a entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
        'INFO success: b entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
      ]);
    },
    { root: true },
  );

  onBoth('called by a link the program says its own path in its errors', async (trial) => {
    const { status, stderr } = await trial.run(['-c', 'nowhere.conf']);
    assert.deepEqual(
      [status, stderr],
      [2, `Error: could not find config file nowhere.conf\nFor help, use ${resolve(trial.command)} -h\n`],
    );
  });
});
