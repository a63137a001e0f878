/** The examples run as they stand, but on a port of the test's own: started, asked, reloaded under requests, stopped. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { type Need, needs } from '../support/needs.ts';
import { phpFpm } from '../support/php-fpm.ts';
import { endRig, Rig, run } from '../support/rig.ts';
import { until } from '../support/until.ts';

const gunicorn: Need = { command: '/usr/bin/gunicorn', apt: 'gunicorn' };

const nginx: Need = { command: '/usr/sbin/nginx', apt: 'nginx-light' };
const pythonPackage = (name: string): Need => ({
  command: `/usr/lib/python3/dist-packages/${name}`,
  apt: `python3-${name}`,
});

/** A copy, in which 8080 and 8081 are free ports, and php-fpm the one that is there. */
async function copyOf(name: string): Promise<{ readonly dir: string; readonly port: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-example-'));
  chmodSync(dir, 0o755); // www-data serves from it
  cpSync(`examples/${name}`, dir, { recursive: true });
  const [port, behind] = [await freePort(), await freePort()];
  for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((it) =>
    /\.(conf|mjs|env)$|^Procfile$/.test(it),
  )) {
    const path = join(dir, file);
    const text = readFileSync(path, 'utf8').replaceAll('8080', `${port}`).replaceAll('8081', `${behind}`);
    writeFileSync(path, text.replaceAll('/usr/sbin/php-fpm8.2', phpFpm()));
  }
  return { dir, port };
}

async function start(t: TestContext, dir: string): Promise<(...args: string[]) => ReturnType<typeof run>> {
  const config = join(dir, 'hupd.conf');
  const rig = new Rig(dir, () => spawn('bin/hupd', ['-n', '-c', config], { stdio: ['ignore', 'pipe', 'pipe'] }));
  t.after(() => endRig(rig));
  await rig.logged(/supervisord started with pid \d+/);
  const ctl = (...args: string[]) => run('bin/hupctl', ['-c', config, ...args]);
  await rig.until(async () => /^(.*RUNNING.*\n)+$/.test((await ctl('status')).stdout), 'all are up');
  return ctl;
}

/** Once it answers: RUNNING only says that it has stayed up for a second. */
function firstPage(port: number): Promise<string> {
  return until('the first page', async () => {
    const answer = await page(port).catch(() => '');
    return answer.startsWith('200 ') ? answer : null;
  });
}

async function page(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  return `${response.status} ${(await response.text()).trim()}`;
}

/** `page`: what it shows, with the framework's own word for its version where there is a framework. */
const sites: ReadonlyArray<{
  readonly name: string;
  readonly reload: readonly string[];
  readonly page: RegExp;
  readonly needed: readonly Need[];
  /** Why a connection that was accepted just then may be closed without an answer, where that is the server's way. */
  readonly mayCut?: string;
}> = [
  {
    name: 'django',
    reload: ['web', 'nginx'],
    page: /^200 hello from pid \d+, Django \d+\.\d/,
    needed: [gunicorn, nginx, pythonPackage('django')],
  },
  {
    name: 'flask',
    reload: ['web'],
    page: /^200 hello from pid \d+, Flask \d+\.\d/,
    needed: [gunicorn, pythonPackage('flask')],
  },
  {
    name: 'php-fpm',
    reload: ['php', 'nginx'],
    page: /^200 hello from pid \d+, PHP \d+\.\d/,
    needed: [{ command: phpFpm(), apt: 'php-fpm' }, nginx],
  },
  {
    name: 'uvicorn',
    reload: ['web'],
    page: /^200 hello from pid \d+$/,
    needed: [{ command: '/usr/bin/uvicorn', apt: 'uvicorn' }],
    mayCut: 'told to stop, it closes each connection whose request it has not read yet (shutdown of its protocols)',
  },
  { name: 'node', reload: ['web'], page: /^200 hello from pid \d+$/, needed: [] },
];

/** Most of their time is waiting. */
describe('the examples', { concurrency: 4 }, () => {
  for (const { name, reload, page: wanted, needed, mayCut } of sites) {
    test(`the example ${name} serves, and goes on serving while it is reloaded`, async (t) => {
      if (!needs(t, ...needed)) return;
      const { dir, port } = await copyOf(name);
      const ctl = await start(t, dir);
      const before = await firstPage(port);
      assert.match(before, wanted);
      let over = false;
      const seen: string[] = [];
      const asking = (async () => {
        while (!over) seen.push(await page(port).catch(() => 'cut off'));
      })();
      const { status, stdout } = await ctl('reload', ...reload);
      over = true;
      await asking;
      assert.equal(status, 0, stdout);
      assert.ok(seen.length > 0);
      const cut = seen.filter((answer) => answer === 'cut off').length;
      assert.ok(cut <= (mayCut === undefined ? 0 : 1), `${cut} of ${seen.length} requests were cut off`);
      for (const answer of seen) if (answer !== 'cut off') assert.match(answer, wanted);
      assert.notEqual(await page(port), before);
    });
  }

  test('the example workers does every job once, across a reload', async (t) => {
    if (!needs(t, { command: '/usr/bin/python3', apt: 'python3' })) return;
    const { dir } = await copyOf('workers');
    mkdirSync(join(dir, 'jobs'));
    const jobs = Array.from({ length: 40 }, (_, i) => `job${i}`);
    for (const job of jobs) writeFileSync(join(dir, 'jobs', job), '');
    const ctl = await start(t, dir);
    const { status, stdout } = await ctl('reload', 'worker:*');
    assert.equal(status, 0, stdout);
    const done = () => readdirSync(join(dir, 'done')).sort();
    await until(
      'all jobs are done',
      () => done().length === jobs.length && done().every((job) => !job.startsWith('.')),
    );
    assert.deepEqual(done(), [...jobs].sort());
  });

  test('the example procfile is imported, and serves', async (t) => {
    if (!needs(t, gunicorn)) return;
    const { dir, port } = await copyOf('procfile');
    const imported = await run('bin/hupctl', ['import', join(dir, 'Procfile'), '--output', join(dir, 'programs.conf')]);
    assert.equal(imported.status, 0, imported.stderr);
    const migrated = await run('bin/hupctl', ['migrate', '--config', join(dir, 'programs.conf'), '--write']);
    assert.equal(migrated.status, 0, migrated.stdout);
    const ctl = await start(t, dir);
    assert.match(await firstPage(port), /^200 hello from pid \d+$/);
    const reloaded = await ctl('reload', 'web');
    assert.match(reloaded.stdout, /^web: reload \(rolling\) of pid \d+\n[\s\S]*web: reloaded in /);
  });
});
