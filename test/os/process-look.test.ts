/** A process that is not our child: what can be seen of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { lookAt } from '../../src/os/process-look.ts';
import { until } from '../support/until.ts';

/** A shell that forks one copy of itself and executes another, and prints their pids. */
async function family(t: { after(end: () => void): void }) {
  const script = 'exec 3<&0; (read x <&3) & fork=$!; sleep 1000 & echo $fork $!; wait';
  const shell = spawn('bash', ['-c', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, MARK: 'a=b' },
  });
  t.after(() => {
    shell.kill('SIGKILL');
    for (const pid of [fork, executed]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // ended by the test
      }
    }
  });
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  const [fork = 0, executed = 0] = String(line).trim().split(' ').map(Number);
  return { pid: shell.pid ?? 0, fork, executed };
}

test('a fork has the image of its parent, and what was executed has another one', async (t) => {
  const { pid, fork, executed } = await family(t);
  const parent = lookAt(pid);
  const other = await until('the sleep was executed', () => {
    const look = lookAt(executed);
    return look?.program.endsWith('/sleep') ? look : null;
  });
  assert.equal(parent?.program, readlinkSync(`/proc/${pid}/exe`));
  assert.equal(parent?.environment.get('MARK'), 'a=b');
  assert.equal(lookAt(fork)?.image, parent?.image);
  assert.notEqual(other.image, parent?.image);
  assert.deepEqual(other.words, ['sleep', '1000']);
  assert.equal(other.ppid, pid);
  assert.equal(lookAt(1 << 30), null);
});
