/** What a daemon on node has to take care of that one in Python has not (compat 9.3). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { onBoth, onHupd, type Trial, trials } from './trial.ts';

/** Puts its own environment aside, as the kernel has it. */
const program = '[program:a]\ncommand=/bin/cp /proc/self/environ DIR/environ\nstartsecs=0\nautorestart=false';

async function childVariables(trial: Trial): Promise<readonly string[]> {
  await trial.logged(/exited: a/);
  return readFileSync(trial.path('environ'), 'latin1')
    .split('\0')
    .filter((entry) => entry !== '');
}

/** TCP ports on which that process listens, in hexadecimal. */
function listening(pid: number): readonly string[] {
  const rows = readFileSync('/proc/net/tcp', 'latin1').trim().split('\n').slice(1);
  const ports = new Map<string, string>(
    rows.flatMap((row) => {
      const fields = row.trim().split(/\s+/);
      return fields[3] === '0A' ? [[`socket:[${fields[9]}]`, fields[1] ?? ''] as const] : [];
    }),
  );
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return ports.get(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
    } catch {
      return [];
    }
  });
}

trials('node', () => {
  for (const leaves of [false, true]) {
    const how = leaves ? 'as a daemon' : 'in the foreground';
    onHupd(`NODE_OPTIONS reach the programs and mean nothing to hupd, ${how}`, async (trial) => {
      trial.config({ programs: `${program}\nenvironment=X="%(ENV_NODE_OPTIONS)s"` });
      trial.write('required.js', '');
      const NODE_OPTIONS = `--inspect=127.0.0.1:0 --require ${trial.path('required.js')}`;
      const env = { ...process.env, NODE_OPTIONS };
      const pid = leaves
        ? await trial.daemonize(undefined, env)
        : ((await trial.foreground(undefined, { env })).pid ?? 0);
      const variables = await childVariables(trial);
      assert.ok(variables.includes(`NODE_OPTIONS=${NODE_OPTIONS}`));
      assert.ok(variables.includes(`X=${NODE_OPTIONS}`));
      assert.deepEqual(
        variables.filter((entry) => entry.startsWith('HUPD_') && !(entry.slice(0, entry.indexOf('=')) in process.env)),
        [`HUPD_TRIAL=${trial.dir}`],
      );
      assert.deepEqual(listening(pid), []);
      const own = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      assert.ok(!own.some((entry) => entry.startsWith('NODE_OPTIONS=')));
    });

    onBoth(`variables are handed on byte by byte, ${how}`, async (trial) => {
      trial.config({ programs: program });
      const command = `BYTES=$(printf 'a\\377\\376b'); export BYTES; ${trial.command} ${leaves ? '' : '-n'} -c ${trial.file}`;
      trial.launch(['-c', command], { command: '/bin/sh' });
      await trial.started();
      assert.ok((await childVariables(trial)).includes('BYTES=a\xff\xfeb'));
    });

    onBoth(`variables whose names are not identifiers are handed on, ${how}`, async (trial) => {
      trial.config({ programs: program });
      const env = { ...process.env, 'spring.profile': 'x', NODE_OPTIONS: '--no-warnings' };
      if (leaves) await trial.daemonize(undefined, env);
      else await trial.foreground(undefined, { env });
      const variables = await childVariables(trial);
      assert.ok(variables.includes('spring.profile=x'));
      assert.ok(variables.includes('NODE_OPTIONS=--no-warnings'));
    });
  }

  onHupd('SIGUSR1 during the start opens no debugger', async (trial) => {
    trial.config({});
    for (const delay of [20, 30, 40, 50, 60, 80, 100, 130, 160]) {
      const daemon = trial.launch();
      await sleep(delay); // the moment is what is tried
      daemon.kill('SIGUSR1');
      const came = await trial.until('the start or the end', () => {
        if (daemon.signalCode !== null) return 'gone'; // before node had any handler: the default action
        return trial.output.includes('supervisord started') ? 'up' : null;
      });
      if (came === 'up') assert.deepEqual(listening(daemon.pid ?? 0), [], `after ${delay} ms`);
      daemon.kill('SIGTERM');
      await trial.ended(daemon);
      trial.output = '';
    }
  });

  onBoth('the pipe on stdout stays as it was: blocking', async (trial) => {
    trial.config({});
    writeFileSync(trial.path('run.sh'), `${trial.command} -n -c ${trial.file} | cat > out`);
    trial.launch(['run.sh'], { command: '/bin/sh' });
    await trial.until('the start', () => /started with pid/.test(trial.read('out')));
    const pid = Number(trial.read('s.pid'));
    const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/1`, 'latin1'))?.[1] ?? '0';
    assert.equal(Number.parseInt(flags, 8) & 0o4000, 0);
  });

  onHupd('more records than a pipe holds arrive, all and in order, however slow the reader', async (trial) => {
    trial.config({
      daemon: 'loglevel=debug',
      programs:
        '[program:a]\ncommand=/bin/sh -c "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; exec sleep 1000"\nstdout_logfile=NONE',
    });
    writeFileSync(trial.path('run.sh'), `${trial.command} -n -c ${trial.file} | (sleep 2; cat > out)`);
    trial.launch(['run.sh'], { command: '/bin/sh' });
    await trial.until('the last line', () => /^line 2999$/m.test(trial.read('out')));
    const numbers = [...trial.read('out').matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));
    assert.deepEqual(
      numbers,
      Array.from({ length: 3000 }, (_, index) => index),
    );
  });
});
