import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeServer, Fault, processInfo } from './fake-server.ts';
import { FakeTerminal, hupctl } from './fake-terminal.ts';

const who = { group: 'web', name: 'web', at: 1_700_000_000 };
const facts = {
  started: { ...who, fact: 'started', strategy: 'rolling', pid: 4711, generation: 1 },
  spawned: { ...who, fact: 'spawned', pid: 4715, generation: 2 },
  waiting: { ...who, fact: 'waiting', check: 'accept', timeoutSecs: 60 },
  ready: { ...who, fact: 'ready', pid: 4715, afterSecs: 4.06 },
  promoted: { ...who, fact: 'promoted', pid: 4715, overlapSecs: 0.5 },
  stopping: { ...who, fact: 'stopping', pid: 4711, signal: 15 },
  stopped: { ...who, fact: 'stopped', pid: 4711, status: 'exit status 0' },
  done: { ...who, fact: 'done', pid: 4715, tookSecs: 4.9, dropped: -1, longestQueue: -1 },
  testing: { ...who, fact: 'testing', command: 'nginx -t' },
  rolledBack: { ...who, fact: 'rolled-back', pid: 4715, servingPid: 4711 },
  failed: {
    ...who,
    fact: 'failed',
    reason: 'pid 4715 exited with 3 before it was ready',
    lastOutput: Array.from({ length: 15 }, (_, i) => `line ${i}`),
  },
};

/** A reload whose facts come in these portions. */
function reloading(
  portions: ReadonlyArray<readonly (keyof typeof facts)[]>,
  end = { ok: true, reason: '' },
): FakeServer {
  let portion = 0;
  return new FakeServer({
    'hupd.reloadProcess': () => 12,
    'hupd.waitReload': (id, factCount) => {
      assert.equal(id, 12);
      const before = portions.slice(0, portion).flat();
      assert.equal(factCount, before.length);
      portion += 1;
      const done = portion === portions.length;
      const so = portions.slice(0, portion).flat();
      return {
        id: 12,
        target: 'web',
        done,
        ...(done ? end : { ok: false, reason: '' }),
        facts: so.map((it) => facts[it]),
      };
    },
  });
}

const well = [['started'], [], ['spawned', 'waiting'], ['ready', 'promoted', 'stopping'], ['stopped', 'done']] as const;

test('a reload is told fact by fact, each once', async () => {
  const server = reloading(well);
  assert.deepEqual(await hupctl(server, 'reload web'), {
    stdout: [
      'web: reload (rolling) of pid 4711',
      'web: successor started with pid 4715',
      'web: waiting for readiness (accept, at most 60 s)',
      'web: ready after 4.1 s',
      'web: predecessor 4711 stopped (exit status 0)',
      'web: reloaded in 4.9 s',
      '',
    ].join('\n'),
    stderr: '',
    status: 0,
  });
});

test('a failure shows the reason, the last lines of output and who goes on serving', async () => {
  const server = reloading([['started', 'spawned', 'waiting', 'failed']], { ok: false, reason: 'no' });
  const { stdout, status } = await hupctl(server, 'reload web');
  const lines = stdout.split('\n');
  assert.equal(lines[3], 'web: reload failed: pid 4715 exited with 3 before it was ready');
  assert.deepEqual(lines.slice(4, 6), ['  its last output:', '    line 5']);
  assert.deepEqual(lines.slice(-3), ['    line 14', 'web: the old version (pid 4711) goes on serving', '']);
  assert.equal(status, 1);
});

test('with --all-output every line that the server kept is shown', async () => {
  const server = reloading([['started', 'failed']], { ok: false, reason: 'no' });
  const { stdout } = await hupctl(server, 'reload --all-output web');
  assert.equal(stdout.match(/ {4}line/g)?.length, 15);
});

test('who serves is said once', async () => {
  const server = reloading([['started', 'spawned', 'rolledBack', 'failed']], { ok: false, reason: 'no' });
  const { stdout } = await hupctl(server, 'reload web');
  assert.equal(stdout.match(/serv/g)?.length, 1);
});

test('a reload that ended without a word has its reason all the same', async () => {
  const server = reloading([['started'], []], { ok: false, reason: 'the daemon is shutting down' });
  const { stdout, status } = await hupctl(server, 'reload web');
  assert.equal(stdout, 'web: reload (rolling) of pid 4711\nweb: reload failed: the daemon is shutting down\n');
  assert.equal(status, 1);
});

test('refusals are lines about the name', async () => {
  const refusing = (fault: Fault) =>
    new FakeServer({ 'hupd.reloadProcess': () => fault, 'hupd.reloadProcessGroup': () => fault });
  const busy = refusing(new Fault('FAILED', 'web is being reloaded already'));
  assert.equal((await hupctl(busy, 'reload web')).stdout, 'web: ERROR (web is being reloaded already)\n');
  const unknown = refusing(new Fault('BAD_NAME', 'zz'));
  assert.deepEqual(await hupctl(unknown, 'reload zz zz:*'), {
    stdout: 'zz: ERROR (no such process)\nzz: ERROR (no such group)\n',
    stderr: '',
    status: 1,
  });
});

test('the name of a program with several processes means all of them', async () => {
  const done = { id: 1, target: '', done: true, ok: true, reason: '', facts: [] };
  const server = new FakeServer({
    'hupd.reloadProcess': (name) => new Fault('BAD_NAME', `${name}`),
    'hupd.reloadProcessGroup': () => 1,
    'hupd.planReload': (name) => (name === 'web:*' ? ['web:web_0: handover: none'] : new Fault('BAD_NAME', `${name}`)),
    'hupd.waitReload': () => done,
  });
  assert.equal((await hupctl(server, 'reload web')).status, 0);
  assert.deepEqual(
    server.calls.filter((call) => call.startsWith('hupd.reload')),
    ['hupd.reloadProcess(web)', 'hupd.reloadProcessGroup(web)'],
  );
  assert.equal((await hupctl(server, 'reload --plan web')).stdout, 'web:web_0: handover: none\n');
});

