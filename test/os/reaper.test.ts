import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeStatus } from '../../src/os/reaper.ts';
import { output, rig } from './rig.ts';

test('an exit code and a death by signal are told apart', async (t) => {
  const { run } = rig(t);
  assert.deepEqual((await run('exit 3')).status, { kind: 'exit', code: 3 });
  assert.deepEqual((await run('kill -TERM $$')).status, { kind: 'signal', signal: 15, coreDumped: false });
});

test('a death by a real-time signal keeps its number', async (t) => {
  const { os, shell, start, exit } = rig(t);
  for (const signal of [34, 40, 64]) {
    const out = os.createLogPipe('rt', null);
    const pid = start(shell('echo ready; exec sleep 60', out));
    await output(out).has('ready');
    assert.equal(os.kill(pid, signal, false), 'ok');
    assert.deepEqual(await exit(pid), { kind: 'signal', signal, coreDumped: false });
    out.close();
  }
});

test('the core bit of a raw status is told', () => {
  assert.deepEqual(decodeStatus(0x8b), { kind: 'signal', signal: 11, coreDumped: true });
  assert.deepEqual(decodeStatus(0x0100), { kind: 'exit', code: 1 });
});

test('a child that is dead before its start has returned is still told', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const out = os.createLogPipe('quick', null);
  const pid = start(shell('exit 5', out));
  while (os.stat(pid)?.state !== 'Z'); // dead, and this turn of the event loop has not ended
  assert.deepEqual(await exit(pid), { kind: 'exit', code: 5 });
  out.close();
});

test('a subreaper is told of its orphans', async (t) => {
  const { os, shell, start, exit } = rig(t);
  assert.equal(os.becomeSubreaper(), 'ok');
  const out = os.createLogPipe('orphan', null);
  const seen = output(out);
  const pid = start(shell("sh -c 'echo orphan $$.; exec sleep 60' & exit 0", out));
  await exit(pid);
  await seen.has('.');
  const orphan = Number(/orphan (\d+)/.exec(seen.text)?.[1]);
  assert.equal(os.stat(orphan)?.ppid, os.pid);
  assert.equal(os.kill(pid, 9, true), 'ok');
  assert.deepEqual(await exit(orphan), { kind: 'signal', signal: 9, coreDumped: false });
  out.close();
});

test('a signal to nobody, to everybody or to the own group is refused', (t) => {
  const { os } = rig(t);
  assert.equal(os.kill(2 ** 22 + 1, 0, false), 'ESRCH');
  assert.equal(os.kill(-1, 0, false), 'EINVAL');
  assert.equal(os.kill(0, 0, true), 'EINVAL');
  assert.equal(os.kill(1, 0, true), 'EINVAL');
});
