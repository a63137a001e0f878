import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Config, ReloadSpec } from '../../src/core/spec.ts';
import { configOf } from './effective.ts';
import { program } from './rows.ts';

function read(text: string): Config {
  return configOf({ files: { '/tmp/x.conf': text }, main: '/tmp/x.conf', directory: '/tmp', environment: {} });
}

function reloadOf(text: string): ReloadSpec {
  const process = read(text).groups[0]?.processes[0];
  assert.ok(process);
  return process.reload;
}

function errorOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}

const defaults: ReloadSpec = {
  strategy: 'restart',
  signal: 1,
  handover: 'auto',
  order: 'start_first',
  parallelism: 1,
  delaySecs: 0,
  timeoutSecs: 60,
  overlapSecs: 0.5,
  test: null,
  onFailure: 'rollback',
  sockets: [],
  readyCheck: { kind: 'auto' },
  readyTimeoutSecs: 60,
  updateStrategy: 'restart',
  watch: [],
  watchIgnore: [],
  watchDelaySecs: 1,
};

const httpCheck = { kind: 'http', host: null, statuses: [{ from: 200, to: 399 }], timeoutSecs: 10 } as const;

const accepted: ReadonlyArray<readonly [string, Partial<ReloadSpec>]> = [
  ['', {}],
  ['reload_strategy=rolling', { strategy: 'rolling' }],
  ['reload_strategy=HUP', { strategy: 'hup' }],
  ['reload_signal=USR2', { signal: 12 }],
  ['reload_handover=signal', { handover: 'signal' }],
  ['reload_order=stop_first', { order: 'stop_first' }],
  ['reload_parallelism=3', { parallelism: 3 }],
  ['reload_delay=0.25', { delaySecs: 0.25 }],
  ['reload_timeout=5', { timeoutSecs: 5, readyTimeoutSecs: 5 }],
  ['reload_timeout=5\nready_timeout=7', { timeoutSecs: 5, readyTimeoutSecs: 7 }],
  ['reload_overlap=0', { overlapSecs: 0 }],
  ['reload_test=nginx -t ; check', { test: 'nginx -t' }],
  ['reload_test=x %(program_name)s', { test: 'x p' }],
  ['reload_on_failure=continue', { onFailure: 'continue' }],
  [
    'socket=tcp://127.0.0.1:8000 tcp://[::]:80\n  unix:///run/%(program_name)s.sock tcp://*:81',
    {
      sockets: [
        { kind: 'tcp', host: '127.0.0.1', port: 8000 },
        { kind: 'tcp', host: '::', port: 80 },
        { kind: 'unix', path: '/run/p.sock' },
        { kind: 'tcp', host: '0.0.0.0', port: 81 },
      ],
    },
  ],
  ['socket=tcp://h:80%(process_num)02d', { sockets: [{ kind: 'tcp', host: 'h', port: 8000 }] }],
  ['reload_test=nginx -t -g "daemon off;"', { test: 'nginx -t -g "daemon off;"' }],
  ['reload_test=', {}],
  ['ready_check=accept', { readyCheck: { kind: 'accept' } }],
  ['ready_check=startsecs', { readyCheck: { kind: 'startsecs' } }],
  ['ready_check=notify', { readyCheck: { kind: 'notify' } }],
  ['ready_check=fd:3', { readyCheck: { kind: 'fd', fd: 3 } }],
  ['ready_check=http:/health?x=1', { readyCheck: { ...httpCheck, path: '/health?x=1', address: null } }],
  [
    'ready_check=http://127.0.0.1:8000/health',
    { readyCheck: { ...httpCheck, path: '/health', address: { kind: 'tcp', host: '127.0.0.1', port: 8000 } } },
  ],
  ['ready_check=tcp://127.0.0.1:5432', { readyCheck: { kind: 'tcp', host: '127.0.0.1', port: 5432 } }],
  ['ready_check=unix:///run/x.sock', { readyCheck: { kind: 'unix', path: '/run/x.sock' } }],
  ['ready_check=exec:curl -f localhost', { readyCheck: { kind: 'exec', command: 'curl -f localhost' } }],
  ['ready_check=log:^ready (to|now)', { readyCheck: { kind: 'log', pattern: '^ready (to|now)' } }],
  ['watch=src/**/*.py /etc/app.ini', { watch: ['/tmp/src/**/*.py', '/etc/app.ini'] }],
  ['watch=src\ndirectory=/srv/app', { watch: ['/srv/app/src'] }],
  ['watch=%(here)s/src\nwatch_ignore=*.pyc build/*', { watch: ['/tmp/src'], watchIgnore: ['*.pyc', '/tmp/build/*'] }],
  ['watch_delay=2.5', { watchDelaySecs: 2.5 }],
  ['update_strategy=reload', { updateStrategy: 'reload' }],
];

