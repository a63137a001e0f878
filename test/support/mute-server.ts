/** A server that hangs: it takes every connection and says nothing. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { tempDir } from './temp-dir.ts';

export async function muteServer(t: TestContext): Promise<{ readonly url: string; connections(): number }> {
  const path = join(tempDir(t), 'mute.sock');
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.listen(path);
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `unix://${path}`, connections: () => sockets.length };
}
