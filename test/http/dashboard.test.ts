import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpBounds } from '../../src/http/bounds.ts';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { ask, basic, get, post, RawClient } from '../support/raw-http.ts';
import { serveFake } from '../support/serve-fake.ts';
import { until } from '../support/until.ts';

const daemon = () =>
  new FakeSupervision([
    { group: 'web', name: 'web', state: 'RUNNING', pid: 11, stdoutLog: '/tmp/web.log' },
    { group: 'app', name: 'one', state: 'STOPPED' },
  ]);

const has = (text: string) => (received: Buffer) => received.includes(text);

test('the stream tells all processes at first, then what changed', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  const client = new RawClient(port).send(get('/events'));
  const first = (await client.until(has('"app:one"'))).toString();
  assert.match(first, /content-type: text\/event-stream/i);
  assert.match(first, /event: processes\ndata: \{"complete":true/);
  await client.until(has('event: usage'));
  fake.set('app', 'one', { state: 'FATAL' });
  const later = (await client.until(has('FATAL'))).toString();
  assert.match(later.slice(first.length), /"complete":false.*"id":"app:one"/);
  client.close();
});

test('nothing is asked of the daemon when nobody looks', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  let asked = 0;
  const usage = fake.usage.bind(fake);
  fake.usage = () => {
    asked += 1;
    return usage();
  };
  assert.equal((await ask(port, get('/'))).status, 200);
  assert.equal(asked, 0);
  const client = new RawClient(port).send(get('/events'));
  await client.until(has('event: usage'));
  assert.equal(asked, 1);
  client.close();
});

test('a client that does not read is told how things stand once it reads again, and nothing of what was between', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  const client = new RawClient(port).send(get('/events'));
  await client.until(has('event: usage'));
  client.socket.pause();
  const megabytes = 4;
  const news = 12;
  let told = 0;
  const changes = fake.changes.bind(fake);
  fake.changes = (since) => {
    const view = changes(since);
    if (since !== 0 && view.processes.length > 0) told += 1;
    return view;
  };
  for (let i = 1; i <= news; i++) {
    fake.set('app', 'one', { state: 'FATAL', spawnError: `number ${i} ${'x'.repeat(megabytes << 20)}` });
    await until(`news ${i}`, () => told >= i);
  }
  client.socket.resume();
  const received = await client.until((bytes) => bytes.includes(`number ${news} `));
  assert.ok(!received.includes(`number ${news - 1} `), 'what was between was kept for it');
  assert.match(received.subarray(received.lastIndexOf('event: processes')).toString().slice(0, 60), /"complete":true/);
  client.close();
});

test('there is a bound on streams, and one that ends makes room', async (t) => {
  const { port } = await serveFake(t, daemon());
  const clients = Array.from({ length: httpBounds.maxWatchers }, () => new RawClient(port).send(get('/events')));
  await Promise.all(clients.map((client) => client.until(has('retry:'))));
  assert.equal((await ask(port, get('/events'))).status, 503);
  for (const client of clients) client.close();
  await until('a stream is let in again', async () => {
    const client = new RawClient(port).send(get('/events'));
    const answer = await client.until((bytes) => bytes.includes('\r\n'));
    client.close();
    return answer.toString().startsWith('HTTP/1.1 200') ? true : null;
  });
});

test('an action is done and told in JSON', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  const act = async (form: string) => {
    const { status, body } = await ask(port, post('/actions', form));
    return status === 200 ? JSON.parse(body) : status;
  };
  assert.deepEqual(await act('action=reload&processname=web'), { ok: true, message: 'reload of web begun' });
  assert.ok(fake.asked.includes('reload web web:web'));
  assert.deepEqual(await act('action=start&processname=web'), { ok: false, message: 'web: ALREADY_STARTED: web' });
  assert.deepEqual(await act('action=clearlog&processname=no'), { ok: false, message: 'no: BAD_NAME: no' });
  assert.equal(await act('action=stop'), 400);
  assert.equal(await act('action=burn&processname=web'), 400);
});

test('actions are refused to other sites, to readers and to GET; the stream to other sites', async (t) => {
  const credentials = { username: 'u', password: 'p' };
  const readOnlyCredentials = { username: 'look', password: 'l' };
  const { port } = await serveFake(t, daemon(), { credentials, readOnlyCredentials });
  const form = 'action=clearlog&processname=web';
  const site = { 'Sec-Fetch-Site': 'cross-site' };
  assert.equal((await ask(port, post('/actions', form))).status, 401);
  assert.equal((await ask(port, post('/actions', form, basic('look', 'l')))).status, 403);
  assert.equal((await ask(port, post('/actions', form, { ...basic('u', 'p'), ...site }))).status, 403);
  assert.equal((await ask(port, post('/actions', form, { ...basic('u', 'p'), Origin: 'http://x' }))).status, 403);
  assert.equal((await ask(port, get(`/actions?${form}`, basic('u', 'p')))).status, 400);
  assert.equal((await ask(port, get('/events', { ...basic('u', 'p'), ...site }))).status, 403);
  assert.equal((await ask(port, get('/events'))).status, 401);
  const looked = (await ask(port, get('/', basic('look', 'l')))).body;
  assert.match(looked, /data-may-act="no"/);
  assert.deepEqual(
    [...new Set(looked.match(/action=\w+/g))],
    ['action=refresh'],
    'what would be refused is not offered',
  );
  assert.match(looked, /Tail -f Stdout/);
});

test('the history of a process is told in words', async (t) => {
  const fake = daemon();
  fake.histories.set('web:web', [{ at: 5, what: 'asked', wish: 'stop', signal: 0 }]);
  const { port } = await serveFake(t, fake);
  const { body } = await ask(port, get('/history?processname=web'));
  assert.deepEqual(JSON.parse(body), [{ at: 5, text: 'a client asked to stop it' }]);
  assert.equal((await ask(port, get('/history?processname=no'))).status, 404);
});

test('the page allows our own script and style and nothing else, and has them', async (t) => {
  const { port } = await serveFake(t, daemon());
  const { headers, body } = await ask(port, get('/'));
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.match(body, /<script src="static\/dashboard.js"/);
  assert.doesNotMatch(body, / on\w+=| style=|<script>/);
  assert.match((await ask(port, get('/static/dashboard.js'))).headers.get('content-type') ?? '', /^text\/javascript/);
  assert.match((await ask(port, get('/static/dashboard.css'))).headers.get('content-type') ?? '', /^text\/css/);
  assert.equal((await ask(port, get('/static/../hupd.js'))).status, 404);
});
