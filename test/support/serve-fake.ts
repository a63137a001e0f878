/** Our real servers over a fake daemon, on a unix socket and a loopback port of the test's own. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ServerSpec } from '../../src/core/spec.ts';
import { type HttpBounds, httpBounds } from '../../src/http/bounds.ts';
import { createHandler } from '../../src/http/handler.ts';
import { startServers } from '../../src/http/start-servers.ts';
import { logFiles } from '../../src/log/read-log.ts';
import type { FakeSupervision } from './fake-supervision.ts';
import { tempDir } from './temp-dir.ts';

type Changes = Partial<Pick<ServerSpec, 'credentials' | 'readOnlyCredentials'>> & {
  readonly bounds?: Partial<HttpBounds>;
};

export interface Served {
  readonly directory: string;
  readonly socket: string;
  readonly port: number;
  /** Of the servers, not of the daemon. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

export async function serveFake(t: TestContext, daemon: FakeSupervision, changes: Changes = {}): Promise<Served> {
  const { bounds, ...access } = changes;
  const directory = tempDir(t);
  const socket = join(directory, 'hupd.sock');
  const logged: string[] = [];
  const base = { credentials: null, readOnlyCredentials: null, ...access };
  const started = await startServers(
    [
      { ...base, section: 'inet_http_server', kind: 'inet', host: '127.0.0.1', port: 0 },
      { ...base, section: 'unix_http_server', kind: 'unix', file: socket, mode: 0o700, owner: null },
    ],
    {
      handler: createHandler({ daemon, logs: logFiles }),
      namespaces: daemon.config.rpcInterfaces.map(({ namespace }) => namespace),
      requireAuth: false,
      bounds: { ...httpBounds, ...bounds },
      log: ({ level, text }) => logged.push(`${level} ${text}`),
      notice: (line) => logged.push(line),
    },
  );
  if (!started.ok) throw new Error(started.text);
  t.after(() => started.close());
  return {
    directory,
    socket,
    port: Number(new URL(started.urls[0] ?? '').port),
    logged,
    close: () => started.close(),
  };
}
