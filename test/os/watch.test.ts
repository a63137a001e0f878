/** What the kernel and chokidar tell of changed files. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { compileWatchGlobs } from '../../src/core/watch-globs.ts';
import { watchFiles } from '../../src/os/watch.ts';
import { until } from '../support/until.ts';

interface Seen {
  readonly dir: string;
  readonly changes: string[];
  readonly errors: string[];
}

/** Watches those globs of a new directory (`DIR`); resolves when that is under way. */
async function watching(t: TestContext, prepare: (dir: string) => void, ...globs: string[]): Promise<Seen> {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-watch-'));
  t.after(() => rmSync(dir, { recursive: true }));
  prepare(dir);
  const { roots, isIgnored } = compileWatchGlobs(
    globs.map((glob) => glob.replace('DIR', dir)),
    [],
  );
  const changes: string[] = [];
  const errors: string[] = [];
  await new Promise<void>((onReady) => {
    const onChange = (path: string) => changes.push(path.replace(dir, 'DIR'));
    const watch = watchFiles({ roots, isIgnored, onChange, onReady, onError: (text) => errors.push(text) });
    t.after(() => watch.close());
  });
  return { dir, changes, errors };
}

const told = (seen: Seen, path: string) =>
  until(
    path,
    () => seen.changes.includes(path),
    () => seen.changes.join('\n'),
  );

test('a file that is written, replaced, removed, or new in a new directory', async (t) => {
  const seen = await watching(
    t,
    (dir) => {
      mkdirSync(join(dir, 'app'));
      writeFileSync(join(dir, 'app/a'), '1');
      writeFileSync(join(dir, 'app/b'), '1');
    },
    'DIR/app',
  );
  appendFileSync(join(seen.dir, 'app/a'), '2');
  await told(seen, 'DIR/app/a');
  seen.changes.length = 0;
  writeFileSync(join(seen.dir, 'other'), '2');
  renameSync(join(seen.dir, 'other'), join(seen.dir, 'app/a'));
  await told(seen, 'DIR/app/a');
  unlinkSync(join(seen.dir, 'app/b'));
  await told(seen, 'DIR/app/b');
  mkdirSync(join(seen.dir, 'app/x/y'), { recursive: true });
  writeFileSync(join(seen.dir, 'app/x/y/z'), '');
  await told(seen, 'DIR/app/x/y/z');
  appendFileSync(join(seen.dir, 'app/x/y/z'), 'more');
  assert.deepEqual(seen.errors, []);
});

test('a file that is replaced again and again goes on being watched', async (t) => {
  const seen = await watching(
    t,
    (dir) => {
      mkdirSync(join(dir, 'app'));
      writeFileSync(join(dir, 'app/a.conf'), '0');
    },
    'DIR/app/*.conf',
  );
  for (let round = 1; round <= 5; round++) {
    seen.changes.length = 0;
    writeFileSync(join(seen.dir, 'app/a.conf.new'), `${round}${'x'.repeat(round)}`);
    renameSync(join(seen.dir, 'app/a.conf.new'), join(seen.dir, 'app/a.conf'));
    await told(seen, 'DIR/app/a.conf');
    assert.ok(!seen.changes.includes('DIR/app/a.conf.new'));
  }
});

test('what is not there yet is waited for', async (t) => {
  const seen = await watching(t, () => {}, 'DIR/later/**/*.py');
  mkdirSync(join(seen.dir, 'later/x'), { recursive: true });
  writeFileSync(join(seen.dir, 'later/x/a.py'), '');
  await told(seen, 'DIR/later');
  await until('a change in it', () => {
    appendFileSync(join(seen.dir, 'later/x/a.py'), 'x');
    return seen.changes.includes('DIR/later/x/a.py');
  });
});

test('a release that is switched by a link is a change, and the new one is watched', async (t) => {
  for (const glob of ['DIR/current', 'DIR/current/app/**']) {
    const seen = await watching(
      t,
      (dir) => {
        for (const release of ['one', 'two']) {
          mkdirSync(join(dir, release, 'app'), { recursive: true });
          writeFileSync(join(dir, release, 'app/a'), '1');
        }
        symlinkSync('one', join(dir, 'current'));
      },
      glob,
    );
    symlinkSync('two', join(seen.dir, 'new'));
    renameSync(join(seen.dir, 'new'), join(seen.dir, 'current'));
    await told(seen, 'DIR/current');
    await until('a change in the new release', () => {
      appendFileSync(join(seen.dir, 'two/app/a'), 'x');
      return seen.changes.includes('DIR/current/app/a');
    });
  }
});

test('five thousand files at once are all told', async (t) => {
  const seen = await watching(t, (dir) => mkdirSync(join(dir, 'app')), 'DIR/app');
  for (let i = 0; i < 5000; i++) {
    if (i % 100 === 0) mkdirSync(join(seen.dir, `app/${i / 100}`));
    writeFileSync(join(seen.dir, `app/${Math.floor(i / 100)}/${i}.py`), '');
  }
  const files = () => new Set(seen.changes.filter((path) => /\/\d+\/\d+\.py$/.test(path))).size;
  await until(
    'all of them',
    () => files() === 5000,
    () => `${files()}`,
  );
  assert.deepEqual(seen.errors, []);
});

test('closing it right away is no trouble', () => {
  const nothing = () => {};
  watchFiles({
    roots: ['/tmp'],
    isIgnored: () => true,
    onChange: nothing,
    onReady: nothing,
    onError: assert.fail,
  }).close();
});
