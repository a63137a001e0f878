/** What systemd would be told on its notify socket, from a real daemon, and what programs do not get to see of it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keepAliveOf } from '../../src/daemon/service-manager.ts';
import { listenForDatagrams } from '../support/datagram-listener.ts';
import { type Rig, type RigOptions, rigFor } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Managed {
  readonly rig: Rig;
  /** Every datagram so far. */
  readonly told: string[];
  /** Resolves when a datagram is like that, and returns all that came before it; these are not looked at again. */
  heard(pattern: RegExp): Promise<string[]>;
}

async function managed(t: TestContext, options: RigOptions): Promise<Managed> {
  const path = join(tempDir(t), 'notify');
  const listener = listenForDatagrams(path);
  t.after(() => listener.stop());
  const rig = await rigFor(t, { ...options, env: { ...options.env, NOTIFY_SOCKET: path } });
  const told: string[] = [];
  let seen = 0;
  return {
    rig,
    told,
    heard: async (pattern) => {
      const before = await rig.until(
        () => {
          told.push(...listener.received());
          const at = told.findIndex((line, index) => index >= seen && pattern.test(line));
          return at === -1 ? null : { from: seen, at };
        },
        `the manager hears ${pattern}: ${told.join(' | ')}`,
      );
      seen = before.at + 1;
      return told.slice(before.from, before.at);
    },
  };
}

const slow = `[program:quick]
command=sleep 1000
startsecs=0
[program:slow]
command=sh -c 'until [ -e DIR/go ]; do sleep 0.05; done; echo serving; exec sleep 1000'
ready_check=log:serving
ready_timeout=600
[program:manual]
command=sleep 1000
autostart=false
`;

test('READY comes when the programs that start by themselves are up, and no sooner', async (t) => {
  const { rig, heard } = await managed(t, { programs: slow });
  await heard(/^STATUS=1 of 2 run; slow STARTING$/);
  writeFileSync(join(rig.dir, 'go'), '');
  const before = await heard(/^READY=1$/m);
  assert.deepEqual(
    before.filter((line) => line.includes('READY')),
    [],
  );
  await heard(/^STATUS=2 of 2 run$/);
});

test('a program that can not be started does not keep READY back', async (t) => {
  const { heard } = await managed(t, { programs: '[program:broken]\ncommand=false\nstartretries=0\n' });
  await heard(/^READY=1\nMAINPID=\d+$/);
  await heard(/^STATUS=0 of 1 run; broken FATAL$/);
});

test('programs see nothing of the manager (deviation watchdog-environment)', async (t) => {
  const env = { WATCHDOG_USEC: '60000000', WATCHDOG_PID: '1' };
  const programs = `[program:shows]\ncommand=sh -c 'env >DIR/env; exec sleep 1000'\nstartsecs=0\n`;
  const { rig, heard } = await managed(t, { programs, env });
  await heard(/^READY=1/);
  const shown = await rig.until(
    () => /^PWD=/m.test(rig.read('env')) && rig.read('env'),
    'the program shows its environment',
  );
  assert.doesNotMatch(shown, /NOTIFY_SOCKET|WATCHDOG/);
});

test('a restart is RELOADING with the time, then READY; one that is refused says why', async (t) => {
  const { rig, heard } = await managed(t, { programs: '[program:a]\ncommand=sleep 1000\nstartsecs=0\n' });
  await heard(/^READY=1/);
  const now = () => Number(process.hrtime.bigint() / 1000n);
  const earliest = now();
  rig.process.kill('SIGHUP');
  await heard(/^RELOADING=1\nMONOTONIC_USEC=\d+$/);
  await heard(/^READY=1/);

  const good = readFileSync(rig.configFile, 'utf8');
  writeFileSync(rig.configFile, `${good}[program:b]\n`);
  rig.process.kill('SIGHUP');
  const [reloading = ''] = (await heard(/^READY=1$/)).filter((line) => line.startsWith('RELOADING'));
  const at = Number(/MONOTONIC_USEC=(\d+)/.exec(reloading)?.[1]);
  assert.ok(earliest <= at && at <= now(), `${earliest} ${at}`);
  await heard(/^STATUS=not restarted: .*program:b/);
  writeFileSync(rig.configFile, good);
});

test('a shutdown is STOPPING; without a watchdog no sign of life was sent', async (t) => {
  const { rig, told, heard } = await managed(t, { programs: '' });
  await heard(/^READY=1/);
  rig.process.kill('SIGTERM');
  await heard(/^STOPPING=1$/);
  assert.deepEqual(
    told.filter((line) => line.includes('WATCHDOG')),
    [],
  );
});

test('signs of life come as long as a watchdog waits for them, over a restart and while programs stop', async (t) => {
  const programs = `[program:stays]\ncommand=sh -c 'trap "" TERM; echo up; exec sleep 1000'\nready_check=log:up\n`;
  const { rig, heard } = await managed(t, { programs, env: { WATCHDOG_USEC: '100000' } });
  await heard(/^READY=1/);
  for (let i = 0; i < 5; i += 1) await heard(/^WATCHDOG=1$/);
  rig.process.kill('SIGTERM');
  await heard(/^STOPPING=1$/);
  for (let i = 0; i < 5; i += 1) await heard(/^WATCHDOG=1$/);
  for (const pid of rig.log.matchAll(/spawned: 'stays' with pid (\d+)/g)) process.kill(Number(pid[1]), 'SIGKILL');
});

test('the watchdog of another process, and a time that is none, is nobody’s', () => {
  assert.equal(keepAliveOf({ WATCHDOG_USEC: '3000000', WATCHDOG_PID: '7' }, 7), 1500);
  assert.equal(keepAliveOf({ WATCHDOG_USEC: '3000000' }, 7), 1500);
  assert.equal(keepAliveOf({ WATCHDOG_USEC: '3000000', WATCHDOG_PID: '8' }, 7), null);
  assert.equal(keepAliveOf({ WATCHDOG_USEC: 'soon' }, 7), null);
  assert.equal(keepAliveOf({}, 7), null);
});
