import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadLibc } from '../../src/os/libc.ts';
import type { Probe } from '../../src/os/os.ts';
import { createProbe } from '../../src/os/probe.ts';
import { guardByFilter, guardByKey, type MakeGuard } from '../../src/os/probe-guard.ts';
import { loopback, openSocket } from '../../src/os/socket-address.ts';
import { openFds, output, type Rig, rig, until } from './rig.ts';

const SERVER = `
  const server = require('node:http').createServer((request, response) => {
    if (request.url === '/never') return;
    response.statusCode = request.url === '/healthy' ? 200 : 503;
    response.end(request.headers.host + ' ' + request.url);
  });
  server.on('connection', () => console.log('connection.'));
  server.listen({ fd: 3 }, () => console.log('ready'));
`;

function serve({ os, shell, start }: Rig, probe: Probe) {
  const out = os.createLogPipe('server', null);
  const request = shell('', out, { file: process.execPath, args: ['node', '-e', SERVER] });
  const pid = start({ ...request, fds: new Map([...request.fds, [3, probe.fd]]) });
  return { out, pid, seen: output(out) };
}

const question = (path: string, timeoutMs: number) => ({ path, host: 'localhost', timeoutMs });

const loaded = loadLibc();
assert.ok(loaded.ok);
const { libc } = loaded;

/** Each way that this kernel has, with a reason to leave out the others. */
const WAYS: ReadonlyArray<readonly [name: string, make: MakeGuard, skip: false | string]> = (
  [
    ['key', guardByKey],
    ['filter', guardByFilter],
  ] as const
).map(([name, make]) => {
  try {
    createProbe(libc, [make]).close();
    return [name, make, false];
  } catch (error) {
    return [name, make, `this kernel refuses it here: ${error}`];
  }
});

/** A connection from a port that the probe does not know: established at once, on loopback, or not at all. */
function outsiderGetsIn(probe: Probe, source = 1): boolean {
  const fd = openSocket(libc, 2, 0o4000);
  const from = loopback(0);
  from.writeUInt8(source, 7);
  libc.bind(fd, from, 16);
  libc.connect(fd, loopback(probe.port), 16);
  const info = Buffer.alloc(8);
  libc.getsockopt(fd, 6, 11, info, Buffer.from([8, 0, 0, 0]));
  libc.close(fd);
  return info[0] === 1; // TCP_ESTABLISHED
}

test('a connection to a probe is accepted when the generation accepts, and not before', async (t) => {
  const all = rig(t);
  await all.run('true'); // what all log pipes share is open from the first one on
  const before = openFds().size;
  const probe = all.os.createProbe();
  const connection = probe.connect();
  assert.equal(connection.accepted(), false);
  const { out, pid, seen } = serve(all, probe);
  await until('accepted', () => connection.accepted());
  await seen.has('connection.');
  connection.close();
  assert.equal(connection.accepted(), false);
  probe.close();
  all.os.kill(pid, 9, false);
  await all.exit(pid);
  out.close();
  assert.ok(openFds().size <= before + 1);
});

for (const [name, make, skip] of WAYS) {
  test(`guarded by ${name}, nobody but hupd gets in through a probe, and after it is sealed not even hupd`, {
    skip,
  }, async (t) => {
    const all = rig(t);
    const probe = createProbe(libc, [make]);
    assert.equal(outsiderGetsIn(probe), false);
    const { out, pid, seen } = serve(all, probe);
    const connection = probe.connect();
    await until('accepted', () => connection.accepted());
    assert.equal(outsiderGetsIn(probe), false);
    assert.equal(outsiderGetsIn(probe, 2), false, 'from 127.0.0.2');
    connection.close();
    assert.equal(outsiderGetsIn(probe), false);
    probe.seal();
    const late = probe.connect();
    assert.equal(late.accepted(), false);
    late.close();
    assert.equal(outsiderGetsIn(probe), false);
    await seen.has('connection.');
    assert.equal(seen.text.split('connection.').length, 2, 'one connection, ours');
    probe.close();
    all.os.kill(pid, 9, false);
    await all.exit(pid);
    out.close();
  });
}

test('a GET over a probe is answered by the generation, or is an error or a timeout', async (t) => {
  const all = rig(t);
  const probe = all.os.createProbe();
  assert.deepEqual(await probe.get(question('/healthy', 20)), { error: 'timeout' });
  const { out, pid, seen } = serve(all, probe);
  await seen.has('ready');
  assert.deepEqual(await probe.get(question('/healthy', 10_000)), { status: 200, body: 'localhost /healthy' });
  assert.deepEqual(await probe.get(question('/other', 10_000)), { status: 503, body: 'localhost /other' });
  assert.deepEqual(await probe.get(question('/never', 50)), { error: 'timeout' });
  assert.deepEqual(await probe.get(question('/a path', 10_000)), { error: 'ERR_UNESCAPED_CHARACTERS' });
  const cut = probe.get(question('/never', 10_000));
  await until('the question has arrived', () => seen.text.split('connection.').length >= 7);
  all.os.kill(pid, 9, false);
  await all.exit(pid);
  const answer = await cut;
  assert.ok('error' in answer && answer.error === 'ECONNRESET', JSON.stringify(answer));
  probe.seal();
  assert.deepEqual(await probe.get(question('/healthy', 20)), { error: 'timeout' });
  probe.close();
  out.close();
});
