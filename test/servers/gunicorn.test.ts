/** The promise, with the server it was made for: Debian's gunicorn, unmodified, under 50 requests a second on a new connection each. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { appText, gunicornNeeds, gunicornSite, type SiteOptions, ship } from '../support/gunicorn.ts';
import { ask, failures, startLoad, summarise, type Target } from '../support/load.ts';
import { needs } from '../support/needs.ts';
import { type Rig, rigFor } from '../support/rig.ts';

const importSecs = 1;
const perSecond = 50;

async function site(t: TestContext, options: SiteOptions): Promise<{ rig: Rig; target: Target }> {
  const { section, target } = await gunicornSite(options);
  const rig = await rigFor(t, { programs: section, files: { 'app.py': appText('v1', importSecs) } });
  await rig.until(async () => (await ask(target(rig))).body === 'v1\n', 'version 1 answers');
  return { rig, target: target(rig) };
}

async function pidOf(rig: Rig): Promise<number> {
  return Number((await rig.ctl('pid', 'web')).stdout);
}

const variants: ReadonlyArray<readonly [string, SiteOptions]> = [
  ['on a TCP port', { bind: 'tcp' }],
  ['on a unix socket that gunicorn itself bound', { bind: 'unix' }],
  ['on a unix socket that hupd bound', { bind: 'unix', program: 'socket=unix://DIR/web.sock' }],
  ['with --pid FILE', { bind: 'tcp', gunicorn: '--pid DIR/gunicorn.pid' }],
  ['with gthread workers', { bind: 'tcp', gunicorn: '-k gthread --threads 4' }],
  ['with gevent workers', { bind: 'tcp', gunicorn: '-k gevent' }],
];

/**
 * A gunicorn that has bound its unix socket itself removes the path when it stops. It is put back within microseconds, unless the machine is
 * so busy that hupd has to wait for a processor just then. From the second generation on, and with socket=, nobody removes it.
 */
function mayMiss({ bind, program }: SiteOptions, failure: string): boolean {
  return bind === 'unix' && program === undefined && failure.startsWith('ENOENT');
}

for (const [name, options] of variants) {
  test(`a gunicorn ${name} is reloaded twice and no request fails`, async (t) => {
    if (!needs(t, gunicornNeeds)) return;
    const { rig, target } = await site(t, options);
    const load = startLoad({ target, perSecond });
    for (const version of ['v2', 'v3']) {
      const before = await pidOf(rig);
      ship(rig, appText(version, importSecs));
      const { status, stdout } = await rig.ctl('reload', 'web');
      assert.equal(status, 0, stdout);
      assert.notEqual(await pidOf(rig), before);
      assert.equal((await ask(target)).body, `${version}\n`);
    }
    const answers = await load.stop();
    assert.ok(answers.length > perSecond);
    assert.deepEqual(
      failures(answers).filter((failure) => !mayMiss(options, failure)),
      [],
    );
    const { slowestMs } = summarise(answers);
    assert.ok(slowestMs < importSecs * 1000, `nobody waits for a successor's boot: ${slowestMs} ms`);
    if (options.gunicorn?.startsWith('--pid')) {
      assert.equal(Number(rig.read('gunicorn.pid')), await pidOf(rig));
    }
  });
}

test('a version that raises at import is rolled back: the old one serves on, and the reason is its traceback', async (t) => {
  if (!needs(t, gunicornNeeds)) return;
  const { rig, target } = await site(t, { bind: 'tcp', gunicorn: '--pid DIR/gunicorn.pid' });
  const before = await pidOf(rig);
  const load = startLoad({ target, perSecond });
  ship(rig, 'raise RuntimeError("no such feature")\n');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 1);
  assert.match(stdout, /RuntimeError: no such feature/);
  assert.equal(await pidOf(rig), before);
  assert.equal((await ask(target)).body, 'v1\n');
  assert.deepEqual(failures(await load.stop()), []);
  await rig.until(() => rig.read('gunicorn.pid').trim() === `${before}`, 'the pid file is back');
});

test('a version that is never ready is rolled back after reload_timeout', async (t) => {
  if (!needs(t, gunicornNeeds)) return;
  const { rig, target } = await site(t, { bind: 'tcp', program: 'reload_timeout=3' });
  const before = await pidOf(rig);
  const load = startLoad({ target, perSecond });
  ship(rig, appText('v2', 600));
  const began = performance.now();
  const { status, stdout } = await rig.ctl('reload', 'web');
  const tookSecs = (performance.now() - began) / 1000;
  assert.equal(status, 1);
  assert.match(stdout, /not ready within 3 s/);
  assert.ok(tookSecs < 4, `told after ${tookSecs} s`);
  assert.equal(await pidOf(rig), before);
  assert.deepEqual(failures(await load.stop()), []);
});

test('the predecessor is killed while its successor boots: nobody is refused, and the successor takes over', async (t) => {
  if (!needs(t, gunicornNeeds)) return;
  const { rig, target } = await site(t, { bind: 'tcp' });
  const before = await pidOf(rig);
  ship(rig, appText('v2', 3));
  const reload = rig.ctl('reload', 'web');
  await rig.logged(/successor started with pid/);
  const load = startLoad({ target, perSecond });
  await rig.until(() => load.answers.length > 10, 'some requests were answered');
  process.kill(before, 'SIGKILL');
  const { status, stdout } = await reload;
  assert.equal(status, 0, stdout);
  const answers = await load.stop();
  assert.deepEqual(
    [...new Set(answers.map(({ error }) => error))].filter((error) => error === 'ECONNREFUSED'),
    [],
  );
  assert.equal((await ask(target)).body, 'v2\n');
  assert.match(rig.log, /exited: web \(terminated by SIGKILL; not expected\)/);
});

test('a gunicorn that runs as www-data is reloaded and no request fails', async (t) => {
  if (!needs(t, gunicornNeeds)) return;
  if (process.geteuid?.() !== 0) return t.skip('needs root, to become www-data');
  const { rig, target } = await site(t, { bind: 'tcp', program: 'user=www-data\ndirectory=DIR' });
  const load = startLoad({ target, perSecond });
  ship(rig, appText('v2', importSecs));
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 0, stdout);
  assert.equal((await ask(target)).body, 'v2\n');
  assert.deepEqual(failures(await load.stop()), []);
});
