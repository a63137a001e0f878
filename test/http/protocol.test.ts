import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { ask, call, get, post, RawClient } from '../support/raw-http.ts';
import { serveFake } from '../support/serve-fake.ts';

const daemon = () => new FakeSupervision([{ group: 'web', name: 'web', state: 'RUNNING', pid: 11, startedAt: 1000 }]);

test('an XML-RPC answer is 200 text/xml with its length in bytes, a fault as well', async (t) => {
  const fake = daemon();
  fake.set('web', 'web', { state: 'FATAL', spawnError: 'café' });
  const { port } = await serveFake(t, fake);
  const answer = await ask(port, post('/RPC2', call('supervisor.getAllProcessInfo')));
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/xml');
  assert.equal(answer.headers.get('content-length'), String(Buffer.byteLength(answer.body)));
  assert.match(answer.body, /<string>café<\/string>/);
  const fault = await ask(port, post('/RPC2', call('supervisor.getProcessInfo', 'nope')));
  assert.equal(fault.status, 200);
  assert.match(fault.body, /<int>10<\/int>[\s\S]*BAD_NAME: nope/);
});

test('any path that begins with /RPC2 is the endpoint, and only POST is taken', async (t) => {
  const { port } = await serveFake(t, daemon());
  for (const path of ['/RPC2', '/RPC2/', '/RPC2xyz', '/RPC2?a=b', '/%52PC2']) {
    assert.equal((await ask(port, post(path, call('supervisor.getPID')))).status, 200, path);
  }
  assert.equal((await ask(port, post('/rpc2', call('supervisor.getPID')))).status, 400);
  assert.equal((await ask(port, get('/RPC2'))).status, 400);
});

test('what is no call is 400, and a line in the log that does not repeat all of it', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  const bodies = [
    '',
    'garbage',
    '<methodCall>',
    '<methodCall><params/></methodCall>',
    '<methodCall><methodName></methodName></methodCall>',
    '<methodCall><methodName>a</methodName></methodcall>',
    '<methodCall><methodName>a</methodName><params><param><value><int>x</int></value></param></params></methodCall>',
    '<methodResponse><params/></methodResponse>',
    '<!DOCTYPE a [<!ENTITY b "c">]><methodCall><methodName>supervisor.getPID</methodName></methodCall>',
    `<methodCall><methodName>a</methodName><params><param>${'<value><array><data>'.repeat(100)}`,
    `${'<a>'.repeat(50_000)}`,
    'x'.repeat(1_000_000),
  ];
  for (const body of bodies) assert.equal((await ask(port, post('/RPC2', body))).status, 400, body.slice(0, 90));
  const binary = Buffer.concat([
    Buffer.from('POST /RPC2 HTTP/1.1\r\nContent-Length: 3\r\n\r\n'),
    Buffer.from([0xff, 0xfe, 0]),
  ]);
  assert.equal((await ask(port, binary)).status, 400);
  assert.equal(fake.logged.filter((line) => line.startsWith('ERRO XML-RPC request data')).length, bodies.length + 1);
  assert.ok(fake.logged.every((line) => line.length < 1000));
});

test('a request is read as supervisord reads it', async (t) => {
  const fake = daemon();
  const { port } = await serveFake(t, fake);
  const stdin = async (value: string) => {
    const body = `<methodCall><methodName>supervisor.sendProcessStdin</methodName><params><param><value>web</value></param><param><value>${value}</value></param></params></methodCall>`;
    const answer = await ask(port, post('/RPC2', body));
    const sent = fake.asked.pop()?.split(' ')[2];
    return sent === undefined ? answer.body.match(/INCORRECT[^<]*/)?.[0] : Buffer.from(sent, 'hex').toString();
  };
  assert.equal(await stdin('bare'), 'bare');
  assert.equal(await stdin('<string>a&lt;&#233;&amp;\r\nb</string>'), 'a<é&\nb');
  assert.equal(await stdin('<string><![CDATA[<x>]]></string>'), '<x>');
  assert.equal(await stdin('<base64>Y2Fmw6k=</base64>'), 'café');
  assert.equal(await stdin('<i8>12</i8>'), '12');
  assert.equal(await stdin('<boolean>yes</boolean>'), 'INCORRECT_PARAMETERS: false');
  assert.equal(await stdin('<int>12</int>'), 'INCORRECT_PARAMETERS: 12');
  const noParams = '<methodCall><methodName>supervisor.getPID</methodName></methodCall>';
  assert.match((await ask(port, post('/RPC2', noParams))).body, /<int>4242<\/int>/);
});

