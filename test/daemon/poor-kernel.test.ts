/** Where the kernel refuses what a rolling reload lives on: it is said, with the remedy, and everything else goes on; with the remedy all is well. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { freePort } from '../support/gunicorn.ts';
import { ask } from '../support/load.ts';
import { needs } from '../support/needs.ts';
import { run } from '../support/rig.ts';
import { onHupd, trials } from './trial.ts';

const hupctl = resolve('bin/hupctl');
const server = `node ${resolve('conf.d/web/server.mjs')}`;
const withoutPidfd = resolve('test/support/without-pidfd.py');

const rolling = (name: string, port: number, more = '') =>
  `[program:${name}]\ncommand=${server}\nenvironment=PORT="${port}",BOOT_SECS="0"\nreload_strategy=rolling\nreload_timeout=20\n${more}\n`;

trials('a poor kernel', () => {
  onHupd(
    'without pidfd_getfd hupd says so once at its start, and a rolling reload says what helps: socket=',
    async (trial) => {
      if (!needs(trial.t, { command: 'python3', apt: 'python3' })) return;
      const [plain, kept] = [await freePort(), await freePort()];
      trial.config({
        programs: rolling('plain', plain) + rolling('kept', kept, `socket=tcp://127.0.0.1:${kept}`),
      });
      trial.launch([withoutPidfd, trial.command, '-n', '-c', trial.file], { command: 'python3' });
      await trial.started();
      assert.deepEqual(
        [...trial.log.matchAll(/WARN (.*pidfd.*)\n/g)].map(([, text]) => text),
        [
          'listening sockets can not be taken over from a running process (pidfd_getfd: EPERM; Linux 5.6 or a less strict seccomp profile would do); programs with reload_strategy=rolling need socket=',
        ],
      );
      for (const port of [plain, kept]) {
        const target = { host: '127.0.0.1', port };
        await trial.until(`an answer on ${port}`, async () => (await ask(target)).error === null);
      }
      await trial.logged(/success: plain[\s\S]*success: kept|success: kept[\s\S]*success: plain/);

      const before = (await ask({ host: '127.0.0.1', port: plain })).body;
      const refused = await run(hupctl, ['-c', trial.file, 'reload', 'plain']);
      assert.equal(refused.status, 1);
      assert.match(
        refused.stdout,
        /^plain: no sockets: the listening sockets of process \d+ can not be taken over \(pidfd_open: EPERM;.*socket=/m,
      );
      assert.match(refused.stdout, /EADDRINUSE/);
      assert.equal((await ask({ host: '127.0.0.1', port: plain })).body, before);

      const first = (await ask({ host: '127.0.0.1', port: kept })).body;
      const done = await run(hupctl, ['-c', trial.file, 'reload', 'kept']);
      assert.equal(done.status, 0, done.stdout);
      assert.notEqual((await ask({ host: '127.0.0.1', port: kept })).body, first);
    },
  );

  onHupd('with reload_handover=none nothing is said of sockets that could not be taken', async (trial) => {
    trial.config({
      programs:
        '[program:worker]\ncommand=/bin/sleep 1000\nreload_strategy=rolling\nreload_handover=none\nreload_overlap=0',
    });
    await trial.foreground();
    await trial.logged(/success: worker/);
    const { status, stdout } = await run(hupctl, ['-c', trial.file, 'reload', 'worker']);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^worker: no sockets: as reload_handover says$/m);
  });
});
