import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatesSignal, gatesStart, isAmong, reachable, wantsProbe } from '../../src/core/ready-check.ts';
import type { ReadyCheck, SocketAddress } from '../../src/core/spec.ts';

const tcp = (host: string, port = 80): SocketAddress => ({ kind: 'tcp', host, port });
const unix = (path: string): SocketAddress => ({ kind: 'unix', path });
const http = (address: SocketAddress | null): ReadyCheck => ({
  ...{ kind: 'http', path: '/', address, host: null },
  ...{ statuses: [], timeoutSecs: 1 },
});

/** Each kind: does a first start wait for it, does a reload by signal, does a first start on a handed-over socket get a probe, does a successor. */
const kinds: ReadonlyArray<readonly [ReadyCheck, string]> = [
  [{ kind: 'auto' }, '- - - probe'],
  [{ kind: 'startsecs' }, '- - - -'],
  [{ kind: 'accept' }, 'start - probe probe'],
  [http(null), 'start signal probe probe'],
  [http(tcp('127.0.0.1')), 'start signal probe probe'],
  [http(tcp('127.0.0.1', 81)), 'start signal - -'],
  [{ kind: 'tcp', host: 'localhost', port: 80 }, 'start signal probe probe'],
  [{ kind: 'tcp', host: 'db', port: 80 }, 'start signal - -'],
  [{ kind: 'unix', path: '/run/web.sock' }, 'start signal - -'],
  [{ kind: 'exec', command: 'true' }, 'start signal - -'],
  [{ kind: 'notify' }, 'start signal - -'],
  [{ kind: 'fd', fd: 3 }, 'start - - -'],
  [{ kind: 'log', pattern: 'ready' }, 'start signal - -'],
];

for (const [check, expected] of kinds) {
  test(`what ${JSON.stringify(check)} gates, and whether it needs a probe`, () => {
    const sockets = [tcp('127.0.0.1')];
    const found = [
      gatesStart(check) ? 'start' : '-',
      gatesSignal(check) ? 'signal' : '-',
      wantsProbe(check, sockets, false) ? 'probe' : '-',
      wantsProbe(check, sockets, true) ? 'probe' : '-',
    ];
    assert.equal(found.join(' '), expected);
    assert.equal(
      wantsProbe(check, [], true),
      false,
      'without a socket to serve there is nothing to put a probe beside',
    );
  });
}

test('an address is among listeners when a connection to it is one to them', () => {
  const among = (address: SocketAddress, ...listeners: SocketAddress[]) => isAmong(address, listeners);
  assert.ok(among(tcp('127.0.0.1'), tcp('10.0.0.1'), tcp('0.0.0.0')));
  assert.ok(among(tcp('::1'), tcp('::')));
  assert.ok(among(tcp('localhost'), tcp('127.0.0.1')));
  assert.ok(among(unix('/a'), unix('/a')));
  assert.ok(!among(tcp('127.0.0.1'), tcp('0.0.0.0', 81)));
  assert.ok(!among(tcp('127.0.0.1'), tcp('10.0.0.1')));
  assert.ok(!among(unix('/a'), unix('/b'), tcp('/a')));
  assert.ok(!among(tcp('127.0.0.1')));
});

test('a listener of all interfaces is reached over loopback', () => {
  assert.deepEqual(reachable(tcp('0.0.0.0')), tcp('127.0.0.1'));
  assert.deepEqual(reachable(tcp('::')), tcp('::1'));
  assert.deepEqual(reachable(tcp('10.0.0.1')), tcp('10.0.0.1'));
  assert.deepEqual(reachable(unix('/a')), unix('/a'));
});
