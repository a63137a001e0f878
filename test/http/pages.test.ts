import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { ask, get, post } from '../support/raw-http.ts';
import { serveFake } from '../support/serve-fake.ts';
import { until } from '../support/until.ts';

const daemon = () =>
  new FakeSupervision([
    { group: 'web', name: 'web', state: 'RUNNING', pid: 11, startedAt: Date.UTC(2026, 10, 22, 11) },
    { group: 'app', name: 'a&b', state: 'FATAL', spawnError: '<b>no</b>' },
    { group: 'app', name: 'late', state: 'STOPPING', pid: 12 },
  ]);

const links = (body: string) => [...body.matchAll(/href="(?:index\.html|logtail)[^"]*"/g)].map(([link]) => link);

test('the status page has a row for each process, sorted, with the actions that its state allows', async (t) => {
  const { port } = await serveFake(t, daemon());
  const { status, headers, body } = await ask(port, get('/'));
  assert.equal(status, 200);
  assert.equal(headers.get('content-type'), 'text/html;charset=utf-8');
  assert.equal(headers.get('cache-control'), 'no-cache');
  assert.equal(headers.get('x-frame-options'), 'DENY');
  assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/);
  const states = [...body.matchAll(/<span class="(status\w+)">(\w+)/g)].map(([, kind, state]) => `${kind} ${state}`);
  assert.deepEqual(states, ['statuserror fatal', 'statusnominal stopping', 'statusrunning running']);
  assert.match(body, /app:a&#38;b/);
  assert.match(body, /&#60;b&#62;no/);
  assert.match(body, /pid 11, uptime 1:00:00/);
  assert.deepEqual(links(body), [
    'href="index.html?action=refresh"',
    'href="index.html?action=restartall"',
    'href="index.html?action=stopall"',
    'href="index.html?processname=app%3Aa%26b&amp;action=start"',
    'href="index.html?processname=app%3Aa%26b&amp;action=clearlog"',
    'href="logtail/app%3Aa%26b"',
    'href="logtail/app%3Aa%26b/stderr"',
    'href="index.html?processname=app%3Alate&amp;action=clearlog"',
    'href="logtail/app%3Alate"',
    'href="logtail/app%3Alate/stderr"',
    'href="index.html?processname=web&amp;action=restart"',
    'href="index.html?processname=web&amp;action=stop"',
    'href="index.html?processname=web&amp;action=clearlog"',
    'href="logtail/web"',
    'href="logtail/web/stderr"',
  ]);
});

test('without programs the page says so', async (t) => {
  const { port } = await serveFake(t, new FakeSupervision([]));
  assert.match((await ask(port, get('/index.html'))).body, /No programs to manage/);
});

test('an action is done, then the browser is sent to a page that says how it went', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  const act = async (query: string, method: 'get' | 'post' = 'get') => {
    const answer = await ask(
      port,
      method === 'get' ? get(`/?${query}`, { Host: 'box:9001' }) : post('/index.html', query),
    );
    assert.equal(answer.status, 301, query);
    const location = answer.headers.get('location') ?? '';
    return decodeURIComponent(location.replace('http://box:9001/?message=', '').replace('/?message=', ''));
  };
  assert.match(await act('action=refresh'), /^Page refreshed at \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d 2026$/);
  assert.equal(await act('processname=web&action=start'), 'ERROR: Process web: already started');
  assert.equal(await act('processname=app:late&action=stop'), 'unexpected rpc fault [70] NOT_RUNNING: app:late');
  assert.equal(await act('processname=nope&action=start'), 'No such process named nope');
  assert.equal(await act('processname=app:*&action=start'), 'No such process named app:*');
  assert.equal(await act('processname=web&action=clearlog', 'post'), 'Log for web cleared');
  fake.refusals.set('start app:a&b', { ok: false, fault: 'NO_FILE', text: 'x' });
  assert.equal(await act('processname=app%3Aa%26b&action=start'), 'ERROR: Process app:a&b: no such file');
  const stopping = act('processname=web&action=stop');
  (await until('the stop', () => fake.waiting.get('web:web') ?? null))({ ok: true });
  assert.equal(await stopping, 'Process web stopped');
  assert.match((await ask(port, get('/?message=All%20%3Cb%3E'))).body, /status_msg[^>]*>All &#60;b&#62;</);
  assert.equal((await ask(port, get('/?action=nope'))).status, 400);
  assert.equal((await ask(port, get('/?action=stop'))).status, 400);
});

test('restart all stops everything before it starts everything', async (t) => {
  const fake = new FakeSupervision([{ group: 'web', name: 'web', state: 'RUNNING', pid: 1 }]);
  const { port } = await serveFake(t, fake);
  const restarting = ask(port, get('/?action=restartall'));
  (await until('the stop', () => fake.waiting.get('web:web') ?? null))({ ok: true });
  await until('the start', () => fake.asked.includes('start web:web'));
  fake.waiting.get('web:web')?.({ ok: true });
  assert.match((await restarting).headers.get('location') ?? '', /message=All%20restarted%20at%20/);
});

test('the end of a log can be seen, escaped', async (t) => {
  const fake = daemon();
  const served = await serveFake(t, fake);
  const log = join(served.directory, 'web.log');
  writeFileSync(log, `${'x'.repeat(2000)}<end>\n`);
  fake.set('web', 'web', { stdoutLog: log });
  const tail = async (query: string) => (await ask(served.port, get(`/tail.html${query}`))).body;
  const body = await tail('?processname=web');
  assert.match(body, /<title>Supervisor tail of process web<\/title>/);
  assert.match(body, /<pre>x{1018}&#60;end&#62;\n<\/pre>/);
  assert.match(body, /tail\.html\?processname=web&amp;limit=1024/);
  assert.match(await tail('?processname=web&limit=1500'), /<pre>x{1494}&/);
  assert.match(await tail(''), /No process name found/);
  assert.match(await tail('?processname=app:late'), /No file for app:late/);
  assert.match(await tail('?processname=nope'), /ERROR: unexpected rpc fault \[10\] BAD_NAME: nope/);
});

test('an action or a call that a page of another site asks for is refused', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  const status = async (request: string) => (await ask(port, request)).status;
  const cross = { 'Sec-Fetch-Site': 'cross-site' };
  const origin = { Origin: 'http://evil.example' };
  assert.equal(await status(get('/?action=stopall', cross)), 403);
  assert.equal(await status(post('/', 'action=stopall', origin)), 403);
  assert.equal(await status(post('/', 'action=stopall', { Origin: 'null' })), 403);
  assert.equal(await status(post('/RPC2', 'x', origin)), 403);
  assert.equal(await status(get('/logtail/web', cross)), 403);
  assert.equal(await status(get('/', cross)), 200, 'a link from elsewhere to the page is fine');
  assert.equal(await status(post('/', 'action=refresh', { Origin: 'http://h:1', Host: 'h:1' })), 301);
  assert.equal(await status(get('/?action=refresh', { 'Sec-Fetch-Site': 'same-origin' })), 301);
  assert.deepEqual(fake.asked, []);
});

test('a Host that is none is not repeated', async (t) => {
  const { port } = await serveFake(t, daemon());
  const location = async (host: string) =>
    (await ask(port, get('/?action=refresh', { Host: host }))).headers.get('location');
  assert.match((await location('h:80')) ?? '', /^http:\/\/h\/\?message=/);
  assert.match((await location('[::1]:9001')) ?? '', /^http:\/\/\[::1\]:9001\/\?/);
  assert.match((await location('a/b')) ?? '', /^\/\?message=/);
});

test('the style sheet is the only file there is', async (t) => {
  const { port } = await serveFake(t, daemon());
  const css = await ask(port, get('/stylesheets/supervisor.css'));
  assert.equal(css.headers.get('content-type'), 'text/css');
  const since = { 'If-Modified-Since': css.headers.get('last-modified') ?? '' };
  assert.equal((await ask(port, get('/stylesheets/supervisor.css', since))).status, 304);
  for (const path of [
    '/stylesheets',
    '/stylesheets/../../package.json',
    '/..%2f..%2fetc/passwd',
    '//etc/passwd',
    '/%00',
  ]) {
    assert.equal((await ask(port, get(path))).status, 404, path);
  }
  assert.equal((await ask(port, 'DELETE / HTTP/1.1\r\n\r\n')).status, 400);
});
