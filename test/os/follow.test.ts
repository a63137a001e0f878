import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { ExitStatus } from '../../src/core/exit-status.ts';
import { needs } from '../support/needs.ts';
import { bounded, rig } from './rig.ts';

const python3 = { command: 'python3', apt: 'python3' };

/** A process of somebody else's: its parent has gone, and whoever reaps it is not us. */
function stranger(script: string): number {
  const starter = `import os, sys
if os.fork() == 0:
    os.setsid()
    pid = os.fork()
    if pid == 0:
        os.execv("/bin/sh", ["sh", "-c", sys.argv[1]])
    print(pid, flush=True)
    os.close(1)
    os.waitpid(pid, 0)
    os._exit(0)
`;
  return Number(
    execFileSync('python3', ['-c', starter, script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

test('the end of a process that is not our child is told once, and how it ended', async (t) => {
  if (!needs(t, python3)) return;
  const { os } = rig(t);
  const cases: ReadonlyArray<readonly [script: string, signal: number | null, status: ExitStatus]> = [
    ['exec >&-; sleep 0.2; exit 7', null, { kind: 'exit', code: 7 }],
    ['exec >&-; sleep 0.2', null, { kind: 'exit', code: 0 }],
    ['exec >&-; exec sleep 60', 9, { kind: 'signal', signal: 9, coreDumped: false }],
  ];
  for (const [script, signal, expected] of cases) {
    const pid = stranger(script);
    const startTime = os.stat(pid)?.startTime ?? 0;
    const ended = new Promise<ExitStatus | null>((resolve) => {
      assert.equal(os.follow(pid, startTime, resolve).ok, true);
    });
    if (signal !== null) os.kill(pid, signal, false);
    assert.deepEqual(await bounded('end', ended), expected);
  }
});

test('a pid that has become another process, or nobody, is not followed', (t) => {
  if (!needs(t, python3)) return;
  const { os } = rig(t);
  const pid = stranger('exec >&-; exec sleep 60');
  const startTime = os.stat(pid)?.startTime ?? 0;
  assert.deepEqual(os.follow(pid, startTime - 1, never), { ok: false, errno: 'ESRCH' });
  const followed = os.follow(pid, startTime, never);
  assert.ok(followed.ok);
  followed.following.end();
  followed.following.end();
  os.kill(pid, 9, false);
  assert.deepEqual(os.follow(2 ** 22 - 1, 1, never), { ok: false, errno: 'ESRCH' });
});

function never(): void {
  assert.fail('it was told of a process that is not followed');
}
