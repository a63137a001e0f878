/** Reloads of many processes while requests go on: how many at a time, in which order, with what pauses, and what a failure keeps from its turn. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { ask, startLoad, summarise, type Target } from '../support/load.ts';
import { childrenOf, type Rig, rigFor } from '../support/rig.ts';

/** The sample's server, after a look whether this release is broken for it. */
const release = `
import { existsSync } from 'node:fs';
const name = process.env.SUPERVISOR_PROCESS_NAME;
if (existsSync('broken-' + name)) {
  console.error(name + ': cannot find module');
  process.exit(3);
}
await import(${JSON.stringify(resolve('conf.d/web/server.mjs'))});
`;

interface Site {
  readonly rig: Rig;
  readonly target: Target;
}

async function begin(t: TestContext, programs: string): Promise<Site> {
  const port = await freePort();
  const rig = await rigFor(t, {
    programs: programs
      .replaceAll('SERVER', `command=${process.execPath} DIR/release.mjs\ndirectory=DIR\nstartsecs=0\nstopwaitsecs=10`)
      .replaceAll('@PORT', `${port}`),
    files: { 'release.mjs': release },
    env: { BOOT_SECS: '0.2' },
  });
  return { rig, target: { host: '127.0.0.1', port } };
}

/** Four processes that share a socket of hupd's. */
async function four(t: TestContext, lines: string): Promise<Site & { readonly before: ReadonlyMap<string, string> }> {
  const site = await begin(
    t,
    `[program:web]\nSERVER\nnumprocs=4\nprocess_name=web_%(process_num)d\nsocket=tcp://127.0.0.1:@PORT\nready_check=accept\n${lines}`,
  );
  const before = await running(site.rig, 4);
  return { ...site, before };
}

/** Pids by namespec, once so many are RUNNING. */
async function running(rig: Rig, count: number): Promise<ReadonlyMap<string, string>> {
  return rig.until(async () => {
    const { stdout } = await rig.ctl('status');
    const rows = [...stdout.matchAll(/^(\S+) +RUNNING +pid (\d+)/gm)];
    return rows.length === count && new Map(rows.map(([, name = '', pid = '']) => [name, pid]));
  }, `${count} processes are running`);
}

/** Who has another pid than before. */
async function replaced(rig: Rig, before: ReadonlyMap<string, string>): Promise<string[]> {
  const now = await running(rig, before.size);
  return [...before].filter(([name, pid]) => now.get(name) !== pid).map(([name]) => name);
}

/** How many serve after each step of a reload, told from the log: the fewest, and the most. */
function serving(log: string, count: number): { readonly fewest: number; readonly most: number } {
  const counts = [count];
  let now = count;
  for (const [line] of log.matchAll(/: (?:ready after|sent SIGTERM to (?:predecessor|pid)).*/g)) {
    now += line.startsWith(': ready') ? 1 : -1;
    counts.push(now);
  }
  return { fewest: Math.min(...counts), most: Math.max(...counts) };
}

/** When it was logged, as wall milliseconds. */
function times(log: string, pattern: RegExp): number[] {
  return log
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) => Date.parse(line.slice(0, 23).replace(',', '.').replace(' ', 'T')));
}

test('start_first: one process after the other, and never fewer than numprocs serve', async (t) => {
  const { rig, target, before } = await four(t, 'reload_strategy=rolling\nreload_overlap=0.1');
  const load = startLoad({ target, perSecond: 50 });
  const from = rig.log.length;
  const { status, stdout } = await rig.ctl('reload', 'web:*');
  assert.equal(status, 0, stdout);
  const { failed, requests } = summarise(await load.stop());
  assert.deepEqual([failed, requests > 20], [0, true]);
  assert.equal((await replaced(rig, before)).length, 4);
  assert.deepEqual(serving(rig.log.slice(from), 4), { fewest: 4, most: 5 });
  assert.equal(childrenOf(rig.pid).length, 4);
});

test('reload_parallelism: so many at a time, with reload_delay between the batches', async (t) => {
  const { rig, target, before } = await four(
    t,
    'reload_strategy=rolling\nreload_overlap=0.1\nreload_parallelism=2\nreload_delay=1',
  );
  const load = startLoad({ target, perSecond: 50 });
  const from = rig.log.length;
  const { status, stdout } = await rig.ctl('reload', 'web:*');
  assert.equal(status, 0, stdout);
  assert.equal(summarise(await load.stop()).failed, 0);
  assert.equal((await replaced(rig, before)).length, 4);
  const log = rig.log.slice(from);
  assert.equal(serving(log, 4).fewest, 4);
  const starts = times(log, /: reload \(rolling\) of pid/);
  const ends = times(log, /: reloaded in/);
  assert.equal(starts.length, 4);
  assert.ok((starts[1] ?? 0) <= Math.min(...ends), 'two begin together');
  assert.ok((starts[2] ?? 0) - (ends[1] ?? 0) >= 999, 'the next two a second after the first two');
});

test('stop_first: all but reload_parallelism serve, and with socket= nobody is turned away', async (t) => {
  const { rig, target, before } = await four(
    t,
    'reload_strategy=rolling\nreload_order=stop_first\nreload_parallelism=2',
  );
  const load = startLoad({ target, perSecond: 50 });
  const from = rig.log.length;
  const { status, stdout } = await rig.ctl('reload', 'web:*');
  assert.equal(status, 0, stdout);
  assert.equal(summarise(await load.stop()).failed, 0);
  assert.equal((await replaced(rig, before)).length, 4);
  assert.deepEqual(serving(rig.log.slice(from), 4), { fewest: 2, most: 4 });
});

