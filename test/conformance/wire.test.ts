/**
 * The same calls to real supervisord and to hupd: every answer is the same, type by type, but for what `deviations.ts` wants otherwise. A row
 * that names a deviation fails when the two agree.
 */
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { test } from 'node:test';
import { needs } from '../support/needs.ts';
import { deviations } from './deviations.ts';
import { type Param, startWireServer, type WireAnswer, type WireServer } from './wire-server.ts';

const programs = `
[program:cat]
command=/bin/cat
stdout_logfile=DIR/cat.log
stderr_logfile=NONE
startsecs=0
priority=5
stopasgroup=true

[program:talk]
command=/bin/sh -c 'printf "one\\ntwo caf\\303\\251 <&>\\ttab\\n"; printf 0123456789 >&2; exec sleep 1000'
stdout_logfile=DIR/talk.log
stderr_logfile=DIR/talk.err
startsecs=0
stopsignal=KILL
exitcodes=0,2

[program:raw]
command=/bin/sh -c 'printf "\\033[31mred\\033[0m\\n"; printf "caf\\351\\n" >&2; exec sleep 1000'
stdout_logfile=DIR/raw.log
stderr_logfile=DIR/raw.err
startsecs=0

[program:never]
command=/bin/sleep 1000
autostart=false
autorestart=true
directory=/
user=${userInfo().username}
redirect_stderr=true
stdout_logfile=NONE
stdout_logfile_maxbytes=1MB
stdout_capture_maxbytes=1KB

[program:missing]
command=/no/such/program
autostart=false
priority=998

[program:noexec]
command=/etc/passwd
autostart=false

[program:dies]
command=/bin/sh -c 'exit 3'
autostart=false
startsecs=1
startretries=0

[program:slow]
command=/bin/sleep 1000
autostart=false
startsecs=1

[program:b]
command=/bin/sleep 1000
priority=1
startsecs=0
[program:a]
command=/bin/sleep 1000
priority=2
startsecs=0
[program:lazy]
command=/bin/sleep 1000
autostart=false
startsecs=0
[group:grp]
programs=b,a,lazy
priority=50
`;

interface Step {
  readonly call: readonly [method: string, ...params: readonly Param[]];
  /** A row of the table of deviations: here the two must differ. */
  readonly deviation?: string;
  /** Results come as processes happen to end. */
  readonly unordered?: true;
  /** What must be so before the call. */
  readonly after?: readonly [process: string, state: string];
}

const info = (method: string, ...params: readonly Param[]): Step => ({ call: [`supervisor.${method}`, ...params] });
const differs = (deviation: string, method: string, ...params: readonly Param[]): Step => ({
  call: [`supervisor.${method}`, ...params],
  deviation,
});
const system = (method: string, ...params: readonly Param[]): Step => ({ call: [`system.${method}`, ...params] });
const inner = (methodName: string, ...params: readonly Param[]): Param => ({ struct: { methodName, params } });

