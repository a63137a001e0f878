/** supervisor_twiddler's methods at a running daemon: programs that come and go without a file. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { RpcClient } from '../../src/ctl/rpc-client.ts';
import type { RpcValue } from '../../src/rpc/codec.ts';
import { type Rig, rigFor } from '../support/rig.ts';

interface Twiddled {
  readonly rig: Rig;
  /** The value, or the text of the fault. */
  call(method: string, ...params: readonly RpcValue[]): Promise<RpcValue>;
}

async function twiddled(t: TestContext, programs: string, daemon = ''): Promise<Twiddled> {
  const rig = await rigFor(t, {
    daemon,
    programs: `[rpcinterface:twiddler]
supervisor.rpcinterface_factory = supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface
${programs}`,
  });
  const client = new RpcClient({ serverUrl: `unix://${rig.socket}`, username: null, password: null });
  const call: Twiddled['call'] = async (method, ...params) => {
    const reply = await client.call(method, params);
    if (reply.ok) return reply.value;
    assert.equal(reply.failure.kind, 'fault');
    return reply.failure.kind === 'fault' ? reply.failure.text : null;
  };
  return { rig, call };
}

const oneProgram = '[program:a]\ncommand=/bin/sleep 1000\nstartsecs=0\n[group:g]\nprograms=a\n';

test('a program that is added starts, is managed like any other, and is gone when it was removed', async (t) => {
  const { rig, call } = await twiddled(t, oneProgram, 'environment=SHARED="%(here)s"');
  const options = {
    command: '/bin/sh -c \'echo "$SHARED $MINE $SUPERVISOR_GROUP_NAME"; exec sleep 1000\'',
    environment: 'MINE="%(ENV_SHARED)s/%(process_num)d"',
    process_name: '%(group_name)s_%(program_name)s_%(process_num)d',
    numprocs: 2,
    startsecs: 0,
    stdout_logfile: '%(here)s/%(program_name)s-%(process_num)d.log',
    priority: 5,
  };
  assert.equal(await call('twiddler.addProgramToGroup', 'g', 'new', options), true);
  assert.deepEqual(await call('twiddler.getGroupNames'), ['g']);
  await rig.until(() => rig.read('new-1.log') !== '', 'the program has written');
  assert.equal(rig.read('new-1.log'), `${rig.dir} ${rig.dir}/1 g\n`);
  const { stdout } = await rig.ctl('status');
  assert.deepEqual(
    stdout.match(/^\S+ +[A-Z]+/gm)?.map((row) => row.replace(/ +/, ' ')),
    ['g:a RUNNING', 'g:g_new_0 RUNNING', 'g:g_new_1 RUNNING'],
  );
  const avail = (await rig.ctl('avail')).stdout;
  assert.match(avail, /^g:g_new_0 +in use +auto +999:5$/m);
  assert.equal((await rig.ctl('restart', 'g:g_new_0')).stdout, 'g:g_new_0: stopped\ng:g_new_0: started\n');

  assert.equal(await call('twiddler.removeProcessFromGroup', 'g', 'g_new_0'), 'STILL_RUNNING: g_new_0');
  assert.equal((await rig.ctl('stop', 'g:g_new_0')).stdout, 'g:g_new_0: stopped\n');
  assert.equal(await call('twiddler.removeProcessFromGroup', 'g', 'g_new_0'), true);
  assert.equal(await call('twiddler.removeProcessFromGroup', 'g', 'g_new_0'), 'BAD_NAME: g_new_0');
  assert.equal(await call('supervisor.getProcessInfo', 'g:g_new_0'), 'BAD_NAME: g:g_new_0');
  assert.doesNotMatch((await rig.ctl('avail')).stdout, /g_new_0/);
  assert.match((await rig.ctl('status', 'g:g_new_1')).stdout, /RUNNING/);
});

