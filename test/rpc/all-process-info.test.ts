/** The answer to getAllProcessInfo is made once for all who ask within the same second, unless something changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logFiles } from '../../src/log/read-log.ts';
import { createRpc } from '../../src/rpc/dispatch.ts';
import { encodeResponse } from '../../src/rpc/encode-response.ts';
import { FakeDaemon, program } from '../support/fake-daemon.ts';

const TERM = 15;

async function rig() {
  const daemon = await new FakeDaemon(program('web', 'numprocs=2\nprocess_name=%(process_num)d')).up();
  const interfaces = [{ namespace: 'supervisor', interface: 'main' }] as const;
  const rpc = createRpc({ daemon: daemon.supervisor, logs: logFiles }, interfaces);
  const ask = async () => {
    const answer = await rpc.call('supervisor.getAllProcessInfo', []);
    assert.ok('value' in answer && answer.encoded !== undefined);
    const { value, encoded } = answer;
    for (const controls of ['raw', 'replaced'] as const)
      assert.equal(encoded.of(value, controls).toString(), encodeResponse(value, controls));
    return { value, bytes: encoded.of(value, 'replaced') };
  };
  const states = async () => encodeResponse((await ask()).value).match(/RUNNING|STOPPED|STOPPING/g);
  return { daemon, ask, states };
}

test('within a second everyone is given the same bytes', async () => {
  const { daemon, ask } = await rig();
  const { bytes } = await ask();
  await daemon.elapse(999 - (daemon.supervisor.now() % 1000));
  assert.equal((await ask()).bytes, bytes);
});

test('the next second has another `now` and another uptime', async () => {
  const { daemon, ask } = await rig();
  const { bytes } = await ask();
  await daemon.elapse(1000);
  const next = await ask();
  assert.notEqual(next.bytes, bytes);
  const now = Math.floor(daemon.supervisor.now() / 1000);
  assert.equal(next.bytes.toString().split(`<name>now</name>\n<value><int>${now}</int>`).length, 3);
  assert.match(bytes.toString(), /uptime 0:00:01/);
  assert.match(next.bytes.toString(), /uptime 0:00:02/);
});

test('what changes is told at once', async () => {
  const { daemon, states } = await rig();
  assert.deepEqual(await states(), ['RUNNING', 'RUNNING']);
  const child = daemon.child('web:0');
  child.ignores(TERM);
  await daemon.stop('web:0', false);
  assert.deepEqual(await states(), ['STOPPING', 'RUNNING']);
  daemon.os.exit(child.pid, 0);
  await daemon.elapse(0);
  assert.deepEqual(await states(), ['STOPPED', 'RUNNING']);
  void daemon.stop('web:1');
  await daemon.elapse(0);
  daemon.supervisor.removeGroup('web');
  assert.equal(await states(), null);
});
