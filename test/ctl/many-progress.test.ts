import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessInfo } from '../../src/core/describe.ts';
import { GoalTally, GroupTally, ManyProgress } from '../../src/ctl/many-progress.ts';
import { FakeServer, processInfo } from './fake-server.ts';
import { FakeTerminal, hupctl } from './fake-terminal.ts';

const info = (name: string, state: string, more = {}) => processInfo(name, state, more) as unknown as ProcessInfo;

test('of those to be started, what runs and what has failed since is through; who takes longest is named', () => {
  const before = [info('a', 'RUNNING'), info('b', 'STOPPED'), info('c', 'FATAL'), info('d', 'STOPPED')];
  const progress = new ManyProgress(new GoalTally('started', before), 0);
  progress.news(before, 0);
  progress.news([info('b', 'STARTING', { start: 5 }), info('c', 'STARTING', { start: 5 })], 100);
  assert.equal(progress.render(400, 80), null, 'what is soon over is not worth a line');
  assert.equal(
    progress.render(2200, 80)?.slice(2),
    '[--------------------] 0 of 3 started, waiting for b (STARTING 2 s)',
  );
  progress.news([info('b', 'RUNNING', { start: 5 }), info('c', 'FATAL', { start: 5, stop: 6 })], 2300);
  assert.equal(
    progress.render(3000, 80)?.slice(2),
    '[#############-------] 2 of 3 started, waiting for d (STOPPED 3 s)',
  );
});

test('of those to be stopped, what was down already does not count', () => {
  const before = [info('a', 'RUNNING'), info('b', 'EXITED')];
  const progress = new ManyProgress(new GoalTally('stopped', before), 0);
  progress.news([info('a', 'STOPPING')], 0);
  assert.match(progress.render(1000, 80) ?? '', / 0 of 1 stopped, waiting for a \(STOPPING 1 s\)$/);
  assert.equal(new ManyProgress(new GoalTally('stopped', [info('b', 'EXITED')]), 0).render(9000, 80), null);
});

test('groups are counted as they are gone through, with the process that one waits for', () => {
  const tally = new GroupTally(2);
  const progress = new ManyProgress(tally, 0);
  tally.next('web');
  assert.match(progress.render(1000, 80) ?? '', / 0 of 2 groups, waiting for web$/);
  tally.next('app');
  progress.news([info('app:1', 'STOPPING'), info('web', 'STOPPING')], 1000);
  assert.match(progress.render(1000, 80) ?? '', / 1 of 2 groups, waiting for app:1 \(STOPPING 0 s\)$/);
});

test('the line never reaches the edge of the terminal', () => {
  const progress = new ManyProgress(new GoalTally('started', [info('a', 'STOPPED')]), 0);
  progress.news([info('a', 'STOPPED')], 0);
  for (const width of [0, 1, 10, 40, 80]) {
    assert.ok((progress.render(3000, width) ?? '').length <= Math.max(0, width - 1), String(width));
  }
});

test('on a terminal the moving line goes to stderr and is gone at the end; what is printed is the same as without', async () => {
  let state = 'STOPPED';
  let seen = () => {};
  const shown = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const rows = () => [info('a', state), info('b', state)];
  const server = () =>
    new FakeServer({
      'supervisor.getAllProcessInfo': () => rows() as never,
      'supervisor.startAllProcesses': async () => {
        state = 'STARTING';
        await shown;
        return ['a', 'b'].map((name) => ({ name, group: name, status: 80, description: 'OK' }));
      },
    });
  const terminal = new FakeTerminal();
  terminal.moves = true;
  terminal.onWrite = (text) => {
    if (text.includes('0 of 2 started, waiting for a')) seen();
  };
  const { stdout, stderr, status } = await hupctl(server(), 'start all', terminal);
  assert.equal(stdout, 'a: started\nb: started\n');
  assert.equal(status, 0);
  assert.ok(stderr.endsWith('\r\u001b[K'), 'nothing is left of it');
  const plain = await hupctl(server(), 'start all');
  assert.deepEqual([plain.stdout, plain.stderr], [stdout, '']);
});
