import assert from 'node:assert/strict';
import { lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { SocketAddress } from '../../src/core/spec.ts';
import type { ListenOptions } from '../../src/os/os.ts';
import { OsError } from '../../src/os/os-error.ts';
import { bounded, rig, rootOnly, until } from './rig.ts';

const PLAIN: ListenOptions = { backlog: null, mode: null, owner: null };

function connected(address: SocketAddress): Promise<void> {
  const target = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
  return bounded(
    `a connection to ${JSON.stringify(address)}`,
    new Promise((resolve, reject) => {
      const socket = connect(target, () => {
        socket.destroy();
        resolve();
      });
      socket.on('error', reject);
    }),
  );
}

test('a TCP listener takes connections although nobody accepts, and tells how many wait', async (t) => {
  const { os } = rig(t);
  for (const host of ['127.0.0.1', '::1', 'localhost', '']) {
    const socket = os.listen({ kind: 'tcp', host, port: 0 }, { ...PLAIN, backlog: 5 });
    assert.ok(socket.address.kind === 'tcp' && socket.address.port > 0);
    assert.deepEqual(os.acceptQueue(socket), { waiting: 0, limit: 5, dropped: 0 });
    await connected(host === '' ? { ...socket.address, host: '127.0.0.1' } : socket.address);
    assert.equal(os.acceptQueue(socket)?.waiting, 1);
    os.closeSocket(socket);
  }
});

test('an address in use, a foreign one and an unknown host are errors with their errno', (t) => {
  const { os } = rig(t);
  const held = os.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 }, PLAIN);
  t.after(() => os.closeSocket(held));
  const code = (address: SocketAddress) => {
    try {
      os.closeSocket(os.listen(address, PLAIN));
      return 'listening';
    } catch (error) {
      assert.ok(error instanceof OsError);
      return `${error.call} ${error.code}`;
    }
  };
  assert.equal(code(held.address), 'bind EADDRINUSE');
  assert.equal(code({ kind: 'tcp', host: '192.0.2.1', port: 0 }), 'bind EADDRNOTAVAIL');
  assert.equal(code({ kind: 'tcp', host: '127.0.0.1x', port: 1 }), 'getaddrinfo ENOTFOUND');
  assert.equal(code({ kind: 'unix', path: '/no/such/directory/s' }), 'bind ENOENT');
  assert.equal(code({ kind: 'unix', path: `/tmp/${'x'.repeat(120)}` }), 'bind ENAMETOOLONG');
});

test('a unix listener has the mode asked for, whatever the umask, and the name its clients use', async (t) => {
  const { os, directory } = rig(t);
  const path = `${directory}/s`;
  const before = process.umask(0o077);
  const socket = os.listen({ kind: 'unix', path }, { ...PLAIN, mode: 0o766 });
  assert.equal(process.umask(before), 0o077);
  assert.equal(lstatSync(path).mode & 0o7777, 0o766);
  assert.match(readFileSync('/proc/net/unix', 'utf8'), new RegExp(` ${path}\n`));
  assert.equal(os.acceptQueue(socket)?.waiting, 0);
  await connected(socket.address);
  await connected(socket.address);
  assert.deepEqual(os.acceptQueue(socket), { waiting: 2, limit: null, dropped: 0 });
  os.closeSocket(socket);
});

test('a unix listener has the owner asked for', { skip: rootOnly }, (t) => {
  const { os, directory } = rig(t);
  const path = `${directory}/s`;
  const socket = os.listen({ kind: 'unix', path }, { ...PLAIN, owner: { uid: 65534, gid: -1 } });
  assert.deepEqual([lstatSync(path).uid, lstatSync(path).gid], [65534, process.getgid?.()]);
  os.closeSocket(socket);
});

test('an old socket is replaced; a file or a link at the path stays and is an error (unix-socket-replace)', async (t) => {
  const { os, directory } = rig(t);
  const path = `${directory}/s`;
  os.closeSocket(os.listen({ kind: 'unix', path }, PLAIN));
  const socket = os.listen({ kind: 'unix', path }, PLAIN);
  await connected(socket.address);
  symlinkSync(path, `${directory}/link`);
  writeFileSync(`${directory}/file`, 'precious');
  for (const name of ['link', 'file']) {
    assert.throws(() => os.listen({ kind: 'unix', path: `${directory}/${name}` }, PLAIN), { code: 'EADDRINUSE' });
  }
  assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'precious');
  os.closeSocket(socket);
});

test('a connection that finds the accept queue full counts as dropped', async (t) => {
  const { os } = rig(t);
  const socket = os.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 }, { ...PLAIN, backlog: 1 });
  t.after(() => os.closeSocket(socket));
  for (let count = 0; count < 2; count += 1) await connected(socket.address);
  assert.ok(socket.address.kind === 'tcp');
  const late = connect({ host: '127.0.0.1', port: socket.address.port });
  t.after(() => late.destroy());
  await until('a drop', () => (os.acceptQueue(socket)?.dropped ?? 0) > 0);
});
