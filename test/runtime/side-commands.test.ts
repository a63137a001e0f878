import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExitStatus } from '../../src/core/exit-status.ts';
import { type RunningCommand, type SideCommand, SideCommands } from '../../src/runtime/side-commands.ts';
import { FakeOs } from '../support/fake-os.ts';
import { buildSpec, type SpecOverrides } from '../support/spec-builder.ts';

function world() {
  const os = new FakeOs();
  const commands = new SideCommands(os, new Map([['PATH', Buffer.from('/bin')]]), null);
  const ends: ExitStatus[] = [];
  const unknown: number[] = [];
  os.onExit((pid, status) => {
    if (!commands.exited(pid, status)) unknown.push(pid);
  });
  const begin = (more: Partial<SideCommand> = {}, spec: SpecOverrides = {}) =>
    commands.start({
      spec: buildSpec(spec),
      purpose: 'test',
      command: 'sh -c "nginx -t"',
      variables: new Map([['MAINPID', '7']]),
      ended: (status) => ends.push(status),
      ...more,
    });
  const start = (...args: Parameters<typeof begin>): RunningCommand => {
    const started = begin(...args);
    assert.ok(started.ok, started.ok ? '' : started.problem);
    return started.running;
  };
  return { os, commands, ends, unknown, begin, start };
}

test("a side command gets what the program's processes get, and a stdin that is at its end", () => {
  const { os, start } = world();
  start({}, { uid: 33, umask: 0o22, directory: '/srv', environment: [['A', 'b']] });
  const { request } = os.last;
  assert.deepEqual([request.file, ...request.args], ['/bin/sh', 'sh', '-c', 'nginx -t']);
  assert.deepEqual([request.uid, request.umask, request.directory], [33, 0o22, '/srv']);
  assert.deepEqual(
    ['A', 'MAINPID', 'SUPERVISOR_PROCESS_NAME'].map((name) => os.last.env(name)),
    ['b', '7', 'web'],
  );
  assert.ok(os.last.stdin.closed);
});

test('its end is told once, with all that it has written, and nothing stays open', () => {
  const { os, commands, ends, unknown, start } = world();
  const running = start();
  assert.equal(commands.count, 1);
  os.last.write(1, 'a\n');
  os.last.write(2, 'b\n');
  os.exit(os.last.pid, 3);
  os.flush();
  assert.deepEqual(ends, [{ kind: 'exit', code: 3 }]);
  assert.deepEqual(running.lastLines(20), ['a', 'b']);
  assert.deepEqual([commands.count, unknown, os.leaks()], [0, [], []]);
});

test('one that is killed goes with its whole group and has no say any more, but is known to the reaper', () => {
  const { os, ends, unknown, start } = world();
  os.onSpawn = (child) => child.obeys(9);
  const running = start();
  running.kill();
  running.kill();
  os.flush();
  running.kill();
  assert.deepEqual(ends, []);
  assert.deepEqual(unknown, []);
  assert.ok(os.signals.every(({ target, signal, group }) => target === os.last.pid && signal === 9 && group));
  assert.deepEqual(os.leaks(), []);
});

test('one that can not be started says why, and leaves nothing open', () => {
  const { os, begin } = world();
  assert.deepEqual(begin({ command: 'no-such-command' }), {
    ok: false,
    problem: "can't find command 'no-such-command'",
  });
  assert.deepEqual(begin({ command: '"' }).ok, false);
  os.failNext('spawn', 'EAGAIN', 'fork');
  assert.deepEqual(begin(), { ok: false, problem: 'fork: EAGAIN' });
  os.failNext('spawn', 'ENOENT', 'chdir');
  assert.deepEqual(begin({}, { directory: '/gone' }), { ok: false, problem: "couldn't chdir to /gone: ENOENT" });
  os.failNext('createLogPipe', 'EMFILE');
  assert.deepEqual(begin(), { ok: false, problem: 'createLogPipe web-web-test: EMFILE' });
  os.failNext('createStdinPipe', 'EMFILE');
  assert.equal(begin().ok, false);
  assert.deepEqual(os.leaks(), []);
});

test('of much output the last lines are kept', () => {
  const { os, start } = world();
  const running = start();
  for (let line = 0; line < 10_000; line++) os.last.write(1, `line ${line}\n`);
  os.flush();
  assert.deepEqual(running.lastLines(2), ['line 9998', 'line 9999']);
});
