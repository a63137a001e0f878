import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FcgiSocketSpec } from '../../src/core/spec.ts';
import { FcgiSocket } from '../../src/runtime/fcgi-socket.ts';
import { FakeOs } from '../support/fake-os.ts';

const tcp: FcgiSocketSpec = {
  address: { kind: 'tcp', host: 'localhost', port: 9000 },
  backlog: null,
  mode: null,
  owner: null,
};

function rig(spec = tcp) {
  const os = new FakeOs();
  const said: string[] = [];
  const socket = new FcgiSocket(os, spec, ({ level, text }) => said.push(`${level} ${text}`));
  return { os, said, socket };
}

const [one, other] = [{}, {}];
const created = 'INFO Creating socket tcp://localhost:9000';
const closed = 'INFO Closing socket tcp://localhost:9000';

test('an fcgi socket is one for all who use it, and closed after the last of them', () => {
  const { os, said, socket } = rig();
  const { fd } = socket.acquire(one);
  assert.equal(socket.acquire(other).fd, fd);
  socket.release(one);
  socket.release(one);
  assert.deepEqual(said, [created]);
  socket.release(other);
  assert.deepEqual(said, [created, closed]);
  assert.deepEqual(os.leaks(), []);
});

test('the next one who needs it gets a new one', () => {
  const { said, socket } = rig();
  socket.acquire(one);
  socket.release(one);
  socket.acquire(one);
  assert.deepEqual(said, [created, closed, created]);
});

test('while a process reloads, the socket stays open though nobody has it', () => {
  const { os, said, socket } = rig();
  const member = {};
  socket.acquire(one);
  socket.keepFor(member, true);
  socket.release(one);
  socket.acquire(other);
  socket.keepFor(member, false);
  assert.deepEqual(said, [created]);
  socket.release(other);
  assert.deepEqual(said, [created, closed]);
  socket.keepFor(member, true);
  assert.deepEqual(os.leaks(), [], 'a process that is down opens nothing by being reloaded');
});

test('what is wrong with the socket is said when its group is made, and is no reason not to make it', () => {
  const { os, said, socket } = rig({ ...tcp, address: { kind: 'unix', path: '/run/x.sock' }, mode: 0o700 });
  os.failNext('listen', 'EACCES');
  socket.probe();
  assert.equal(said[0], 'INFO Creating socket unix:///run/x.sock');
  assert.match(said[1] ?? '', /^CRIT Could not create FastCGI socket unix:\/\/\/run\/x.sock: .*EACCES/);
  socket.probe();
  assert.deepEqual(said.slice(2), [
    'INFO Creating socket unix:///run/x.sock',
    'INFO Closing socket unix:///run/x.sock',
  ]);
  assert.deepEqual(os.leaks(), []);
});

test('an attempt that failed leaves nobody behind who would keep the socket open', () => {
  const { os, said, socket } = rig();
  os.failNext('listen', 'EADDRINUSE');
  assert.throws(() => socket.acquire(one), /EADDRINUSE/);
  socket.acquire(other);
  socket.release(other);
  assert.deepEqual(said, [created, created, closed]);
});
