/** Reloads of the sample's web server (Node, nothing to install): every outcome that a reload can have, while requests go on. */
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { ask, startLoad, summarise, type Target } from '../support/load.ts';
import { childrenOf, type Rig, rigFor } from '../support/rig.ts';

const server = resolve('conf.d/web/server.mjs');

async function web(t: TestContext, lines: string, bootSecs = 0.5): Promise<{ rig: Rig; target: Target; pid: number }> {
  const port = await freePort();
  const rig = await rigFor(t, {
    programs: `[program:web]
command=${process.execPath} ${server}
environment=PORT="${port}",BOOT_SECS="${bootSecs}"
redirect_stderr=true
stdout_logfile=DIR/web.log
${lines.replaceAll('PORT', `${port}`)}`,
  });
  const target = { host: '127.0.0.1', port };
  await rig.until(async () => (await ask(target)).error === null, 'the server answers');
  await rig.logged(/success: web/);
  return { rig, target, pid: await pidOf(rig) };
}

async function pidOf(rig: Rig): Promise<number> {
  return Number((await rig.ctl('pid', 'web')).stdout);
}

test('a rolling reload replaces the process and no request fails', async (t) => {
  const { rig, target, pid } = await web(t, 'reload_strategy=rolling');
  const load = startLoad({ target, perSecond: 50 });
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 0, stdout);
  assert.match(stdout, /web: reload \(rolling\) of pid \d+\n/);
  assert.match(stdout, /web: ready after \d+\.\d s\n/);
  assert.match(stdout, new RegExp(`web: predecessor ${pid} stopped`));
  assert.notEqual(await pidOf(rig), pid);
  assert.equal(summarise(await load.stop()).failed, 0);
  assert.equal(childrenOf(rig.pid).length, 1);
});

test('with socket= hupd binds the address itself, and clients wait while the process is down', async (t) => {
  const { rig, target } = await web(t, 'reload_strategy=restart\nsocket=tcp://127.0.0.1:PORT');
  const load = startLoad({ target, perSecond: 50 });
  const { status } = await rig.ctl('reload', 'web');
  assert.equal(status, 0);
  await rig.until(() => load.answers.length > 20, 'requests were answered');
  assert.equal(summarise(await load.stop()).failed, 0);
});

test('who waits at a socket of a process that is down is told by why', async (t) => {
  const { rig, target } = await web(t, 'socket=tcp://127.0.0.1:PORT');
  await rig.ctl('stop', 'web');
  const waiting = [1, 2].map(() => ask(target));
  const told = await rig.until(async () => {
    const { stdout } = await rig.ctl('why', 'web');
    return /2 clients wait/.test(stdout) ? stdout : null;
  }, 'both wait');
  assert.match(told, /^web: 2 clients wait to be served on 127\.0\.0\.1:\d+, which hupd keeps open$/m);
  await rig.ctl('start', 'web');
  for (const { error } of await Promise.all(waiting)) assert.equal(error, null);
  assert.doesNotMatch((await rig.ctl('why', 'web')).stdout, /wait/);
});

test('a second reload of a process that is being reloaded is refused with words', async (t) => {
  const { rig } = await web(t, 'reload_strategy=rolling', 1);
  const first = rig.ctl('reload', 'web');
  await rig.logged(/waiting for readiness/);
  const second = await rig.ctl('reload', 'web');
  assert.equal(second.status, 1);
  assert.match(second.stdout, /^web: ERROR \(.*reload 1 of it is under way\)\n$/);
  assert.equal((await first).status, 0);
});

test('a stop during a reload ends both generations, and the reload says so', async (t) => {
  const { rig } = await web(t, 'reload_strategy=rolling', 1);
  const reload = rig.ctl('reload', 'web');
  await rig.logged(/waiting for readiness/);
  assert.equal((await rig.ctl('stop', 'web')).stdout, 'web: stopped\n');
  const { status, stdout } = await reload;
  assert.equal(status, 1);
  assert.match(stdout, /reload failed: a stop was asked for/);
  await rig.until(() => childrenOf(rig.pid).length === 0, 'both have gone');
  assert.match((await rig.ctl('status', 'web')).stdout, /STOPPED/);
});

test('a shutdown during a reload ends both generations and the daemon', async (t) => {
  const { rig } = await web(t, 'reload_strategy=rolling', 1);
  const reload = rig.ctl('reload', 'web');
  await rig.logged(/waiting for readiness/);
  assert.equal(await rig.stop(), 0);
  assert.equal((await reload).status, 1);
});

test('a promoted successor that dies in the overlap is replaced by its predecessor, which still serves', async (t) => {
  const { rig, target, pid } = await web(t, 'reload_strategy=rolling\nreload_overlap=60');
  const reload = rig.ctl('reload', 'web');
  await rig.logged(/took over/);
  const successor = await pidOf(rig);
  assert.notEqual(successor, pid);
  process.kill(successor, 'SIGKILL');
  const { status, stdout } = await reload;
  assert.equal(status, 1);
  assert.match(stdout, /ended just after it was ready \(terminated by SIGKILL\)/);
  assert.equal(await pidOf(rig), pid);
  assert.equal((await ask(target)).error, null);
});

test('a successor that ends while it boots is told with its last output', async (t) => {
  const { rig, pid } = await web(t, 'reload_strategy=rolling', 1);
  const reload = rig.ctl('reload', 'web');
  const [, successor] = await rig.logged(/successor started with pid (\d+)/);
  process.kill(Number(successor), 'SIGKILL');
  const { status, stdout } = await reload;
  assert.equal(status, 1);
  assert.match(stdout, /reload failed: the successor ended before it was ready \(terminated by SIGKILL\)/);
  assert.equal(await pidOf(rig), pid);
});

test('hup sends the signal and watches: a process that dies of it is a failed reload', async (t) => {
  const { rig } = await web(t, 'reload_strategy=hup');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 1);
  assert.match(stdout, /reload failed: it ended after the signal \(terminated by SIGHUP\)/);
  await rig.until(async () => /RUNNING/.test((await rig.ctl('status', 'web')).stdout), 'autorestart brings it back');
});

test('a process that is not running is started by a reload', async (t) => {
  const { rig } = await web(t, 'reload_strategy=rolling');
  await rig.ctl('stop', 'web');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 0, stdout);
  assert.match(stdout, /not running/);
  assert.match((await rig.ctl('status', 'web')).stdout, /RUNNING/);
});

test('reload without a name restarts the daemon in the same process', async (t) => {
  const { rig } = await web(t, '');
  const before = rig.log.length;
  assert.equal((await rig.ctl('reload')).stdout, 'Restarted supervisord\n');
  const [text] = await rig.logged(/supervisord started with pid \d+/, before);
  assert.equal(text, `supervisord started with pid ${rig.pid}`);
});
