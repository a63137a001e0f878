import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { ask, call, post, RawClient } from '../support/raw-http.ts';
import { serveFake } from '../support/serve-fake.ts';
import { until } from '../support/until.ts';

const daemon = () => new FakeSupervision([{ group: 'web', name: 'web' }]);
const getPid = post('/RPC2', call('supervisor.getPID'));

test('a thousand idle connections keep nobody out: the longest idle ones make room', async (t) => {
  const { socket } = await serveFake(t, daemon());
  const kept = new RawClient(socket).send(post('/RPC2', call('supervisor.startProcess', 'web')));
  const idle = Array.from({ length: 1000 }, () => new RawClient(socket));
  for (let i = 0; i < 20; i++) {
    const begin = performance.now();
    assert.match((await ask(socket, getPid)).body, /4242/);
    assert.ok(performance.now() - begin < 1000);
  }
  await Promise.all(idle.slice(0, 400).map((client) => client.closed()));
  assert.ok(kept.socket.writable && !kept.socket.destroyed, 'one with a call under way is none of them');
  for (const client of [kept, ...idle]) client.close();
});

test('when all connections are busy the next one is closed', async (t) => {
  const names = ['a', 'b', 'c'];
  const fake = new FakeSupervision(names.map((name) => ({ group: name, name })));
  const { socket } = await serveFake(t, fake, { bounds: { maxConnections: 3 } });
  const busy = names.map((name) => new RawClient(socket).send(post('/RPC2', call('supervisor.startProcess', name))));
  await until('the calls to arrive', () => fake.waiting.size === 3);
  const spare = new RawClient(socket);
  await spare.closed();
  for (const client of busy) client.close();
});

test('a request that trickles in is given up, in its first line, its headers and its body', async (t) => {
  const bounds = { headersMs: 300, requestMs: 400, checkingMs: 50 };
  const { port } = await serveFake(t, daemon(), { bounds });
  const body = 'POST /RPC2 HTTP/1.1\r\nContent-Length: 100000\r\n\r\n';
  for (const beginning of ['GET /slo', 'GET / HTTP/1.1\r\nHost: ', body]) {
    const client = new RawClient(port).send(beginning);
    const trickle = setInterval(() => client.send('x'), 20);
    assert.equal((await client.answer()).status, 408, beginning);
    await client.closed();
    clearInterval(trickle);
  }
});

test('an idle connection ends after its time, but not one whose call is under way', async (t) => {
  const fake = daemon();
  const { socket } = await serveFake(t, fake, { bounds: { idleMs: 150 } });
  const busy = new RawClient(socket).send(post('/RPC2', call('supervisor.startProcess', 'web')));
  const idle = new RawClient(socket).send(getPid);
  await idle.answer();
  const silent = new RawClient(socket);
  await Promise.all([idle.closed(), silent.closed()]);
  fake.waiting.get('web:web')?.({ ok: true });
  assert.match((await busy.answer()).body, /<boolean>1/);
  busy.close();
});

/** Pieces of requests, whole and broken, in any order. */
const pieces = [
  'POST /RPC2 HTTP/1.1\r\n',
  'GET / HTTP/1.1\r\n',
  'GET /logtail/web HTTP/1.0\r\n',
  'HEAD /tail.html?processname=%ff HTTP/1.1\r\n',
  'Host: x\r\n',
  'Content-Length: 10\r\n',
  'Content-Length: -1\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'Expect: 100-continue\r\n',
  'Upgrade: x\r\nConnection: upgrade\r\n',
  '\r\n',
  '\r\n\r\n',
  'a\r\n0123456789\r\n0\r\n\r\n',
  call('supervisor.getProcessInfo', 'web'),
  call('supervisor.getProcessInfo', 'x').slice(0, 60),
  '<value><struct><member><name>',
  '<![CDATA[',
  ']]>',
  '&#0;&#x110000;&lol;',
];
const request = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  ),
  { maxLength: 8 },
);

test('whatever is sent, the answer is HTTP, no request breaks the server, and the next client is served', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  const answers = async (parts: readonly string[]) => {
    const client = new RawClient(port).send(parts.join(''));
    client.socket.end();
    await client.closed();
    const received = client.received.toString('latin1');
    assert.match(received, /^$|^HTTP\/1\.1 (200|[1-4]\d\d) /, JSON.stringify(parts));
    assert.doesNotMatch(received, /HTTP\/1\.1 5/);
  };
  await fc.assert(fc.asyncProperty(request, answers), { numRuns: 1500, seed: 4, endOnFailure: true });
  assert.match((await ask(port, getPid)).body, /4242/);
  assert.deepEqual(
    fake.logged.filter((line) => /CRIT|Server Error/.test(line)),
    [],
  );
});

test('calls of random shape get a fault or an answer', async (t) => {
  const fake = daemon();
  const { socket } = await serveFake(t, fake);
  const names = /<string>(supervisor|hupd|system)\.(\w+)</g;
  const listed = (await ask(socket, post('/RPC2', call('system.listMethods')))).body.matchAll(names);
  const methods = [...listed].map(([, namespace, name]) => `${namespace}.${name}`);
  const value: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer().map((n) => `<int>${n}</int>`),
      fc.constantFrom('web', '', 'web:*', 'nope', '15', 'TERM', '&#27;').map((text) => `<string>${text}</string>`),
      fc.boolean().map((b) => `<boolean>${b ? 1 : 0}</boolean>`),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => `<double>${n}</double>`),
      fc.constantFrom('<nil/>', '<base64>AAAA</base64>', '<dateTime.iso8601>20260101T00:00:00</dateTime.iso8601>'),
      fc
        .array(tie('value'), { maxLength: 3 })
        .map((all) => `<array><data>${all.map((v) => `<value>${v}</value>`).join('')}</data></array>`),
      fc
        .tuple(fc.constantFrom('methodName', 'params', '__proto__'), tie('value'))
        .map(([name, inner]) => `<struct><member><name>${name}</name><value>${inner}</value></member></struct>`),
    ),
  })).value;
  const waits = /start|stop|Wait|wait/;
  const shape = fc.tuple(
    fc.constantFrom(...methods.filter((name) => !waits.test(name))),
    fc.array(value, { maxLength: 3 }),
  );
  await fc.assert(
    fc.asyncProperty(shape, async ([method, params]) => {
      const xml = `<methodCall><methodName>${method}</methodName><params>${params.map((v) => `<param><value>${v}</value></param>`).join('')}</params></methodCall>`;
      const answer = await ask(socket, post('/RPC2', xml));
      assert.equal(answer.status, 200, xml);
      assert.match(answer.body, /^<\?xml version='1\.0'\?>\n<methodResponse>/);
      fake.daemonState = 'RUNNING';
    }),
    { numRuns: 1500, seed: 4, endOnFailure: true },
  );
  assert.deepEqual(
    fake.logged.filter((line) => /CRIT|Server Error/.test(line)),
    [],
  );
});
