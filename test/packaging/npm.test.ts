/** The npm tarball: what is in it, and that it works where it is installed, by supervisord's names too once they are asked for. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { useInstalled } from './used-as.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

/** Without its scripts: a build would pull `dist/` from under the other tests. */
async function pack(t: TestContext): Promise<{ readonly file: string; readonly files: readonly string[] }> {
  const dir = tempDir(t);
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', dir]);
  assert.equal(packed.status, 0, packed.stderr);
  const [{ filename, files }] = JSON.parse(packed.stdout);
  return { file: join(dir, filename), files: files.map(({ path }: { path: string }) => path).sort() };
}

test('the tarball has what a user needs, and neither tests nor sources nor what only this checkout needs', async (t) => {
  const { files } = await pack(t);
  const folders = new Set(files.map((path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : path)));
  assert.deepEqual([...folders].sort(), [
    ...['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'conf.d', 'contrib', 'dist', 'docs', 'examples', 'man'],
    ...['package.json', 'packaging'],
  ]);
  assert.deepEqual(
    files.filter((path) => /\.tsx?$|\.map$|test|node_modules|\.(sock|pid|log)$/.test(path)),
    [],
  );
  for (const wanted of [
    'dist/dashboard.js',
    'dist/THIRD-PARTY-LICENSES.txt',
    'packaging/hupd.service',
    ...manifest.man,
  ]) {
    assert.ok(files.includes(wanted), wanted);
  }
});

test('the licence text of each package in the bundles is with them', () => {
  const text = readFileSync('dist/THIRD-PARTY-LICENSES.txt', 'utf8');
  const named = [...text.matchAll(/^(\S+) \d+\.\d+\.\d+ \((?:MIT|ISC|BlueOak-1\.0\.0)\)$/gm)].map(([, name]) => name);
  // Each module of a package has its path in the bundle, by which it is called.
  const bundles = readdirSync('dist').filter((name) => name.endsWith('.cjs'));
  const inside = bundles.flatMap((name) =>
    [...readFileSync(join('dist', name), 'utf8').matchAll(/"node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map(
      ([, it]) => it,
    ),
  );
  assert.deepEqual([...new Set(named)].sort(), [...new Set(inside)].sort());
  assert.ok(named.length >= 5, named.join(' '));
  assert.match(text, /Permission is hereby granted/);
});

test('installed globally it works, and by supervisord’s names after link-compat', async (t) => {
  const { file } = await pack(t);
  const prefix = tempDir(t);
  const installed = await run('npm', [
    'install',
    '-g',
    '--prefix',
    prefix,
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    file,
  ]);
  assert.equal(installed.status, 0, installed.stderr);
  const bin = join(prefix, 'bin');
  assert.deepEqual(readdirSync(bin).sort(), ['hupctl', 'hupd']);
  assert.ok(existsSync(join(prefix, 'share/man/man8/hupd.8')));

  const linked = await run(join(bin, 'hupctl'), ['link-compat']);
  assert.deepEqual(linked, {
    ...{ status: 0, stderr: '' },
    stdout: ['supervisord', 'supervisorctl', 'pidproxy', 'echo_supervisord_conf']
      .map((name) => `${join(bin, name)}: linked to ${name === 'supervisorctl' ? 'hupctl' : 'hupd'}\n`)
      .join(''),
  });
  assert.equal((await run(join(bin, 'hupctl'), ['link-compat'])).status, 0, 'again changes nothing');

  const elsewhere = tempDir(t);
  writeFileSync(join(elsewhere, 'supervisord'), 'somebody else’s\n');
  const refused = await run(join(bin, 'hupctl'), ['link-compat', elsewhere]);
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /supervisord: ERROR \(is there, and is not hupd's/);
  assert.equal(readFileSync(join(elsewhere, 'supervisord'), 'utf8'), 'somebody else’s\n');
  assert.equal(readlinkSync(join(elsewhere, 'supervisorctl')), join(bin, 'hupctl'));
  assert.match((await run(join(elsewhere, 'echo_supervisord_conf'), [])).stdout, /^\[supervisord\]/m);

  for (const [daemon, ctl] of [
    ['hupd', 'hupctl'],
    ['supervisord', 'supervisorctl'],
  ] as const) {
    await useInstalled({ daemon: join(bin, daemon), ctl: join(bin, ctl) });
  }
});
