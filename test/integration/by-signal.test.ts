/** A program that makes its own successor on a signal (tableflip's way): hupd finds it, follows it, and never starts a second one. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { ask, type Target } from '../support/load.ts';
import { needs } from '../support/needs.ts';
import { childrenOf, type Rig, rigFor } from '../support/rig.ts';

const puppet = resolve('test/support/hands-over.py');

interface Site {
  readonly rig: Rig;
  readonly target: Target;
  pid(): Promise<number>;
  put(name: string, text: string): void;
}

async function site(t: TestContext, lines = ''): Promise<Site | null> {
  if (!needs(t, { command: '/usr/bin/python3', apt: 'python3' })) return null;
  const port = await freePort();
  const rig = await rigFor(t, {
    programs: `[program:web]
command=/usr/bin/python3 ${puppet} ${port}
directory=DIR
reload_strategy=rolling
reload_handover=signal
reload_signal=USR2
startsecs=0
stdout_logfile=DIR/web.log
stderr_logfile=DIR/web.err
${lines}`,
  });
  const target = { host: '127.0.0.1', port };
  await rig.until(async () => (await ask(target)).error === null, 'it answers');
  const pid = async () => Number((await rig.ctl('pid', 'web')).stdout);
  return { rig, target, pid, put: (name, text) => writeFileSync(join(rig.dir, name), text) };
}

/** Who answers now: the version, and the main process of the worker that did. */
async function answer(target: Target): Promise<string> {
  const { body, error } = await ask(target);
  return error ?? body.trim();
}

test('a program that makes its own successor is followed, three times in a row, and is one row with one pid', async (t) => {
  const at = await site(t);
  if (at === null) return;
  const { rig, target, pid, put } = at;
  for (const version of ['v2', 'v3', 'v4']) {
    const before = await pid();
    put('version', version);
    const { status, stdout } = await rig.ctl('reload', 'web');
    assert.equal(status, 0, stdout);
    const now = await pid();
    assert.notEqual(now, before);
    assert.equal(await answer(target), `${version} ${now}`);
    assert.match((await rig.ctl('status')).stdout, new RegExp(`^web +RUNNING +pid ${now}, uptime [0-9:]+\n$`));
    assert.deepEqual(childrenOf(rig.pid), [now], 'nobody else was started');
    assert.match(rig.read('web.log'), new RegExp(`serving ${version} as ${now}\n`), 'its output is still read');
  }
  assert.equal((await rig.ctl('stop', 'web')).stdout, 'web: stopped\n');
  assert.match((await rig.ctl('status')).stdout, /STOPPED/);
});

test('a successor that never serves is given up with its last output, and the predecessor goes on', async (t) => {
  const at = await site(t);
  if (at === null) return;
  const { rig, target, pid, put } = at;
  const before = await pid();
  put('broken', '');
  put('boot', '0.3');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 1);
  assert.match(stdout, /the successor ended before it was ready \(exit status 3\)/);
  assert.match(stdout, /no such module/);
  assert.equal(await answer(target), `v1 ${before}`);
  rmSync(join(rig.dir, 'broken'));
  put('version', 'v2');
  assert.equal((await rig.ctl('reload', 'web')).status, 0, 'it can be reloaded again');
  assert.equal(await answer(target), `v2 ${await pid()}`);
});

test('a successor that is not ready in time is killed, workers and all', async (t) => {
  const at = await site(t, 'reload_timeout=2');
  if (at === null) return;
  const { rig, target, pid, put } = at;
  const before = await pid();
  put('boot', '60');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 1);
  assert.match(stdout, /not ready within/);
  assert.equal(await pid(), before);
  assert.equal(await answer(target), `v1 ${before}`);
});

test('a predecessor that does not end by itself is told to', async (t) => {
  const at = await site(t, 'stopwaitsecs=1\nreload_overlap=0');
  if (at === null) return;
  const { rig, target, pid, put } = at;
  const before = await pid();
  put('stays', '');
  put('version', 'v2');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 0, stdout);
  assert.match(stdout, new RegExp(`predecessor ${before} stopped`));
  assert.equal(await answer(target), `v2 ${await pid()}`);
});

test('a successor that nobody here asked for is followed when its predecessor has ended', async (t) => {
  const at = await site(t);
  if (at === null) return;
  const { rig, target, pid, put } = at;
  const before = await pid();
  put('version', 'v2');
  process.kill(before, 'SIGUSR2');
  await rig.logged(new RegExp(`web has made its own successor: pid ${before} has handed over to pid \\d+`));
  const now = await pid();
  assert.equal(await answer(target), `v2 ${now}`);
  assert.deepEqual(childrenOf(rig.pid), [now]);
  process.kill(now, 'SIGTERM');
  await rig.logged(/exited: web \(exit status 0; expected\)/);
});

test('a stop while the successor boots leaves neither of them', async (t) => {
  const at = await site(t, 'stopwaitsecs=2');
  if (at === null) return;
  const { rig, put } = at;
  put('boot', '60');
  const reload = rig.ctl('reload', 'web');
  await rig.logged(/successor started with pid \d+/);
  await rig.ctl('stop', 'web');
  assert.equal((await reload).status, 1);
  await rig.until(() => childrenOf(rig.pid).length === 0, 'both have gone');
});
