import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RotatingFile } from '../../src/log/rotating-file.ts';
import { FakeMovable } from '../support/movable.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Rig {
  readonly dir: string;
  readonly path: string;
  readonly file: RotatingFile;
  readonly said: string[];
  readonly clock: { now: number };
}

function rig(t: TestContext, options: { maxBytes?: number; backups?: number; path?: string; mode?: number } = {}): Rig {
  const dir = tempDir(t);
  const path = options.path ?? join(dir, 'log');
  const said: string[] = [];
  const clock = { now: 0 };
  const file = new RotatingFile({
    path,
    maxBytes: options.maxBytes ?? 0,
    backups: options.backups ?? 0,
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    report: ({ level, text }) => said.push(`${level} ${text}`),
    now: () => clock.now,
  });
  t.after(() => file.close());
  assert.equal(file.open(), null);
  return { dir, path, file, said, clock };
}

/** Every file of the directory with what is in it. */
function contents(dir: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(dir)
      .sort()
      .map((name) => [name, readFileSync(join(dir, name), 'utf8')]),
  );
}

const rotations: ReadonlyArray<{
  readonly title: string;
  readonly maxBytes: number;
  readonly backups: number;
  readonly writes: readonly string[];
  readonly files: Record<string, string>;
}> = [
  { title: 'below the limit', maxBytes: 10, backups: 2, writes: ['123456789'], files: { log: '123456789' } },
  {
    title: 'at the limit',
    maxBytes: 10,
    backups: 2,
    writes: ['0123456789'],
    files: { log: '', 'log.1': '0123456789' },
  },
  {
    title: 'a chunk beyond the limit is not split',
    maxBytes: 10,
    backups: 2,
    writes: ['12345', '6789012345', 'x'],
    files: { log: 'x', 'log.1': '123456789012345' },
  },
  {
    title: 'the oldest backup goes',
    maxBytes: 2,
    backups: 2,
    writes: ['aa', 'bb', 'cc', 'dd', 'e'],
    files: { log: 'e', 'log.1': 'dd', 'log.2': 'cc' },
  },
  { title: 'one backup', maxBytes: 2, backups: 1, writes: ['aa', 'bb', 'c'], files: { log: 'c', 'log.1': 'bb' } },
  { title: 'no backups: emptied', maxBytes: 2, backups: 0, writes: ['aa', 'bb', 'c'], files: { log: 'c' } },
  { title: 'no limit', maxBytes: 0, backups: 2, writes: ['a'.repeat(1000)], files: { log: 'a'.repeat(1000) } },
];
for (const { title, maxBytes, backups, writes, files } of rotations) {
  test(`rotation, ${title}`, (t) => {
    const { dir, file } = rig(t, { maxBytes, backups });
    for (const chunk of writes) file.write(chunk);
    assert.deepEqual(contents(dir), files);
  });
}

test('a large chunk that is moved is divided among files, each as full as it may be', (t) => {
  const { dir, file } = rig(t, { maxBytes: 100_000, backups: 9 });
  const all = Buffer.alloc(450_000, '0123456789abcdefghijklmnopqrstuvwxyz\n');
  file.write(all.subarray(0, 50_000));
  file.take(new FakeMovable(all.subarray(50_000)));
  const files = contents(dir);
  const inOrder = ['log.4', 'log.3', 'log.2', 'log.1', 'log'].map((name) => files[name] ?? '');
  assert.equal(inOrder.join(''), all.toString());
  // What is missing to the limit, but never a part of less than 64 KiB.
  assert.deepEqual(
    inOrder.map((text) => text.length),
    [50_000 + 65_536, 100_000, 100_000, 100_000, 34_464],
  );
});

test('a chunk of which only some can be moved is written for the rest', (t) => {
  for (const movable of [0, 3]) {
    const { dir, file } = rig(t, { maxBytes: 0, backups: 0 });
    file.write('a');
    file.take(new FakeMovable('bcdefgh', movable));
    file.write('i');
    assert.deepEqual(contents(dir), { log: 'abcdefghi' });
  }
});

test('what can not be taken is counted, and a closed log takes nothing', (t) => {
  const gone = join(tempDir(t), 'gone');
  mkdirSync(gone);
  const { file, path, said } = rig(t, { path: join(gone, 'log') });
  rmSync(gone, { recursive: true });
  file.reopen();
  file.take(new FakeMovable('12345'));
  mkdirSync(gone);
  file.take(new FakeMovable('678'));
  assert.match(said.at(-1) ?? '', /can be written again; 5 bytes were dropped/);
  file.close();
  file.take(new FakeMovable('9'));
  assert.equal(readFileSync(path, 'latin1'), '678');
});

