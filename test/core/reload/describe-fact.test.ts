import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFact } from '../../../src/core/reload/describe-fact.ts';
import type { ReloadFact } from '../../../src/core/reload/facts.ts';

type Untold<F> = F extends ReloadFact ? Omit<F, 'at' | 'group' | 'name'> : never;

const rows: ReadonlyArray<readonly [Untold<ReloadFact>, string]> = [
  [{ fact: 'started', strategy: 'rolling', pid: 4711, generation: 1 }, 'reload (rolling) of pid 4711'],
  [{ fact: 'started', strategy: 'hup', pid: 0, generation: 0 }, 'reload (hup) of a process that is not running'],
  [{ fact: 'testing', command: 'nginx -t' }, 'testing first: nginx -t'],
  [{ fact: 'handover', text: 'hands over tcp 127.0.0.1:8000' }, 'hands over tcp 127.0.0.1:8000'],
  [{ fact: 'spawned', pid: 4715, generation: 2 }, 'successor started with pid 4715'],
  [{ fact: 'signalled', pid: 4711, signal: 1 }, 'sent SIGHUP to pid 4711'],
  [{ fact: 'waiting', check: 'accept', timeoutSecs: 60 }, 'waiting for readiness (accept, at most 60 s)'],
  [{ fact: 'ready', pid: 4715, afterSecs: 4.123 }, 'ready after 4.1 s'],
  [{ fact: 'promoted', pid: 4715, overlapSecs: 0.5 }, 'successor 4715 took over; both serve for 0.5 s'],
  [{ fact: 'stopping', pid: 4711, signal: 15 }, 'sent SIGTERM to predecessor 4711'],
  [{ fact: 'stopped', pid: 4711, status: 'exit status 0' }, 'predecessor 4711 stopped (exit status 0)'],
  [
    { fact: 'predecessor-died', pid: 4711, status: 'terminated by SIGKILL' },
    'predecessor 4711 died (terminated by SIGKILL); its successor takes over',
  ],
  [{ fact: 'rolled-back', pid: 4715, servingPid: 4711 }, 'rolled back: pid 4711 serves on, successor 4715 is given up'],
  [{ fact: 'done', pid: 4715, tookSecs: 4.94, dropped: -1, longestQueue: -1 }, 'reloaded in 4.9 s'],
  [
    { fact: 'done', pid: 4715, tookSecs: 4.94, dropped: 0, longestQueue: 2 },
    'reloaded in 4.9 s, 0 dropped, longest queue 2',
  ],
  [{ fact: 'failed', reason: 'not ready within 60 s', lastOutput: ['x'] }, 'reload failed: not ready within 60 s'],
];

for (const [fact, sentence] of rows) {
  test(`a reload tells: ${sentence}`, () => {
    assert.equal(describeFact({ at: 0, group: 'web', name: 'web', ...fact }), sentence);
  });
}
