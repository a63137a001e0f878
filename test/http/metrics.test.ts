import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { needs } from '../support/needs.ts';
import { ask, basic, get, post } from '../support/raw-http.ts';
import { serveFake } from '../support/serve-fake.ts';
import { tempDir } from '../support/temp-dir.ts';

const promtool = { command: 'promtool', apt: 'prometheus' };

function daemon(log: string): FakeSupervision {
  const fake = new FakeSupervision([
    { group: 'web', name: 'web', state: 'RUNNING', pid: 11, startedAt: Date.UTC(2026, 10, 22, 11), stdoutLog: log },
    { group: 'app', name: 'a"b\\', state: 'FATAL', restarts: 3 },
  ]);
  const generations = [{ pid: 11, processes: 5 }];
  fake.usageRows = [{ group: 'web', name: 'web', pid: 11, cpuSecs: 2.5, rssBytes: 2 ** 33, processes: 5, generations }];
  const exits = new Map([
    ['exit status 1', 2],
    ['terminated by SIGKILL', 1],
  ]);
  fake.tallies.set('web:web', {
    exits,
    reloadsDone: 4,
    reloadsFailed: 1,
    lastReloadSecs: 1.5,
    reloadDrops: 2,
    lastBootSecs: 3.25,
  });
  fake.held.set('web:web', [
    { address: '127.0.0.1:8000', waiting: 3, limit: 128, dropped: 7 },
    { address: 'unix:/run/web.sock', waiting: 1, limit: null, dropped: 0 },
  ]);
  fake.eventPools.set('app', { waiting: 4, bufferSize: 10, dropped: 5 });

  return fake;
}

async function scrape(t: import('node:test').TestContext): Promise<string> {
  const log = join(tempDir(t), 'web.log');
  writeFileSync(log, 'twelve bytes');
  const { port } = await serveFake(t, daemon(log));
  const { status, headers, body } = await ask(port, get('/metrics'));
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  return body;
}

test('the metrics tell each process with its state, its past and what it uses', async (t) => {
  const lines = new Set((await scrape(t)).split('\n'));
  for (const line of [
    'hupd_process_state{group="web",name="web",state="RUNNING"} 1',
    'hupd_process_state{group="web",name="web",state="FATAL"} 0',
    'hupd_process_state{group="app",name="a\\"b\\\\",state="FATAL"} 1',
    'hupd_process_uptime_seconds{group="web",name="web"} 3600.567',
    'hupd_process_restarts_total{group="app",name="a\\"b\\\\"} 3',
    'hupd_process_exits_total{group="web",name="web",code="1"} 2',
    'hupd_process_exits_total{group="web",name="web",code="SIGKILL"} 1',
    'hupd_process_reloads_total{group="web",name="web",outcome="done"} 4',
    'hupd_process_reloads_total{group="web",name="web",outcome="failed"} 1',
    'hupd_process_last_reload_duration_seconds{group="web",name="web"} 1.5',
    'hupd_process_cpu_seconds_total{group="web",name="web"} 2.5',
    'hupd_process_resident_memory_bytes{group="web",name="web"} 8589934592',
    'hupd_process_log_bytes{group="web",name="web",channel="stdout"} 12',
    'hupd_process_reload_dropped_connections_total{group="web",name="web"} 2',
    'hupd_process_boot_duration_seconds{group="web",name="web"} 3.25',
    'hupd_socket_waiting_connections{group="web",name="web",address="127.0.0.1:8000"} 3',
    'hupd_socket_waiting_connections{group="web",name="web",address="unix:/run/web.sock"} 1',
    'hupd_socket_waiting_connections_limit{group="web",name="web",address="127.0.0.1:8000"} 128',
    'hupd_socket_dropped_connections_total{group="web",name="web",address="127.0.0.1:8000"} 7',
    'hupd_listener_buffered_events{group="app"} 4',
    'hupd_listener_buffer_size_events{group="app"} 10',
    'hupd_listener_dropped_events_total{group="app"} 5',
  ])
    assert.ok(lines.has(line), `${line}\nis not in\n${[...lines].join('\n')}`);
});

test('promtool has nothing to say against the metrics', async (t) => {
  if (!needs(t, promtool)) return;
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: await scrape(t) });
  assert.equal(`${stdout}${stderr}`, '');
  assert.equal(status, 0);
});

test('the metrics want the password, and are only read', async (t) => {
  const readOnlyCredentials = { username: 'look', password: 'l' };
  const { port } = await serveFake(t, daemon(''), {
    credentials: { username: 'u', password: 'p' },
    readOnlyCredentials,
  });
  assert.equal((await ask(port, get('/metrics'))).status, 401);
  assert.equal((await ask(port, get('/metrics', basic('look', 'l')))).status, 200);
  assert.equal((await ask(port, post('/metrics', '', basic('u', 'p')))).status, 400);
});

test('the alert rules are valid, and they and the Grafana dashboard name only metrics that there are', async (t) => {
  const alerts = readFileSync('docs/alerts.yml', 'utf8');
  const dashboard = readFileSync('docs/grafana.json', 'utf8');
  const told = await scrape(t);
  const panels = (JSON.parse(dashboard) as { panels: Array<{ targets: Array<{ expr: string }> }> }).panels;
  const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const named = [alerts, ...exprs].flatMap((text) => text.match(/hupd_\w+/g) ?? []);
  assert.ok(named.length > 10);
  for (const name of named) assert.match(told, new RegExp(`^# TYPE ${name} `, 'm'));
  assert.equal(alerts.match(/- alert:/g)?.length, 5);
  if (!needs(t, promtool)) return;
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', 'docs/alerts.yml'], { encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});
