/**
 * A live supervisord of Debian's with ten programs, one of them a gunicorn under load, is taken over: no request fails, every pid stays, every
 * log goes on without a gap. And the take-overs that are refused: nothing was touched.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { appText, freePort, gunicornNeeds } from '../support/gunicorn.ts';
import { ask, failures, startLoad } from '../support/load.ts';
import { needs } from '../support/needs.ts';
import { ask as askRaw, post } from '../support/raw-http.ts';
import { type CtlResult, isAlive, run } from '../support/rig.ts';
import { until } from '../support/until.ts';

const supervisordNeeds = { command: '/usr/bin/supervisord', apt: 'supervisor' } as const;
const pythonNeeds = { command: '/usr/bin/python3', apt: 'python3' } as const;

const head = `[unix_http_server]
file=DIR/s.sock
[inet_http_server]
port=127.0.0.1:CONTROL
username=admin
password=secret
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://DIR/s.sock
[supervisord]
logfile=DIR/d.log
pidfile=DIR/d.pid
childlogdir=DIR
`;

/** Prints its numbers for as long as it lives. */
const counter = "/bin/sh -c 'i=0; while :; do i=$((i+1)); echo $i; echo e$i >&2; sleep 0.005; done'";

const programs = (port: number) => `
[program:web]
command=/usr/bin/gunicorn -w 2 -b 127.0.0.1:${port} app:app
directory=DIR
redirect_stderr=true
stdout_logfile=DIR/web.log
reload_strategy=rolling
[program:counter]
command=${counter}
stdout_logfile=DIR/counter.log
stderr_logfile=DIR/counter.err
[program:auto]
command=${counter}
[program:small]
command=${counter}
stdout_logfile=DIR/small.log
stdout_logfile_maxbytes=2KB
stdout_logfile_backups=200
[program:echo]
command=cat
stdout_logfile=DIR/echo.log
[program:many]
command=sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=2
[program:idle]
command=cat
autostart=false
[program:gone]
command=/bin/sh -c 'exit 3'
startsecs=0
autorestart=false
[eventlistener:recorder]
command=/usr/bin/python3 LISTENERS/recorder.py DIR/events.jsonl
events=REMOTE_COMMUNICATION,PROCESS_STATE
[fcgi-program:fast]
command=sleep 1000
socket=unix://DIR/fast.sock
`;

interface Site {
  readonly directory: string;
  readonly config: string;
  readonly port: number;
  /** supervisord's. */
  readonly pid: number;
  readonly controlPort: number;
  ctl(...words: string[]): Promise<CtlResult>;
  rows(): Promise<ReadonlyMap<string, string>>;
}

async function liveSite(t: TestContext, extra = ''): Promise<Site> {
  const directory = mkdtempSync(join(tmpdir(), 'hupd-test-'));
  const [port, controlPort] = [await freePort(), await freePort()];
  const config = join(directory, 'supervisord.conf');
  const listeners = join(process.cwd(), 'test/support/listeners');
  writeFileSync(join(directory, 'app.py'), appText('v1', 0));
  writeFileSync(
    config,
    `${head}${programs(port)}${extra}`
      .replaceAll('DIR', directory)
      .replaceAll('LISTENERS', listeners)
      .replaceAll('CONTROL', `${controlPort}`),
  );
  const began = await run('/usr/bin/supervisord', ['-c', config]);
  assert.equal(began.status, 0, began.stderr);
  const pidOf = () => Number(readFileSync(join(directory, 'd.pid'), 'utf8'));
  await until('supervisord to leave the terminal', () => existsSync(join(directory, 'd.pid')));
  const pid = pidOf();
  const ctl = (...words: string[]) => run('/usr/bin/supervisorctl', ['-c', config, ...words]);
  t.after(async () => {
    const last = pidOf();
    process.kill(last, 'SIGCONT');
    const pids = [...(await rows()).values()].flatMap((state) => /pid (\d+)/.exec(state)?.[1] ?? []).map(Number);
    await ctl('shutdown');
    await until('the daemon to be gone', () => !isAlive(last));
    assert.deepEqual(pids.filter(isAlive), [], 'processes were left behind');
    rmSync(directory, { recursive: true });
  });
  const rows = async () => {
    const { stdout } = await ctl('status');
    return new Map(
      stdout.split('\n').flatMap((line) => {
        const [, name = '', state = ''] = /^(\S+) +(\S+ +(?:pid \d+)?)/.exec(line) ?? [];
        return name === '' ? [] : [[name, state.trim()] as const];
      }),
    );
  };
  await until('everything to run', async () => {
    const states = [...(await rows()).values()];
    return states.filter((state) => state.startsWith('RUNNING')).length === (extra === '' ? 9 : 10);
  });
  return { directory, config, port, controlPort, pid, ctl, rows };
}

const hupd = (...words: string[]) => run('bin/hupd', words);

/** The numbers of a log with its backups, oldest first: each once and none missing. */
function numbersOf(directory: string, name: string): readonly number[] {
  const files = readdirSync(directory).filter((file) => file === name || file.startsWith(`${name}.`));
  const age = (file: string) => Number(file.slice(name.length + 1) || 0);
  const text = files
    .toSorted((a, b) => age(b) - age(a))
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('');
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
  return lines.map((line) => Number(line.replace(/^e/, '')));
}

