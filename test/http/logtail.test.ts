import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { needs } from '../support/needs.ts';
import { ask, get, RawClient } from '../support/raw-http.ts';
import { serveFake } from '../support/serve-fake.ts';

async function rig(t: TestContext) {
  const daemon = new FakeSupervision([
    { group: 'web', name: 'web' },
    { group: 'g', name: 'test_öäü' },
  ]);
  const served = await serveFake(t, daemon);
  const out = join(served.directory, 'out.log');
  const err = join(served.directory, 'err.log');
  writeFileSync(out, `${'x'.repeat(2000)}END\n`);
  writeFileSync(err, 'oops\n');
  daemon.set('web', 'web', { stdoutLog: out, stderrLog: err });
  daemon.set('g', 'test_öäü', { stdoutLog: err });
  daemon.mainLogPath = out;
  return { daemon, served, out, err };
}

test('a log begins with its last 1024 bytes, and what is added comes as it is added, raw', async (t) => {
  const { served, out } = await rig(t);
  const client = new RawClient(served.port).send(get('/logtail/web'));
  const first = await client.until((bytes) => bytes.includes('END\n'));
  const [head = '', body = ''] = first.toString().split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.1 200/);
  assert.match(head, /Content-Type: text\/plain;charset=utf-8/);
  assert.match(head, /Last-Modified: \w+, /);
  assert.match(head, /X-Accel-Buffering: no/);
  assert.match(head, /Transfer-Encoding: chunked/);
  assert.match(body, /^400\r\nx{1020}END\n\r\n$/);
  appendFileSync(out, Buffer.from([0x1b, 0xff, 0x00, 0x0a]));
  await client.until((bytes) => bytes.includes(Buffer.from([0x1b, 0xff, 0x00, 0x0a])));
  client.close();
});

test('what was cut off is said, and a new file is read from its start after the last words of the old', async (t) => {
  const { served, out } = await rig(t);
  const client = new RawClient(served.port).send(get('/logtail/web/stdout'));
  await client.until((bytes) => bytes.includes('END\n'));
  truncateSync(out, 0);
  await client.until((bytes) => bytes.includes('==> File truncated <==\n'));
  appendFileSync(out, 'after\n');
  await client.until((bytes) => bytes.includes('after\n'));
  renameSync(out, `${out}.1`);
  appendFileSync(`${out}.1`, 'last words\n');
  writeFileSync(out, 'new file\n');
  const all = (await client.until((bytes) => bytes.includes('new file\n'))).toString();
  assert.ok(all.indexOf('last words') > 0 && all.indexOf('last words') < all.indexOf('new file'));
  appendFileSync(out, 'and on\n');
  await client.until((bytes) => bytes.includes('and on\n'));
  client.close();
});

test('a file that comes back only later is found again', async (t) => {
  const { served, out } = await rig(t);
  const client = new RawClient(served.port).send(get('/mainlogtail'));
  await client.until((bytes) => bytes.includes('END\n'));
  renameSync(out, `${out}.1`);
  appendFileSync(`${out}.1`, 'still here\n');
  await client.until((bytes) => bytes.includes('still here\n'));
  writeFileSync(out, 'back\n');
  await client.until((bytes) => bytes.includes('back\n'));
  client.close();
});

test('stderr and names that are not ASCII can be followed, and what is not there is 404', async (t) => {
  const { served } = await rig(t);
  for (const path of ['/logtail/web/stderr', '/logtail/g:test_öäü/stdout', '/logtail/g%3Atest_%C3%B6%C3%A4%C3%BC']) {
    const client = new RawClient(served.socket).send(get(path));
    await client.until((bytes) => bytes.includes('oops\n'));
    client.close();
  }
  for (const path of [
    '/logtail',
    '/logtail/',
    '/logtail/nope',
    '/logtail/g:*',
    '/logtail/web/log',
    '/logtail/g:test_öäü/stderr',
  ]) {
    assert.equal((await ask(served.port, get(path))).status, 404, path);
  }
  assert.equal((await ask(served.port, 'POST /logtail/web HTTP/1.1\r\nContent-Length: 0\r\n\r\n')).status, 400);
});

test('HTTP/1.0 gets the bytes as they are, at once', async (t) => {
  const { served } = await rig(t);
  const client = new RawClient(served.port).send('GET /logtail/web/stderr HTTP/1.0\r\n\r\n');
  const received = await client.until((bytes) => bytes.includes('oops\n'));
  assert.doesNotMatch(received.toString(), /chunked/i);
  client.close();
});

test('a client that does not read is not read for', async (t) => {
  const { served, out } = await rig(t);
  const client = connect(served.port, '127.0.0.1').on('error', () => {});
  t.after(() => client.destroy());
  client.write(get('/logtail/web'));
  await new Promise((resolve) => client.once('data', resolve));
  client.pause();
  const before = process.memoryUsage().rss;
  const mebibyte = Buffer.alloc(1024 * 1024, 'y');
  for (let i = 0; i < 100; i++) {
    appendFileSync(out, mebibyte);
    await ask(served.port, get('/ok.html'));
  }
  const grown = process.memoryUsage().rss - before;
  assert.ok(grown < 50 * 1024 * 1024, `grew by ${grown} bytes while 100 MiB were not read`);
  let received = 0;
  await new Promise<void>((resolve) => {
    client.on('data', (chunk) => {
      received += chunk.length;
      if (received >= 100 * 1024 * 1024) resolve();
    });
    client.resume();
  });
});

test('only so many clients follow at once, and one that leaves makes room', async (t) => {
  const { served } = await rig(t);
  const clients = Array.from({ length: 64 }, () => new RawClient(served.port).send(get('/logtail/web')));
  await Promise.all(clients.map((client) => client.until((bytes) => bytes.includes('END\n'))));
  assert.equal((await ask(served.port, get('/logtail/web'))).status, 503);
  clients[0]?.close();
  for (let free = false; !free; ) {
    const next = new RawClient(served.port).send(get('/logtail/web'));
    free = (await next.until((bytes) => bytes.includes('\r\n\r\n'))).includes('200 OK');
    next.close();
  }
  for (const client of clients) client.close();
});

test("the real supervisorctl's tail -f shows lines as they come", async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisorctl', apt: 'supervisor' })) return;
  const { served, err } = await rig(t);
  const child = spawn('/usr/bin/supervisorctl', ['-s', `unix://${served.socket}`, 'tail', '-f', 'g:test_öäü']);
  t.after(() => child.kill('SIGKILL'));
  let out = '';
  const saw = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!out.includes(text)) return;
        child.stdout.off('data', look);
        resolve();
      };
      child.stdout.on('data', look);
      look();
    });
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  await saw('==> Press Ctrl-C to exit <==');
  await saw('oops');
  appendFileSync(err, 'The Øresund bridge … \n');
  await saw('The Øresund bridge … \n');
});
