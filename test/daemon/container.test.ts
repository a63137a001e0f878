/** As process 1 of a pid namespace, as in a container: orphans are its to reap, and its exit status is the container's. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { needs } from '../support/needs.ts';
import { childrenOf } from '../support/rig.ts';
import { onBoth, procField, type Trial, trials } from './trial.ts';

interface Container {
  readonly unshare: ReturnType<Trial['launch']>;
  /** Of process 1, outside. */
  readonly pid: number;
}

async function contain(trial: Trial, args: readonly string[] = ['-n', '-c', trial.file]): Promise<Container> {
  const unshare = trial.launch(['-pf', '--mount-proc', trial.command, ...args], { command: 'unshare' });
  await trial.started();
  const [pid] = childrenOf(unshare.pid ?? 0);
  assert.ok(pid !== undefined);
  return { unshare, pid };
}

function possible(trial: Trial): boolean {
  return needs(trial.t, { command: 'unshare', apt: 'util-linux' });
}

trials('process 1', () => {
  onBoth(
    'orphans are reaped, each with a line, and none stays a zombie',
    async (trial) => {
      if (!possible(trial)) return;
      // Two orphans of a program that lives on: one exits, one is killed.
      trial.config({
        programs: `[program:a]
command=/bin/sh -c "(sh -c 'sleep 0.5; exit 3' &); (sh -c 'sleep 0.5; kill -SEGV $$' &); exec sleep 1000"`,
      });
      const { pid } = await contain(trial);
      assert.equal(procField(pid, 'NSpid').split('\t').at(-1), '1');
      await trial.logged(/INFO reaped unknown pid \d+ \(exit status 3\)\n/);
      await trial.logged(/INFO reaped unknown pid \d+ \(terminated by SIGSEGV( \(core dumped\))?\)\n/);
      const states = childrenOf(pid).map((child) => procField(child, 'State'));
      assert.deepEqual(
        states.filter((state) => state.startsWith('Z')),
        [],
      );
    },
    { root: true },
  );

  onBoth(
    'what docker stop sends is honoured, with status 0',
    async (trial) => {
      if (!possible(trial)) return;
      trial.config({ programs: '[program:a]\ncommand=/bin/sleep 1000' });
      const { unshare, pid } = await contain(trial);
      await trial.logged(/success: a/);
      process.kill(pid, 'SIGTERM');
      assert.deepEqual(await trial.ended(unshare), { status: 0, signal: null });
      assert.match(trial.log, /WARN received SIGTERM indicating exit request/);
      assert.match(trial.log, /stopped: a \(terminated by SIGTERM\)/);
    },
    { root: true },
  );

  onBoth(
    'an error is the exit status',
    async (trial) => {
      if (!possible(trial)) return;
      trial.config({ daemon: 'loglevel=loud' });
      const { status } = await trial.run(['-pf', '--mount-proc', trial.command, '-n', '-c', trial.file], {
        command: '/usr/bin/unshare',
      });
      assert.equal(status, 2);
    },
    { root: true },
  );

  onBoth(
    'many orphans at once are no trouble',
    async (trial) => {
      if (!possible(trial)) return;
      trial.config({
        programs: `[program:a]
command=/bin/sh -c "i=0; while [ $i -lt 300 ]; do (sleep 0.3 &); i=$((i+1)); done; echo done; exec sleep 1000"
stdout_logfile=DIR/a.log`,
      });
      const { pid } = await contain(trial);
      await trial.until('all of them', () => trial.read('a.log') === 'done\n');
      await trial.until('the end of all of them', () => childrenOf(pid).length === 1);
      assert.equal(trial.log.match(/reaped unknown pid/g)?.length, 300);
    },
    { root: true },
  );

  onBoth(
    'a restart keeps process 1',
    async (trial) => {
      if (!possible(trial)) return;
      trial.config({ programs: '[program:a]\ncommand=/bin/sleep 1000' });
      const { pid } = await contain(trial);
      await trial.logged(/success: a/);
      process.kill(pid, 'SIGHUP');
      await trial.started(2);
      assert.equal(readFileSync(trial.path('s.pid'), 'utf8'), '1\n');
      assert.ok(readdirSync('/proc').includes(`${pid}`));
    },
    { root: true },
  );
});
