import assert from 'node:assert/strict';
import { existsSync, fstatSync, lstatSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ServerSpec } from '../../src/core/spec.ts';
import { createHandler } from '../../src/http/handler.ts';
import { type ServerOptions, startServers } from '../../src/http/start-servers.ts';
import { logFiles } from '../../src/log/read-log.ts';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { ask, get } from '../support/raw-http.ts';
import { tempDir } from '../support/temp-dir.ts';

const inUse =
  'Another program is already listening on a port that one of our HTTP servers is configured to use.  Shut this program down first before starting supervisord.';

function rig(t: TestContext, changes: Partial<ServerOptions> = {}) {
  const logged: string[] = [];
  const options: ServerOptions = {
    handler: createHandler({ daemon: new FakeSupervision([]), logs: logFiles }),
    namespaces: ['supervisor'],
    requireAuth: false,
    log: ({ level, text }) => logged.push(`${level} ${text}`),
    notice: (line) => logged.push(line),
    ...changes,
  };
  const start = async (...specs: readonly ServerSpec[]) => {
    const started = await startServers(specs, options);
    if (started.ok) t.after(() => started.close());
    return started;
  };
  return { logged, start };
}

const open = { credentials: null, readOnlyCredentials: null };

function unix(file: string, changes: Partial<Extract<ServerSpec, { kind: 'unix' }>> = {}): ServerSpec {
  return { ...open, section: 'unix_http_server', kind: 'unix', file, mode: 0o700, owner: null, ...changes };
}

function inet(host: string, port = 0): ServerSpec {
  return { ...open, section: 'inet_http_server', kind: 'inet', host, port };
}

test('listeners that can not be handed over serve on, and the copies that were made are closed', async (t) => {
  const { start } = rig(t);
  const file = join(tempDir(t), 's');
  const started = await start(unix(file), inet('127.0.0.1'));
  assert.ok(started.ok);
  const copies: number[] = [];
  const duplicate = (): number => {
    if (copies.length > 0) throw new Error('fcntl: EMFILE');
    copies.push(openSync('/dev/null', 'r'));
    return copies.at(-1) ?? -1;
  };
  await assert.rejects(started.handOver(duplicate), /EMFILE/);
  assert.throws(() => fstatSync(copies[0] ?? -1), /EBADF/);
  assert.equal((await ask(file, get('/ok.html'))).body, 'OK');
});

test('a unix socket has its mode from the start, no second name stays, and it goes when the server closes', async (t) => {
  const { start } = rig(t);
  const directory = tempDir(t);
  const file = join(directory, 's');
  const umask = process.umask();
  const started = await start(unix(file, { mode: 0o660, owner: { uid: process.getuid?.() ?? 0, gid: -1 } }));
  assert.ok(started.ok);
  assert.equal(process.umask(), umask);
  assert.deepEqual(readdirSync(directory), ['s']);
  assert.equal(lstatSync(file).mode & 0o7777, 0o660);
  assert.equal((await ask(file, get('/ok.html'))).body, 'OK');
  assert.deepEqual(started.urls, [`unix://${file}`]);
  await started.close();
  assert.deepEqual(readdirSync(directory), []);
});

test('a socket that is served is left alone, a dead one is replaced and that is said, any other file refused', async (t) => {
  const { start, logged } = rig(t);
  const directory = tempDir(t);
  const file = join(directory, 's');
  assert.ok((await start(unix(file))).ok);
  assert.deepEqual(await start(unix(file)), { ok: false, text: inUse });
  assert.equal((await ask(file, get('/ok.html'))).body, 'OK');

  const dead = join(directory, 'dead');
  const server = createServer().listen(join(directory, 'other'));
  await new Promise((resolve) => server.once('listening', resolve));
  const { linkSync } = await import('node:fs');
  linkSync(join(directory, 'other'), dead);
  await new Promise((resolve) => server.close(resolve));
  assert.ok((await start(unix(dead))).ok);
  assert.ok(logged.includes(`Unlinking stale socket ${dead}`));
  assert.equal((await ask(dead, get('/ok.html'))).body, 'OK');

  const precious = join(directory, 'precious');
  writeFileSync(precious, 'x');
  const refused = await start(unix(precious));
  assert.ok(!refused.ok && refused.text.includes(`${precious} exists and is not a socket`));
  assert.equal(readFileSync(precious, 'utf8'), 'x');
});

test('a socket that another daemon has put there since is not removed', async (t) => {
  const { start } = rig(t);
  const file = join(tempDir(t), 's');
  const started = await start(unix(file));
  const { unlinkSync } = await import('node:fs');
  unlinkSync(file);
  assert.ok((await start(unix(file))).ok);
  assert.ok(started.ok);
  await started.close();
  assert.ok(existsSync(file));
});

test('what keeps a server from starting is said as supervisord says it', async (t) => {
  const { start } = rig(t);
  const directory = tempDir(t);
  const text = async (spec: ServerSpec) => {
    const started = await start(spec);
    return started.ok ? 'started' : started.text;
  };
  const first = await start(inet('127.0.0.1'));
  assert.ok(first.ok);
  const port = Number(new URL(first.urls[0] ?? '').port);
  const reported = 'Cannot open an HTTP server: socket.error reported';
  assert.equal(await text(inet('127.0.0.1', port)), inUse);
  assert.equal(await text(unix(join(directory, 'no', 's'))), `${reported} errno.ENOENT (2)`);
  assert.match(await text(unix(join(directory, 'x'.repeat(100)))), /socket\.error reported AF_UNIX path too long/);
  assert.equal(await text(inet('192.0.2.1', port)), `${reported} errno.EADDRNOTAVAIL (99)`);
  assert.deepEqual(readdirSync(directory), []);
});

test('when one server can not start, none is left', async (t) => {
  const { start } = rig(t);
  const directory = tempDir(t);
  const started = await start(unix(join(directory, 'a')), unix(join(directory, 'no', 'b')));
  assert.ok(!started.ok);
  assert.deepEqual(readdirSync(directory), []);
});

test('each server says which interfaces it has, and that it is open when it is', async (t) => {
  const { start, logged } = rig(t);
  const file = join(tempDir(t), 's');
  await start({ ...inet('127.0.0.1'), credentials: { username: 'a', password: 'b' } }, unix(file));
  assert.deepEqual(logged, [
    "INFO RPC interface 'supervisor' initialized",
    "INFO RPC interface 'supervisor' initialized",
    "CRIT Server 'unix_http_server' running without any HTTP authentication checking",
  ]);
});

test('require_auth refuses a server that is open to other machines, and no other', async (t) => {
  const { start } = rig(t, { requireAuth: true });
  const refused = await start(inet(''));
  assert.ok(!refused.ok && /require_auth is true/.test(refused.text));
  assert.ok((await start(inet('127.0.0.1'), inet('localhost'), unix(join(tempDir(t), 's')))).ok);
  assert.ok((await start({ ...inet(''), credentials: { username: 'a', password: 'b' } })).ok);
});
