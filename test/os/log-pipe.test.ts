import assert from 'node:assert/strict';
import { existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadLibc } from '../../src/os/libc.ts';
import type { Chunk } from '../../src/os/os.ts';
import { bounded, collect, output, rig, rootOnly, until } from './rig.ts';

test('a child can open /dev/stdout again, and what it writes there arrives in order', async (t) => {
  const { run } = rig(t);
  assert.equal((await run('echo one; echo two > /dev/stdout; echo three > /proc/self/fd/2')).text, 'one\ntwo\nthree\n');
});

test('a child of another user can open /dev/stdout again too', { skip: rootOnly }, async (t) => {
  const { os, run } = rig(t);
  for (const name of ['www-data', 'nobody']) {
    const uid = os.userByName(name)?.uid;
    if (uid === undefined) continue;
    assert.equal((await run('id -u > /dev/stdout', { uid })).text, `${uid}\n`);
  }
});

test('a log pipe belongs to its owner alone, and closing it removes it', { skip: rootOnly }, (t) => {
  const { os } = rig(t);
  const pipe = os.createLogPipe('web:web_0/../stdout', 65534);
  const stat = statSync(pipe.path);
  assert.deepEqual([stat.uid, stat.mode & 0o7777, stat.isFIFO()], [65534, 0o600, true]);
  pipe.close();
  assert.equal(existsSync(pipe.path), false);
  pipe.close();
});

test('the end comes when the last writer has gone, not when the child has', async (t) => {
  const { os, shell, start, exit, directory } = rig(t);
  const out = os.createLogPipe('end', null);
  const pid = start(shell('(while [ ! -e go ]; do sleep 0.01; done; echo last) & echo first', out, { directory }));
  out.closeChildEnd();
  const seen = output(out);
  await exit(pid);
  await seen.has('first');
  assert.equal(await Promise.race([seen.ended.then(() => 'ended'), Promise.resolve('open')]), 'open');
  writeFileSync(`${directory}/go`, '');
  await bounded('end', seen.ended);
  assert.equal(seen.text, 'first\nlast\n');
  out.close();
});

test('drain delivers at once what a dead child has written', async (t) => {
  const { os, shell, start } = rig(t);
  const out = os.createLogPipe('drain', null);
  const seen = output(out);
  const pid = start(shell('echo all of it', out));
  while (os.stat(pid)?.state !== 'Z'); // this turn of the event loop has not ended
  assert.equal(seen.text, '');
  out.drain();
  assert.equal(seen.text, 'all of it\n');
  out.drain();
  out.close();
  await bounded('end', seen.ended);
  assert.equal(seen.text, 'all of it\n');
});

test('a closed pipe delivers nothing more, and its child lives on', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const out = os.createLogPipe('closed', null);
  const seen = output(out);
  const stdin = os.createStdinPipe();
  const request = shell('echo one; read x; echo two; exit 7', out);
  const pid = start({ ...request, fds: new Map([...request.fds, [0, stdin.childFd]]) });
  stdin.closeChildEnd();
  await seen.has('one');
  out.close();
  await bounded('end', seen.ended);
  assert.equal(stdin.write(Buffer.from('go on\n')), 'ok');
  assert.deepEqual(await exit(pid), { kind: 'exit', code: 7 });
  stdin.close();
  assert.equal(seen.text, 'one\n');
});

test('a megabyte goes through whole', async (t) => {
  const { run } = rig(t);
  const { text } = await run('yes 0123456789abcde | head -c 1048576');
  assert.equal(text.length, 1048576);
});

test('a child writes on when its daemon was killed, and the next daemon gets every line once', async (t) => {
  const { os, shell, start, exit, directory } = rig(t);
  assert.equal(os.becomeSubreaper(), 'ok');
  mkdirSync(`${directory}/run`);
  const out = os.createLogPipe('daemon', null);
  const puppet = fileURLToPath(new URL('./puppet-daemon.js', import.meta.url));
  const script =
    'echo before; while [ ! -e go ]; do sleep 0.01; done; i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done';
  const daemon = start(shell('', out, { file: process.execPath, args: ['node', puppet, directory, script] }));
  out.closeChildEnd();
  const seen = output(out);
  await seen.has('moved 7 bytes: before');
  const [, path = '', writer] = /fifo (\S+) of (\d+)/.exec(seen.text) ?? [];
  assert.equal(os.kill(daemon, 9, false), 'ok');
  await exit(daemon);
  writeFileSync(`${directory}/go`, '');
  const again = os.reopenLogPipe(path);
  const text = await collect(again);
  assert.equal(text, Array.from({ length: 2000 }, (_, index) => `line ${index}\n`).join(''));
  assert.equal(readFileSync(`${directory}/log`, 'utf8'), 'before\n');
  assert.deepEqual(await exit(Number(writer)), { kind: 'exit', code: 0 });
  again.close();
  out.close();
});

