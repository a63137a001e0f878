/** A daemon that is reached over TCP: several servers with passwords of each kind, both clients, and what keeps strangers out. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { ask, basic, call, get, post } from '../support/raw-http.ts';
import { configText, endRig, type Rig, rigFor, run, startRig } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';

const sha = (text: string) => `{SHA}${createHash('sha1').update(text).digest('hex')}`;

interface Ports {
  readonly clear: number;
  readonly digest: number;
  readonly open: number;
}

const programs = ({ clear, digest, open }: Ports) => `[inet_http_server]
port=127.0.0.1:${clear}
username=ann
password=p:w
read_only_username=eve
read_only_password=${sha('look')}
[inet_http_server:digest]
port=localhost:${digest}
username=ann
password=${sha('grüße: 1')}
[inet_http_server:open]
port=127.0.0.1:${open}
[program:web]
command=/bin/sh -c 'echo hello; exec sleep 1000'
startsecs=0
stdout_logfile=DIR/web.log
`;

const clients: Readonly<Record<string, string>> = { supervisorctl: '/usr/bin/supervisorctl', hupctl: 'bin/hupctl' };

describe('several inet servers with passwords', () => {
  let rig: Rig;
  let ports: Ports;
  before(async () => {
    ports = { clear: await freePort(), digest: await freePort(), open: await freePort() };
    rig = await startRig({ programs: programs(ports) });
    await rig.logged(/success: web/);
  });
  after(() => endRig(rig));

  const login = (name: string, password: string) => ['-u', name, '-p', password];

  for (const [name, client] of Object.entries(clients)) {
    // A file that says nothing of the server: all is said on the command line.
    const ctl = (port: number, ...args: string[]) => {
      const conf = join(rig.dir, 'client.conf');
      writeFileSync(conf, '[supervisorctl]\n');
      const env = { ...process.env, LC_ALL: 'C.UTF-8' };
      return run(client, ['-c', conf, '-s', `http://127.0.0.1:${port}`, ...args], { env });
    };

    it(`${name} with the password may do everything, by each server`, async (t) => {
      if (!needs(t, { command: '/usr/bin/supervisorctl', apt: 'supervisor' })) return;
      const doors = [
        [ports.clear, ...login('ann', 'p:w')],
        [ports.digest, ...login('ann', 'grüße: 1')],
        [ports.open],
        [ports.open, ...login('any', 'thing')],
      ] as const;
      for (const [port, ...who] of doors) {
        assert.match((await ctl(port, ...who, 'status')).stdout, /^web +RUNNING +pid \d+/);
        const restarted = await ctl(port, ...who, 'restart', 'web');
        assert.deepEqual(restarted, { status: 0, stdout: 'web: stopped\nweb: started\n', stderr: '' });
        await rig.until(() => rig.read('web.log').endsWith('hello\n'), 'it has said hello');
        assert.match((await ctl(port, ...who, 'tail', 'web')).stdout, /hello\n/);
        assert.match((await ctl(port, ...who, 'maintail')).stdout, /success: web/);
      }
    });

    it(`${name} with a wrong password, or without one, is told so`, async (t) => {
      if (!needs(t, { command: '/usr/bin/supervisorctl', apt: 'supervisor' })) return;
      const { pid } = await webOf(rig);
      const strangers = [
        [ports.clear, ...login('ann', 'p')],
        [ports.clear, ...login('Ann', 'p:w')],
        [ports.clear, ...login('eve', 'p:w')],
        [ports.clear],
        [ports.digest, ...login('ann', sha('grüße: 1'))],
        [ports.digest, ...login('eve', 'look')],
      ] as const;
      for (const [port, ...who] of strangers) {
        const { status, stdout } = await ctl(port, ...who, 'stop', 'web');
        assert.match(stdout, /^Server requires authentication\n/, `${who}`);
        assert.equal(status, 1);
      }
      assert.equal((await webOf(rig)).pid, pid);
    });

    it(`${name} with the read-only password looks at everything and changes nothing`, async (t) => {
      if (!needs(t, { command: '/usr/bin/supervisorctl', apt: 'supervisor' })) return;
      const { pid } = await webOf(rig);
      const eve = (...args: string[]) => ctl(ports.clear, ...login('eve', 'look'), ...args);
      assert.match((await eve('status')).stdout, /^web +RUNNING/);
      assert.equal((await eve('pid', 'web')).stdout, `${pid}\n`);
      assert.match((await eve('tail', 'web')).stdout, /hello/);
      assert.match((await eve('avail')).stdout, /^web +in use/);
      for (const change of [
        ['stop', 'web'],
        ['restart', 'web'],
        ['signal', 'HUP', 'web'],
        ['clear', 'web'],
        ['shutdown'],
      ]) {
        const { stdout } = await eve(...change);
        assert.match(stdout, name === 'hupctl' ? /these credentials are read-only/ : /403/, change.join(' '));
      }
      assert.equal((await webOf(rig)).pid, pid);
    });
  }

  it('whoever may only look gets no change through by a page, a call within calls, or a method of hupd', async () => {
    const { pid } = await webOf(rig);
    const eve = basic('eve', 'look');
    const inner = (name: string) =>
      `<value><struct><member><name>methodName</name><value>${name}</value></member><member><name>params</name><value><array><data><value>web</value></data></array></value></member></struct></value>`;
    const many = (...names: readonly string[]) =>
      `<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${names.map(inner).join('')}</data></array></value></param></params></methodCall>`;
    const statusOf = async (request: string) => (await ask(ports.clear, request)).status;
    assert.equal(await statusOf(post('/RPC2', many('supervisor.getProcessInfo'), eve)), 200);
    assert.equal(await statusOf(post('/RPC2', many('supervisor.getProcessInfo', 'supervisor.stopProcess'), eve)), 403);
    assert.equal(await statusOf(post('/RPC2', call('hupd.reloadProcess', 'web'), eve)), 403);
    assert.equal(await statusOf(post('/RPC2', call('supervisor.shutdown'), eve)), 403);
    assert.equal(await statusOf(get('/', eve)), 200);
    assert.equal(await statusOf(get('/index.html?action=stop&processname=web', eve)), 403);
    assert.equal(await statusOf(post('/index.html', 'action=restartall', eve)), 403);
    assert.equal((await webOf(rig)).pid, pid);
  });

  it('each server without a password is a CRIT line at every start, and no other is', async () => {
    const open = () => rig.log.match(/CRIT Server '.*' running without any HTTP authentication checking/g);
    const once = ['inet_http_server:open', 'unix_http_server'].map(
      (section) => `CRIT Server '${section}' running without any HTTP authentication checking`,
    );
    assert.deepEqual(open(), once);
    const before = rig.log.length;
    const { pid } = await webOf(rig);
    assert.equal((await rig.ctl('reload')).stdout, 'Restarted supervisord\n');
    await rig.logged(/supervisord started with pid/, before);
    await rig.logged(/success: web/, before);
    assert.deepEqual(open(), [...once, ...once]);
    assert.notEqual((await webOf(rig)).pid, pid);
    assert.equal((await ask(ports.digest, get('/ok.html'))).status, 401, 'the servers are the same afterwards');
  });
});

async function webOf(rig: Rig): Promise<{ readonly pid: string }> {
  return { pid: (await rig.ctl('pid', 'web')).stdout.trim() };
}

const exposed = '[inet_http_server]\nport=*:1\n';
const forbidden =
  'section [inet_http_server] can be reached from other machines without a password, which require_auth=true forbids: set username and password, or listen on 127.0.0.1';

test('require_auth: a server that strangers could reach stops the start before anything is done', async (t) => {
  const dir = tempDir(t);
  const file = join(dir, 's.conf');
  writeFileSync(file, configText(dir, { programs: exposed, daemon: 'require_auth=true' }));
  const { status, stderr } = await run('bin/hupd', ['-n', '-c', file]);
  assert.equal(status, 2);
  assert.equal(stderr.split('\n', 1)[0], `Error: ${forbidden}`);
  assert.throws(() => readFileSync(join(dir, 'hupd.log')), 'no log was opened');
});

test('--check finds a server that strangers can reach, with require_auth as what stops a start, without it as a warning', async (t) => {
  const dir = tempDir(t);
  const file = join(dir, 's.conf');
  writeFileSync(file, configText(dir, { programs: exposed }));
  const warned = await run('bin/hupd', ['--check', '-c', file]);
  assert.equal(warned.status, 0, warned.stdout);
  assert.match(warned.stdout, /s\.conf:\d+: .*\[inet_http_server\].*other machines can reach it without a password/);
  writeFileSync(file, configText(dir, { programs: exposed, daemon: 'require_auth=true' }));
  const refused = await run('bin/hupd', ['--check', '-c', file]);
  assert.equal(refused.status, 2, refused.stdout);
  assert.match(refused.stdout, /which require_auth=true forbids/);
});

test('require_auth lets a server on this machine be open, and a restart that would open one to others is refused', async (t) => {
  const port = await freePort();
  const server = `[inet_http_server]\nport=127.0.0.1:${port}\n`;
  const web = '[program:web]\ncommand=/bin/sleep 1000\nstartsecs=0\n';
  const rig = await rigFor(t, { programs: `${server}${web}`, daemon: 'require_auth=true' });
  await rig.logged(/success: web/);
  assert.equal((await ask(port, get('/ok.html'))).body, 'OK');
  const { pid } = await webOf(rig);
  writeFileSync(rig.configFile, configText(rig.dir, { programs: `${exposed}${web}`, daemon: 'require_auth=true' }));
  const { stdout } = await rig.ctl('reload');
  assert.match(stdout, /require_auth=true forbids/);
  await rig.logged(/require_auth=true forbids/);
  assert.equal((await webOf(rig)).pid, pid);
});