const suffix = " in section 'program:p' (file: '/tmp/x.conf')";

const refused: ReadonlyArray<readonly [string, string]> = [
  ['reload_strategy=roling', "invalid 'reload_strategy' value 'roling'"],
  ['reload_signal=TREM', "value 'TREM' is not a valid signal name"],
  ['reload_handover=socket', "invalid 'reload_handover' value 'socket'"],
  ['reload_parallelism=0', '0 is below lower bound (1)'],
  ['reload_parallelism=1.5', "invalid literal for int() with base 10: '1.5'"],
  ['reload_timeout=soon', "could not convert string to float: 'soon'"],
  ['reload_overlap=-1', '-1 is below lower bound (0)'],
  ['reload_delay=inf', "could not convert string to float: 'inf'"],
  ['socket=8000', "Bad socket format '8000'"],
  ['socket=tcp://127.0.0.1:8000,tcp://h:1', "Bad socket format 'tcp://127.0.0.1:8000,tcp://h:1'"],
  ['socket=tcp://h:0', '0 is below lower bound (1)'],
  ['socket=unix://run/x', "Unix socket path 'run/x' is not an absolute path"],
  ['ready_check=http', "invalid 'ready_check' value 'http'"],
  ['ready_check=http:health', "invalid 'ready_check' value 'http:health'"],
  ['ready_check=fd:1', "invalid 'ready_check' value 'fd:1'"],
  ['ready_check=exec:', "invalid 'ready_check' value 'exec:'"],
  ["ready_check=exec:sh -c 'x", `can't parse command "sh -c 'x": No closing quotation`],
  ["reload_test=sh -c 'x", `can't parse command "sh -c 'x": No closing quotation`],
  ['ready_check=log:(', "ready_check has a bad regular expression: '('"],
  ['watch=%(nope)s', ''],
];

describe("hupd's own options of a program", () => {
  for (const [options, wanted] of accepted) {
    it(`${options || 'nothing'} is ${JSON.stringify(wanted)}`, () => {
      assert.deepEqual(reloadOf(program(options)), { ...defaults, ...wanted });
    });
  }
  for (const [options, error] of refused) {
    it(`refuses ${options}`, () => {
      const found = errorOf(program(options));
      if (error === '') assert.match(found, /contains names \('nope'\)/);
      else assert.equal(found, error + suffix);
    });
  }

  it('have the group say the update_strategy of programs that do not', () => {
    const text = `[supervisord]
[group:g]
programs=a,b
update_strategy=reload
[program:a]
command=a
[program:b]
command=b
update_strategy=restart
`;
    const [group] = read(text).groups;
    assert.deepEqual(
      group?.processes.map(({ reload }) => reload.updateStrategy),
      ['reload', 'restart'],
    );
  });

  it('leave an fcgi-program its own socket=, in a group as well', () => {
    const text = `[supervisord]
[group:g]
programs=f
[fcgi-program:f]
command=f
socket=unix:///tmp/f.sock
`;
    const process = read(text).groups[0]?.processes[0];
    assert.deepEqual(process?.reload.sockets, []);
    assert.deepEqual(process?.fcgiSocket?.address, { kind: 'unix', path: '/tmp/f.sock' });
    assert.equal(process?.kind, 'fcgi-program');
  });
});

describe('plug-ins that hupd has built in', () => {
  it('are known by the names of their Python code', () => {
    const text = `[supervisord]
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[rpcinterface:twiddler]
supervisor.rpcinterface_factory = supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface
whitelist = web, worker
[eventlistener:l]
command = l
events = PROCESS_LOG
result_handler = supervisor_stdout:event_handler
`;
    const { rpcInterfaces, groups } = read(text);
    assert.deepEqual(rpcInterfaces, [
      { namespace: 'supervisor', interface: 'main' },
      { namespace: 'twiddler', interface: 'twiddler', whitelist: ['web', 'worker'] },
    ]);
    const [group] = groups;
    assert.equal(group?.kind === 'eventlistener' && group.resultHandler, 'supervisor_stdout:event_handler');
  });
});
