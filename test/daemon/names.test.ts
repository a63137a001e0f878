/** The names by which hupd can be called: supervisord, and supervisord's small programs (compat 13). */
import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { isAlive } from '../support/rig.ts';
import { onBoth, onHupd, type Trial, trials } from './trial.ts';

function link(trial: Trial, name: string): string {
  const path = trial.path(name);
  symlinkSync(resolve('bin/hupd'), path);
  return path;
}

/** The original, or hupd by that name. */
function called(trial: Trial, name: 'pidproxy' | 'echo_supervisord_conf'): string {
  return trial.hupd ? link(trial, name) : `/usr/bin/${name}`;
}

/** A program that writes its pid and what it is sent; pidproxy's own child is another one. */
const daemonScript = `echo $$ > DIR/real.pid
for s in TERM HUP INT USR1 USR2 QUIT; do trap "echo $s >> DIR/got" $s; done
echo up >> DIR/got
while :; do sleep 0.05; done`;

async function proxied(trial: Trial): Promise<ReturnType<Trial['launch']>> {
  trial.write('real.sh', daemonScript);
  trial.launch(['real.sh'], { command: '/bin/sh' });
  await trial.until('the program', () => trial.read('got') === 'up\n');
  const proxy = trial.launch(['real.pid', '/bin/sh', '-c', 'echo child-up; exec sleep 1000'], {
    command: called(trial, 'pidproxy'),
  });
  await trial.until('the child', () => trial.output.includes('child-up'));
  return proxy;
}

trials('other names', () => {
  onHupd(
    'linked as supervisord it is supervisord: in its usage, its errors and the table of processes',
    async (trial) => {
      const command = link(trial, 'supervisord');
      const help = await trial.run(['-h'], { command });
      assert.equal(help.status, 0);
      assert.match(help.stdout, /^supervisord -- run a set of applications as daemons\./);
      assert.ok(help.stdout.includes(`Usage: ${command} [options]`));
      const wrong = await trial.run(['--bogus'], { command });
      assert.equal(wrong.stderr, `Error: option --bogus not recognized\nFor help, use ${command} -h\n`);
      trial.config({});
      const daemon = await trial.foreground(undefined, { command });
      assert.equal(readFileSync(`/proc/${daemon.pid}/comm`, 'utf8'), 'supervisord\n');
      assert.match(readFileSync(`/proc/${daemon.pid}/cmdline`, 'latin1'), /\0.*\/supervisord\0-n\0/);
    },
  );

  onHupd('as itself it is hupd', async (trial) => {
    assert.match((await trial.run(['-h'])).stdout, /^hupd -- run a set of applications as daemons\./);
    trial.config({});
    const pid = await trial.daemonize();
    assert.equal(readFileSync(`/proc/${pid}/comm`, 'utf8'), 'hupd\n');
  });

  onBoth('echo_supervisord_conf prints a file to begin with, whatever its arguments', async (trial) => {
    const { status, stdout, stderr } = await trial.run(['x'], { command: called(trial, 'echo_supervisord_conf') });
    assert.deepEqual([status, stderr], [0, '']);
    assert.ok(stdout.startsWith('; Sample supervisor config file'));
    // It can be used as it is.
    trial.write('s.conf', stdout.replaceAll('=/tmp/', `=${trial.dir}/`).replace('///tmp/', `//${trial.dir}/`));
    trial.launch(['-n', '-c', trial.file]);
    await trial.until('the start', () => /supervisord started/.test(trial.output));
  });

  onBoth('pidproxy passes signals on to the pid in the file, and goes after TERM, INT and QUIT', async (trial) => {
    for (const [name, ends] of [
      ['HUP', false],
      ['USR1', false],
      ['USR2', false],
      ['TERM', true],
    ] as const) {
      const proxy = await proxied(trial);
      proxy.kill(`SIG${name}`);
      await trial.until(name, () => trial.read('got') === `up\n${name}\n`);
      if (ends) assert.deepEqual(await trial.ended(proxy), { status: 0, signal: null });
      else assert.ok(isAlive(proxy.pid ?? 0));
      proxy.kill('SIGKILL');
      trial.write('got', '');
      trial.output = '';
      if (trial.hupd) trial.remove('pidproxy');
    }
  });

  onBoth('pidproxy without a pid file says so and goes on', async (trial) => {
    const proxy = trial.launch(['nowhere.pid', '/bin/sh', '-c', 'echo up; exec sleep 1000'], {
      command: called(trial, 'pidproxy'),
    });
    await trial.until('the child', () => trial.output.includes('up'));
    proxy.kill('SIGTERM');
    await trial.until('the complaint', () => trial.output.includes("Can't read child pidfile nowhere.pid!\n"));
    assert.ok(isAlive(proxy.pid ?? 0));
    proxy.kill('SIGKILL');
  });

  onBoth('pidproxy ends with 0 when its program does', async (trial) => {
    const started = performance.now();
    const { status, stdout } = await trial.run(['nowhere.pid', '/bin/sh', '-c', 'echo "$0 $1"; exit 3', 'a', 'b'], {
      command: called(trial, 'pidproxy'),
    });
    assert.deepEqual([status, stdout], [0, 'a b\n']);
    // The original looks every five seconds.
    if (trial.differs('pidproxy-exit', false, true)) assert.ok(performance.now() - started < 5000);
  });

  onBoth('pidproxy does not search its program, and ends with 0 when there is none', async (trial) => {
    const { status } = await trial.run(['nowhere.pid', 'sh', '-c', 'echo found'], {
      command: called(trial, 'pidproxy'),
    });
    assert.equal(status, 0);
  });

  onBoth('pidproxy without a program prints its usage, status 1', async (trial) => {
    const command = called(trial, 'pidproxy');
    const { status, stdout } = await trial.run(['only.pid'], { command });
    assert.equal(status, 1);
    assert.ok(stdout.includes(`Usage: ${command} <pidfile name> <command> [<cmdarg1> ...]`));
  });
});
