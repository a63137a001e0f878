import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpawnRequest } from '../../src/os/os.ts';
import { FakeOs } from './fake-os.ts';

function start(os: FakeOs) {
  const stdin = os.createStdinPipe();
  const stdout = os.createLogPipe('web.stdout', null);
  const request: SpawnRequest = {
    file: '/bin/cat',
    args: ['cat'],
    env: [Buffer.from('A=1')],
    directory: null,
    umask: null,
    uid: null,
    fds: new Map([
      [0, stdin.childFd],
      [1, stdout.childFd],
      [2, stdout.childFd],
    ]),
    listenPid: false,
  };
  const outcome = os.spawn(request);
  stdin.closeChildEnd();
  stdout.closeChildEnd();
  return { outcome, stdin, stdout };
}

test('a fake child writes, dies and is told of in that order, and only when flushed', () => {
  const os = new FakeOs();
  const seen: string[] = [];
  os.onExit((pid, status) => seen.push(`${pid} ${JSON.stringify(status)}`));
  const { stdout } = start(os);
  stdout.read(
    (chunk) => seen.push(`${chunk.bytes()}`),
    () => seen.push('end'),
  );
  os.last.write(1, 'hello');
  os.exit(1000, 3);
  assert.deepEqual(seen, []);
  os.flush();
  assert.deepEqual(seen, ['hello', 'end', '1000 {"kind":"exit","code":3}']);
  assert.equal(os.stat(1000), null);
});

test('a signal does nothing unless the process obeys it', () => {
  const os = new FakeOs();
  os.onSpawn = (child) => child.obeys(9);
  start(os);
  assert.equal(os.kill(1000, 15, false), 'ok');
  assert.equal(os.living.length, 1);
  assert.equal(os.kill(1000, 9, true), 'ok');
  assert.equal(os.kill(1000, 0, false), 'ok', 'a zombie can be signalled');
  os.flush();
  assert.equal(os.kill(1000, 0, false), 'ESRCH');
  assert.deepEqual(os.last.received, [15, 9]);
});

test('time moves from deadline to deadline', () => {
  const os = new FakeOs();
  const begin = os.clock.now().mono;
  const woken: number[] = [];
  const again = () => {
    woken.push(os.clock.now().mono - begin);
    os.clock.arm(os.clock.now().mono + 400, again);
  };
  os.clock.arm(begin + 100, again);
  os.advance(1000);
  assert.deepEqual(woken, [100, 500, 900]);
  assert.equal(os.clock.now().mono, begin + 1000);
});

test('what is left open is listed, and a fault hits the next call only', () => {
  const os = new FakeOs();
  os.failNext('spawn', 'EAGAIN', 'fork');
  const first = start(os);
  assert.deepEqual(first.outcome, { ok: false, step: 'fork', errno: 'EAGAIN', reason: 'EAGAIN' });
  assert.equal(start(os).outcome.ok, true);
  assert.equal(os.leaks().length, 4);
  for (const pipe of [...os.logPipes, ...os.stdinPipes]) pipe.close();
  assert.deepEqual(os.leaks(), []);
});

test('a full stdin keeps the rest in order, and one without a reader is EPIPE', () => {
  const os = new FakeOs();
  const { stdin } = start(os);
  os.last.stdin.capacity = 4;
  assert.equal(stdin.write(Buffer.from('abcdef')), 'ok');
  assert.equal(stdin.pending, 2);
  assert.equal(os.last.stdin.take() + os.last.stdin.take(), 'abcdef');
  os.exit(1000, 0);
  assert.equal(stdin.write(Buffer.from('x')), 'EPIPE');
});