function assertUnbroken(directory: string, name: string, more: number): void {
  const numbers = numbersOf(directory, name);
  const wrong = numbers.flatMap((number, index) => (number === index + 1 ? [] : [`${index + 1}: ${number}`]));
  assert.deepEqual(wrong.slice(0, 3), [], `${name} goes on without a gap`);
  assert.ok(numbers.length > more, `${name} has more than ${more} lines: ${numbers.length}`);
}

test('a live supervisord is taken over: the same pids, no request fails, no line is lost, and hupd goes on with all of it', async (t) => {
  if (!needs(t, supervisordNeeds, gunicornNeeds, pythonNeeds)) return;
  const site = await liveSite(t);
  const { directory, config } = site;
  const url = `unix://${directory}/s.sock`;
  const target = { host: '127.0.0.1', port: site.port };
  const before = await site.rows();
  const auto = readdirSync(directory).find((name) => name.startsWith('auto-stdout---')) ?? '';

  const dry = await hupd('--check', '--take-over', url, '-c', config);
  assert.equal(dry.status, 0, dry.stdout + dry.stderr);
  assert.match(dry.stdout, /web: goes on with pid \d+\n/);
  assert.deepEqual(await site.rows(), before);

  const load = startLoad({ target, perSecond: 50 });
  await until('some requests to be answered', () => load.answers.length > 10);
  const linesBefore = numbersOf(directory, 'counter.log').length;
  const took = await hupd('--take-over', url, '-c', config);
  assert.equal(took.status, 0, took.stderr);
  await until('supervisord to be gone', () => !isAlive(site.pid));

  assert.deepEqual(await site.rows(), before);
  await until('many more lines', () => numbersOf(directory, 'counter.log').length > linesBefore + 200);
  for (const name of ['counter.log', 'counter.err', 'small.log', auto]) assertUnbroken(directory, name, linesBefore);
  assert.deepEqual(failures(await load.stop()), []);

  // In place once more: nobody's input has come to its end, and nobody is taken over a second time.
  const upgraded = await run('bin/hupctl', ['-c', config, 'upgrade']);
  assert.equal(upgraded.stdout, 'upgraded\n', upgraded.stdout + upgraded.stderr);
  assert.deepEqual(await site.rows(), before);

  // And it is hupd's from here on: both control sockets, stdin, events, exits, stops, reloads.
  const inet = await ask({ host: '127.0.0.1', port: site.controlPort });
  assert.equal(inet.error, 'status 401');
  const call = (method: string, params = '') =>
    `<?xml version="1.0"?><methodCall><methodName>supervisor.${method}</methodName><params>${params}</params></methodCall>`;
  const text = (value: string) => `<param><value><string>${value}</string></value></param>`;
  await askRaw(join(directory, 's.sock'), post('/RPC2', call('sendProcessStdin', text('echo') + text('hello\n'))));
  await until('the text to come back', () => readFileSync(join(directory, 'echo.log'), 'utf8') === 'hello\n');
  const reload = await run('bin/hupctl', ['-c', config, 'reload', 'web']);
  assert.equal(reload.status, 0, reload.stdout);
  assert.equal((await ask(target)).body, 'v1\n');
  const counterPid = Number((await site.ctl('pid', 'counter')).stdout);
  process.kill(counterPid, 'SIGKILL');
  await until('the killed program to be started again', async () => {
    const state = (await site.rows()).get('counter') ?? '';
    return state.startsWith('RUNNING') && state !== before.get('counter');
  });
  const stopped = await site.ctl('stop', 'small', 'many:*');
  assert.equal(stopped.stdout.match(/: stopped/g)?.length, 3, stopped.stdout);
  const events = () => readFileSync(join(directory, 'events.jsonl'), 'utf8');
  await until('the listener to be told of the stop', () => /PROCESS_STATE_STOPPED.*\bsmall\b/s.test(events()));
});

test('a take-over that can not be done is refused, and nothing was touched', async (t) => {
  if (!needs(t, supervisordNeeds, gunicornNeeds, pythonNeeds)) return;
  const site = await liveSite(t, '[program:stubborn]\ncommand=sleep 1000\n');
  const { directory, config } = site;
  const before = await site.rows();
  const other = join(directory, 'other.conf');
  writeFileSync(other, readFileSync(config, 'utf8').replace(/\[program:stubborn\][^[]*/, ''));
  for (const words of [['--check'], []]) {
    const { status, stdout, stderr } = await hupd(...words, '--take-over', `unix://${directory}/s.sock`, '-c', other);
    assert.equal(status, 2);
    assert.match(stdout + stderr, /stubborn runs with pid \d+ and is not in the configuration file/);
  }
  const wrong = await hupd('--take-over', `http://admin:wrong@127.0.0.1:${site.controlPort}`, '-c', config);
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /401/);
  assert.doesNotMatch(wrong.stderr, /wrong/);
  const nobody = await hupd('--take-over', `unix://${directory}/none.sock`, '-c', config);
  assert.equal(nobody.status, 2);
  assert.match(nobody.stderr, /none\.sock/);
  assert.deepEqual(await site.rows(), before);
});
