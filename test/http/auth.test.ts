import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { accessOf } from '../../src/http/auth.ts';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { ask, basic, call, get, post, RawClient } from '../support/raw-http.ts';
import { serveFake } from '../support/serve-fake.ts';

const sha = (text: string) => `{SHA}${createHash('sha1').update(text).digest('hex')}`;
const open = { credentials: null, readOnlyCredentials: null };
const locked = { credentials: { username: 'ann', password: 'p:w' }, readOnlyCredentials: null };

test('a server without credentials takes any header, and none', () => {
  assert.equal(accessOf(open, undefined), 'full');
  assert.equal(accessOf(open, 'Basic Og=='), 'full');
  assert.equal(accessOf(open, 'nonsense'), 'full');
});

test('a clear password may have colons, and must be the whole password', () => {
  const access = (username: string, password: string) => accessOf(locked, basic(username, password).Authorization);
  assert.equal(access('ann', 'p:w'), 'full');
  assert.equal(access('ann', 'p'), 'none');
  assert.equal(access('ann', 'p:w '), 'none');
  assert.equal(access('Ann', 'p:w'), 'none');
  assert.equal(access('', ''), 'none');
});

test('a {SHA} password is compared by its digest, and its digest is no password', () => {
  const server = { ...locked, credentials: { username: 'ann', password: sha('sécret') } };
  assert.equal(accessOf(server, basic('ann', 'sécret').Authorization), 'full');
  assert.equal(accessOf(server, basic('ann', sha('sécret')).Authorization), 'none');
  assert.equal(accessOf(server, basic('ann', 'secret').Authorization), 'none');
});

test('other schemes and broken headers are no access', () => {
  assert.equal(accessOf(locked, undefined), 'none');
  assert.equal(accessOf(locked, 'Bearer x'), 'none');
  assert.equal(accessOf(locked, 'Basic'), 'none');
  assert.equal(accessOf(locked, 'Basic !!'), 'malformed');
  assert.equal(accessOf(locked, `Basic ${Buffer.from('no colon').toString('base64')}`), 'none');
  assert.equal(accessOf(locked, `basic ${Buffer.from('ann:p:w').toString('base64')}`), 'full');
});

const daemon = () => new FakeSupervision([{ group: 'web', name: 'web' }]);

test('every path wants the password, and a refused connection is closed after the whole request was read', async (t) => {
  const { port } = await serveFake(t, daemon(), locked);
  for (const path of [
    '/',
    '/RPC2',
    '/logtail/web',
    '/mainlogtail',
    '/stylesheets/supervisor.css',
    '/ok.html',
    '/nope',
  ]) {
    assert.equal((await ask(port, get(path))).status, 401, path);
  }
  const client = new RawClient(port).send('POST /RPC2 HTTP/1.1\r\nContent-Length: 100000\r\n\r\n');
  const answer = await client.answer();
  assert.equal(answer.headers.get('www-authenticate'), 'Basic realm="default"');
  assert.equal(answer.headers.get('connection'), 'close');
  client.send('x'.repeat(100_000));
  await client.closed();
  assert.equal((await ask(port, post('/RPC2', call('supervisor.getPID'), basic('ann', 'p:w')))).status, 200);
  assert.equal((await ask(port, get('/', { Authorization: 'Basic !!' }))).status, 400);
});

test('read-only credentials may look at everything and change nothing', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake, { ...locked, readOnlyCredentials: { username: 'eve', password: 'look' } });
  const eve = basic('eve', 'look');
  const status = async (request: string) => (await ask(port, request)).status;
  assert.equal(await status(post('/RPC2', call('supervisor.getAllProcessInfo'), eve)), 200);
  assert.equal(await status(post('/RPC2', call('supervisor.nope'), eve)), 200);
  assert.equal(await status(get('/', eve)), 200);
  assert.equal(await status(get('/tail.html?processname=web', eve)), 200);
  assert.equal(await status(get('/?action=refresh', eve)), 301);
  assert.equal(await status(post('/RPC2', call('supervisor.stopProcess', 'web'), eve)), 403);
  assert.equal(await status(post('/RPC2', call('supervisor.reloadConfig'), eve)), 403);
  assert.equal(await status(get('/?action=stopall', eve)), 403);
  assert.equal(await status(post('/index.html', 'action=stopall', eve)), 403);
  const inner =
    '<value><struct><member><name>methodName</name><value>supervisor.shutdown</value></member></struct></value>';
  const multicall = `<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${inner}</data></array></value></param></params></methodCall>`;
  assert.equal(await status(post('/RPC2', multicall, eve)), 403);
  assert.deepEqual(fake.asked, []);
});
