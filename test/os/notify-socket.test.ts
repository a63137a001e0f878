import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { test } from 'node:test';
import type { Datagram, NotifySocket } from '../../src/os/os.ts';
import { needs } from '../support/needs.ts';
import { openFds, type Rig, rig, rootOnly, until } from './rig.ts';

function listen(socket: NotifySocket): { readonly heard: Datagram[]; readonly texts: () => string[] } {
  const heard: Datagram[] = [];
  socket.listen((datagram) => heard.push(datagram));
  return { heard, texts: () => heard.map(({ data }) => data.toString()) };
}

/** A Python script that has `s`, connected to the socket. */
const python3 = { command: '/usr/bin/python3', apt: 'python3' };

function python(all: Rig, socket: NotifySocket, script: string, uid: number | null = null) {
  const head = `import os, socket, array\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.connect('${socket.path}')\n`;
  return all.run('exec python3 -c "$SCRIPT"', {
    uid,
    env: [`SCRIPT=${head}${script}`, 'PATH=/usr/bin'].map((text) => Buffer.from(text)),
  });
}

test('datagrams arrive in order, each with who sent it', async (t) => {
  if (!needs(t, python3)) return;
  const all = rig(t);
  const socket = all.os.createNotifySocket(null);
  const { heard, texts } = listen(socket);
  const { text } = await python(all, socket, `s.send(b'READY=1')\ns.send(b'STATUS=up\\n')\nprint(os.getpid())`);
  await until('both', () => heard.length === 2);
  assert.deepEqual(texts(), ['READY=1', 'STATUS=up\n']);
  assert.deepEqual(
    heard.map(({ pid, uid }) => [pid, uid]),
    [Number(text), Number(text)].map((pid) => [pid, process.getuid?.()]),
  );
  socket.close();
});

test('a flood arrives whole while the event loop goes on turning', async (t) => {
  if (!needs(t, python3)) return;
  const all = rig(t);
  const socket = all.os.createNotifySocket(null);
  let last = -1;
  let turns = 0;
  const turn = setInterval(() => turns++, 1);
  socket.listen(({ data }) => {
    assert.equal(Number(data), last + 1);
    last += 1;
  });
  await python(all, socket, `for n in range(20000): s.send(b'%d' % n)`);
  await until('the last one', () => last === 19_999);
  clearInterval(turn);
  assert.ok(turns > 3, `${turns}`);
  socket.close();
});

test('descriptors that come along are closed, which is what a barrier waits for', async (t) => {
  if (!needs(t, python3)) return;
  const all = rig(t);
  const socket = all.os.createNotifySocket(null);
  const { texts } = listen(socket);
  const before = openFds();
  const barrier = `
def send_fds(count):
  ends = [os.pipe() for _ in range(count)]
  fds = array.array('i', [end[1] for end in ends])
  s.sendmsg([b'BARRIER=1'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
  for end in ends: os.close(end[1])
  return [os.read(end[0], 1) for end in ends]
print(send_fds(1), len(send_fds(100)))`;
  const { text, status } = await python(all, socket, barrier);
  assert.deepEqual([text, status], ["[b''] 100\n", { kind: 'exit', code: 0 }]);
  assert.deepEqual(texts(), ['BARRIER=1', 'BARRIER=1']);
  assert.deepEqual(openFds(), before);
  socket.close();
});

test('a message that is too long or empty does no harm', async (t) => {
  if (!needs(t, python3)) return;
  const all = rig(t);
  const socket = all.os.createNotifySocket(null);
  const { texts } = listen(socket);
  await python(all, socket, `s.send(b'x' * 4097)\ns.send(b'')\ns.send(b'y' * 4096)`);
  await until('the last one', () => texts().some((text) => text.startsWith('y')));
  assert.deepEqual(texts(), ['', 'y'.repeat(4096)]);
  socket.close();
});

test('what has arrived before an exit can be drained when that is told', async (t) => {
  if (!needs(t, python3)) return;
  const all = rig(t);
  const socket = all.os.createNotifySocket(null);
  const { texts } = listen(socket);
  await python(all, socket, `s.send(b'STOPPING=1')`);
  socket.drain();
  assert.deepEqual(texts(), ['STOPPING=1']);
  socket.close();
});

test("the socket is its user's alone, in a place that it can reach", { skip: rootOnly }, async (t) => {
  if (!needs(t, python3)) return;
  const all = rig(t);
  const socket = all.os.createNotifySocket(65534);
  const { heard } = listen(socket);
  const { uid, mode } = statSync(socket.path);
  assert.deepEqual([uid, mode & 0o777], [65534, 0o600]);
  const stranger = await python(all, socket, '', 33);
  assert.match(stranger.text, /PermissionError/);
  // The directory of these tests is closed to others, the daemon's is not: test/integration/notify.test.ts.
  assert.deepEqual(heard, []);
  socket.close();
  assert.ok(!existsSync(socket.path));
});

test('systemd-notify is heard, and waits until it was', async (t) => {
  if (!needs(t, { command: 'systemd-notify', apt: 'systemd' })) return;
  const all = rig(t);
  const socket = all.os.createNotifySocket(null);
  const { texts } = listen(socket);
  const env = [`NOTIFY_SOCKET=${socket.path}`, 'PATH=/usr/bin:/bin'].map((text) => Buffer.from(text));
  const { status } = await all.run('systemd-notify --ready --status=up', { env });
  assert.deepEqual(status, { kind: 'exit', code: 0 });
  assert.match(texts().join('|'), /READY=1\nSTATUS=up/);
  socket.close();
});

test('sockets leave nothing behind, and one that is closed says nothing any more', async (t) => {
  if (!needs(t, python3)) return;
  const all = rig(t);
  const before = openFds();
  const sockets = Array.from({ length: 50 }, () => all.os.createNotifySocket(null));
  assert.equal(new Set(sockets.map(({ path }) => path)).size, 50);
  const [socket] = sockets;
  assert.ok(socket);
  const { heard } = listen(socket);
  await python(all, socket, `s.send(b'READY=1')\nos.kill(${process.pid}, 23)`);
  heard.length = 0;
  for (const each of sockets) {
    each.close();
    each.close();
    each.drain();
  }
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(heard, []);
  assert.deepEqual(openFds(), before);
});