test('groups, all and wildcards reach the server each in their way', async () => {
  const done = { id: 1, target: '', done: true, ok: true, reason: '', facts: [] };
  const server = new FakeServer({
    'supervisor.getAllProcessInfo': () => [processInfo('web:web_0', 'RUNNING'), processInfo('web:web_1', 'RUNNING')],
    'hupd.reloadProcess': () => 1,
    'hupd.reloadProcessGroup': () => 1,
    'hupd.reloadAllProcesses': () => 1,
    'hupd.waitReload': () => done,
  });
  await hupctl(server, 'reload web:* web_*');
  await hupctl(server, 'reload x all');
  assert.deepEqual(
    server.calls.filter((call) => call.startsWith('hupd.reload')),
    [
      'hupd.reloadProcessGroup(web)',
      'hupd.reloadProcess(web:web_0)',
      'hupd.reloadProcess(web:web_1)',
      'hupd.reloadAllProcesses()',
    ],
  );
});

test('--plan prints what would be done, and does nothing', async () => {
  const server = new FakeServer({ 'hupd.planReload': () => ['hands over 127.0.0.1:80', 'waits for accept'] });
  const { stdout } = await hupctl(server, 'reload --plan web');
  assert.equal(stdout, 'web: hands over 127.0.0.1:80\nweb: waits for accept\n');
  assert.deepEqual(server.calls, ['getVersion()', 'hupd.planReload(web)']);
});

test('--plan of a group, or of all, says of each line which process it is about', async () => {
  const server = new FakeServer({
    'hupd.planReload': () => ['web_0: waits for accept'],
    'hupd.planReloadAll': () => ['api: waits for accept'],
  });
  assert.equal((await hupctl(server, 'reload --plan web:*')).stdout, 'web_0: waits for accept\n');
  assert.equal((await hupctl(server, 'reload --plan all')).stdout, 'api: waits for accept\n');
});

test('an option that there is not, and no name, are refused before anything is asked', async () => {
  const server = new FakeServer({});
  assert.match((await hupctl(server, 'reload --now web')).stdout, /^Error: unknown option --now\nreload\t/);
  assert.match(
    (await hupctl(server, 'reload --plan')).stdout,
    /^Error: reload with an option requires a process name\n/,
  );
  assert.deepEqual(server.calls, []);
});

test('^C ends the watching and says that the reload goes on', async () => {
  const terminal = new FakeTerminal();
  const server = new FakeServer({
    'hupd.reloadProcess': () => 1,
    'hupd.waitReload': () => new Promise(() => undefined),
  });
  const outcome = hupctl(server, 'reload web', terminal);
  while (!server.calls.some((call) => call.startsWith('hupd.waitReload'))) await new Promise(setImmediate);
  terminal.interrupt();
  assert.deepEqual(await outcome, {
    stdout: 'web: the reload goes on; hupctl history web tells how it ended\n',
    stderr: '',
    status: 1,
  });
});

test('on a terminal a line moves while readiness is waited for, and is gone afterwards', async () => {
  const terminal = new FakeTerminal();
  terminal.moves = true;
  let seenBar = (): void => undefined;
  const barSeen = new Promise<void>((resolve) => {
    seenBar = resolve;
  });
  terminal.onWrite = (text) => {
    if (text.includes('not ready yet (accept)')) seenBar();
  };
  let polls = 0;
  const report = { id: 1, target: 'web', ok: true, reason: '' };
  const server = new FakeServer({
    'hupd.reloadProcess': () => 1,
    'hupd.waitReload': async () => {
      polls += 1;
      if (polls === 1) return { ...report, done: false, facts: [facts.started, facts.waiting] };
      await barSeen;
      return { ...report, done: true, facts: [facts.started, facts.waiting, facts.ready] };
    },
  });
  const { stdout, stderr } = await hupctl(server, 'reload web', terminal);
  assert.match(stderr, /\r\S web: not ready yet \(accept\) \d\.\d s of 60 s \[[#-]+\]\u001b\[K/);
  assert.ok(stderr.endsWith('\r\u001b[K'), JSON.stringify(stderr));
  assert.match(stdout, /\nweb: ready after 4\.1 s\n$/);
});

test('the history has a line a reload, and its facts on request', async () => {
  const reports = [
    { id: 1, target: 'web', done: true, ok: true, reason: '', facts: [facts.started, facts.done] },
    { id: 2, target: 'web', done: true, ok: false, reason: 'no', facts: [facts.started, facts.failed] },
    { id: 3, target: 'web', done: false, ok: false, reason: '', facts: [facts.started] },
  ];
  const server = new FakeServer({ 'hupd.getReloadHistory': (name) => (name === 'new' ? [] : reports) });
  const { stdout } = await hupctl(server, 'history web');
  assert.deepEqual(
    stdout.split('\n').map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, 'TIME')),
    [
      'TIME  ok      rolling  pid 4711 -> 4715, 4.9 s',
      'TIME  failed  rolling  pid 4711: pid 4715 exited with 3 before it was ready',
      'TIME  running rolling  pid 4711',
      '',
    ],
  );
  assert.match(
    (await hupctl(server, 'history --facts web')).stdout,
    /^ {4}\d\d:\d\d:\d\d {2}web: reloaded in 4\.9 s$/m,
  );
  assert.equal((await hupctl(server, 'history new')).stdout, 'new: no reload yet\n');
  assert.deepEqual(JSON.parse((await hupctl(server, 'history --json web')).stdout), reports);
});
