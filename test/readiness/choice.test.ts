/** What becomes of a ready check that was asked for, by what the generation has: a probe, sockets that it was handed over, or neither. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReadyCheck, SocketAddress } from '../../src/core/spec.ts';
import { describeCheck, effectiveCheck } from '../../src/readiness/start-check.ts';

const handedOver: readonly SocketAddress[] = [{ kind: 'tcp', host: '0.0.0.0', port: 8000 }];
const http = (port: number | null): ReadyCheck => ({
  ...{ kind: 'http', path: '/health', host: null, statuses: [], timeoutSecs: 1 },
  address: port === null ? null : { kind: 'tcp', host: 'localhost', port },
});

/** With sockets and a probe, with sockets and no probe, with neither. */
const rows: ReadonlyArray<readonly [ReadyCheck, string, string, string]> = [
  [{ kind: 'auto' }, 'accept', 'accepting connections', 'startsecs'],
  [{ kind: 'accept' }, 'accept', 'accepting connections', 'accepting connections'],
  [{ kind: 'startsecs' }, 'startsecs', 'startsecs', 'startsecs'],
  [http(null), 'http:/health', 'http:/health where it listens', 'http:/health where it listens'],
  [http(8000), 'http:/health', 'http://localhost:8000/health', 'http://localhost:8000/health'],
  [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }, 'accept', 'accepting connections', 'tcp://127.0.0.1:8000'],
  [{ kind: 'unix', path: '/run/a.sock' }, 'unix:/run/a.sock', 'unix:/run/a.sock', 'unix:/run/a.sock'],
  [{ kind: 'exec', command: 'curl x' }, 'exec:curl x', 'exec:curl x', 'exec:curl x'],
  [{ kind: 'notify' }, 'notify', 'notify', 'notify'],
  [{ kind: 'fd', fd: 3 }, 'fd:3', 'fd:3', 'fd:3'],
  [{ kind: 'log', pattern: '^up' }, 'log:^up', 'log:^up', 'log:^up'],
];

for (const [check, withProbe, withSockets, withNothing] of rows) {
  test(`ready_check ${JSON.stringify(check)} by what can be asked`, () => {
    assert.equal(describeCheck(effectiveCheck(check, true, handedOver)), withProbe);
    assert.equal(describeCheck(effectiveCheck(check, false, handedOver)), withSockets);
    assert.equal(describeCheck(effectiveCheck(check, false)), withNothing);
  });
}
