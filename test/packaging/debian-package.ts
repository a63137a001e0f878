/** The .deb: installed in a root by dpkg, used there, and removed so that nothing is left. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { needs } from '../support/needs.ts';
import { run } from '../support/rig.ts';
import type { CleanRoot } from './clean-root.ts';
import { useInstalled } from './used-as.ts';

/** Of the executable in that folder; returns its path. */
export async function buildDebianPackage(folder: string): Promise<string> {
  const built = await run(process.execPath, ['scripts/build-deb.mjs', folder, '--fast'], { timeoutMs: 240_000 });
  assert.equal(built.status, 0, built.stderr);
  return built.stdout.trim();
}

/** As in a root of dpkg's own, where nothing is installed. */
export function giveDpkg(root: CleanRoot): void {
  for (const folder of ['info', 'updates', 'triggers'])
    mkdirSync(join(root.path, 'var/lib/dpkg', folder), { recursive: true });
  for (const file of ['status', 'available']) writeFileSync(join(root.path, 'var/lib/dpkg', file), '');
}

/** What a check of packages would look at. */
export async function looksRight(deb: string): Promise<void> {
  const { stdout: listed } = await run('dpkg-deb', ['-c', deb]);
  const rows = listed
    .trim()
    .split('\n')
    .map((row) => row.split(/\s+/));
  for (const [mode = '', owner, , , , path = ''] of rows) {
    assert.equal(owner, 'root/root', path);
    assert.match(mode, mode.startsWith('d') || path === './usr/bin/hupd' ? /rwxr-xr-x$/ : /^-rw-r--r--$|^l/, path);
  }
  const paths = rows.map((row) => row[5] ?? '');
  for (const page of readdirSync('man'))
    assert.ok(paths.includes(`./usr/share/man/man${page.at(-1)}/${page}.gz`), page);
  for (const script of [
    'bash-completion/completions/hupctl',
    'bash-completion/completions/hupd',
    'zsh/vendor-completions/_hupctl',
    'fish/vendor_completions.d/hupctl.fish',
    'fish/vendor_completions.d/hupd.fish',
  ]) {
    assert.ok(paths.includes(`./usr/share/${script}`), script);
  }
  assert.equal(
    paths.some((path) => /supervisor|node_modules|\/usr\/local\//.test(path)),
    false,
    'nothing of other packages',
  );
  const { stdout: control } = await run('dpkg-deb', ['-f', deb]);
  assert.match(control, /^Depends: libc6 \(>= 2\.\d+\)/m);
  assert.doesNotMatch(control, /^(Conflicts|Breaks|Replaces|Provides):/m);
  const scripts = ['postinst', 'prerm', 'postrm'];
  for (const script of scripts) {
    assert.equal((await run('/bin/sh', ['-n', `packaging/debian/${script}`])).status, 0, script);
  }
}

/** What it overrides has its reason in packaging/debian/lintian-overrides. */
export async function lintianIsContent(t: TestContext, deb: string): Promise<void> {
  if (!needs(t, { command: 'lintian', apt: 'lintian' })) return;
  const checked = await run('lintian', ['--allow-root', '--fail-on', 'error,warning', deb], { timeoutMs: 120_000 });
  assert.equal(checked.status, 0, checked.stdout);
}

export async function installUseAndRemove(
  t: TestContext,
  root: CleanRoot,
  deb: string,
  install: readonly string[],
): Promise<void> {
  const inRoot = (path: string) => join(root.path, path);
  const dpkg = (...words: string[]) => root.beside('dpkg', `--root=${root.path}`, ...words);
  const installed = await dpkg(...install, '-i', deb);
  assert.equal(installed.status, 0, installed.stderr);
  t.after(() => dpkg('-P', 'hupd'));
  assert.equal((await dpkg('-V', 'hupd')).stdout, '', 'every file is as its sum says');

  // Its own configuration, found without being named.
  writeFileSync(inRoot('etc/hupd/conf.d/web.conf'), '[program:web]\ncommand=sleep 1000\nstartsecs=0\n');
  const checked = await root.run('hupd', '--check');
  assert.deepEqual([checked.status, checked.stdout], [0, '']);
  assert.equal((await root.run('hupd')).status, 0);
  assert.match((await root.run('hupctl', 'status')).stdout, /^web +RUNNING/);
  const pids = async () => (await root.run('hupctl', 'pid')).stdout + (await root.run('hupctl', 'pid', 'web')).stdout;
  const before = await pids();
  const upgraded = await dpkg(...install, '-i', deb);
  assert.match(upgraded.stdout, /^upgraded$/m, `${upgraded.stdout}${upgraded.stderr}`);
  assert.equal(await pids(), before, 'nothing was restarted');
  assert.match(readFileSync(inRoot('var/log/hupd/hupd.log'), 'utf8'), /upgraded in place: 1 processes run on/);
  assert.equal((await root.run('hupctl', 'shutdown')).stdout, 'Shut down\n');
  await useInstalled({ daemon: '/usr/bin/hupd', ctl: '/usr/bin/hupctl', root });

  const removed = await dpkg('-P', 'hupd');
  assert.equal(removed.status, 0, removed.stderr);
  for (const path of ['usr/bin/hupd', 'usr/bin/hupctl', 'etc/hupd/hupd.conf', 'etc/logrotate.d/hupd', 'var/log/hupd']) {
    assert.equal(existsSync(inRoot(path)), false, `${path} of ${basename(deb)} is left`);
  }
  assert.match(readFileSync(inRoot('etc/hupd/conf.d/web.conf'), 'utf8'), /sleep/, 'what the user made stays');
  rmSync(inRoot('etc/hupd'), { recursive: true });
}
