import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DatagramSender } from '../../src/os/datagram-sender.ts';
import { listenForDatagrams } from '../support/datagram-listener.ts';
import { tempDir } from '../support/temp-dir.ts';

function socketOf(t: TestContext, path: string): DatagramSender {
  const socket = new DatagramSender(path);
  t.after(() => socket.close());
  return socket;
}

test('a record reaches the logger as one datagram', (t) => {
  const path = join(tempDir(t), 'log');
  const { received, stop } = listenForDatagrams(path);
  const socket = socketOf(t, path);
  socket.send(Buffer.from('one ö'));
  socket.send(Buffer.from('two\n'));
  assert.deepEqual(received(), ['one ö', 'two\n']);
  stop();
});

test('a socket of an abstract name is one too', (t) => {
  const path = `@hupd-test-${process.pid}`;
  const { received, stop } = listenForDatagrams(path);
  socketOf(t, path).send(Buffer.from('one'));
  assert.deepEqual(received(), ['one']);
  stop();
});

test('without a logger records are dropped; one that comes, and one that comes back, is found', (t) => {
  const path = join(tempDir(t), 'log');
  const socket = socketOf(t, path);
  socket.send(Buffer.from('lost'));
  const first = listenForDatagrams(path);
  socket.send(Buffer.from('one'));
  assert.deepEqual(first.received(), ['one']);
  first.stop();
  socket.send(Buffer.from('lost'));
  const second = listenForDatagrams(path);
  socket.send(Buffer.from('two'));
  assert.deepEqual(second.received(), ['two']);
  second.stop();
});

test('a logger that does not read does not hold up the sender', (t) => {
  const path = join(tempDir(t), 'log');
  const { received, stop } = listenForDatagrams(path);
  const socket = socketOf(t, path);
  for (let i = 0; i < 10_000; i++) socket.send(Buffer.from(`line ${i}`));
  assert.equal(received()[0], 'line 0');
  socket.send(Buffer.from('again'));
  assert.deepEqual(received(), ['again']);
  stop();
});

test('a path too long for a socket is a logger that is not there', (t) => {
  const socket = socketOf(t, `/tmp/${'x'.repeat(200)}`);
  socket.send(Buffer.from('lost'));
});
