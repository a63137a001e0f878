import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadLibc } from '../../src/os/libc.ts';
import { SyslogSocket, unixAddress } from '../../src/os/syslog-socket.ts';
import { tempDir } from '../support/temp-dir.ts';

const loaded = loadLibc();
assert.ok(loaded.ok);
const { libc } = loaded;

/** A logger on `path`: what it has received so far, in order. */
function logger(path: string): { received(): string[]; stop(): void } {
  const fd = libc.socket(1, 2 | 0o4000, 0);
  const address = unixAddress(path);
  assert.ok(address !== null);
  assert.equal(libc.bind(fd, address, address.length), 0);
  const buffer = Buffer.alloc(65536);
  return {
    received: () => {
      const lines: string[] = [];
      for (let n = libc.read(fd, buffer, buffer.length); n >= 0; n = libc.read(fd, buffer, buffer.length)) {
        lines.push(buffer.toString('utf8', 0, n));
      }
      return lines;
    },
    stop: () => {
      libc.close(fd);
      rmSync(path);
    },
  };
}

function socketOf(t: TestContext, path: string): SyslogSocket {
  const socket = new SyslogSocket(path);
  t.after(() => socket.close());
  return socket;
}

test('a record reaches the logger as one datagram', (t) => {
  const path = join(tempDir(t), 'log');
  const { received, stop } = logger(path);
  const socket = socketOf(t, path);
  socket.send(Buffer.from('one ö'));
  socket.send(Buffer.from('two\n'));
  assert.deepEqual(received(), ['one ö', 'two\n']);
  stop();
});

test('without a logger records are dropped; one that comes, and one that comes back, is found', (t) => {
  const path = join(tempDir(t), 'log');
  const socket = socketOf(t, path);
  socket.send(Buffer.from('lost'));
  const first = logger(path);
  socket.send(Buffer.from('one'));
  assert.deepEqual(first.received(), ['one']);
  first.stop();
  socket.send(Buffer.from('lost'));
  const second = logger(path);
  socket.send(Buffer.from('two'));
  assert.deepEqual(second.received(), ['two']);
  second.stop();
});

test('a logger that does not read does not hold up the sender', (t) => {
  const path = join(tempDir(t), 'log');
  const { received, stop } = logger(path);
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