test('without a length a POST is 411, chunks are taken, too long a body is 413 before it was sent', async (t) => {
  const { port } = await serveFake(t, daemon());
  assert.equal((await ask(port, 'POST /RPC2 HTTP/1.1\r\nHost: h\r\n\r\n')).status, 411);
  const body = call('supervisor.getPID');
  const chunked = `POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  assert.match((await ask(port, chunked)).body, /4242/);
  assert.equal((await ask(port, 'POST /RPC2 HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n')).status, 413);
  const expecting = 'POST /RPC2 HTTP/1.1\r\nContent-Length: 1073741824\r\nExpect: 100-continue\r\n\r\n';
  assert.equal((await ask(port, expecting)).status, 413);
});

test('64 MiB of garbage is refused, and the next client is served', async (t) => {
  const { port } = await serveFake(t, daemon());
  const mebibyte = Buffer.alloc(1024 * 1024, 'x');
  const client = new RawClient(port).send('POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let i = 0; i < 64 && client.socket.writable; i++) client.send('100000\r\n').send(mebibyte).send('\r\n');
  assert.equal((await client.answer()).status, 413);
  client.close();
  assert.equal((await ask(port, post('/RPC2', call('supervisor.getPID')))).status, 200);
});

test('a connection serves one call after the other, also with several sent at once', async (t) => {
  const { port, socket } = await serveFake(t, daemon());
  for (const target of [port, socket]) {
    const client = new RawClient(target);
    const request = post('/RPC2', call('supervisor.getPID'));
    for (let i = 0; i < 3; i++) assert.equal((await client.send(request).answer()).status, 200);
    client.send(request + request + request);
    for (let i = 0; i < 3; i++) assert.equal((await client.answer()).status, 200);
    client.close();
  }
});

test('blank lines before a request, a missing Host, an empty Host and HTTP/1.0 are no reason to refuse', async (t) => {
  const { port } = await serveFake(t, daemon());
  assert.equal((await ask(port, '\r\n\r\nGET /ok.html HTTP/1.1\r\n\r\n')).status, 200);
  assert.equal((await ask(port, 'GET /ok.html HTTP/1.1\r\nHost: \r\n\r\n')).status, 200);
  const old = new RawClient(port).send('GET /ok.html HTTP/1.0\r\n\r\n');
  const answer = await old.answer();
  assert.equal(answer.body, 'OK');
  assert.equal(answer.headers.has('transfer-encoding'), false);
  await old.closed();
});

test('a request in pieces, byte by byte, with raw UTF-8 in its path, is one request', async (t) => {
  const { port } = await serveFake(t, daemon());
  const client = new RawClient(port);
  client.socket.setNoDelay(true);
  for (const byte of Buffer.from('GET /logtail/näme/stdout HTTP/1.1\r\nHost: h\r\n\r\n')) {
    await new Promise((resolve) => client.socket.write(Buffer.from([byte]), resolve));
  }
  assert.equal((await client.answer()).status, 404);
  client.close();
});

test('what is no HTTP at all is 4xx', async (t) => {
  const { port } = await serveFake(t, daemon());
  for (const request of [
    'x\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\n\n',
    'GET\r\n\r\n',
    'GET /a b c HTTP/1.1\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    'POST /RPC2 HTTP/1.1\r\nContent-Length: x\r\n\r\n',
    'POST /RPC2 HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    'POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  ]) {
    assert.equal((await ask(port, request)).status, 400, request);
  }
  assert.equal((await ask(port, `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`)).status, 431);
  assert.equal((await ask(port, `GET / HTTP/1.1\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`)).status, 431);
});

test('error pages name their code, and no answer says which version it comes from', async (t) => {
  const { port } = await serveFake(t, daemon());
  const answer = await ask(port, get('/nope'));
  assert.equal(answer.status, 404);
  assert.match(answer.body, /<title>Error response<\/title>[\s\S]*Error code 404\.[\s\S]*Message: Not Found\./);
  assert.equal(answer.headers.get('server'), 'hupd');
});

test('a call that waits does not keep the daemon from closing', async (t) => {
  const fake = new FakeSupervision([{ group: 'web', name: 'web' }]);
  const served = await serveFake(t, fake);
  const client = new RawClient(served.socket).send(post('/RPC2', call('supervisor.startProcess', 'web')));
  while (fake.waiting.size === 0) await new Promise(setImmediate);
  await served.close();
  await client.closed();
});

test('a client that follows a log does not hold up the closing', async (t) => {
  const fake = daemon();
  const served = await serveFake(t, fake, { bounds: { closeMs: 1_000_000 } });
  const log = join(served.directory, 'log');
  writeFileSync(log, 'x\n');
  fake.mainLogPath = log;
  const client = new RawClient(served.socket).send(get('/mainlogtail'));
  await client.until((bytes) => bytes.includes('x\n'));
  await served.close();
  await client.closed();
});

test('when the servers close, a call that ends in time is still answered', async (t) => {
  const fake = new FakeSupervision([{ group: 'web', name: 'web' }]);
  const served = await serveFake(t, fake);
  const client = new RawClient(served.socket).send(post('/RPC2', call('supervisor.startProcess', 'web')));
  while (fake.waiting.size === 0) await new Promise(setImmediate);
  const closed = served.close();
  fake.waiting.get('web:web')?.({ ok: true });
  assert.match((await client.answer()).body, /<boolean>1<\/boolean>/);
  await closed;
});
