import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RpcValue } from '../../src/rpc/codec.ts';
import { FakeServer, Fault, processInfo } from './fake-server.ts';
import { FakeTerminal, hupctl } from './fake-terminal.ts';

const at = Math.floor(Date.now() / 1000);
const clock = String.raw`(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d`;
const minute = String.raw`(\d{4}-\d\d-\d\d )?\d\d:\d\d`;
const state = (from: string, to: string, more = {}) => ({
  at,
  what: 'state',
  from,
  to,
  pid: 0,
  expected: false,
  spawnError: '',
  text: `${from} -> ${to}`,
  ...more,
});
const tooQuick = 'Exited too quickly (process log may have details)';
const exited = {
  at,
  what: 'exited',
  pid: 7,
  generation: 1,
  how: 'exit status 1',
  ranSecs: 0.2,
  lastLine: 'No module',
  text: 'pid 7 ended',
};

test('why explains the state by what happened, and lists the last events', async () => {
  const server = new FakeServer({
    'supervisor.getAllProcessInfo': () => [
      processInfo('web', 'FATAL', { spawnerr: tooQuick }),
      processInfo('api', 'RUNNING'),
    ],
    'hupd.getHistory': () => [exited, exited, state('STARTING', 'BACKOFF'), state('BACKOFF', 'FATAL')],
  });
  const { stdout, status } = await hupctl(server, 'why web');
  assert.match(
    stdout,
    new RegExp(
      `^web: FATAL since ${minute}: exited with 1 within 1 s, 2 times; last line: No module\n    ${clock}  pid 7 ended\n`,
    ),
  );
  assert.equal(stdout.split('\n').length, 6);
  assert.equal(status, 0);
  assert.ok(server.calls.includes('hupd.getHistory(web, 100)'));
});

test('why of a supervisord takes the last line from the log', async () => {
  const server = new FakeServer({
    'supervisor.getAllProcessInfo': () => [processInfo('web', 'FATAL', { spawnerr: tooQuick, stop: at })],
    'supervisor.readProcessStderrLog': () => 'one\nlast words\n\n',
  });
  const { stdout } = await hupctl(server, 'why web');
  assert.match(stdout, new RegExp(`^web: FATAL since ${minute}: Exited too quickly .*; last line: last words\n$`));
});

test('why of a name that is not there says so', async () => {
  const server = new FakeServer({ 'supervisor.getAllProcessInfo': () => [processInfo('web', 'RUNNING')] });
  assert.equal((await hupctl(server, 'why nope')).stdout, 'nope: ERROR (no such process)\n');
  assert.match((await hupctl(server, 'why')).stdout, /^Error: why requires a process name\nwhy <name>/);
});

/** Answers of waitChange, one a call; the last one ends the watching by ^C. */
function watched(terminal: FakeTerminal, answers: ReadonlyArray<readonly RpcValue[]>): FakeServer {
  let version = 0;
  return new FakeServer({
    'supervisor.getAllProcessInfo': () => [processInfo('web:a', 'RUNNING'), processInfo('job', 'RUNNING')],
    'hupd.waitChange': () => {
      const processes = answers[version];
      version += 1;
      if (processes !== undefined) return { version, complete: false, daemonState: 'RUNNING', processes };
      setImmediate(() => terminal.interrupt());
      return new Promise(() => {});
    },
  });
}

test('status --watch tells each change of what was asked for in one line, until ^C', async () => {
  const terminal = new FakeTerminal();
  const server = watched(terminal, [
    [processInfo('web:a', 'RUNNING'), processInfo('job', 'FATAL')],
    [processInfo('web:a', 'STOPPING', { now: at })],
    [processInfo('web:a', 'STOPPING', { now: at + 1 })],
    [processInfo('web:a', 'STOPPED', { now: at + 2 })],
  ]);
  const { stdout, status } = await hupctl(server, 'status --watch web:*', terminal);
  const [table, ...changes] = stdout.trim().split('\n');
  assert.match(table ?? '', /^web:a +RUNNING +pid 100/);
  assert.equal(changes.length, 2, stdout);
  assert.match(changes[0] ?? '', /^\d\d:\d\d:\d\d web:a +STOPPING/);
  assert.match(changes[1] ?? '', /^\d\d:\d\d:\d\d web:a +STOPPED/);
  assert.equal(status, 0);
  assert.ok(server.calls.includes('hupd.waitChange(4, 25)'), server.calls.join());
});

test('status --watch ends when the server does', async () => {
  const server = new FakeServer({
    'supervisor.getAllProcessInfo': () => [processInfo('web', 'RUNNING')],
    'hupd.waitChange': () => new Fault('SHUTDOWN_STATE'),
  });
  const { stdout, status } = await hupctl(server, 'status --watch');
  assert.match(stdout, /SHUTDOWN_STATE/);
  assert.equal(status, 1);
});
