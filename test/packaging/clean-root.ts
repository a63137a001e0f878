/**
 * A root directory with next to nothing in it: a shell, a few programs of coreutils, the libraries that they and what is put there need, and no
 * node. Commands run in it by chroot, with a /proc and a /dev of its own that go with them.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type CtlResult, run } from '../support/rig.ts';

export class CleanRoot {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Copies a program of this machine, or another file, with the libraries that it needs, to the same path or to another. */
  add(file: string, to = file): void {
    const target = join(this.path, to);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(realpathSync(file), target);
    const { stdout } = spawnSync('ldd', [file], { encoding: 'utf8' });
    for (const [, library = ''] of stdout.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)) {
      mkdirSync(dirname(join(this.path, library)), { recursive: true });
      copyFileSync(realpathSync(library), join(this.path, library));
    }
  }

  /** In the root, with nothing of our environment but a PATH. */
  run(...words: readonly string[]): Promise<CtlResult> {
    return this.beside('chroot', this.path, ...words);
  }

  /** A program of this machine, for which the root has its /proc and /dev as well: what dpkg runs in it needs them. */
  beside(...words: readonly string[]): Promise<CtlResult> {
    return run('unshare', ['--mount', '/bin/sh', '-c', mounted, this.path, ...words], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
  }
}

const mounted = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec "$@"';

const programs = ['sh', 'cat', 'ls', 'sleep', 'env', 'rm', 'mkdir', 'ln', 'true', 'false'];

export function cleanRoot(t: TestContext): CleanRoot {
  const root = new CleanRoot(mkdtempSync(join(tmpdir(), 'hupd-root-')));
  t.after(() => rmSync(root.path, { recursive: true, force: true }));
  for (const folder of ['proc', 'dev', 'run', 'tmp', 'etc']) mkdirSync(join(root.path, folder));
  writeFileSync(join(root.path, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  for (const program of programs) root.add(`/bin/${program}`);
  return root;
}
