/** What hupctl adds to supervisorctl's commands; that the rest is as it was, the transcripts show against real servers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeServer, Fault, processInfo } from './fake-server.ts';
import { FakeTerminal, fakeCtl, hupctl } from './fake-terminal.ts';

const list = [
  processInfo('api', 'RUNNING'),
  processInfo('web:web_0', 'RUNNING'),
  processInfo('web:web_1', 'STOPPED'),
  processInfo('worker', 'FATAL'),
];
const all = { 'supervisor.getAllProcessInfo': () => list };

test('a wildcard stands for each process that it matches, once', async () => {
  const server = new FakeServer({ ...all, 'supervisor.stopProcess': () => true });
  const { stdout, status } = await hupctl(server, 'stop web_* w*:* api');
  assert.equal(stdout, 'web:web_0: stopped\nweb:web_1: stopped\nworker: stopped\napi: stopped\n');
  assert.equal(status, 0);
  assert.deepEqual(server.calls.slice(2, 4), ['stopProcess(web:web_0, true)', 'stopProcess(web:web_1, true)']);
});

test('a wildcard that matches nothing is a name that the server does not know', async () => {
  const server = new FakeServer({ ...all, 'supervisor.stopProcess': (name) => new Fault('BAD_NAME', String(name)) });
  assert.deepEqual(await hupctl(server, 'stop zz*'), {
    stdout: 'zz*: ERROR (no such process)\n',
    stderr: '',
    status: 1,
  });
});

test('names without a wildcard cost no extra call', async () => {
  const server = new FakeServer({ ...all, 'supervisor.stopProcess': () => true });
  await hupctl(server, 'stop api');
  assert.deepEqual(server.calls, ['getVersion()', 'stopProcess(api, true)']);
});

test('status takes wildcards, and says of each name that matches nothing', async () => {
  const { stdout, status } = await hupctl(new FakeServer(all), 'status zz* *_0 nogroup*:*');
  assert.equal(
    stdout,
    'zz*: ERROR (no such process)\nnogroup*: ERROR (no such group)\nweb:web_0                        RUNNING   pid 100, uptime 0:00:05\n',
  );
  assert.equal(status, 4);
});

test('status --json prints what the server tells, and keeps the exit status', async () => {
  const { stdout, status } = await hupctl(new FakeServer(all), 'status --json web:*');
  assert.deepEqual(JSON.parse(stdout), [list[1], list[2]]);
  assert.equal(status, 3);
});

test('states are coloured on a terminal only', async () => {
  const terminal = new FakeTerminal();
  terminal.fancy = true;
  const { stdout } = await hupctl(new FakeServer(all), 'status api worker', terminal);
  assert.match(stdout, /^api {30}\u001b\[32mRUNNING {3}\u001b\[0mpid 100/);
  assert.match(stdout, /\u001b\[31mFATAL {5}\u001b\[0m/);
});

test('clear takes a group, though the protocol does not', async () => {
  const server = new FakeServer({ ...all, 'supervisor.clearProcessLogs': () => true });
  const { stdout } = await hupctl(server, 'clear web:*');
  assert.equal(stdout, 'web:web_0: cleared\nweb:web_1: cleared\n');
  assert.deepEqual(await hupctl(server, 'clear zz:*'), {
    stdout: 'zz: ERROR (no such group)\n',
    stderr: '',
    status: 1,
  });
});

test('restart --wait starts all together and tells how each settled', async () => {
  const states = [
    [processInfo('a', 'STARTING'), processInfo('b', 'BACKOFF')],
    [processInfo('a', 'RUNNING', { description: 'pid 7, uptime 0:00:01' }), processInfo('b', 'STARTING')],
    [processInfo('a', 'RUNNING'), processInfo('b', 'FATAL', { description: 'Exited too quickly' })],
  ];
  let asked = -1;
  const server = new FakeServer({
    'supervisor.getAllProcessInfo': () =>
      states[Math.min(asked++, 2)] ?? [processInfo('a', 'RUNNING'), processInfo('b', 'RUNNING')],
    'supervisor.stopProcess': () => true,
    'supervisor.startProcess': () => true,
  });
  const { stdout, status } = await hupctl(server, 'restart --wait a b');
  assert.equal(
    stdout,
    'a: stopped\nb: stopped\na: running (pid 7, uptime 0:00:01)\nb: ERROR (FATAL: Exited too quickly)\n',
  );
  assert.equal(status, 7);
  assert.ok(server.calls.includes('startProcess(b, false)'));
});

test('restart --wait gives up after its time', async () => {
  const server = new FakeServer({
    'supervisor.getAllProcessInfo': () => [processInfo('a', 'STARTING')],
    'supervisor.stopProcess': () => new Fault('NOT_RUNNING', 'a'),
    'supervisor.startProcess': () => true,
  });
  const { stdout, status } = await hupctl(server, 'restart --wait=0.01 a');
  assert.equal(stdout, 'a: ERROR (not running)\na: ERROR (not running after 0.01 s)\n');
  assert.equal(status, 7);
});

test('restart --wait of everything, where there is nothing, is done', async () => {
  const server = new FakeServer({
    'supervisor.getAllProcessInfo': () => [],
    'supervisor.stopAllProcesses': () => [],
  });
  assert.deepEqual(await hupctl(server, 'restart --wait all'), { stdout: '', stderr: '', status: 0 });
});

test('restart --wait says what cannot be started at all', async () => {
  const server = new FakeServer({
    ...all,
    'supervisor.stopProcess': () => new Fault('BAD_NAME', 'zz'),
    'supervisor.startProcess': () => new Fault('BAD_NAME', 'zz'),
  });
  const { stdout, status } = await hupctl(server, 'restart --wait zz');
  assert.equal(stdout, 'zz: ERROR (no such process)\nzz: ERROR (no such process)\n');
  assert.equal(status, 1);
  for (const [line, why] of [
    ['restart --wiat zz', 'not an option: --wiat'],
    ['restart --wait=soon zz', 'not an option: --wait=soon'],
    ['restart --wait', 'restart --wait requires a process name'],
  ] as const) {
    const wrong = await hupctl(server, line);
    assert.ok(wrong.stdout.startsWith(`Error: ${why}\nrestart <name>`), wrong.stdout);
    assert.equal(wrong.status, 2);
  }
});

test('an option that there is not is named, and is a wrong command line', async () => {
  for (const name of ['history', 'reload', 'why']) {
    const { stdout, status } = await hupctl(new FakeServer(all), `${name} --fcats api`);
    assert.match(stdout, new RegExp(`^Error: unknown option --fcats\n${name}`));
    assert.equal(status, 2, name);
  }
  for (const name of ['doctor', 'upgrade', 'top']) {
    assert.equal((await hupctl(new FakeServer(all), `${name} more`)).status, 2, name);
  }
});

test('at a terminal the word next to an unknown one is offered; a script reads what supervisorctl writes', async () => {
  const atTerminal = async (line: string) => {
    const terminal = new FakeTerminal();
    terminal.moves = true;
    return hupctl(new FakeServer(all), line, terminal);
  };
  assert.deepEqual(await atTerminal('staus'), {
    stdout: '*** Unknown syntax: staus\n',
    stderr: 'Did you mean status?\n',
    status: 1,
  });
  assert.equal((await atTerminal('status wroker')).stderr, 'Did you mean worker?\n');
  assert.equal((await atTerminal('frobnicate')).stderr, '');
  assert.equal((await hupctl(new FakeServer(all), 'staus')).stderr, '');
});

test('names of supervisord are put into a directory that is there', async () => {
  const { stdout, status } = await hupctl(new FakeServer(all), 'link-compat /nowhere/bin');
  assert.equal(stdout, '/nowhere/bin: ERROR (no such directory)\n');
  assert.equal(status, 1);
});

test('read-only credentials are refused in words', async () => {
  class ReadOnly extends FakeServer {
    override async call(...call: Parameters<FakeServer['call']>): ReturnType<FakeServer['call']> {
      if (call[0] !== 'supervisor.stopProcess') return super.call(...call);
      return { ok: false, failure: { kind: 'http', status: 403, reason: 'Forbidden' } };
    }
  }
  const { stdout, status } = await hupctl(new ReadOnly(all), 'stop api');
  assert.equal(stdout, 'ERROR: refused: these credentials are read-only (read_only_username)\n');
  assert.equal(status, 1);
});

test('what only hupd can do is refused by name, and so is the server', async () => {
  for (const [line, method] of [
    ['reload api', 'hupd.reloadProcess'],
    ['reload web:*', 'hupd.reloadProcessGroup'],
    ['reload all', 'hupd.reloadAllProcesses'],
    ['reload --plan api', 'hupd.planReload'],
    ['history api', 'hupd.getReloadHistory'],
    ['doctor', 'hupd.doctor'],
  ] as const) {
    const { stdout, status } = await hupctl(new FakeServer(all), line);
    assert.ok(stdout.startsWith(`hupctl: this server is a supervisord: it has no ${method}; `), stdout);
    assert.equal(status, 3);
  }
});

test('update says why a group that is to be reloaded was refused, and goes on with the others', async () => {
  const server = new FakeServer({
    ...all,
    'supervisor.reloadConfig': () => [[['web', 'api'], [], []]],
    'supervisor.addProcessGroup': (group) =>
      group === 'web' ? new Fault('FAILED', 'web can not be updated now: web_0: reload 4 of it is under way') : true,
  });
  assert.deepEqual(await hupctl(server, 'update'), {
    stdout: 'ERROR: web can not be updated now: web_0: reload 4 of it is under way\napi: updated process group\n',
    stderr: '',
    status: 1,
  });
});

test('doctor prints each finding with what to do, and fails when one is a warning or a problem', async () => {
  const findings = [
    { program: 'web', level: 'warning', text: 'stopasgroup is missing', todo: 'set stopasgroup=true' },
    { program: 'api', level: 'note', text: 'fine', todo: '' },
  ];
  const server = (rows: typeof findings) => new FakeServer({ 'hupd.doctor': () => rows });
  assert.deepEqual(await hupctl(server(findings), 'doctor'), {
    stdout: 'web: warning: stopasgroup is missing\n    set stopasgroup=true\napi: note: fine\n',
    stderr: '',
    status: 1,
  });
  assert.equal((await hupctl(server(findings.slice(1)), 'doctor')).status, 0);
  const problem = [{ program: 'beat', level: 'problem', text: 'not beside itself', todo: '' }];
  assert.equal((await hupctl(server(problem), 'doctor')).status, 1);
  assert.equal((await hupctl(server([]), 'doctor')).stdout, 'Nothing found\n');
});

test('an answer that nobody expected is one line in the form of a Python exception', async () => {
  const server = new FakeServer({ 'supervisor.startProcess': () => new Fault('FAILED', 'x') });
  const { stdout, status } = await hupctl(server, 'start a');
  assert.equal(stdout, "error: <class 'ValueError'>, Unknown result code 30 for a: file: hupctl line: 0\n");
  assert.equal(status, 1);
  const fault = await hupctl(new FakeServer({ 'supervisor.getPID': () => new Fault('SHUTDOWN_STATE') }), 'pid');
  assert.equal(
    fault.stdout,
    "error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'SHUTDOWN_STATE'>: file: hupctl line: 0\n",
  );
});

test('a server of another version is refused', async () => {
  const { stdout, status } = await hupctl(new FakeServer({ 'supervisor.getVersion': () => '2.0' }), 'status');
  assert.equal(
    stdout,
    'Sorry, this version of supervisorctl expects to talk to a server with API version 3.0, but the remote version is 2.0.\n',
  );
  assert.equal(status, 4);
});

test('a status that stays: a later success does not hide an earlier error', async () => {
  const server = new FakeServer({
    'supervisor.stopProcess': (name) => (name === 'bad' ? new Fault('BAD_NAME', 'bad') : true),
  });
  const ctl = fakeCtl(server);
  await ctl.runLine('stop bad good');
  assert.equal(ctl.exitStatus, 1);
});
