import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { SocketAddress } from '../../src/core/spec.ts';
import { bounded, openFds, output, rig, rootOnly } from './rig.ts';

const SERVER = `
  const { createServer } = require('node:net');
  const targets = JSON.parse(process.env.LISTEN);
  let up = 0;
  for (const target of targets) createServer().listen(target, () => { if (++up === targets.length) console.log('ready'); });
`;

function byKind(a: { address: SocketAddress }, b: { address: SocketAddress }): number {
  const text = ({ address }: { address: SocketAddress }) => (address.kind === 'tcp' ? address.host : address.path);
  return text(a) < text(b) ? -1 : 1;
}

test('the listening sockets of a running server are found, and live on when it is killed', async (t) => {
  const { os, shell, start, exit, directory } = rig(t);
  const path = `${directory}/s`;
  const out = os.createLogPipe('server', null);
  const targets = [{ port: 0, host: '127.0.0.1' }, { port: 0, host: '::1' }, { path }];
  const pid = start(
    shell('', out, {
      file: process.execPath,
      args: ['node', '-e', SERVER],
      env: [Buffer.from(`LISTEN=${JSON.stringify(targets)}`)],
    }),
  );
  await output(out).has('ready');
  const before = openFds().size;
  const { sockets, problem } = os.borrowListeners(pid);
  assert.equal(problem, null);
  assert.equal(openFds().size, before + 3, 'only the three are kept');
  os.kill(pid, 9, false);
  await exit(pid);
  out.close();
  const found = [...sockets].sort(byKind);
  assert.deepEqual(
    found.map(({ address }) => (address.kind === 'tcp' ? address.host : address.path)),
    [path, '127.0.0.1', '::1'].sort(),
  );
  for (const socket of found) {
    const { address } = socket;
    const client = connect(address.kind === 'unix' ? { path } : { host: address.host, port: address.port });
    await bounded('a connection', new Promise((resolve) => client.on('connect', resolve)));
    client.destroy();
    if (address.kind === 'tcp') assert.equal(os.acceptQueue(socket)?.waiting, 1);
    os.closeSocket(socket);
  }
});

test('behind a shell, the server it started is asked; and a socket that several share is taken once', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const out = os.createLogPipe('wrapped', null);
  const seen = output(out);
  const fork = `${SERVER}; setTimeout(() => {}, 1e6); `;
  const pid = start(
    shell('"$NODE" -e "$SERVER" & wait', out, {
      env: [
        `NODE=${process.execPath}`,
        `SERVER=${fork}`,
        `LISTEN=${JSON.stringify([{ port: 0, host: '127.0.0.1' }])}`,
      ].map((entry) => Buffer.from(entry)),
    }),
  );
  await seen.has('ready');
  const { sockets, problem } = os.borrowListeners(pid);
  assert.equal(problem, null);
  assert.equal(sockets.length, 1);
  for (const socket of sockets) os.closeSocket(socket);
  os.kill(pid, 9, true);
  await exit(pid);
  out.close();
});

test('a process that listens nowhere, and one that has gone, have no sockets and no problem', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const out = os.createLogPipe('deaf', null);
  const pid = start(shell('echo ready; exec sleep 60', out));
  await output(out).has('ready');
  assert.deepEqual(os.borrowListeners(pid), { sockets: [], ownEach: [], problem: null });
  os.kill(pid, 9, false);
  await exit(pid);
  assert.deepEqual(os.borrowListeners(pid), { sockets: [], ownEach: [], problem: null });
  out.close();
});

test('a probe that the process was given is not among its sockets', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const out = os.createLogPipe('probed', null);
  const probe = os.createProbe();
  const socket = os.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 }, { backlog: null, mode: null, owner: null });
  const request = shell('echo ready; exec sleep 60', out);
  const pid = start({ ...request, fds: new Map([...request.fds, [3, socket.fd], [4, probe.fd]]) });
  await output(out).has('ready');
  for (const seal of [() => {}, () => probe.seal(), () => probe.close()]) {
    seal();
    const { sockets } = os.borrowListeners(pid);
    assert.deepEqual(
      sockets.map(({ address }) => address),
      [socket.address],
    );
    for (const borrowed of sockets) os.closeSocket(borrowed);
  }
  os.closeSocket(socket);
  os.kill(pid, 9, false);
  await exit(pid);
  out.close();
});

test('a process that refuses is a problem in words that name the remedy', { skip: rootOnly }, async (t) => {
  const { os, run, directory } = rig(t);
  const uid = os.userByName('nobody')?.uid ?? 65534;
  const module = new URL('../../src/os/', import.meta.url).href;
  // The daemon as another user, over a process of ours.
  const program = `
    Promise.all([import('${module}libc.js'), import('${module}borrow-sockets.js')]).then(([{ loadLibc }, { borrowListeners }]) => {
      process.setgid(65534); process.setuid(${uid});
      console.log(JSON.stringify(borrowListeners(loadLibc().libc, ${process.pid})));
    });`;
  const { text } = await run('"$NODE" -e "$PROGRAM"', {
    directory,
    env: [`NODE=${process.execPath}`, `PROGRAM=${program}`].map((entry) => Buffer.from(entry)),
  });
  const { sockets, problem } = JSON.parse(text);
  assert.deepEqual(sockets, []);
  assert.match(problem, new RegExp(`process ${process.pid} .*(EPERM|EACCES).* socket=`));
});
