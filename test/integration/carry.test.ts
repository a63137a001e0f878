import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { RpcClient } from '../../src/ctl/rpc-client.ts';
import { type CyclesResult, runCycles } from '../support/carry-cycles.ts';
import { type CarryRig, carryRigFor, processesIn } from '../support/carry-rig.ts';
import { gunicornNeeds } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { until } from '../support/until.ts';

const two = `[program:a]
command=/bin/cat
stdout_logfile=DIR/a.log
[program:b]
command=/bin/cat
`;

function nothingLost(result: CyclesResult): void {
  const { failed, wrongLines, restarted, zombies, failedReloads } = result;
  assert.deepEqual(
    { failed, wrongLines, restarted, zombies, failedReloads },
    { failed: [], wrongLines: [], restarted: [], zombies: 0, failedReloads: [] },
  );
  assert.ok(result.requests > 0 && result.lines > 0 && result.reloads > 0);
}

for (const how of ['kill', 'upgrade'] as const) {
  const what = how === 'kill' ? 'kill -9 and a new start' : 'an upgrade in place';
  test(`${what}, again and again, under load: no request, no line and no process is lost or doubled, and reloads go on`, async (t) => {
    if (!needs(t, gunicornNeeds)) return;
    nothingLost(await runCycles({ how, rounds: 3, seed: 20, perSecond: 20, tell: () => {} }));
  });
}

test('the configuration is applied as an update would: what is new starts, what is gone stops, what is the same is not touched', async (t) => {
  const rig = await carryRigFor(t, { programs: two });
  await rig.all('RUNNING', 2);
  const [a, b] = [await rig.pidOf('a'), await rig.pidOf('b')];
  await rig.kill();
  rig.configure({ programs: `${two.replace('program:b', 'program:c')}` });
  await rig.start();
  await until('b has gone', () => !processesIn(rig.dir).includes(b) && !alive(b));
  await rig.all('RUNNING', 2);
  assert.match((await rig.ctl('status')).stdout, /^a .*\nc .*\n$/);
  assert.equal(await rig.pidOf('a'), a);
});

test('one that has died meanwhile is started again, once; a stranger that has its pid is left alone', async (t) => {
  const rig = await carryRigFor(t, { programs: two });
  await rig.all('RUNNING', 2);
  const [a, b] = [await rig.pidOf('a'), await rig.pidOf('b')];
  const [runtime = ''] = rig.runtimeDirectories();
  await rig.kill();
  process.kill(a, 'SIGKILL');
  // b's pid is another process now, as far as the start time tells.
  const state = join(runtime, 'state');
  writeFileSync(
    state,
    readFileSync(state, 'utf8').replaceAll(/"pid":(\d+),"startTime":\d+/g, (whole, pid) =>
      Number(pid) === b ? `"pid":${pid},"startTime":1` : whole,
    ),
  );
  await rig.start();
  await rig.all('RUNNING', 2);
  assert.notEqual(await rig.pidOf('a'), a);
  assert.notEqual(await rig.pidOf('b'), b);
  assert.match(rig.log, /WARN b: pid \d+ has ended while nobody was there to ask how/);
  assert.equal(alive(b), true);
  process.kill(b, 'SIGKILL');
});

for (const [title, flags, edit, said] of [
  ['with --no-adopt nothing is taken up', ['--no-adopt'], (text: string) => text, null],
  [
    'after a start of the machine nothing is taken up',
    [],
    (text: string) => text.replace(/"boot":"[^"]*"/, '"boot":"another"'),
    /is of no use: the machine was started anew since/,
  ],
  [
    'a state of another format is left alone, with words',
    [],
    (text: string) => text.replace('"format":1', '"format":99'),
    /is of no use: it is of format 99, written by hupd \S+; this hupd reads format 1/,
  ],
] as const) {
  test(`${title}: the programs are started anew`, async (t) => {
    const rig = await carryRigFor(t, { programs: two });
    await rig.all('RUNNING', 2);
    const old = [await rig.pidOf('a'), await rig.pidOf('b')];
    const [runtime = ''] = rig.runtimeDirectories();
    await rig.kill();
    const state = join(runtime, 'state');
    writeFileSync(state, edit(readFileSync(state, 'utf8')));
    await rig.start(...flags);
    await rig.all('RUNNING', 2);
    assert.ok(!old.includes(await rig.pidOf('a')) && !old.includes(await rig.pidOf('b')));
    assert.ok(old.every(alive));
    if (said !== null) assert.match(rig.log, said);
    for (const pid of old) process.kill(pid, 'SIGKILL');
  });
}

