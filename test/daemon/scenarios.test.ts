/**
 * Supervisor's own end-to-end scenarios (compat 10) on both servers, each under the number of the issue that it comes from. Those in which a client
 * is at work are in `scenarios-ctl.test.ts`.
 */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { needs } from '../support/needs.ts';
import { onBoth, procField, type Trial, trials } from './trial.ts';

const oneShot = (name: string, command: string, more = ''): string =>
  `[program:${name}]\ncommand=${command}\nstartsecs=0\nstartretries=0\nautorestart=false\nstdout_logfile=DIR/${name}.log\n${more}\n`;

const listener = resolve('test/support/listeners/text-mode.py');

function python(trial: Trial): boolean {
  return needs(trial.t, { command: 'python3', apt: 'python3' });
}

trials('scenarios of programs', () => {
  onBoth('291a: a variable full of percent signs arrives as it is', async (trial) => {
    const value = '%%%% %(x)s %s %d 100% %';
    trial.config({
      daemon: 'loglevel=debug',
      programs: oneShot('print_env', '/bin/cp /proc/self/environ DIR/environ'),
    });
    await trial.foreground(undefined, { env: { ...process.env, SIGNS: value } });
    await trial.logged(/exited: print_env/);
    assert.ok(trial.read('environ').split('\0').includes(`SIGNS=${value}`));
  });

  onBoth('638: a byte that is no UTF-8 is told as Python shows it, and nothing breaks', async (trial) => {
    trial.config({ daemon: 'loglevel=debug', programs: oneShot('produce', `/bin/sh -c "printf '\\\\210\\\\n'"`) });
    await trial.foreground();
    await trial.logged(/Undecodable: b'\\x88\\n'/);
    await trial.logged(/received SIGCHLD indicating a child quit/);
    await trial.logged(/exited: produce \(exit status 0; expected\)/);
  });

  onBoth('663: a listener gets a tick every five seconds, and goes on after each', async (trial) => {
    if (!python(trial)) return;
    trial.config({
      daemon: 'loglevel=debug',
      programs: `[eventlistener:ticks]\ncommand=python3 -u ${listener} DIR/events\nevents=TICK_5`,
    });
    await trial.foreground();
    await trial.logged(/(OKREADY[\s\S]*BUSY -> ACKNOWLEDGED[\s\S]*){2}/);
    const [first, second] = [...trial.read('events').matchAll(/^TICK_5 when:(\d+)$/gm)].map(([, when]) => Number(when));
    assert.equal(Number(second) - Number(first), 5);
    assert.equal(Number(first) % 5, 0);
  });

  onBoth('664: a program may have a name that is not ASCII', async (trial) => {
    trial.config({ programs: '[program:test_öäü]\ncommand=/bin/cat' });
    await trial.foreground();
    await trial.logged(/success: test_öäü entered RUNNING state/);
    assert.match((await trial.ctl('status')).stdout, /^test_öäü +RUNNING/);
  });

  onBoth('733: a listener of one line in sh ends the daemon, whose direct child it is', async (trial) => {
    trial.config({
      programs: `[program:nonexistent]\ncommand=/no/such/program\nstartsecs=0\nstartretries=0\nautorestart=false
[eventlistener:fatal]\ncommand=/bin/sh -c 'echo READY && read line && kill -15 $PPID && echo "RESULT 2" && printf OK'
events=PROCESS_STATE_FATAL\nstartsecs=0`,
    });
    const daemon = await trial.foreground();
    await trial.logged(/gave up: nonexistent entered FATAL state/);
    await trial.logged(/received SIGTERM indicating exit request/);
    assert.deepEqual(await trial.ended(daemon), { status: 0, signal: null });
  });

  onBoth('986: doubled percent signs in a command are single ones', async (trial) => {
    trial.config({ programs: oneShot('echo', '/bin/echo "%%h:%%p %%P"') });
    await trial.foreground();
    await trial.until('its output', () => trial.read('echo.log') === '%h:%p %P\n');
  });

  for (const [letter, own, wanted] of [
    ['a', '', 'set from [supervisord] section'],
    ['b', 'environment=FOO="set from [program] section"', 'set from [program] section'],
  ] as const) {
    onBoth(`1170${letter}: %(ENV_FOO)s in a command is ${wanted}`, async (trial) => {
      trial.config({
        daemon: 'environment=FOO="set from [supervisord] section"',
        programs: oneShot('echo', '/bin/echo "%(ENV_FOO)s"', own),
      });
      await trial.foreground();
      await trial.until('its output', () => trial.read('echo.log') === `${wanted}\n`);
    });
  }

  onBoth('1170c: %(ENV_FOO)s in the command of a listener is that of its own section', async (trial) => {
    trial.config({
      daemon: 'environment=FOO="set from [supervisord] section"',
      programs: `[eventlistener:cat]\ncommand=/bin/sh -c "echo '%(ENV_FOO)s' >&2; exec cat"
environment=FOO="set from [eventlistener] section"\nevents=PROCESS_STATE\nstderr_logfile=DIR/cat.err`,
    });
    await trial.foreground();
    await trial.until('its output', () => trial.read('cat.err') === 'set from [eventlistener] section\n');
  });

  onBoth('1224: /dev/stdout is a main log, also when an option is given twice', async (trial) => {
    trial.config({
      daemon: 'logfile=/dev/stdout\nlogfile_maxbytes=0\nnodaemon=true\nnodaemon=true',
      programs: '[program:cat]\ncommand=/bin/cat\nstartsecs=0',
    });
    // A file: what stands behind Node's own pipes is a socket, which cannot be opened by a name.
    trial.launch(['-c', `exec ${trial.command} -c ${trial.file} > out`], { command: '/bin/sh' });
    await trial.until('cat', () => /cat entered RUNNING state/.test(trial.read('out')));
  });

  for (const [letter, setting, args, wanted] of [
    ['a', '', [], 'supervisor'],
    ['b', 'identifier=from_config_file', [], 'from_config_file'],
    ['c', 'identifier=from_config_file', ['-i', 'from_command_line'], 'from_command_line'],
  ] as const) {
    onBoth(`1483${letter}: the identifier is ${wanted}`, async (trial) => {
      trial.config({ daemon: setting });
      await trial.foreground(['-n', '-c', trial.file, ...args]);
      assert.match(await trial.call('supervisor.getIdentification'), new RegExp(`<string>${wanted}</string>`));
    });
  }

  onBoth('a configuration without any program is valid', async (trial) => {
    trial.config({});
    const daemon = await trial.foreground();
    daemon.kill('SIGTERM');
    assert.deepEqual(await trial.ended(daemon), { status: 0, signal: null });
  });

  onBoth('a program that ignores TERM is killed after stopwaitsecs', async (trial) => {
    trial.config({
      programs: `[program:spew]\ncommand=/bin/sh -c "trap '' TERM; echo up; while :; do sleep 0.1; done"\nstopwaitsecs=1\nstdout_logfile=DIR/spew.log`,
    });
    await trial.foreground();
    await trial.until('the program', () => trial.read('spew.log') === 'up\n');
    await trial.logged(/success: spew/);
    assert.equal((await trial.ctl('stop', 'spew')).stdout, 'spew: stopped\n');
    assert.match(
      trial.log,
      /WARN killing 'spew' \(\d+\) with SIGKILL\n[\s\S]*WARN stopped: spew \(terminated by SIGKILL\)/,
    );
  });

  onBoth(
    '%(here)s is the directory of the file that contains it, and an included file overrides [supervisord]',
    async (trial) => {
      trial.mkdir('example');
      trial.write(
        'example/included.conf',
        '[supervisord]\nchildlogdir=%(here)s\n[program:included]\ncommand=/bin/sh -c "echo %(here)s; exec cat"',
      );
      trial.config({ programs: '[include]\nfiles=%(here)s/example/*.conf' });
      const daemon = await trial.foreground();
      const log = () => trial.list('example').find((name) => /^included-stdout---supervisor-/.test(name)) ?? 'none';
      await trial.until('its output', () => trial.read(`example/${log()}`) === `${trial.path('example')}\n`);
      assert.equal(procField(daemon.pid ?? 0, 'State').slice(0, 1), 'S');
    },
  );
});
