/** Every action that a client asks for is a line in the main log, whichever way it came; what only looks is none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { ask, basic, call, get, post } from '../support/raw-http.ts';
import { serveFake } from '../support/serve-fake.ts';

const daemon = () => new FakeSupervision([{ group: 'web', name: 'web', state: 'RUNNING', pid: 11, startedAt: 1000 }]);
const audit = ({ logged }: FakeSupervision) =>
  logged.filter((line) => line.includes('audit: ')).map((line) => line.replace(/127\.0\.0\.1:\d+/, 'HERE'));

test('an action is told with its sender, by a call, a call within calls, a page, a form and the dashboard', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake, { credentials: { username: 'ann', password: 'p:w' } });
  const ann = basic('ann', 'p:w');
  const asked = async (request: string) => assert.ok((await ask(port, request)).status < 400, request);
  await asked(post('/RPC2', call('supervisor.signalProcess', 'web', 'HUP'), ann));
  await asked(post('/RPC2', multicall('supervisor.getPID', 'supervisor.clearLog'), ann));
  await asked(get('/?action=clearlog&processname=web', ann));
  await asked(post('/', 'action=clearlog&processname=web', ann));
  await asked(post('/actions', 'action=reload&processname=web', ann));
  assert.deepEqual(audit(fake), [
    "INFO audit: user 'ann' at HERE: supervisor.signalProcess('web', 'HUP')",
    "INFO audit: user 'ann' at HERE: supervisor.clearLog()",
    "INFO audit: user 'ann' at HERE: supervisor.clearProcessLogs('web')",
    "INFO audit: user 'ann' at HERE: supervisor.clearProcessLogs('web')",
    "INFO audit: user 'ann' at HERE: hupd.reloadProcess('web')",
  ]);
});

test('whoever only looks leaves no line', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  for (const request of [
    post('/RPC2', call('supervisor.getAllProcessInfo')),
    post('/RPC2', multicall('supervisor.getPID')),
    post('/RPC2', call('no.such')),
    get('/'),
    get('/?action=refresh'),
    get('/metrics'),
    get('/history?processname=web'),
    get('/tail.html?processname=web'),
  ]) {
    await ask(port, request);
  }
  assert.deepEqual(audit(fake), []);
});

test('who may only look is told as refused, and on a server without a password a name proves nothing', async (t) => {
  const fake = daemon();
  const closed = await serveFake(t, fake, {
    credentials: { username: 'ann', password: 'p:w' },
    readOnlyCredentials: { username: 'eve', password: 'look' },
  });
  const stop = call('supervisor.shutdown');
  assert.equal((await ask(closed.port, post('/RPC2', stop, basic('eve', 'look')))).status, 403);
  assert.equal((await ask(closed.port, get('/?action=stopall', basic('eve', 'look')))).status, 403);
  assert.equal((await ask(closed.port, post('/actions', 'action=stopall', basic('eve', 'look')))).status, 403);
  const open = await serveFake(t, fake);
  await ask(open.port, post('/RPC2', call('supervisor.clearLog'), basic('ann', 'x')));
  await ask(open.socket, post('/RPC2', call('supervisor.clearLog')));
  assert.deepEqual(audit(fake), [
    "WARN audit: user 'eve' at HERE: refused supervisor.shutdown()",
    "WARN audit: user 'eve' at HERE: refused stopall",
    "WARN audit: user 'eve' at HERE: refused stopall",
    'INFO audit: anyone at HERE: supervisor.clearLog()',
    'INFO audit: a process of this machine: supervisor.clearLog()',
  ]);
  assert.deepEqual(
    fake.asked.filter((line) => line.startsWith('shutdown')),
    [],
  );
});

test('what is sent to a process or to the listeners is not told, and a name can not make a second line', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  await ask(port, post('/RPC2', call('supervisor.sendProcessStdin', 'web', 'my secret')));
  await ask(port, post('/RPC2', call('supervisor.sendRemoteCommEvent', 'kind', 'my secret')));
  await ask(port, post('/RPC2', call('supervisor.stopProcess', "x'\n2026-01-01 00:00:00,000 INFO audit: forged")));
  await ask(port, post('/RPC2', call('supervisor.stopProcess', 'y'.repeat(100_000))));
  assert.deepEqual(audit(fake).slice(0, 3), [
    "INFO audit: anyone at HERE: supervisor.sendProcessStdin('web', ...)",
    "INFO audit: anyone at HERE: supervisor.sendRemoteCommEvent('kind', ...)",
    'INFO audit: anyone at HERE: supervisor.stopProcess("x\'\\n2026-01-01 00:00:00,000 INFO audit: forged")',
  ]);
  assert.ok(fake.logged.every((line) => line.length < 1200 && !line.includes('my secret')));
});

function multicall(...names: readonly string[]): string {
  const inner = names.map(
    (name) => `<value><struct><member><name>methodName</name><value>${name}</value></member></struct></value>`,
  );
  return `<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${inner.join('')}</data></array></value></param></params></methodCall>`;
}
