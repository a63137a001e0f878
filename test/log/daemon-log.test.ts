import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { LogLevel } from '../../src/core/spec.ts';
import { DaemonLog, type DaemonLogOptions } from '../../src/log/daemon-log.ts';
import { Syslog } from '../../src/log/syslog.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Rig {
  readonly dir: string;
  readonly path: string;
  readonly log: DaemonLog;
  readonly clock: { now: number };
  read(name: 'log' | 'stdout' | 'stderr'): string;
}

function rig(t: TestContext, options: Partial<DaemonLogOptions> & { readonly path?: string } = {}): Rig {
  const dir = tempDir(t);
  const path = options.path ?? join(dir, 'log');
  const clock = { now: new Date(2026, 10, 2, 4, 5, 9).getTime() + 7 };
  const [stdoutFd, stderrFd] = ['stdout', 'stderr'].map((name) => openSync(join(dir, name), 'a'));
  const log = new DaemonLog({
    target: { kind: 'file', path, maxBytes: 0, backups: 0 },
    level: 'INFO',
    copyToStdout: false,
    wallNow: () => clock.now,
    stdoutFd: stdoutFd ?? -1,
    stderrFd: stderrFd ?? -1,
    ...options,
  });
  t.after(() => {
    log.close();
    for (const fd of [stdoutFd, stderrFd]) closeSync(fd ?? -1);
  });
  return { dir, path, log, clock, read: (name) => readFileSync(join(dir, name), 'utf8') };
}

test('a record has local time, milliseconds cut off, a level of four letters, and the text', (t) => {
  const { log, clock, read } = rig(t);
  assert.equal(log.open(), null);
  log.log('INFO', 'one');
  clock.now += 0.9;
  log.log('CRIT', 'two\nlines');
  clock.now += 992.5;
  log.log('WARN', '');
  assert.equal(
    read('log'),
    '2026-11-02 04:05:09,007 INFO one\n2026-11-02 04:05:09,007 CRIT two\nlines\n2026-11-02 04:05:10,000 WARN \n',
  );
});

const order: readonly LogLevel[] = ['CRIT', 'ERRO', 'WARN', 'INFO', 'DEBG', 'TRAC', 'BLAT'];
for (const [rank, level] of order.entries()) {
  test(`loglevel ${level} shows ${order.slice(0, rank + 1).join(', ')} and hides the rest`, (t) => {
    const { log, read } = rig(t, { level });
    log.open();
    for (const of of order) log.log(of, of);
    const shown = order.slice(0, rank + 1);
    assert.deepEqual(read('log').match(/[A-Z]+$/gm), shown);
    assert.deepEqual(
      order.filter((of) => log.enabled(of)),
      shown,
    );
  });
}

test('with a copy on standard output every record is in both; a log of the same name then has it twice', (t) => {
  const { dir, log, read } = rig(t, { copyToStdout: true });
  log.open();
  log.log('INFO', 'x');
  assert.equal(read('stdout'), read('log'));
  assert.match(read('stdout'), /INFO x\n$/);
  const twice = rig(t, { copyToStdout: true, path: join(dir, 'stdout'), stdoutFd: openSync(join(dir, 'stdout'), 'a') });
  twice.log.open();
  twice.log.log('INFO', 'y');
  assert.equal(read('stdout').match(/INFO y$/gm)?.length, 2);
});

test('a reader of standard output that has gone does not matter', (t) => {
  const { dir, log, read } = rig(t);
  const path = join(dir, 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stdoutFd = openSync(path, constants.O_WRONLY);
  closeSync(reader);
  const piped = rig(t, { copyToStdout: true, stdoutFd, path: join(dir, 'log') });
  piped.log.open();
  piped.log.log('INFO', 'goes on');
  assert.match(read('log'), /goes on/);
  closeSync(stdoutFd);
  log.close();
});

test('the system log gets the whole record, line by line', (t) => {
  const sent: string[] = [];
  const sink = { send: (datagram: Buffer) => sent.push(datagram.toString()), close: () => {} };
  const wall = new Date(2026, 10, 12, 4, 5, 9).getTime();
  const syslog = new Syslog(sink, 'supervisord', () => wall);
  const { log } = rig(t, { target: { kind: 'syslog', syslog } });
  assert.equal(log.open(), null);
  assert.equal(log.path, null);
  log.log('WARN', 'two\nlines\n');
  assert.deepEqual(sent, [
    '<14>Nov 12 04:05:09 supervisord: 2026-11-02 04:05:09,007 WARN two',
    '<14>Nov 12 04:05:09 supervisord: 2026-11-02 04:05:09,007 WARN lines',
  ]);
});

test('reopen and clear work on the main log', (t) => {
  const { path, log, read } = rig(t);
  log.open();
  log.log('INFO', 'old');
  renameSync(path, `${path}.moved`);
  log.reopen();
  log.log('INFO', 'new');
  assert.match(read('log'), /^.{23} INFO new\n$/);
  assert.equal(log.clear(), null);
  assert.equal(read('log'), '');
});

test('a main log that cannot be opened says why', (t) => {
  const { log } = rig(t, { path: '/nonexistent/log' });
  assert.equal(log.open()?.text, 'ENOENT: no such file or directory');
});

test('a main log that cannot be written says so on standard error, once, and in the log when it is over', (t) => {
  const { dir, path, log, read } = rig(t);
  log.open();
  rmSync(path);
  mkdirSync(path);
  log.reopen();
  log.log('INFO', 'lost');
  log.log('INFO', 'lost');
  rmSync(path, { recursive: true });
  log.log('INFO', 'kept');
  const said = readFileSync(join(dir, 'stderr'), 'utf8').trim().split('\n');
  assert.equal(said.length, 2);
  assert.match(said[0] ?? '', /ERRO cannot write log .*: EISDIR: illegal operation on a directory; output is dropped/);
  assert.match(read('log'), /INFO kept\n.* WARN log .* can be written again; 68 bytes were dropped\n$/);
});