test('a log that is there already is continued, and its size counts', (t) => {
  const { dir, path, file } = rig(t, { maxBytes: 10, backups: 1 });
  file.write('12345');
  file.close();
  const second = new RotatingFile({ path, maxBytes: 10, backups: 1, report: ({ text }) => assert.fail(text) });
  t.after(() => second.close());
  assert.equal(second.open(), null);
  second.write('67890');
  assert.deepEqual(contents(dir), { log: '', 'log.1': '1234567890' });
});

test('after an outside copytruncate, after a rotation too, the log goes on from its beginning', (t) => {
  const { dir, path, file } = rig(t, { maxBytes: 10, backups: 1 });
  file.write('0123456789');
  file.write('abcde');
  truncateSync(path);
  file.write('fgh');
  assert.deepEqual(contents(dir), { log: 'fgh', 'log.1': '0123456789' });
  file.write('ij');
  assert.deepEqual(contents(dir), { log: 'fghij', 'log.1': '0123456789' }, 'its true size decides');
});

test('a log that a clean-up script removed is begun anew at its rotation', (t) => {
  const { dir, path, file, said } = rig(t, { maxBytes: 4, backups: 1 });
  unlinkSync(path);
  file.write('lost');
  file.write('x');
  assert.deepEqual(contents(dir), { log: 'x' });
  assert.deepEqual(said, []);
});

test('reopen goes on in a new file where the old one was moved away', (t) => {
  const { dir, path, file } = rig(t);
  file.write('old');
  renameSync(path, `${path}-2026`);
  file.write(', still old');
  file.reopen();
  file.write('new');
  assert.deepEqual(contents(dir), { log: 'new', 'log-2026': 'old, still old' });
});

test('clear begins a new file and leaves the backups', (t) => {
  const { dir, file } = rig(t, { maxBytes: 4, backups: 1 });
  file.write('aaaa');
  file.write('bb');
  assert.equal(file.clear(), null);
  file.write('c');
  assert.deepEqual(contents(dir), { log: 'c', 'log.1': 'aaaa' });
});

test('clear works on the log of a process that is down', (t) => {
  const { dir, file } = rig(t);
  file.write('aaaa');
  file.close();
  assert.equal(file.clear(), null);
  assert.deepEqual(contents(dir), { log: '' });
  unlinkSync(join(dir, 'log'));
  assert.equal(file.clear(), null);
  assert.deepEqual(contents(dir), {});
});

test('a new file has the permissions asked for, after a rotation and a clear too', (t) => {
  const { path, file } = rig(t, { maxBytes: 2, backups: 1, mode: 0o600 });
  const mode = () => statSync(path).mode & 0o777;
  assert.equal(mode(), 0o600);
  file.write('aa');
  assert.equal(mode(), 0o600);
  file.clear();
  assert.equal(mode(), 0o600);
});

test('what is written to a closed log is dropped in silence', (t) => {
  const { dir, file, said } = rig(t);
  file.close();
  file.write('x');
  assert.deepEqual(contents(dir), { log: '' });
  assert.deepEqual(said, []);
});

test('opening says why it cannot, and a later write finds the directory when it is there', (t) => {
  const dir = tempDir(t);
  const path = join(dir, 'sub', 'log');
  const said: string[] = [];
  const file = new RotatingFile({ path, maxBytes: 0, backups: 0, report: ({ text }) => said.push(text) });
  t.after(() => file.close());
  assert.equal(file.open()?.errno, 'ENOENT');
  file.write('four');
  file.write('more');
  mkdirSync(join(dir, 'sub'));
  file.write('found');
  assert.equal(readFileSync(path, 'utf8'), 'found');
  assert.deepEqual(said, [
    `cannot write log ${path}: ENOENT: no such file or directory; output is dropped until it can be written again`,
    `log ${path} can be written again; 8 bytes were dropped`,
  ]);
});

test('a log directory that is removed is said at the next rotation, once, and found again when it is back', (t) => {
  const { dir, path, file, said } = rig(t, { maxBytes: 4, backups: 1 });
  rmSync(dir, { recursive: true });
  file.write('aaaa');
  file.write('bbbb');
  file.write('cccc');
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /^ERRO cannot write log .*ENOENT/);
  mkdirSync(dir);
  file.write('dd');
  assert.deepEqual(contents(dir), { log: 'dd' });
  assert.equal(said[1], `WARN log ${path} can be written again; 8 bytes were dropped`);
});

test('a full disk is said once, costs what does not fit, and takes nothing else down', (t) => {
  const { file, said } = rig(t, { path: '/dev/full' });
  for (let i = 0; i < 1000; i++) file.write('x');
  assert.deepEqual(said, [
    'ERRO cannot write log /dev/full: ENOSPC: no space left on device; output is dropped until it can be written again',
  ]);
});

test('a descriptor that is closed under the log is opened anew', (t) => {
  const { dir, path, file, said } = rig(t);
  const probe = openSync(path, 'r');
  closeSync(probe);
  // Descriptors are handed out in order: the log's own is the one before.
  closeSync(probe - 1);
  file.write('lost');
  file.write('found');
  assert.deepEqual(contents(dir), { log: 'found' });
  assert.match(said[0] ?? '', /EBADF/);
  assert.equal(said.length, 2);
});

