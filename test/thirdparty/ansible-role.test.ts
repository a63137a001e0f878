/**
 * The role of contrib/ansible against three hosts: hupd with gunicorn in three network namespaces, each on the other end of a veth pair. Ansible
 * runs here and reaches them over the network, by their XML-RPC port and by their site.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { appText, gunicornNeeds, ship } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { configText, endRig, Rig, run } from '../support/rig.ts';

interface Host {
  readonly address: string;
  readonly rig: Rig;
}

const ip = (...args: readonly string[]) => execFileSync('ip', args, { stdio: 'pipe' });

/** null: namespaces can not be made here, and the test is skipped with the reason. */
async function host(t: TestContext, index: number): Promise<Host | null> {
  const id = `${(process.pid % 100_000).toString(36)}${index}`;
  const namespace = `hupd-${id}`;
  try {
    ip('netns', 'add', namespace);
  } catch (error) {
    const why = `needs network namespaces: ${error instanceof Error ? error.message.trim() : error}`;
    if (process.env.HUPD_REQUIRE_PEERS === '1') throw new Error(why);
    t.skip(why);
    return null;
  }
  t.after(() => {
    ip('netns', 'del', namespace); // and the pair with it
  });
  // RFC 2544's addresses, which nobody routes.
  const net = `198.18.${process.pid % 250}`;
  const [here, address] = [`${net}.${index * 4 + 1}`, `${net}.${index * 4 + 2}`];
  ip('link', 'add', `h${id}a`, 'type', 'veth', 'peer', 'name', `h${id}b`, 'netns', namespace);
  ip('addr', 'add', `${here}/30`, 'dev', `h${id}a`);
  ip('link', 'set', `h${id}a`, 'up');
  ip('-n', namespace, 'addr', 'add', `${address}/30`, 'dev', `h${id}b`);
  ip('-n', namespace, 'link', 'set', `h${id}b`, 'up');
  ip('-n', namespace, 'link', 'set', 'lo', 'up');
  const dir = mkdtempSync(join(tmpdir(), 'hupd-host-'));
  chmodSync(dir, 0o755);
  writeFileSync(join(dir, 'app.py'), appText('one', 0));
  const programs = `[inet_http_server]
port=${address}:9001
username=ops
password=secret
[program:web]
command=/usr/bin/gunicorn -b ${address}:8000 app:app
directory=DIR
reload_strategy=rolling
`;
  writeFileSync(join(dir, 'supervisord.conf'), configText(dir, { programs }));
  const command = ['netns', 'exec', namespace, resolve('bin/hupd'), '-n', '-c', join(dir, 'supervisord.conf')];
  const rig = new Rig(dir, () => spawn('ip', command, { stdio: ['ignore', 'pipe', 'pipe'] }));
  t.after(() => endRig(rig));
  await rig.logged(/supervisord started with pid \d+/);
  await rig.until(async () => (await body(address)) === 'one', 'the site answers');
  return { address, rig };
}

async function body(address: string): Promise<string> {
  try {
    return (await (await fetch(`http://${address}:8000/`)).text()).trim();
  } catch {
    return '';
  }
}

test('the playbook goes from host to host, and ends at the first that fails: it and those after it keep the old version', async (t) => {
  if (
    !needs(t, gunicornNeeds, { command: 'ansible-playbook', apt: 'ansible-core' }, { command: 'ip', apt: 'iproute2' })
  )
    return;
  const hosts: Host[] = [];
  for (const index of [0, 1, 2]) {
    const made = await host(t, index);
    if (made === null) return;
    hosts.push(made);
  }
  const [first] = hosts;
  const inventory = {
    all: {
      hosts: Object.fromEntries(
        hosts.map(({ address }, i) => [
          `web${i}`,
          {
            ansible_connection: 'local',
            hupd_reload_options: ['-s', `http://${address}:9001`, '-u', 'ops', '-p', 'secret'],
            hupd_reload_health_url: `http://${address}:8000/`,
          },
        ]),
      ),
      vars: { hupd_reload_hupctl: resolve('bin/hupctl'), hupd_reload_programs: ['web'] },
    },
  };
  const dir = first?.rig.dir ?? '';
  writeFileSync(join(dir, 'hosts.json'), JSON.stringify(inventory));
  const play = () =>
    run('ansible-playbook', ['-i', join(dir, 'hosts.json'), 'contrib/ansible/reload.yml'], {
      env: { ...process.env, HOME: dir, ANSIBLE_NOCOLOR: '1', ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3' },
    });
  const served = () => Promise.all(hosts.map(({ address }) => body(address)));

  for (const { rig } of hosts) ship(rig, appText('two', 0));
  const good = await play();
  assert.equal(good.status, 0, good.stdout + good.stderr);
  assert.deepEqual(
    [...good.stdout.matchAll(/^changed: \[(web\d)\]/gm)].map(([, name]) => name),
    ['web0', 'web1', 'web2'],
  );
  assert.deepEqual(await served(), ['two', 'two', 'two']);

  for (const [i, { rig }] of hosts.entries())
    ship(rig, i === 1 ? 'raise RuntimeError("broken")\n' : appText('three', 0));
  const bad = await play();
  assert.notEqual(bad.status, 0);
  assert.match(bad.stdout, /fatal: \[web1\]: FAILED!.*goes on serving/s);
  assert.doesNotMatch(bad.stdout, /changed: \[web2\]/);
  assert.deepEqual(await served(), ['three', 'two', 'two']);
});