const steps: readonly Step[] = [
  { ...info('getAPIVersion'), after: ['talk', 'RUNNING'] },
  info('getVersion'),
  differs('wire-version', 'getSupervisorVersion'),
  info('getIdentification'),
  info('getState'),
  info('getPID'),
  info('getAllProcessInfo'),
  differs('wire-autorestart', 'getAllConfigInfo'),

  info('getProcessInfo', 'cat'),
  info('getProcessInfo', 'cat:cat'),
  info('getProcessInfo', 'grp:a'),
  info('getProcessInfo', 'a'),
  info('getProcessInfo', 'grp:*'),
  info('getProcessInfo', 'nope'),
  info('getProcessInfo', ''),
  info('getProcessInfo', 'nope:*'),
  info('getProcessInfo'),
  info('getProcessInfo', 'cat', 'x'),
  differs('wire-argument-types', 'getProcessInfo', 5),
  info('nope'),
  info('_update', 'x'),
  info('__init__'),
  info('supervisord.shutdown'),
  { call: ['supervisor'] },
  { call: ['nope.getState'] },
  { call: [' supervisor.getState'] },
  info('getState', 1),

  info('startProcess', 'cat'),
  info('startProcess', 'nope'),
  info('startProcess', 'nope:nope'),
  info('startProcess', 'nope:*'),
  info('startProcess', 'grp:nope'),
  info('startProcess', 'missing'),
  info('startProcess', 'noexec'),
  info('startProcess', 'dies'),
  info('startProcess', 'slow', false),
  info('startProcess', 'slow'),
  info('startProcess', 'never', 1),
  info('startProcess', 'grp:*'),
  info('startProcess', 'grp:'),
  info('startProcessGroup', 'grp'),
  info('startProcessGroup', 'nope'),
  info('startProcessGroup', 'missing'),
  info('getProcessInfo', 'missing'),
  { ...info('getProcessInfo', 'dies'), after: ['dies', 'FATAL'] },

  info('stopProcess', 'grp:lazy'),
  info('stopProcess', 'grp:lazy'),
  info('stopProcess', 'grp:lazy:'),
  info('stopProcess', 'nope'),
  info('stopProcess', 'slow', false),
  { ...info('getProcessInfo', 'slow'), after: ['slow', 'STOPPED'] },
  { ...info('stopProcessGroup', 'grp'), unordered: true },
  info('stopProcessGroup', 'grp'),
  info('stopProcessGroup', 'nope'),
  info('stopProcess', 'grp:*'),
  info('startProcessGroup', 'grp', false),
  info('getProcessInfo', 'grp:b'),

  info('signalProcess', 'cat', 'CONT'),
  info('signalProcess', 'cat', 'sigcont'),
  info('signalProcess', 'cat', 18),
  info('signalProcess', 'cat', '18'),
  info('signalProcess', 'cat', '0'),
  info('signalProcess', 'cat', 'NOPE'),
  info('signalProcess', 'cat', '999'),
  info('signalProcess', 'cat', ''),
  info('signalProcess', 'slow', 'HUP'),
  info('signalProcess', 'slow', 'NOPE'),
  info('signalProcess', 'nope', 'HUP'),
  info('signalProcess', 'grp:*', 'CONT'),
  info('signalProcess', 'grp:*', 'NOPE'),
  info('signalProcessGroup', 'grp', 'CONT'),
  info('signalProcessGroup', 'slow', 'CONT'),
  info('signalProcessGroup', 'nope', 'CONT'),
  info('signalProcess', 'cat'),
  differs('wire-argument-types', 'signalProcess', 'cat', []),

  info('readProcessStdoutLog', 'talk', 0, 0),
  info('readProcessLog', 'talk', 0, 7),
  info('readProcessLog', 'talk', 4, 3),
  info('readProcessLog', 'talk', '4', { double: 3.9 }),
  info('readProcessLog', 'talk', true, true),
  info('readProcessLog', 'talk', 999, 0),
  info('readProcessLog', 'talk', -3, 0),
  info('readProcessLog', 'talk', -999, 0),
  info('readProcessLog', 'talk', -3, 1),
  info('readProcessLog', 'talk', 0, -1),
  info('readProcessStderrLog', 'talk', 0, 0),
  info('readProcessStderrLog', 'cat', 0, 0),
  info('readProcessLog', 'never', 0, 0),
  info('readProcessLog', 'nope', 0, 0),
  info('readProcessLog', 'grp:*', 0, 0),
  info('readProcessLog', 'talk', 0),
  differs('wire-argument-types', 'readProcessLog', 'talk', 'x', 0),
  differs('wire-cut-character', 'readProcessLog', 'talk', 0, 12),
  differs('wire-not-utf8', 'readProcessStderrLog', 'raw', 0, 0),
  differs('wire-control-characters', 'readProcessLog', 'raw', 0, 0),
  ...[
    [0, 0],
    [0, 5],
    [0, 10],
    [0, 11],
    [5, 4],
    [5, 5],
    [5, 6],
    [10, 5],
    [15, 5],
    [-5, 5],
    [0, -5],
  ].map(([offset = 0, length = 0]) => info('tailProcessStderrLog', 'talk', offset, length)),
  info('tailProcessStdoutLog', 'talk', 0, 100),
  info('tailProcessLog', 'talk', 0, 100),
  info('tailProcessLog', 'never', 0, 100),
  info('tailProcessLog', 'nope', 0, 100),
  info('tailProcessLog', 'slow', 0, 100),
  info('readLog', 0, -1),
  info('readLog', -1, 1),
  info('readMainLog', 0, 1),
  info('readLog', 999_999_999, 10),

  info('sendProcessStdin', 'cat', 'Ünïcödé\n'),
  info('sendProcessStdin', 'cat', 5),
  info('sendProcessStdin', 'nope', 'x'),
  info('sendProcessStdin', 'slow', 'x'),
  info('sendProcessStdin', 'grp:*', 'x'),
  info('sendRemoteCommEvent', 'a', 'b'),
  info('sendRemoteCommEvent', 'a'),

  info('clearProcessLogs', 'talk'),
  info('clearProcessLog', 'talk'),
  info('clearProcessLogs', 'nope'),
  info('clearProcessLogs', 'grp:*'),
  info('readProcessLog', 'talk', 0, 0),
  info('clearAllProcessLogs'),
  info('clearLog'),

  info('reloadConfig'),
  info('addProcessGroup', 'cat'),
  info('addProcessGroup', 'nope'),
  info('removeProcessGroup', 'cat'),
  info('removeProcessGroup', 'nope'),
  info('removeProcessGroup', 'missing'),
  info('getProcessInfo', 'missing'),
  info('reloadConfig'),
  info('addProcessGroup', 'missing'),
  info('reloadConfig'),

  system('methodSignature', 'nope'),
  system('methodHelp', 'nope'),
  system('methodSignature'),
  system('multicall', []),
  system('multicall', [
    inner('supervisor.getAPIVersion'),
    { struct: { methodName: 'supervisor.getIdentification' } },
    inner('supervisor.stopProcess', 'never'),
    inner('supervisor.startProcess', 'never'),
    inner('supervisor.stopProcessGroup', 'slow'),
    inner('supervisor.getProcessInfo', 'never'),
    inner('supervisor.nope'),
    inner('supervisor.getState', 1),
    inner('system.multicall', []),
    { struct: { params: [] } },
    inner('system.methodSignature', 'system.multicall'),
    inner('nope'),
  ]),
  info('startAllProcesses', false),
  { ...info('stopAllProcesses'), after: ['dies', 'FATAL'], unordered: true },
  info('stopAllProcesses'),
  info('signalAllProcesses', 'HUP'),
  info('getAllProcessInfo'),
  info('shutdown'),
];

