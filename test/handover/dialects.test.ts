import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SocketAddress } from '../../src/core/spec.ts';
import { dialectsOf, socketFds, socketVariables } from '../../src/handover/dialects.ts';
import { recognise } from '../../src/handover/profiles/recognise.ts';

const tcp = (host: string, port: number): SocketAddress => ({ kind: 'tcp', host, port });
const sockets = [tcp('127.0.0.1', 80), tcp('::1', 81), { kind: 'unix', path: '/run/web.sock' } as const];
const probe = tcp('127.0.0.1', 40_000);

function given(server: string, withProbe: boolean): Record<string, string> {
  const dialects = dialectsOf(recognise([server]));
  return Object.fromEntries(socketVariables(dialects, sockets, withProbe ? probe : null, 4));
}

const listenFds = { LISTEN_FDS: '4', LISTEN_FDNAMES: 'socket0:socket1:socket2:probe' };
const starter = {
  SERVER_STARTER_PORT: '127.0.0.1:80=3;[::1]:81=4;/run/web.sock=5;127.0.0.1:40000=6',
  SERVER_STARTER_GENERATION: '4',
};
const einhorn = { EINHORN_FD_COUNT: '3', EINHORN_FD_0: '3', EINHORN_FD_1: '4', EINHORN_FD_2: '5' };

const servers: ReadonlyArray<readonly [server: string, withProbe: boolean, variables: Record<string, string>]> = [
  ['gunicorn', true, listenFds],
  ['/usr/local/bin/own-program', true, { ...listenFds, ...starter, ...einhorn }],
  ['starman', true, starter],
  ['unicorn', true, { UNICORN_FD: '3,4,5,6' }],
  ['puma', false, { LISTEN_FDS: '3', LISTEN_FDNAMES: 'socket0:socket1:socket2' }],
  ['nginx', false, { NGINX: '3;4;5;' }],
  ['php-fpm', false, { FPM_SOCKETS: '127.0.0.1:80=3,::1:81=4,/run/web.sock=5' }],
  ['uwsgi', false, { UWSGI_RELOADS: '2' }],
  ['uvicorn', false, {}],
  ['haproxy', false, {}],
];

for (const [server, withProbe, variables] of servers) {
  test(`${server} is told of its sockets in its own dialect, and in no other that could hurt`, () => {
    assert.deepEqual(given(server, withProbe), variables);
  });
}

test('without sockets nothing is said, and descriptors count from 3', () => {
  assert.equal(socketVariables(['listen-fds', 'uwsgi'], [], null, 2).size, 0);
  assert.deepEqual(
    [...socketFds([{ fd: 77 }, { fd: 12 }])],
    [
      [3, 77],
      [4, 12],
    ],
  );
});
