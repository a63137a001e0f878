import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFiles } from '../../src/core/log-window.ts';
import type { RpcValue } from '../../src/rpc/codec.ts';
import { createRpc } from '../../src/rpc/dispatch.ts';
import { type Answer, answer, faultText } from '../../src/rpc/method.ts';
import { allProcesses, forEachProcess, type ResultStruct } from '../../src/rpc/targets.ts';
import { FakeSupervision, type Row } from '../support/fake-supervision.ts';

const noLogs: LogFiles = {
  read: async () => ({ ok: false, problem: 'missing' }),
  follow: async () => null,
};

const main = (namespace: string) => ({ namespace, interface: 'main' }) as const;

const rows: readonly Row[] = [
  { group: 'web', name: 'web', state: 'RUNNING', pid: 11, startedAt: 1000 },
  { group: 'app', name: 'b', spec: { priority: 1 } },
  { group: 'app', name: 'a', spec: { priority: 2 }, state: 'RUNNING', pid: 12, startedAt: 1000 },
  { group: 'app', name: 'c', spec: { priority: 3 } },
];

function rig(more: readonly Row[] = []) {
  const daemon = new FakeSupervision([...rows, ...more]);
  const rpc = createRpc({ daemon, logs: noLogs }, [main('supervisor')]);
  /** The value, or the fault's text. */
  const call = async (method: string, ...params: readonly RpcValue[]) => shown(await rpc.call(method, params));
  return { daemon, rpc, call };
}

function shown(outcome: Answer): unknown {
  return 'value' in outcome ? outcome.value : faultText(outcome);
}

test('only what is published can be called, whatever the name looks like', async () => {
  const { call } = rig();
  for (const name of [
    '',
    '.',
    'supervisor',
    'supervisor.',
    'getState',
    'supervisor.nope',
    'supervisor.getState.x',
    'supervisor. getState',
    'Supervisor.getState',
    'supervisor.__class__',
    'supervisor._update',
    'supervisor.constructor',
    '__proto__.getState',
    'constructor.constructor',
    'system.toString',
    'supervisor.supervisord.options.execve',
  ]) {
    assert.equal(await call(name), 'UNKNOWN_METHOD', name);
  }
});

test('the main interface is published under the namespaces it is given, and nowhere without one', async () => {
  const { daemon } = rig();
  const rpc = createRpc({ daemon, logs: noLogs }, [main('other')]);
  assert.deepEqual(shown(await rpc.call('other.getPID', [])), 4242);
  assert.deepEqual(shown(await rpc.call('supervisor.getPID', [])), 'UNKNOWN_METHOD');
  const bare = createRpc({ daemon, logs: noLogs }, []);
  assert.deepEqual(shown(await bare.call('other.getPID', [])), 'UNKNOWN_METHOD');
  assert.deepEqual(shown(await bare.call('system.methodSignature', ['system.listMethods'])), ['array']);
});

test('too few or too many arguments, or one of a wrong type, is INCORRECT_PARAMETERS', async () => {
  const { call } = rig();
  for (const [method, ...params] of [
    ['supervisor.getState', 1],
    ['supervisor.startProcess'],
    ['supervisor.startProcess', 'web', true, 1],
    ['supervisor.startProcess', 7],
    ['supervisor.stopProcessGroup', null],
    ['supervisor.readLog', 0],
    ['supervisor.getProcessInfo', ['web']],
    ['supervisor.signalProcess', 'web', []],
    ['supervisor.addProcessGroup', {}],
    ['supervisor.sendRemoteCommEvent', 1, 2],
    ['hupd.getReload', 'x'],
    ['system.multicall', 'x'],
  ] as ReadonlyArray<readonly [string, ...RpcValue[]]>) {
    assert.equal(await call(method, ...params), 'INCORRECT_PARAMETERS', method);
  }
  assert.equal(await call('supervisor.sendProcessStdin', 'web', 5), 'INCORRECT_PARAMETERS: 5');
});

test('while the daemon shuts down only system.*, events and what tells of reloads are answered', async () => {
  const { daemon, call } = rig();
  daemon.shutdown();
  assert.equal(await call('supervisor.getState'), 'SHUTDOWN_STATE');
  assert.equal(await call('supervisor.shutdown'), 'SHUTDOWN_STATE');
  assert.equal(await call('supervisor.startProcess', 'nope'), 'SHUTDOWN_STATE');
  assert.equal(await call('supervisor.startProcess'), 'INCORRECT_PARAMETERS');
  assert.equal(await call('supervisor.nope'), 'UNKNOWN_METHOD');
  assert.equal(await call('supervisor.sendRemoteCommEvent', 'a', 'b'), true);
  assert.equal(await call('hupd.getAPIVersion'), '1.0');
  assert.equal(await call('hupd.reloadProcess', 'web'), 'SHUTDOWN_STATE');
  assert.deepEqual(await call('system.multicall', [{ methodName: 'supervisor.getPID' }]), [
    { faultCode: 6, faultString: 'SHUTDOWN_STATE' },
  ]);
});

