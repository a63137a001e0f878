/** As whom the daemon runs, and how much it may have (compat 4.6, 4.7). */
import assert from 'node:assert/strict';
import { chownSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { run } from '../support/rig.ts';
import { onBoth, onHupd, procField, trials } from './trial.ts';

const program = `[program:a]
command=/bin/sh -c "ulimit -Sn > DIR/soft; ulimit -Hn > DIR/hard; ulimit -u > DIR/procs; id -u > DIR/uid; exec sleep 1000"
stdout_logfile=NONE
stderr_logfile=NONE`;

trials('the daemon as somebody else', () => {
  onBoth(
    'user= gives it the uid, the gid and the groups of that user, and everything that it makes is theirs',
    async (trial) => {
      chownSync(trial.dir, 65534, 65534);
      trial.config({ daemon: 'user=nobody', programs: '[program:a]\ncommand=/bin/sleep 1000' });
      const pid = await trial.daemonize();
      await trial.logged(/success: a/);
      assert.equal(procField(pid, 'Uid'), '65534\t65534\t65534\t65534');
      assert.equal(procField(pid, 'Gid'), '65534\t65534\t65534\t65534');
      assert.equal(procField(pid, 'Groups'), '65534');
      const owners = trial
        .list()
        .filter((name) => name !== 's.conf')
        .map((name) => statSync(trial.path(name)).uid);
      assert.deepEqual([...new Set(owners)], [65534]);
      assert.ok(trial.plainLog.includes('INFO Set uid to user 65534 succeeded'));
      assert.doesNotMatch(trial.log, /running as root/);
      const child = Number(/spawned: 'a' with pid (\d+)/.exec(trial.log)?.[1]);
      assert.equal(procField(child, 'Uid'), '65534\t65534\t65534\t65534');
      process.kill(pid, 'SIGHUP');
      await trial.started(2);
      assert.equal(trial.plainLog.filter((line) => line === 'INFO Set uid to user 65534 succeeded').length, 2);
    },
    { root: true },
  );

  onHupd(
    'one that has become another user can be upgraded, and its programs run on',
    async (trial) => {
      chownSync(trial.dir, 65534, 65534);
      trial.config({ daemon: 'user=nobody', programs: '[program:a]\ncommand=/bin/sleep 1000' });
      const pid = await trial.daemonize();
      await trial.logged(/success: a/);
      const { stdout } = await run(resolve('bin/hupctl'), ['-c', trial.file, 'upgrade']);
      assert.equal(stdout, 'upgraded\n', trial.log);
      assert.equal(procField(pid, 'Uid'), '65534\t65534\t65534\t65534');
      assert.match(trial.log, /upgraded in place: 1 processes run on as they were/);
    },
    { root: true },
  );

  onBoth(
    'somebody who is not root cannot become somebody else',
    async (trial) => {
      chownSync(trial.dir, 65534, 65534);
      trial.config({ daemon: 'user=root' });
      const { status, stderr } = await trial.run(
        ['--reuid=65534', '--regid=65534', '--clear-groups', trial.command, '-c', trial.file],
        { command: '/usr/bin/setpriv' },
      );
      assert.equal(status, 2);
      assert.match(stderr, /^Error: Can't drop privilege as nonroot user\nFor help, use .* -h\n$/);
    },
    { root: true },
  );

  onBoth(
    'somebody who is not root can be who they are',
    async (trial) => {
      chownSync(trial.dir, 65534, 65534);
      trial.config({ daemon: 'user=nobody', programs: program });
      trial.launch(['--reuid=65534', '--regid=65534', '--clear-groups', trial.command, '-n', '-c', trial.file], {
        command: '/usr/bin/setpriv',
      });
      await trial.started();
      await trial.until('the program', () => trial.read('uid') === '65534\n');
    },
    { root: true },
  );

  onBoth('an unknown user is an error', async (trial) => {
    trial.config({ daemon: 'user=nobody-of-that-name' });
    const { status, stderr } = await trial.run();
    assert.equal(status, 2);
    assert.match(stderr, /^Error: Invalid user name nobody-of-that-name\n|^Error: .*nobody-of-that-name/);
  });

  onBoth('minfds raises the limit of open files for the programs, which the log tells', async (trial) => {
    trial.config({ daemon: 'minfds=700\nminprocs=10', programs: program });
    trial.launch(['-c', `ulimit -Sn 600; ${trial.command} -n -c ${trial.file}; exit $?`], { command: '/bin/sh' });
    await trial.started();
    await trial.until('the program', () => trial.read('uid') !== '');
    assert.equal(trial.read('soft'), '700\n');
    assert.match(trial.log, /INFO Increased RLIMIT_NOFILE limit to 700\n/);
  });

  onBoth('and never lowers it', async (trial) => {
    trial.config({ daemon: 'minfds=700', programs: program });
    trial.launch(['-c', `ulimit -Sn 800; ${trial.command} -n -c ${trial.file}; exit $?`], { command: '/bin/sh' });
    await trial.started();
    await trial.until('the program', () => trial.read('uid') !== '');
    assert.equal(trial.read('soft'), '800\n');
    assert.doesNotMatch(trial.log, /Increased/);
  });

  onBoth('what a shell has set before it became the daemon', async (trial) => {
    trial.config({ daemon: 'minfds=700', programs: program });
    trial.launch(['-c', `ulimit -Sn 800; exec ${trial.command} -n -c ${trial.file}`], { command: '/bin/sh' });
    await trial.started();
    await trial.until('the program', () => trial.read('uid') !== '');
    assert.equal(trial.read('soft') === '800\n', trial.differs('limit-after-exec', true, false));
  });

  onBoth('programs have it as a daemon too', async (trial) => {
    trial.config({ daemon: 'minfds=700', programs: program });
    await trial.run(['-c', `ulimit -Sn 800; ${trial.command} -c ${trial.file}; exit $?`], { command: '/bin/sh' });
    await trial.until('the program', () => trial.read('uid') !== '');
    assert.equal(trial.read('soft'), '800\n');
  });

  for (const [option, letter, text] of [
    [
      'minfds',
      'n',
      (hard: number) =>
        `Error: The minimum number of file descriptors required to run this process is 900000 as per the "minfds" command-line argument or config file setting. The current environment will only allow you to open ${hard} file descriptors.  Either raise the number of usable file descriptors in your environment (see README.rst) or lower the minfds setting in the config file to allow the process to start.\n`,
    ],
    [
      'minprocs',
      'u',
      (hard: number) =>
        `Error: The minimum number of available processes required to run this program is 900000 as per the "minprocs" command-line argument or config file setting. The current environment will only allow you to open ${hard} processes.  Either raise the number of usable processes in your environment (see README.rst) or lower the minprocs setting in the config file to allow the program to start.\n`,
    ],
  ] as const) {
    onBoth(
      `${option} above what the machine allows is an error`,
      async (trial) => {
        chownSync(trial.dir, 65534, 65534);
        trial.config({ daemon: `${option}=900000` });
        const shell = `ulimit -${letter} 5000; exec setpriv --reuid=65534 --regid=65534 --clear-groups ${trial.command} -c ${trial.file}`;
        const { status, stderr } = await trial.run(['-c', shell], { command: '/bin/bash' });
        assert.equal(status, 2);
        assert.equal(stderr.split('For help')[0], text(trial.differs('limit-hard-number', 900000, 5000)));
      },
      { root: true },
    );
  }
});