test('a failure keeps the rest from its turn, and what was reloaded stays', async (t) => {
  const { rig, target, before } = await four(t, 'reload_strategy=rolling\nreload_overlap=0.1');
  writeFileSync(join(rig.dir, 'broken-web_1'), '');
  const load = startLoad({ target, perSecond: 50 });
  const { status, stdout } = await rig.ctl('reload', 'web:*');
  assert.equal(status, 1);
  assert.match(stdout, /web:web_1: reload failed: the successor ended before it was ready \(exit status 3\)/);
  assert.match(stdout, /web_1: cannot find module/);
  assert.equal(summarise(await load.stop()).failed, 0);
  assert.deepEqual(await replaced(rig, before), ['web:web_0']);
  assert.match(stdout, /^web:\*: reload failed: web:web_1: .*; 2 of 4 not reloaded because of it$/m);
});

test('reload_on_failure=continue: the others have their turn', async (t) => {
  const { rig, target, before } = await four(
    t,
    'reload_strategy=rolling\nreload_overlap=0.1\nreload_on_failure=continue',
  );
  for (const name of ['web_1', 'web_3']) writeFileSync(join(rig.dir, `broken-${name}`), '');
  const load = startLoad({ target, perSecond: 50 });
  const { status, stdout } = await rig.ctl('reload', 'web:*');
  assert.equal(status, 1, stdout);
  assert.equal(summarise(await load.stop()).failed, 0);
  assert.deepEqual(await replaced(rig, before), ['web:web_0', 'web:web_2']);
});

test('stop_first: a process that does not come up again is a failure, and the others stay as they were', async (t) => {
  const { rig, target, before } = await four(
    t,
    'reload_strategy=rolling\nreload_order=stop_first\nstartretries=0\nautorestart=false',
  );
  writeFileSync(join(rig.dir, 'broken-web_1'), '');
  const load = startLoad({ target, perSecond: 50 });
  const { status, stdout } = await rig.ctl('reload', 'web:*');
  assert.equal(status, 1);
  assert.match(stdout, /web:web_1: reload failed: .*\n/);
  assert.match(stdout, /web_1: cannot find module/);
  assert.equal(summarise(await load.stop()).failed, 0);
  const now = await running(rig, 3);
  assert.equal(now.get('web:web_2'), before.get('web:web_2'));
  assert.notEqual(now.get('web:web_0'), before.get('web:web_0'));
});

test('processes that are not running, and FATAL ones, are started by a reload of all', async (t) => {
  const { rig, before } = await four(
    t,
    'reload_strategy=rolling\nreload_overlap=0.1\nstartretries=0\nautorestart=false',
  );
  await rig.ctl('stop', 'web:web_0');
  writeFileSync(join(rig.dir, 'broken-web_2'), '');
  await rig.ctl('restart', 'web:web_2');
  assert.match((await rig.ctl('status', 'web:*')).stdout, /web_0 +STOPPED[\s\S]*web_2 +(?:FATAL|EXITED)/);
  rmSync(join(rig.dir, 'broken-web_2'));
  const { status, stdout } = await rig.ctl('reload', 'web:*');
  assert.equal(status, 0, stdout);
  assert.equal((await replaced(rig, before)).length, 4);
});

const site = `[group:site]
programs=web,api,jobs
[program:jobs]
SERVER
priority=10
reload_strategy=rolling
reload_overlap=0.1
reload_handover=none
ready_check=log:^serving
environment=PORT="0"
[program:web]
SERVER
priority=30
reload_strategy=rolling
reload_overlap=0.1
socket=tcp://127.0.0.1:@PORT
[program:api]
SERVER
priority=20
numprocs=2
process_name=api_%(process_num)d
reload_strategy=restart
environment=PORT="0"
ready_check=log:^serving
`;

test('a group goes program by program in priority order', async (t) => {
  const { rig, target } = await begin(t, site);
  const before = await running(rig, 4);
  await rig.until(async () => (await ask(target)).error === null, 'web serves');
  const load = startLoad({ target, perSecond: 50 });
  const from = rig.log.length;
  const { status, stdout } = await rig.ctl('reload', 'site:*');
  assert.equal(status, 0, stdout);
  assert.equal(summarise(await load.stop()).failed, 0);
  assert.equal((await replaced(rig, before)).length, 4);
  const ended = [...rig.log.slice(from).matchAll(/site:(\w+): (reload \(|reloaded in)/g)].map(
    ([, name, what]) => `${name} ${what === 'reloaded in' ? 'ends' : 'begins'}`,
  );
  assert.deepEqual(ended, [
    ...['jobs begins', 'jobs ends'],
    ...['api_0 begins', 'api_0 ends', 'api_1 begins', 'api_1 ends'],
    ...['web begins', 'web ends'],
  ]);
});

test('a group stops at the first failure', async (t) => {
  const { rig } = await begin(
    t,
    `${site}startretries=0\nautorestart=false`.replaceAll('numprocs=2', 'startretries=0\nnumprocs=2'),
  );
  const before = await running(rig, 4);
  writeFileSync(join(rig.dir, 'broken-api_0'), '');
  const { status, stdout } = await rig.ctl('reload', 'site:*');
  assert.equal(status, 1);
  assert.match(stdout, /site:api_0: reload failed:/);
  assert.match(stdout, /2 of 4 not reloaded because of it/);
  const now = await running(rig, 3);
  assert.deepEqual(
    ['site:jobs', 'site:api_1', 'site:web'].map((name) => now.get(name) === before.get(name)),
    [false, true, true],
  );
});
