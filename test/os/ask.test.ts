import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createListener } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { SocketAddress } from '../../src/core/spec.ts';
import { httpGet, tryConnect } from '../../src/os/ask.ts';
import { tempDir } from '../support/temp-dir.ts';

async function serve(t: TestContext, where: { port: number; host: string } | { path: string }): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/never') return;
    if (request.url === '/cut') request.socket.destroy();
    response.end(`${request.headers.host} ${request.url}`);
  });
  server.listen(where);
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

async function tcpServer(t: TestContext): Promise<SocketAddress> {
  const server = await serve(t, { port: 0, host: '127.0.0.1' });
  return { kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** A port that was free a moment ago. */
async function nobody(): Promise<SocketAddress> {
  const server = createListener().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return { kind: 'tcp', host: '127.0.0.1', port };
}

test('a GET goes to a TCP address and to a unix socket, with the Host header that it was given', async (t) => {
  const path = join(tempDir(t), 'web.sock');
  await serve(t, { path });
  for (const address of [await tcpServer(t), { kind: 'unix', path } as const]) {
    const question = { path: '/health', host: 'www.example.org', timeoutMs: 10_000 };
    assert.deepEqual(await httpGet(address, question), { status: 200, body: 'www.example.org /health' });
  }
});

test('a GET that is not answered ends in time, and one that fails says how', async (t) => {
  const address = await tcpServer(t);
  const get = (path: string, timeoutMs = 10_000) => httpGet(address, { path, host: 'x', timeoutMs });
  assert.deepEqual(await get('/never', 50), { error: 'timeout' });
  assert.deepEqual(await get('/cut'), { error: 'ECONNRESET' });
  assert.deepEqual(await get('/a path'), { error: 'ERR_UNESCAPED_CHARACTERS' });
  assert.deepEqual(await httpGet(await nobody(), { path: '/', host: 'x', timeoutMs: 10_000 }), {
    error: 'ECONNREFUSED',
  });
});

test('a connection is tried and closed again', async (t) => {
  const directory = tempDir(t);
  await serve(t, { path: join(directory, 'web.sock') });
  assert.equal(await tryConnect(await tcpServer(t), 10_000), 'ok');
  assert.equal(await tryConnect({ kind: 'unix', path: join(directory, 'web.sock') }, 10_000), 'ok');
  assert.equal(await tryConnect({ kind: 'unix', path: join(directory, 'none.sock') }, 10_000), 'ENOENT');
  assert.equal(await tryConnect(await nobody(), 10_000), 'ECONNREFUSED');
});