test('what is wrong with the options is said as it is of a file, and nothing is added', async (t) => {
  const { rig, call } = await twiddled(t, oneProgram);
  const add = (program: string, options: RpcValue, group = 'g') =>
    call('twiddler.addProgramToGroup', group, program, options);
  const file = rig.configFile;
  const command = '/bin/cat';
  assert.equal(await add('x', { command }, 'nope'), 'BAD_NAME: group: nope');
  assert.equal(await add('a', { command }), 'BAD_NAME: a');
  assert.equal(await add('two', { command, process_name: 'a' }), 'BAD_NAME: a');
  assert.equal(
    await add('x', { command, numprocs: 2, process_name: 'x%(process_num).0s' }),
    'BAD_NAME: x',
    'two of one name',
  );
  assert.equal(
    await add('x', {}),
    `INCORRECT_PARAMETERS: program section program:x does not specify a command in section 'program:x' (file: '${file}')`,
  );
  assert.equal(
    await add('x', { command, stopsignal: 'TREM' }),
    `INCORRECT_PARAMETERS: value 'TREM' is not a valid signal name in section 'program:x' (file: '${file}')`,
  );
  assert.equal(
    await add('x', { command: '%(nope)s' }).then((text) => String(text).slice(0, 20)),
    'INCORRECT_PARAMETERS',
  );
  assert.equal(await add('x:y', { command }).then((text) => String(text).slice(0, 20)), 'INCORRECT_PARAMETERS');
  assert.equal((await rig.ctl('avail')).stdout.match(/\n/g)?.length, 1);
});

test('one that waits for its next start can be removed, and its AUTO log is made as for any other', async (t) => {
  const { rig, call } = await twiddled(t, oneProgram);
  const options = { command: '/bin/sh -c "echo dies; exit 3"', startsecs: 1, startretries: 100 };
  assert.equal(await call('twiddler.addProgramToGroup', 'g', 'flap', options), true);
  const info = () => call('supervisor.getProcessInfo', 'g:flap') as Promise<Readonly<Record<string, RpcValue>>>;
  await rig.until(async () => (await info()).statename === 'BACKOFF', 'it waits for its next start');
  assert.match(String((await info()).stdout_logfile), /flap-stdout---supervisor-\w+\.log$/);
  const remove = () => call('twiddler.removeProcessFromGroup', 'g', 'flap');
  await rig.until(async () => (await remove()) === true, 'it is removed');
  assert.equal(await call('supervisor.getProcessInfo', 'g:flap'), 'BAD_NAME: g:flap');
});

test('a file knows nothing of what was added: its group has changed, and update makes it as the file has it', async (t) => {
  const { rig, call } = await twiddled(t, oneProgram);
  assert.equal(await call('twiddler.addProgramToGroup', 'g', 'b', { command: '/bin/sleep 1000', startsecs: 0 }), true);
  assert.equal((await rig.ctl('reread')).stdout, 'g: changed\n');
  assert.equal((await rig.ctl('update')).stdout, 'g: stopped\ng: updated process group\n');
  assert.match((await rig.ctl('status')).stdout, /^g:a .*\n$/);
});

test('an event listener pool takes a program, which is no listener', async (t) => {
  const recorder = new URL('../../../test/support/listeners/recorder.sh', import.meta.url).pathname;
  const { rig, call } = await twiddled(
    t,
    `[eventlistener:pool]\ncommand=/bin/sh ${recorder} DIR/heard\nevents=PROCESS_STATE\nstartsecs=0\n`,
  );
  const options = { command: '/bin/sleep 1000', startsecs: 0 };
  assert.equal(await call('twiddler.addProgramToGroup', 'pool', 'b', options), true);
  await rig.until(() => /RUNNING .*\nprocessname:b groupname:pool/.test(rig.read('heard')), 'the listener hears of it');
  assert.equal(await call('supervisor.stopProcess', 'pool:b'), true);
  await rig.until(() => /STOPPED .*\nprocessname:b groupname:pool/.test(rig.read('heard')), 'the listener hears of it');
  assert.equal(await call('twiddler.removeProcessFromGroup', 'pool', 'b'), true);
  assert.match((await rig.ctl('status')).stdout, /^pool +RUNNING .*\n$/);
});

test('a socket that hupd keeps for a program is closed with its last process', async (t) => {
  const { rig, call } = await twiddled(t, oneProgram);
  const path = `${rig.dir}/kept.sock`;
  const kept = () => readFileSync('/proc/net/unix', 'utf8').split(path).length - 1;
  const options = { command: '/bin/sleep 1000', startsecs: 0, socket: `unix://${path}` };
  assert.equal(await call('twiddler.addProgramToGroup', 'g', 'keeper', options), true);
  assert.equal(kept(), 1);
  assert.equal(await call('supervisor.stopProcess', 'g:keeper'), true);
  assert.equal(kept(), 1);
  assert.equal(await call('twiddler.removeProcessFromGroup', 'g', 'keeper'), true);
  assert.equal(kept(), 0);
});
