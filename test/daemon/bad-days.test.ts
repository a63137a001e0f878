/** Bad days: the daemon lives, says what is wrong once, and recovers when it can. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { onHupd, procField, type Trial, trials } from './trial.ts';

const chatter = (target: string) =>
  `[program:a]\ncommand=/bin/sh -c "while sleep 0.02; do echo line; done"\nstdout_logfile=${target}\nstderr_logfile=NONE`;

const count = (trial: Trial, pattern: RegExp) => trial.output.match(pattern)?.length ?? 0;

trials('bad days', () => {
  onHupd('a log on a device that is full is told once, and the program runs on', async (trial) => {
    trial.config({ programs: `${chatter('/dev/full')}\nstdout_logfile_maxbytes=0` });
    await trial.foreground();
    await trial.logged(/ERRO cannot write log \/dev\/full: ENOSPC/);
    await trial.logged(/success: a/);
    assert.equal(count(trial, /cannot write log \/dev\/full/g), 1);
    assert.match((await trial.ctl('status')).stdout, /^a +RUNNING/);
  });

  onHupd(
    'a disk that is full and is emptied again',
    async (trial) => {
      mkdirSync(trial.path('disk'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', trial.path('disk')]);
      try {
        trial.config({
          programs:
            '[program:a]\ncommand=/bin/sh -c "while sleep 0.01; do printf %%4096d 1; done"\nstdout_logfile=DIR/disk/a.log\nstdout_logfile_maxbytes=0\nstderr_logfile=NONE',
        });
        const daemon = await trial.foreground();
        await trial.logged(/ERRO cannot write log .*disk\/a\.log: ENOSPC/);
        assert.match((await trial.ctl('status')).stdout, /^a +(RUNNING|STARTING)/);
        await trial.ctl('clear', 'a');
        await trial.logged(/WARN log .*disk\/a\.log can be written again; \d+ bytes were dropped/);
        daemon.kill('SIGTERM');
        assert.equal((await trial.ended(daemon)).status, 0);
      } finally {
        execFileSync('umount', ['-l', trial.path('disk')]);
      }
    },
    { root: true },
  );

  onHupd('a log directory that is removed: told at the next start, and it recovers when it is back', async (trial) => {
    mkdirSync(trial.path('logs'));
    trial.config({ programs: `${chatter('DIR/logs/a.log')}\nstartretries=20` });
    await trial.foreground();
    await trial.logged(/success: a/);
    rmSync(trial.path('logs'), { recursive: true });
    await trial.ctl('restart', 'a');
    await trial.logged(/spawnerr: unknown error making dispatchers for 'a': ENOENT/);
    mkdirSync(trial.path('logs'));
    await trial.until('a new log', () => trial.read('logs/a.log') !== '');
    await trial.until('RUNNING', async () => /RUNNING/.test((await trial.ctl('status')).stdout));
  });

  onHupd('a main log whose directory is moved away is found again after USR2', async (trial) => {
    mkdirSync(trial.path('logs'));
    trial.config({ daemon: 'logfile=DIR/logs/main.log', programs: chatter('NONE') });
    const daemon = await trial.foreground();
    renameSync(trial.path('logs'), trial.path('moved'));
    daemon.kill('SIGUSR2');
    await trial.until('the complaint', () => /cannot write log .*main\.log: ENOENT/.test(trial.output));
    mkdirSync(trial.path('logs'));
    await trial.ctl('restart', 'a');
    await trial.until('the log', () => /stopped: a/.test(trial.read('logs/main.log')));
  });

  onHupd(
    'descriptors that run out: the start is refused with words, and works when there are some again',
    async (trial) => {
      trial.config({
        daemon: 'minfds=1',
        programs:
          '[program:many]\ncommand=/bin/sleep 1000\nnumprocs=40\nprocess_name=%(process_num)02d\nstartretries=0\nstdout_logfile=NONE\nstderr_logfile=NONE\nautostart=false',
      });
      trial.launch(['-c', `ulimit -n 80; ${trial.command} -n -c ${trial.file}; exit $?`], { command: '/bin/bash' });
      const pid = await trial.started();
      await trial.ctl('start', 'many:*');
      await trial.logged(
        /spawnerr: (too many open files to spawn|unknown error making dispatchers for) 'many|spawnerr: too many open files to spawn '\d\d'/,
      );
      const open = () => readdirSync(`/proc/${pid}/fd`).length;
      const before = open();
      await trial.ctl('stop', 'many:*');
      await trial.until('descriptors to be free again', () => open() < before - 20);
      assert.equal((await trial.ctl('start', 'many:00')).stdout, 'many:00: started\n');
      assert.doesNotMatch(trial.log, /internal error/);
    },
  );

  onHupd('a gigabyte without a newline passes through, in bounded memory', async (trial) => {
    trial.config({
      programs:
        '[program:a]\ncommand=/bin/sh -c "head -c 1073741824 /dev/zero; echo done > DIR/done; exec sleep 1000"\nstdout_logfile=DIR/a.log\nstdout_logfile_maxbytes=1MB\nstdout_logfile_backups=1\nstderr_logfile=NONE\nstdout_events_enabled=true\nstdout_capture_maxbytes=1MB',
    });
    const daemon = await trial.foreground();
    let most = 0;
    await trial.until('the end of it', () => {
      most = Math.max(most, Number.parseInt(procField(daemon.pid ?? 0, 'VmRSS'), 10));
      return trial.read('done') === 'done\n';
    });
    assert.ok(most < 400_000, `${most} kB`);
    assert.match((await trial.ctl('status')).stdout, /^a +RUNNING/);
    assert.ok(readFileSync(trial.path('a.log')).length <= 2 << 20);
  });
});
