import assert from 'node:assert/strict';
import { test } from 'node:test';
import { output, rig } from './rig.ts';

test('what a process uses is counted with its descendants, and what its reaped children used', async (t) => {
  const { os, shell, start } = rig(t);
  const out = os.createLogPipe('usage', null);
  const seen = output(out);
  // The inner shell works and is reaped; another one stays.
  const work = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done';
  const pid = start(shell(`sh -c '${work}'; sh -c 'echo ready.; exec sleep 60'; true`, out));
  await seen.has('ready.');
  const usage = (await os.usage([pid, 2 ** 22 + 1])).get(pid);
  assert.ok(usage !== undefined && usage.cpuSecs > 0, `${usage?.cpuSecs} s`);
  assert.equal(usage.processes, 2);
  assert.ok(usage.rssBytes > 500_000 && usage.rssBytes < 100_000_000, `${usage.rssBytes} bytes`);
});

test('a process that is not there has no usage', async (t) => {
  const { os } = rig(t);
  assert.equal((await os.usage([2 ** 22 + 1])).size, 0);
  assert.equal((await os.usage([])).size, 0);
});