test('a daemon that is killed in the midst of a stream has neither lost nor doubled a byte of it', async (t) => {
  const { os, shell, start, exit, directory } = rig(t);
  assert.equal(os.becomeSubreaper(), 'ok');
  mkdirSync(`${directory}/run`);
  const out = os.createLogPipe('daemon', null);
  const puppet = fileURLToPath(new URL('./puppet-daemon.js', import.meta.url));
  const args = ['node', puppet, directory, countingForEver, 'gathered'];
  const daemon = start(shell('', out, { file: process.execPath, args }));
  out.closeChildEnd();
  const seen = output(out);
  await seen.has('\n');
  const [, path = '', writer = ''] = /fifo (\S+) of (\d+)/.exec(seen.text) ?? [];
  t.after(() => os.kill(Number(writer), 9, false));
  await until('a log', () => existsSync(`${directory}/log`) && statSync(`${directory}/log`).size > 100_000);
  assert.equal(os.kill(daemon, 9, false), 'ok');
  await exit(daemon);
  const before = readFileSync(`${directory}/log`, 'latin1');
  const again = os.reopenLogPipe(path);
  const rest = output(again);
  await rest.has('\n');
  assert.equal(os.kill(Number(writer), 9, false), 'ok');
  await exit(Number(writer));
  await bounded('end', rest.ended);
  const text = before + rest.text;
  assert.equal(text, Array.from({ length: text.split('\n').length - 1 }, (_, index) => `${index + 1}\n`).join(''));
  again.close();
  out.close();
});
/** Each line by a write of its own. */
const countingForEver = 'i=0; while :; do i=$((i+1)); echo $i; done';

test('a chunk that is moved into a file leaves the pipe in the same moment, whatever is appended there meanwhile', async (t) => {
  const { os, shell, start, exit, directory } = rig(t);
  const log = openSync(`${directory}/log`, 'a');
  const out = os.createLogPipe('move', null);
  const pid = start(shell('i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done', out));
  out.closeChildEnd();
  let moved = 0;
  const ended = new Promise<void>((resolve) => {
    out.read((chunk) => {
      assert.equal(chunk.moveTo(log, chunk.size), chunk.size);
      assert.equal(chunk.moveTo(log, chunk.size), 0, 'nothing is left of it');
      moved += chunk.size;
    }, resolve);
  });
  await exit(pid);
  await bounded('end', ended);
  const text = readFileSync(`${directory}/log`, 'utf8');
  assert.equal(text, Array.from({ length: 500 }, (_, index) => `line ${index}\n`).join(''));
  assert.equal(moved, text.length);
  writeFileSync(log, 'appended\n'); // the file is open for appending as before
  assert.equal(readFileSync(`${directory}/log`, 'utf8'), `${text}appended\n`);
  out.close();
});

test('a chunk that only a part of is moved is gone from the pipe when its receiver has returned', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const out = os.createLogPipe('part', null);
  const pid = start(shell('echo one; sleep 0.05; echo two', out));
  out.closeChildEnd();
  const chunks: string[] = [];
  const tty = openSync('/dev/full', 'w');
  const ended = new Promise<void>((resolve) => {
    out.read((chunk) => {
      chunks.push(`${chunk.moveTo(tty, chunk.size)} ${chunk.bytes()}`);
      out.drain(); // asks for what it is being given
    }, resolve);
  });
  await exit(pid);
  await bounded('end', ended);
  assert.deepEqual(chunks, ['0 one\n', '0 two\n']);
  out.close();
});

test('what is written line by line without a pause is gathered, and arrives whole and in order', async (t) => {
  const { os, shell, start, exit, directory } = rig(t);
  const log = openSync(`${directory}/log`, 'a');
  const out = os.createLogPipe('lines', null);
  const lines = 20_000;
  const pid = start(shell(`i=0; while [ $i -lt ${lines} ]; do i=$((i+1)); echo $i; done`, out));
  out.closeChildEnd();
  const ends: string[] = [];
  const ended = new Promise<void>((resolve) => {
    const receive = (chunk: Chunk) => {
      assert.equal(chunk.moveTo(log, chunk.size), chunk.size);
      ends.push(chunk.last(8).toString());
    };
    out.read(receive, resolve, 'gathered');
  });
  await exit(pid);
  await bounded('end', ended);
  const text = readFileSync(`${directory}/log`, 'utf8');
  assert.equal(text, Array.from({ length: lines }, (_, index) => `${index + 1}\n`).join(''));
  assert.equal(ends.at(-1), text.slice(-8));
  assert.ok(ends.length < lines / 4, `${ends.length} chunks`);
  out.close();
});

test('a pipe through which much goes is made larger, and has its usual size again when it is quiet', async (t) => {
  const { os, shell, start } = rig(t);
  const out = os.createLogPipe('much', null);
  const size = () => {
    const libc = loadLibc();
    return libc.ok ? libc.libc.fcntl(out.childFd, F_GETPIPE_SZ, 0) : 0;
  };
  const usual = size();
  const pid = start(shell('exec yes', out));
  out.read(
    () => {},
    () => {},
    'gathered',
  );
  await until('a larger pipe', () => size() > usual);
  os.kill(pid, 9, true);
  await until('the usual size', () => size() === usual);
  out.close();
});
const F_GETPIPE_SZ = 1032;

test('all of a chunk can be had after it was moved, and a receiver that only looks leaves nothing behind', async (t) => {
  const { os, shell, start, exit, directory } = rig(t);
  const log = openSync(`${directory}/log`, 'a');
  const out = os.createLogPipe('look', null);
  const pid = start(shell('echo one; sleep 0.05; echo two; sleep 0.05; echo three', out));
  out.closeChildEnd();
  const looks = [
    (chunk: Chunk) => `${chunk.moveTo(log, 2)} ${chunk.bytes()}`,
    () => '',
    (chunk: Chunk) => `${chunk.last(3)} ${chunk.size}`,
  ];
  const seen: string[] = [];
  const ended = new Promise<void>((resolve) => {
    out.read((chunk) => seen.push(looks[seen.length]?.(chunk) ?? 'too much'), resolve, 'gathered');
  });
  await exit(pid);
  await bounded('end', ended);
  assert.deepEqual(seen, ['2 one\n', '', 'ee\n 6']);
  assert.equal(readFileSync(`${directory}/log`, 'utf8'), 'on');
  out.close();
});