test('trouble that comes and goes is not told each time', (t) => {
  const { dir, path, file, said, clock } = rig(t);
  const breakAndMend = () => {
    rmSync(path, { force: true });
    mkdirSync(path);
    file.reopen();
    file.write('lost');
    rmSync(path, { recursive: true });
    file.write('kept');
  };
  for (let i = 0; i < 5; i++) breakAndMend();
  assert.equal(said.length, 2);
  clock.now = 60_000;
  breakAndMend();
  assert.equal(said.length, 4);
  assert.match(said[3] ?? '', /20 bytes were dropped/, 'what was dropped in silence is counted');
  assert.deepEqual(contents(dir), { log: 'kept' });
});

test('where a backup cannot be made the log goes on growing, and that is said', (t) => {
  const { dir, file, said } = rig(t, { maxBytes: 4, backups: 1 });
  mkdirSync(join(dir, 'log.1'));
  writeFileSync(join(dir, 'log.1', 'x'), '');
  for (const chunk of ['aaaa', 'b', 'c']) file.write(chunk);
  assert.equal(readFileSync(join(dir, 'log'), 'utf8'), 'aaaabc');
  assert.match(said[0] ?? '', /^ERRO cannot write log .*EISDIR/);
});

test('a device is written, never rotated or cleared, and that is said only where it matters', (t) => {
  const { file, said } = rig(t, { path: '/dev/null', maxBytes: 1, backups: 1 });
  file.write('xx');
  assert.equal(file.clear(), null);
  assert.deepEqual(said, []);
  assert.equal(existsSync('/dev/null.1'), false);
});

function fifo(t: TestContext): { path: string; said: string[]; file: RotatingFile } {
  const path = join(tempDir(t), 'fifo');
  execFileSync('mkfifo', [path]);
  const said: string[] = [];
  const file = new RotatingFile({ path, maxBytes: 10, backups: 1, report: ({ text }) => said.push(text) });
  t.after(() => file.close());
  return { path, said, file };
}

test('a FIFO is written without rotation; without a reader it is trouble that passes', (t) => {
  const { path, said, file } = fifo(t);
  assert.equal(file.open()?.errno, 'ENXIO');
  file.write('lost');
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  t.after(() => closeSync(reader));
  file.write('0123456789');
  file.write('more');
  const buffer = Buffer.alloc(100);
  assert.equal(buffer.toString('utf8', 0, readSync(reader, buffer)), '0123456789more');
  assert.match(said[0] ?? '', /ENXIO/);
  assert.match(said[1] ?? '', /is not a regular file/);
  assert.match(said[2] ?? '', /4 bytes were dropped/);
});

test('what a slow reader has no room for waits, in order, and is written by the next write', (t) => {
  const { path, said, file } = fifo(t);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  t.after(() => closeSync(reader));
  file.open();
  const sent = Array.from({ length: 300 }, (_, i) => Buffer.alloc(1000, 97 + (i % 26)));
  for (const chunk of sent) file.write(chunk);
  const got: Buffer[] = [];
  const readAll = () => {
    const buffer = Buffer.alloc(1 << 20);
    try {
      for (;;) {
        const n = readSync(reader, buffer);
        if (n === 0) return;
        got.push(Buffer.from(buffer.subarray(0, n)));
      }
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
    }
  };
  readAll();
  assert.ok(Buffer.concat(got).length < 300_000, 'a pipe does not hold all of it');
  for (let i = 0; i < 10; i++) {
    file.write('');
    readAll();
  }
  assert.equal(Buffer.concat(got).toString(), Buffer.concat(sent).toString());
  assert.equal(said.length, 1);
});

test('what a reader that never reads has no room for is dropped and counted, and memory stays bounded', (t) => {
  const { path, said, file } = fifo(t);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  t.after(() => closeSync(reader));
  file.open();
  const chunk = Buffer.alloc(100_000, 120);
  for (let i = 0; i < 1000; i++) file.write(chunk);
  assert.match(said[1] ?? '', /EAGAIN: its reader does not read/);
  const buffer = Buffer.alloc(1 << 22);
  let kept = 0;
  for (;;) {
    let n = 0;
    try {
      n = readSync(reader, buffer);
    } catch {
      // Empty for now.
    }
    if (n === 0) break;
    kept += n;
    file.write('');
  }
  assert.ok(kept > 1_000_000 && kept < 1_300_000, String(kept));
  file.write('x');
  assert.match(said[2] ?? '', /bytes were dropped/);
});

test('two writers of one file do not overwrite each other', (t) => {
  const { path, file } = rig(t);
  file.write('a');
  appendFileSync(path, 'b');
  file.write('c');
  assert.equal(readFileSync(path, 'utf8'), 'abc');
});