test('input and event listeners survive a crash and an upgrade: no end of file, no event twice, none lost', async (t) => {
  if (!needs(t, { command: '/usr/bin/python3', apt: 'python3-minimal' })) return;
  const recorder = resolve('test/support/listeners/recorder.py');
  const rig = await carryRigFor(t, {
    programs: `${two}[eventlistener:ear]
command=/usr/bin/python3 -S ${recorder} DIR/heard
events=REMOTE_COMMUNICATION
`,
  });
  await rig.all('RUNNING', 3);
  const ear = await rig.pidOf('ear');
  const say = async (text: string) => {
    await send(rig, 'supervisor.sendRemoteCommEvent', ['t', text]);
    await send(rig, 'supervisor.sendProcessStdin', ['a', `${text}\n`]);
  };
  await say('one');
  await rig.killAndStart();
  await say('two');
  assert.equal((await rig.ctl('upgrade')).stdout, 'upgraded\n');
  await say('three');
  await until(
    'three is heard',
    () => /three/.test(rig.read('heard')),
    () => rig.log,
  );
  await until(
    'three is printed',
    () => /three/.test(rig.read('a.log')),
    () => rig.log,
  );
  const heard = rig
    .read('heard')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    heard.map(({ payload }) => payload),
    ['type:t\none', 'type:t\ntwo', 'type:t\nthree'],
  );
  assert.deepEqual(
    heard.map(({ header }) => / serial:(\d+) /.exec(header)?.[1]),
    ['0', '1', '2'],
  );
  assert.equal(rig.read('a.log'), 'one\ntwo\nthree\n');
  assert.equal(await rig.pidOf('ear'), ear);
});

test('an upgrade takes the installation as it is then, and refuses one that can not go on, with its words', async (t) => {
  const hupd = await installed(t, '');
  const rig = await carryRigFor(t, { programs: two }, hupd);
  await rig.all('RUNNING', 2);
  const before = [rig.pid, await rig.pidOf('a')];
  install(hupd, `process.stdout.write('this one is broken\\n'); process.exit(3);`);
  const refused = await rig.ctl('upgrade');
  assert.match(refused.stdout, /^upgrade: ERROR \(the new version can not go on: this one is broken\)\n$/);
  assert.equal(refused.status, 1);
  assert.match(
    rig.log,
    /ERRO not upgraded: the new version can not go on: this one is broken; everything goes on as it was/,
  );
  install(hupd, `process.env.HUPD_IS_NEW = '1';`);
  assert.equal((await rig.ctl('upgrade')).stdout, 'upgraded\n');
  assert.deepEqual([rig.pid, await rig.pidOf('a')], before);
  const line = rig.read('supervisord.conf');
  writeFileSync(rig.configFile, line.replace('command=/bin/cat', 'numprocs=x'));
  assert.match((await rig.ctl('upgrade')).stdout, /ERROR \(the new version can not go on: [\s\S]*numprocs=x/);
  writeFileSync(rig.configFile, line);
});

test('an upgrade to a configuration whose server could not listen, or whose log could not be opened, is refused before the daemon is gone', async (t) => {
  const rig = await carryRigFor(t, { programs: two });
  await rig.all('RUNNING', 2);
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const before = rig.read('supervisord.conf');
  const { port } = other.address() as AddressInfo;
  writeFileSync(rig.configFile, `${before}\n[inet_http_server]\nport=127.0.0.1:${port}\n`);
  const refused = await rig.ctl('upgrade');
  assert.match(refused.stdout, /^upgrade: ERROR \(the new version can not go on: Another program is already listening/);
  other.close();
  writeFileSync(rig.configFile, before.replace(/^logfile=.*$/m, `logfile=${rig.dir}`));
  assert.match((await rig.ctl('upgrade')).stdout, /could not open the log file .*EISDIR/);
  writeFileSync(rig.configFile, `${before}\n[inet_http_server]\nport=127.0.0.1:${port}\n`);
  assert.equal((await rig.ctl('upgrade')).stdout, 'upgraded\n');
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(answer.status, 200);
  writeFileSync(rig.configFile, before);
});

test('SIGUSR1 upgrades, and a child that ends in that moment is reaped and told', async (t) => {
  const rig = await carryRigFor(t, {
    programs: `${two}[program:short]
command=/bin/sh -c 'read x; echo gone; exit 7'
stdout_logfile=DIR/short.log
autorestart=false
`,
  });
  await rig.all('RUNNING', 3);
  await rig.logged(/upgraded in place: 3 processes run on/, async () => {
    process.kill(rig.pid, 'SIGUSR1');
  });
  await rig.logged(/exited: short \(exit status 7; not expected\)/, () =>
    send(rig, 'supervisor.sendProcessStdin', ['short', 'x\n']),
  );
  assert.equal(rig.read('short.log'), 'gone\n');
});

async function send(rig: CarryRig, method: string, params: readonly string[]): Promise<void> {
  const client = new RpcClient({ serverUrl: `unix://${join(rig.dir, 'hupd.sock')}`, username: null, password: null });
  const reply = await client.call(method, params);
  assert.ok(reply.ok, JSON.stringify(reply));
}

/** A hupd of its own to be replaced. `first`: what it does before it is hupd. */
async function installed(t: TestContext, first: string): Promise<string> {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const dir = mkdtempSync(join(tmpdir(), 'hupd-installed-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  install(join(dir, 'hupd'), first);
  return join(dir, 'hupd');
}

function install(path: string, first: string): void {
  const start = `require('${resolve('bin/compiled.cjs')}').compiled('hupd').run();`;
  writeFileSync(path, `#!/usr/bin/env node\nprocess.on('SIGUSR1', () => {});\n${first}\n${start}\n`);
  chmodSync(path, 0o755);
}

function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
