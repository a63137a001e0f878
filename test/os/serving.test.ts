import assert from 'node:assert/strict';
import { test } from 'node:test';
import { output, rig, until } from './rig.ts';

const PLAIN = { backlog: null, mode: null, owner: null };
const poll = process.arch === 'arm64' ? 'syscall(73, $set, 1, 0, 0)' : 'syscall(7, $set, 1, -1)';

/** Each boots for as long as its stdin says nothing, with the socket open as descriptor 3. */
const servers = {
  epoll: `exec "$NODE" -e "process.stdin.once('data', () => require('net').createServer().listen({ fd: 3 }))"`,
  accept: `exec perl -e 'open(L, "+<&=3"); <STDIN>; accept(C, L)'`,
  select: `exec perl -e '<STDIN>; vec($r, 3, 1) = 1; select($r, undef, undef, undef)'`,
  poll: `exec perl -e '<STDIN>; $set = pack("iss", 3, 1, 0); ${poll}'`,
  'accept in a child': `exec perl -e 'if (fork) { wait } else { open(L, "+<&=3"); <STDIN>; accept(C, L) }'`,
} as const;

for (const [how, script] of Object.entries(servers)) {
  test(`a process serves as soon as it waits on its socket, by ${how}; not while it boots`, async (t) => {
    const { os, shell, start, exit } = rig(t);
    const socket = os.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 }, PLAIN);
    const other = os.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 }, PLAIN);
    const out = os.createLogPipe('server', null);
    const stdin = os.createStdinPipe();
    const request = shell(`echo ready >&2; ${script}`, out, { env: [Buffer.from(`NODE=${process.execPath}`)] });
    const fds = new Map([...request.fds, [0, stdin.childFd], [3, socket.fd]]);
    const pid = start({ ...request, fds });
    await output(out).has('ready');
    assert.deepEqual(os.whoServes(pid, [socket]), { pids: [], refused: false });
    stdin.write(Buffer.from('go\n'));
    await until('that it serves', () => os.whoServes(pid, [socket]).pids.length === 1);
    assert.deepEqual(os.whoServes(pid, []), os.whoServes(pid, [socket]), 'it is the only one that listens');
    assert.deepEqual(os.whoServes(pid, [other]).pids, [], 'it does not serve what it was not given');
    os.kill(pid, 9, true);
    await exit(pid);
    for (const held of [socket, other]) os.closeSocket(held);
    stdin.close();
    out.close();
  });
}

test('of a process that has gone nobody serves', (t) => {
  const { os } = rig(t);
  assert.deepEqual(os.whoServes(2 ** 22 + 1, []), { pids: [], refused: false });
});

test('a listener with SO_REUSEPORT is told, not borrowed: it would go on taking connections for nobody', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const out = os.createLogPipe('reuseport', null);
  const script = `exec perl -MSocket -e 'socket(L, AF_INET, SOCK_STREAM, 0); setsockopt(L, SOL_SOCKET, SO_REUSEPORT, 1);
    bind(L, pack_sockaddr_in(0, INADDR_LOOPBACK)) or die; listen(L, 5); $| = 1; print "ready\\n"; accept(C, L)'`;
  const pid = start(shell(script, out));
  await output(out).has('ready');
  const { sockets, ownEach, problem } = os.borrowListeners(pid);
  assert.deepEqual([sockets, problem], [[], null]);
  assert.equal(ownEach.length, 1);
  assert.equal(os.whoServes(pid, []).pids.length, 1);
  os.kill(pid, 9, false);
  await exit(pid);
  out.close();
});