test('faults name what was asked for, as the client wrote it', async () => {
  const { daemon, call } = rig();
  assert.equal(await call('supervisor.startProcess', 'nope'), 'BAD_NAME: nope');
  assert.equal(await call('supervisor.startProcess', 'app:nope'), 'BAD_NAME: app:nope');
  assert.equal(await call('supervisor.startProcess', 'nope:*'), 'BAD_NAME: nope:*');
  assert.equal(await call('supervisor.startProcess', 'a'), 'BAD_NAME: a');
  assert.equal(await call('supervisor.startProcessGroup', 'nope'), 'BAD_NAME: nope');
  assert.equal(await call('supervisor.getProcessInfo', 'app:*'), 'BAD_NAME: app:*');
  assert.equal(await call('supervisor.startProcess', 'web:web'), 'ALREADY_STARTED: web:web');
  assert.equal(await call('supervisor.stopProcess', 'app:b'), 'NOT_RUNNING: app:b');
  daemon.refusals.set('start app:b', { ok: false, fault: 'NO_FILE', text: "can't find command '/x'" });
  assert.equal(await call('supervisor.startProcess', 'app:b'), "NO_FILE: can't find command '/x'");
  daemon.refusals.set('stdin web:web', { ok: false, fault: 'NO_FILE', text: '' });
  assert.equal(await call('supervisor.sendProcessStdin', 'web', 'x'), 'NO_FILE: web');
  daemon.refusals.set('reread', { ok: false, fault: 'CANT_REREAD', text: 'why' });
  assert.equal(await call('supervisor.reloadConfig'), 'CANT_REREAD: why');
  daemon.refusals.set('remove app', { ok: false, fault: 'STILL_RUNNING', text: '' });
  assert.equal(await call('supervisor.removeProcessGroup', 'app'), 'STILL_RUNNING: app');
});

test('a group is started all at once, without those that run, and each has its result', async () => {
  const { daemon, call } = rig();
  daemon.refusals.set('start app:c', { ok: false, fault: 'SPAWN_ERROR', text: '' });
  const answering = call('supervisor.startProcess', 'app:*');
  await Promise.resolve();
  assert.deepEqual(daemon.asked, ['start app:b', 'start app:c'], 'a is running already');
  daemon.waiting.get('app:b')?.({ ok: true });
  assert.deepEqual(await answering, [
    { name: 'b', group: 'app', status: 80, description: 'OK' },
    { name: 'c', group: 'app', status: 50, description: 'SPAWN_ERROR: app:c' },
  ]);
});

test('results come as the processes end, those of one moment in their order', async () => {
  const { daemon } = rig();
  let now = 0;
  const ends = new Map<string, () => void>();
  const results = forEachProcess(
    allProcesses(daemon),
    ({ name }) => new Promise((resolve) => ends.set(name, () => resolve(answer(true)))),
    () => now,
  );
  for (const [at, name] of [
    [100, 'c'],
    [120, 'b'],
    [300, 'web'],
    [310, 'a'],
  ] as const) {
    now = at;
    ends.get(name)?.();
    await new Promise(setImmediate);
  }
  const order = allProcesses(daemon).map(({ name }) => name);
  const names = (shown(await results) as ResultStruct[]).map(({ name }) => name);
  const byTurn = (...some: string[]) => order.filter((name) => some.includes(name));
  assert.deepEqual(names, [...byTurn('b', 'c'), ...byTurn('web', 'a')]);
});

test('stop takes what runs, signal what is up, and an empty answer is none', async () => {
  const { daemon, call } = rig([{ group: 'late', name: 'late', state: 'STOPPING', pid: 13 }]);
  const stopped = (await call('supervisor.stopAllProcesses', false)) as ResultStruct[];
  assert.deepEqual(stopped.map(({ group, name, description }) => `${group}:${name} ${description}`).sort(), [
    'app:a OK',
    'web:web OK',
  ]);
  assert.deepEqual(await call('supervisor.signalProcess', 'late', 'usr1'), true);
  assert.deepEqual(await call('supervisor.signalProcessGroup', 'late', 9), [
    { name: 'late', group: 'late', status: 80, description: 'OK' },
  ]);
  assert.deepEqual(await call('supervisor.stopProcessGroup', 'late'), []);
  assert.deepEqual(daemon.asked.slice(-2), ['signal late:late 10', 'signal late:late 9']);
});