test('each call has the same answer from supervisord and from hupd, type by type', async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' })) return;
  const [real, ours] = await Promise.all([
    startWireServer(t, 'supervisord', programs),
    startWireServer(t, 'hupd', programs),
  ]);
  const known = new Set(deviations.map(({ id }) => id));
  const wrong: string[] = [];
  for (const step of steps) {
    const { call, deviation } = step;
    const [expected, actual] = await Promise.all([answer(real, step), answer(ours, step)]);
    const same = JSON.stringify(expected) === JSON.stringify(actual);
    const said = `${JSON.stringify(call)}\n  supervisord ${JSON.stringify(expected)}\n  hupd        ${JSON.stringify(actual)}`;
    if (deviation === undefined && !same) wrong.push(said);
    if (deviation !== undefined && same) wrong.push(`${deviation} is gone: ${said}`);
    if (deviation !== undefined && !known.has(deviation)) wrong.push(`no row ${deviation}`);
  }
  assert.deepEqual(wrong, []);
});

test('every method of supervisord is there, with its signature', async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' })) return;
  const [real, ours] = await Promise.all([
    startWireServer(t, 'supervisord', programs),
    startWireServer(t, 'hupd', programs),
  ]);
  const list = async (server: WireServer) => (await server.call('system.listMethods')).value as readonly string[];
  const methods = await list(real);
  const extra = (await list(ours)).filter((name) => !methods.includes(name));
  assert.deepEqual(
    extra.filter((name) => !name.startsWith('string: hupd.')),
    [],
  );
  for (const method of methods) {
    const name = method.replace('string: ', '');
    const signature = (server: WireServer) => server.call('system.methodSignature', name);
    assert.deepEqual(await signature(ours), await signature(real), name);
  }
});

async function answer(server: WireServer, { call, after, unordered }: Step): Promise<unknown> {
  if (after !== undefined) await server.settled(...after);
  const [method, ...params] = call;
  const { status, fault, value } = masked(server, await server.call(method, ...params));
  if (!unordered || !Array.isArray(value)) return { status, fault, value };
  return { status, fault, value: value.map((item) => JSON.stringify(item)).sort() };
}

/** Pids, moments and directories are each server's own; struct members are compared by name, not by order. */
function masked(server: WireServer, { status, fault, value }: WireAnswer): WireAnswer {
  const mask = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => mask(item, ''));
    if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return Object.fromEntries(members.map(([key, inner]) => [key, mask(inner, key)]));
    }
    const text = String(value).replaceAll(server.directory, 'DIR');
    if (['start', 'stop', 'now', 'pid'].includes(name)) return text.replace(/[1-9]\d*$/, 'N');
    return text
      .replace(`int: ${server.pid}`, 'int: PID')
      .replace(/pid \d+, uptime 0:0\d:\d\d/, 'pid N, uptime T')
      .replace(/string: \w{3} \d\d \d\d:\d\d [AP]M/, 'string: WHEN')
      .replace(/(-stdout|-stderr)---wire-\w+\.log/, '$1---wire-X.log');
  };
  return { status, fault, value: mask(value, '') };
}
