/** The single executable where there is no node, no package and no checkout: hupd and hupctl by their names and by supervisord's; and its .deb. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../support/needs.ts';
import { onPty } from '../support/on-pty.ts';
import { rigFor, run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { CleanRoot, cleanRoot } from './clean-root.ts';
import { buildDebianPackage, giveDpkg, installUseAndRemove, lintianIsContent, looksRight } from './debian-package.ts';
import { useInstalled } from './used-as.ts';

test('the single executable runs where there is no node, by each of its names', async (t) => {
  if (process.geteuid?.() !== 0) return t.skip('needs root, for chroot');
  const folder = tempDir(t);
  const built = await run(process.execPath, ['scripts/build-single.mjs', folder], { timeoutMs: 240_000 });
  assert.equal(built.status, 0, built.stderr);
  const root = cleanRoot(t);
  root.add(join(folder, 'hupd'), '/usr/bin/hupd');
  symlinkSync('hupd', join(root.path, 'usr/bin/hupctl'));
  assert.notEqual((await root.run('node', '--version')).status, 0, 'there is no node');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal((await root.run('hupd', '--version')).stdout, `${version}\n`);

  await t.test('hupd runs programs and hupctl reloads them', () =>
    useInstalled({ daemon: '/usr/bin/hupd', ctl: '/usr/bin/hupctl', root }),
  );
  await t.test('found in PATH, and with hupctl as `hupd ctl`', async () => {
    assert.match((await root.run('hupd', 'ctl', 'help')).stdout, /default commands/);
    assert.match((await root.run('hupctl', 'help', 'link-compat')).stdout, /supervisorctl/);
  });
  await t.test('link-compat makes supervisord’s names, and they work', async () => {
    const linked = await root.run('hupctl', 'link-compat');
    assert.equal(linked.status, 0, linked.stdout);
    assert.match((await root.run('echo_supervisord_conf')).stdout, /^\[supervisord\]/m);
    await useInstalled({ daemon: '/usr/bin/supervisord', ctl: '/usr/bin/supervisorctl', root });
  });
  await t.test('it has the page’s script, and nothing unpacked is left behind', async () => {
    assert.deepEqual(readdirSync(join(root.path, 'tmp')), []);
    assert.deepEqual(readdirSync(join(root.path, 'run')), []);
  });
  await t.test('hupctl top has its descriptions of terminals with it', async (t) => {
    if (!needs(t, { command: '/usr/bin/python3', apt: 'python3' })) return;
    const rig = await rigFor(t, { programs: '[program:web]\ncommand=sleep 1000\nstartsecs=0\n' });
    const own = tempDir(t);
    const { shown, status } = await onPty({
      command: [join(folder, 'hupd'), 'ctl', '-c', rig.configFile, 'top'],
      cwd: own,
      env: { TMPDIR: own },
      steps: [['RUNNING', 'q']],
    });
    assert.equal(status, 0, shown);
    assert.deepEqual(readdirSync(own), [], 'what was unpacked is gone');
  });
  const deb = await buildDebianPackage(folder);
  await t.test('a .deb of it is installed, used and purged by dpkg, and has nothing of other packages', async (t) => {
    await looksRight(deb);
    const empty = cleanRoot(t);
    for (const program of ['sh', 'sleep', 'rm']) empty.add(`/bin/${program}`);
    empty.add(join(folder, 'hupd'), '/libraries-of-hupd');
    giveDpkg(empty);
    await installUseAndRemove(t, empty, deb, ['--force-depends']);
  });
  await t.test(
    'and in a whole Debian, HUPD_DEBIAN_ROOT, made by debootstrap; and lintian has nothing to say',
    async (t) => {
      const path = process.env.HUPD_DEBIAN_ROOT;
      if (path === undefined) return t.skip('set HUPD_DEBIAN_ROOT to a root that debootstrap --variant=minbase made');
      const debian = new CleanRoot(path);
      assert.notEqual((await debian.run('node', '--version')).status, 0, 'there is no node');
      await installUseAndRemove(t, debian, deb, []);
      await lintianIsContent(t, deb);
    },
  );
  await t.test('the licences of node and of all packages in it come with it', () => {
    const text = readFileSync(join(folder, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const name of ['Node.js v', 'koffi ', 'blessed ', 'chokidar ', 'ini ', 'xmlrpc ']) {
      assert.match(text, new RegExp(`^${name}`, 'm'));
    }
  });
});
