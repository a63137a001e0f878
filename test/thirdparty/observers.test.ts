/**
 * Those who watch: node_exporter's supervisord collector and testinfra's supervisor module. Both break on anything that they do not know, so they
 * look at processes in every state that stays, and at one that is just being reloaded: one row, one pid, no word that is new.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { childrenOf, type Rig, rigFor, run } from '../support/rig.ts';

const programs = `[inet_http_server]
port=127.0.0.1:PORT
username=watcher
password=se:cret
[program:up]
command=/bin/sleep 1000
startsecs=0
[program:off]
command=/bin/sleep 1000
autostart=false
[program:done]
command=/bin/sh -c 'exit 3'
startsecs=0
autorestart=false
[program:broken]
command=/bin/false
startretries=0
[program:late]
command=/bin/sh -c 'echo here; exec sleep 1000'
startsecs=1
reload_strategy=rolling
reload_overlap=1000
stdout_logfile=DIR/late.log
[group:grp]
programs=late
`;

/** Everything has come to rest, and `grp:late` has two generations; so it stays until the daemon ends. */
async function amidReload(t: TestContext): Promise<{ rig: Rig; port: number }> {
  const port = await freePort();
  const rig = await rigFor(t, { programs: programs.replace('PORT', `${port}`) });
  await rig.logged(/success: late/);
  await rig.logged(/gave up: broken/);
  await rig.logged(/exited: done/);
  void rig.ctl('reload', 'grp:late'); // it ends with the daemon
  await rig.logged(/grp:late: successor \d+ took over/);
  assert.equal(childrenOf(rig.pid).length, 3, 'the old and the new generation are both there');
  return { rig, port };
}

test("node_exporter's collector sees each process once, with its state, also during a reload", async (t) => {
  if (!needs(t, { command: '/usr/bin/prometheus-node-exporter', apt: 'prometheus-node-exporter' })) return;
  const { rig, port } = await amidReload(t);
  for (const url of [`unix://${rig.socket}`, `http://watcher:se%3Acret@127.0.0.1:${port}/RPC2`]) {
    const metrics = await scrape(t, url);
    const values = (name: string) =>
      [...metrics.matchAll(new RegExp(`^node_supervisord_${name}\\{group="(\\w+)",name="(\\w+)"\\} (\\S+)$`, 'gm'))]
        .map(([, group, process, value]) => `${group}:${process} ${value}`)
        .sort();
    assert.deepEqual(values('up'), ['broken:broken 0', 'done:done 0', 'grp:late 1', 'off:off 0', 'up:up 1'], metrics);
    assert.deepEqual(values('state'), ['broken:broken 200', 'done:done 100', 'grp:late 20', 'off:off 0', 'up:up 20']);
    assert.deepEqual(values('exit_status'), ['broken:broken 0', 'done:done 3', 'grp:late 0', 'off:off 0', 'up:up 0']);
    assert.equal(values('start_time_seconds').length, 2);
    assert.match(metrics, /^node_scrape_collector_success\{collector="supervisord"\} 1$/m);
  }
});

test("testinfra's module reads the status of each process, through either client, also during a reload", async (t) => {
  const infra = { command: '/usr/lib/python3/dist-packages/testinfra', apt: 'python3-testinfra' };
  if (!needs(t, infra, { command: '/usr/bin/supervisorctl', apt: 'supervisor' })) return;
  const { rig } = await amidReload(t);
  const script = `
import sys, testinfra
ctl, conf = sys.argv[1:]
host = testinfra.get_host('local://')
for name in ('up', 'off', 'done', 'broken', 'grp:late'):
    service = host.supervisor(name, ctl, conf)
    print(name, service.status, service.is_running, service.pid)
try: host.supervisor('nope', ctl, conf).status
except RuntimeError as e: print(e)
`;
  const late = (await rig.ctl('pid', 'grp:late')).stdout.trim();
  const up = (await rig.ctl('pid', 'up')).stdout.trim();
  for (const client of ['/usr/bin/supervisorctl', resolve('bin/hupctl')]) {
    const { stdout, stderr } = await run('/usr/bin/python3', ['-c', script, client, rig.configFile]);
    assert.equal(
      stdout,
      `up RUNNING True ${up}
off STOPPED False None
done EXITED False None
broken FATAL False None
grp:late RUNNING True ${late}
Cannot get supervisor status. Is supervisor running ?
`,
      stderr,
    );
  }
});

/** What the exporter tells at its page, looking at this server. */
async function scrape(t: TestContext, url: string): Promise<string> {
  const exporter = spawn(
    '/usr/bin/prometheus-node-exporter',
    [
      '--collector.disable-defaults',
      '--collector.supervisord',
      `--collector.supervisord.url=${url}`,
      '--web.listen-address=127.0.0.1:0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(exporter, 'exit');
  t.after(() => exporter.kill('SIGKILL'));
  let address = '';
  for await (const line of createInterface(exporter.stderr)) {
    address = /msg="Listening on" address=(\S+)/.exec(line)?.[1] ?? '';
    if (address !== '') break;
  }
  exporter.stderr.resume();
  const metrics = await (await fetch(`http://${address}/metrics`)).text();
  exporter.kill('SIGTERM');
  await ended;
  return metrics;
}