test('a signal is judged before the state of the process', async () => {
  const { call } = rig();
  assert.equal(await call('supervisor.signalProcess', 'app:b', 'NOPE'), 'BAD_SIGNAL: NOPE');
  assert.equal(await call('supervisor.signalProcess', 'app:b', 'SIGHUP'), 'NOT_RUNNING: app:b');
  assert.equal(await call('supervisor.signalProcess', 'web', ' 15 '), true);
  assert.equal(await call('supervisor.signalProcess', 'web', '0'), true);
  assert.equal(await call('supervisor.signalProcess', 'web', 99), 'BAD_SIGNAL: 99');
  assert.deepEqual(await call('supervisor.signalProcess', 'app:*', 'NOPE'), [
    { name: 'a', group: 'app', status: 11, description: 'BAD_SIGNAL: NOPE' },
  ]);
});

test('multicall answers in order and bare, one call after the other', async () => {
  const { daemon, call } = rig();
  const answering = call('system.multicall', [
    { methodName: 'supervisor.stopProcess', params: ['web'] },
    { methodName: 'supervisor.getPID' },
    { methodName: 'supervisor.nope', params: [] },
    { params: [] },
    { methodName: 'system.multicall', params: [[]] },
    'no struct',
    { methodName: 'supervisor.getPID', params: 'no array' },
  ]);
  await Promise.resolve();
  assert.deepEqual(daemon.asked, ['stop web:web']);
  daemon.waiting.get('web:web')?.({ ok: true });
  assert.deepEqual(await answering, [
    true,
    4242,
    { faultCode: 1, faultString: 'UNKNOWN_METHOD' },
    { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: No methodName' },
    { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: Recursive system.multicall forbidden' },
    { faultCode: 2, faultString: 'INCORRECT_PARAMETERS: No methodName' },
    { faultCode: 2, faultString: 'INCORRECT_PARAMETERS' },
  ]);
});

test('every method has a signature and help, and the list of them is sorted', async () => {
  const { call } = rig();
  const names = (await call('system.listMethods')) as string[];
  assert.deepEqual(names, names.toSorted());
  assert.equal(names.filter((name) => !name.startsWith('hupd.')).length, 41, 'as many as supervisord has');
  for (const name of names) {
    assert.match(String(await call('system.methodHelp', name)), /^[A-Z].*\.\n[\s\S]*@return \w+$/, name);
    assert.ok(Array.isArray(await call('system.methodSignature', name)), name);
  }
  assert.deepEqual(await call('system.methodSignature', 'supervisor.startProcess'), ['boolean', 'string', 'boolean']);
  assert.equal(await call('system.methodSignature', 'nope'), 'SIGNATURE_UNSUPPORTED');
  assert.equal(await call('system.methodHelp', 5), 'SIGNATURE_UNSUPPORTED');
});

test('a call only reads when it, and each call in it, changes nothing', () => {
  const { rpc } = rig();
  assert.deepEqual(rpc.changes('supervisor.getAllProcessInfo', []), []);
  assert.deepEqual(rpc.changes('supervisor.stopAllProcesses', []), ['supervisor.stopAllProcesses()']);
  assert.deepEqual(rpc.changes('system.multicall', [[{ methodName: 'supervisor.getPID' }]]), []);
  const inner = [
    { methodName: 'supervisor.getPID' },
    { methodName: 'supervisor.startProcess', params: ["it's", false] },
    { methodName: 'supervisor.sendProcessStdin', params: ['web', 'secret'] },
    { methodName: 'system.multicall', params: [[{ methodName: 'supervisor.shutdown' }]] },
  ];
  assert.deepEqual(rpc.changes('system.multicall', [inner]), [
    'supervisor.startProcess("it\'s", False)',
    "supervisor.sendProcessStdin('web', ...)",
  ]);
});

test('a reload is followed by waiting for more facts than one has', async () => {
  const { daemon, call } = rig();
  assert.equal(await call('hupd.reloadProcess', 'web'), 1);
  const waiting = call('hupd.waitReload', 1, 0, 5.5);
  daemon.tell(1, { fact: { fact: 'ready', at: 2500, group: 'web', name: 'web', pid: 5, afterSecs: 3 } });
  const report = (await waiting) as { facts: unknown[]; done: boolean };
  assert.deepEqual(JSON.parse(JSON.stringify(report.facts)), [
    { fact: 'ready', at: { value: 2.5 }, group: 'web', name: 'web', pid: 5, afterSecs: { value: 3 } },
  ]);
  assert.equal(report.done, false);
  daemon.tell(1, { outcome: { ok: false, reason: 'it died', endedAt: 9000 } });
  const ended = JSON.parse(JSON.stringify(await call('hupd.getReload', 1)));
  assert.deepEqual([ended.done, ended.ok, ended.reason, ended.endedAt.value], [true, false, 'it died', 9]);
  assert.equal(await call('hupd.getReload', 7), 'BAD_NAME: 7');
  await call('hupd.waitReload', 1, 0, 1e9);
  assert.ok(daemon.asked.includes('reloadChanged 1 0 60000'), 'a long poll has a bound');
  daemon.refusals.set('reload all', { ok: false, fault: 'FAILED', text: 'web is being reloaded' });
  assert.equal(await call('hupd.reloadAllProcesses'), 'FAILED: web is being reloaded');
});

test('whoever watches is told all at first, then what changed, at the latest when the time is up', async () => {
  const { daemon, call } = rig();
  type Changes = { version: number; complete: boolean; daemonState: string; processes: Array<Record<string, unknown>> };
  const first = (await call('hupd.waitChange', 0, 25)) as Changes;
  assert.deepEqual([first.complete, first.daemonState, first.processes.length], [true, 'RUNNING', 4]);
  const waiting = call('hupd.waitChange', first.version, 25) as Promise<Changes>;
  daemon.set('app', 'b', { state: 'STARTING', pid: 77, generation: 3, restarts: 2, lastAnswer: 'refused' });
  const second = await waiting;
  assert.ok(second.version > first.version && !second.complete);
  const { name, statename, pid, generation, restarts, lastAnswer, strategy, reloadId } = second.processes[0] ?? {};
  assert.deepEqual(
    [second.processes.length, name, statename, pid, generation, restarts, lastAnswer, strategy, reloadId],
    [1, 'b', 'STARTING', 77, 3, 2, 'refused', 'restart', 0],
  );
  const third = (await call('hupd.waitChange', second.version, 0.001)) as Changes;
  assert.deepEqual([third.version, third.processes], [second.version, []]);
  assert.equal(await call('hupd.waitChange', 'x', 1), 'INCORRECT_PARAMETERS');
});

test('what processes use and what happened to them is told with its units and in words', async () => {
  const { daemon, call } = rig();
  daemon.usageRows = [
    { group: 'web', name: 'web', pid: 11, cpuSecs: 2, rssBytes: 2 ** 33, processes: 5, generations: [] },
  ];
  const [usage] = JSON.parse(JSON.stringify(await call('hupd.getUsage')));
  assert.deepEqual([usage.cpuSecs, usage.rssBytes, usage.processes], [{ value: 2 }, { value: 2 ** 33 }, 5]);
  const state = { what: 'state', pid: 11, expected: false, spawnError: '' } as const;
  daemon.histories.set('web:web', [
    { at: 1000, ...state, from: 'STOPPED', to: 'STARTING' },
    { at: 1500, what: 'exited', pid: 11, generation: 1, how: 'exit status 1', ranSecs: 0.5, lastLine: 'no' },
  ]);
  const [entry, ...more] = JSON.parse(JSON.stringify(await call('hupd.getHistory', 'web', 1)));
  assert.equal(more.length, 0);
  assert.deepEqual(entry, {
    at: { value: 1.5 },
    what: 'exited',
    pid: 11,
    generation: 1,
    how: 'exit status 1',
    ranSecs: { value: 0.5 },
    lastLine: 'no',
    text: 'pid 11 ended after 0.5 s (exit status 1); last line: no',
  });
  assert.deepEqual(await call('hupd.getHistory', 'web', 0), []);
  assert.equal(await call('hupd.getHistory', 'nope', 5), 'BAD_NAME: nope');
});

test('a method that throws is one fault and a line in the log, and shows the client nothing', async () => {
  const { daemon, call } = rig();
  daemon.groups = () => {
    throw new Error('secret');
  };
  assert.equal(await call('supervisor.getAllProcessInfo'), 'FAILED: internal error');
  assert.ok(daemon.logged.some((line) => line.startsWith('CRIT') && line.includes('secret')));
});
