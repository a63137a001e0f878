/** Asking a server, from outside as any client does: a GET, or only a connection. Both end in time and never reject. */
import { request } from 'node:http';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { SocketAddress } from '../core/spec.ts';
import { errnoOf } from './libc.ts';
import type { Errno, HttpAnswer, HttpQuestion } from './os.ts';

/** Of an answer: enough for a health page. */
const bodyBytes = 64 * 1024;

/** `@name` is an abstract unix socket, as elsewhere. */
function connectOptions(address: SocketAddress): NetConnectOpts {
  if (address.kind === 'tcp') return { host: address.host, port: address.port };
  return { path: address.path.startsWith('@') ? `\0${address.path.slice(1)}` : address.path };
}

export function tryConnect(address: SocketAddress, timeoutMs: number): Promise<'ok' | Errno> {
  return new Promise((resolve) => {
    const socket = connect(connectOptions(address));
    const timer = setTimeout(() => end('timeout'), timeoutMs);
    const end = (answer: 'ok' | Errno) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end('ok'));
    socket.on('error', (error) => end(errnoOf(error)));
  });
}

export async function httpGet(address: SocketAddress, question: HttpQuestion): Promise<HttpAnswer> {
  const socket = connect(connectOptions(address));
  try {
    return await askOver(socket, question);
  } finally {
    socket.destroy();
  }
}

/** Over a socket that is connected or about to be; it stays the caller's. */
export function askOver(socket: Socket, { path, host, timeoutMs }: HttpQuestion): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end({ error: 'timeout' }), timeoutMs);
    const end = (answer: HttpAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    const headers = { Host: host, 'User-Agent': 'hupd', Connection: 'close' };
    try {
      const asking = request({ createConnection: () => socket, path, headers }, (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        const status = response.statusCode ?? 0;
        const finish = () => end({ status, body: Buffer.concat(chunks).subarray(0, bodyBytes).toString() });
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size >= bodyBytes) finish();
        });
        response.on('end', finish);
        response.on('error', (error) => end({ error: errnoOf(error) }));
      });
      asking.on('error', (error) => end({ error: errnoOf(error) }));
      asking.end();
    } catch (error) {
      end({ error: errnoOf(error) }); // a path that no request line can hold
    }
  });
}
