/** The small ones: clock, process table, users, what is missing. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { SystemClock } from '../../src/os/clock.ts';
import { errnoName, loadLibc } from '../../src/os/libc.ts';
import { scannedDescendants } from '../../src/os/process-table.ts';
import { needs } from '../support/needs.ts';
import { bounded, output, rig } from './rig.ts';

test('an armed wake comes at its time and not before; arming again replaces it; null disarms', async () => {
  const clock = new SystemClock();
  const calls: string[] = [];
  clock.arm(clock.now().mono + 1, () => calls.push('replaced'));
  const due = clock.now().mono + 20;
  await bounded('wake', new Promise<void>((resolve) => clock.arm(due, resolve)));
  assert.ok(clock.now().mono >= due);
  clock.arm(clock.now().mono + 1, () => calls.push('disarmed'));
  clock.arm(null, () => {});
  const far = new SystemClock();
  far.arm(far.now().mono + 2 ** 40, () => calls.push('far'));
  await bounded('wake', new Promise<void>((resolve) => clock.arm(clock.now().mono + 10, resolve)));
  far.arm(null, () => {});
  assert.deepEqual(calls, []);
});

test("the monotonic clock is the kernel's, the same in every process", async (t) => {
  const { os, run } = rig(t);
  const before = os.clock.now().mono;
  const uptime = Number((await run('cut -d" " -f1 /proc/uptime')).text) * 1000;
  assert.ok(uptime > before - 1000 && uptime < os.clock.now().mono + 1000);
});

test('a process is known by its parent, group and start, and its descendants by theirs', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const out = os.createLogPipe('tree', null);
  const seen = output(out);
  const pid = start(shell('sh -c \'sh -c "echo inner \\$\\$.; exec sleep 60"; true\'; true', out));
  await seen.has('.');
  const stat = os.stat(pid);
  assert.equal(stat?.ppid, os.pid);
  assert.equal(stat?.pgid, pid);
  assert.ok(stat !== null && stat.startTime > 0);
  const inner = Number(/inner (\d+)/.exec(seen.text)?.[1]);
  const below = os.descendants(pid);
  assert.equal(below.length, 2);
  assert.equal(below[1], inner);
  os.kill(pid, 9, true);
  await exit(pid);
  assert.equal(os.stat(pid), null);
  out.close();
});

test('the kernel’s lists of children say the same as the parents of all processes, a child of a second thread among them', {
  skip: existsSync(`/proc/self/task/${process.pid}/children`) ? false : 'this kernel keeps no such lists',
}, async (t) => {
  if (!needs(t, { command: '/usr/bin/python3', apt: 'python3' })) return;
  const { os, shell, start, exit } = rig(t);
  const out = os.createLogPipe('threads', null);
  const seen = output(out);
  const script = `import subprocess, threading, time
def second():
    inner = subprocess.Popen(['sh', '-c', 'sleep 60 & echo ready.; wait'])
    inner.wait()
threading.Thread(target=second).start()
time.sleep(60)`;
  const pid = start(shell('', out, { file: '/usr/bin/python3', args: ['python3', '-c', script] }));
  await seen.has('.');
  const below = os.descendants(pid);
  assert.equal(below.length, 2);
  assert.deepEqual([...below].sort(), scannedDescendants(pid).sort());
  os.kill(pid, 9, true);
  await exit(pid);
  assert.deepEqual(os.descendants(pid), []);
  out.close();
});

test('users are found by name and by uid', (t) => {
  const { os } = rig(t);
  assert.deepEqual(os.userById(0)?.name, 'root');
  assert.deepEqual(os.userByName('root'), os.userById(0));
  assert.equal(os.userByName('no-such-user'), null);
  assert.equal(os.userById(4242424), null);
});

test('an errno has its usual name', () => {
  assert.deepEqual([-2, -8, -11, -32, -4000].map(errnoName), ['ENOENT', 'ENOEXEC', 'EAGAIN', 'EPIPE', 'errno 4000']);
});

test('the C library is loaded once, and what is missing has a sentence', (t) => {
  const { os } = rig(t);
  assert.equal(loadLibc(), loadLibc());
  for (const { text } of os.missing) assert.ok(text.length > 20);
});
