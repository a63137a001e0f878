/** Debian's real supervisorctl against our servers: what it prints is what it prints against supervisord. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { needs } from '../support/needs.ts';
import { type Served, serveFake } from '../support/serve-fake.ts';
import { until } from '../support/until.ts';

const supervisorctl = { command: '/usr/bin/supervisorctl', apt: 'supervisor' };

interface Ran {
  readonly out: string;
  readonly code: number;
}

function run(served: Served, ...args: readonly string[]): Promise<Ran> {
  const env = { ...process.env, TZ: 'UTC' };
  return new Promise((resolve) => {
    execFile('/usr/bin/supervisorctl', ['-s', `unix://${served.socket}`, ...args], { env }, (error, stdout) => {
      resolve({ out: stdout, code: error === null ? 0 : Number(error.code) });
    });
  });
}

async function serve(t: TestContext) {
  const daemon = new FakeSupervision([
    { group: 'web', name: 'web', state: 'RUNNING', pid: 11, startedAt: Date.UTC(2026, 10, 21, 10, 59, 1) },
    { group: 'app', name: 'a1', state: 'EXITED', startedAt: 1000, stoppedAt: Date.UTC(2026, 10, 2, 0, 5) },
    { group: 'app', name: 'a2', state: 'FATAL', spawnError: "can't find command '/x'" },
    { group: 'idle', name: 'idle' },
  ]);
  return { daemon, served: await serveFake(t, daemon) };
}

test('supervisorctl status shows each state with its description', async (t) => {
  if (!needs(t, supervisorctl)) return;
  process.env.TZ = 'UTC';
  const { served } = await serve(t);
  assert.deepEqual(await run(served, 'status'), {
    out: [
      'app:a1                           EXITED    Nov 02 12:05 AM',
      "app:a2                           FATAL     can't find command '/x'",
      'idle                             STOPPED   Not started',
      'web                              RUNNING   pid 11, uptime 1 day, 1:00:59',
      '',
    ].join('\n'),
    code: 3,
  });
});

test('supervisorctl start waits until the daemon has decided, and other clients are answered meanwhile', async (t) => {
  if (!needs(t, supervisorctl)) return;
  const { daemon, served } = await serve(t);
  const starting = run(served, 'start', 'idle');
  const decide = await until('the start to arrive', () => daemon.waiting.get('idle:idle') ?? null);
  assert.deepEqual(await run(served, 'pid'), { out: '4242\n', code: 0 });
  decide({ ok: true });
  assert.deepEqual(await starting, { out: 'idle: started\n', code: 0 });
  assert.deepEqual(await run(served, 'start', 'idle'), { out: 'idle: ERROR (already started)\n', code: 0 });
});

test('supervisorctl stop, signal, tail, clear, reread, add, remove and shutdown do as they say', async (t) => {
  if (!needs(t, supervisorctl)) return;
  const { daemon, served } = await serve(t);
  const log = join(served.directory, 'web.log');
  writeFileSync(log, 'one\ntwo \u001b[31mred\u001b[0m é\n');
  daemon.set('web', 'web', { stdoutLog: log });
  const stopping = run(served, 'stop', 'web');
  (await until('the stop to arrive', () => daemon.waiting.get('web:web') ?? null))({ ok: true });
  assert.deepEqual(await stopping, { out: 'web: stopped\n', code: 0 });
  assert.equal((await run(served, 'tail', 'web')).out, 'one\ntwo ␛[31mred␛[0m é\n\n');
  assert.equal((await run(served, 'tail', '-4', 'web')).out, ' é\n\n');
  assert.equal((await run(served, 'signal', 'HUP', 'app:a1')).out, 'app:a1: ERROR (not running)\n');
  assert.equal((await run(served, 'signal', 'NOPE', 'idle')).out, 'idle: ERROR (bad signal name)\n');
  assert.equal((await run(served, 'clear', 'web')).out, 'web: cleared\n');
  assert.equal((await run(served, 'reread')).out, 'new: available\nold: disappeared\nolder: disappeared\n');
  assert.equal((await run(served, 'add', 'new')).out, 'new: added process group\n');
  assert.equal((await run(served, 'remove', 'idle')).out, 'idle: removed process group\n');
  assert.equal((await run(served, 'version')).out, '4.2.5\n');
  assert.equal((await run(served, 'start', 'nope')).out, 'nope: ERROR (no such process)\n');
  assert.equal((await run(served, 'start', 'nope:*')).out, 'nope: ERROR (no such group)\n');
  assert.equal((await run(served, 'shutdown')).out, 'Shut down\n');
  assert.deepEqual(daemon.asked, ['stop web:web', 'clear web:web', 'reread', 'add new', 'remove idle', 'shutdown']);
});

test('supervisorctl is let in with the password, and told when it is wrong', async (t) => {
  if (!needs(t, supervisorctl)) return;
  const daemon = new FakeSupervision([{ group: 'web', name: 'web' }]);
  const credentials = { username: 'ann', password: '{SHA}b42f1134620b7803ed8744a03e5e38eaec4e2f66' };
  const served = await serveFake(t, daemon, { credentials, readOnlyCredentials: null });
  assert.equal((await run(served, '-u', 'ann', '-p', '7a', 'pid')).out, '4242\n');
  assert.match((await run(served, '-u', 'ann', '-p', 'no', 'pid')).out, /^Server requires authentication\n/);
});
