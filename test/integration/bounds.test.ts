/**
 * What a bad client can do to a whole daemon, which is nothing: idle connections, endless bodies, slow senders and 10,000 requests that make no
 * sense, while another client asks for the status and is answered. Afterwards the daemon holds no more memory and no more descriptors than before.
 * HUPD_BAD_REQUESTS and HUPD_SEED ask for more of them, or for others.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RpcClient } from '../../src/ctl/rpc-client.ts';
import { freePort } from '../support/gunicorn.ts';
import { type Held, held, settles } from '../support/held.ts';
import { ask, basic, call, get, post, RawClient } from '../support/raw-http.ts';
import { type BadRequest, badRequests } from '../support/requests.ts';
import { childrenOf, endRig, type Rig, startRig, zombiesOf } from '../support/rig.ts';

const count = Number(process.env.HUPD_BAD_REQUESTS ?? 10_000);
const seed = Number(process.env.HUPD_SEED ?? 4);
const credentials = { username: 'ann', password: 'p:w' };
const login = basic(credentials.username, credentials.password);
const getState = post('/RPC2', call('supervisor.getState'), login);
const MiB = 1024 * 1024;

const programs = `[inet_http_server]
port=127.0.0.1:PORT
username=ann
password=p:w
[program:web]
command=/bin/cat
startsecs=0
[program:a]
command=/bin/cat
startsecs=0
[program:b]
command=/bin/sh -c 'echo three; echo lines; echo grüße; exec sleep 1000'
startsecs=0
[group:grp]
programs=a,b
`;

describe('bad clients', () => {
  let rig: Rig;
  let port = 0;
  let first: Held;

  before(async () => {
    port = await freePort();
    rig = await startRig({
      programs: programs.replace('PORT', `${port}`),
      daemon: 'loglevel=info',
      ...settles,
    });
    await rig.logged(/success: b/);
    for (let i = 0; i < 200; i++) assert.equal((await ask(i % 2 === 0 ? rig.socket : port, getState)).status, 200);
    first = await held(rig);
  });
  after(() => endRig(rig));

  /** Nobody is kept waiting while `act` goes on: far less than this bound, which is for loaded machines. */
  const watched = async (t: TestContext, act: () => Promise<void>): Promise<void> => {
    const watch = fileURLToPath(new URL('../support/puppet-status-watch.js', import.meta.url));
    const child = spawn(process.execPath, [watch, rig.socket], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const ended = once(child, 'close');
    await rig.until(() => output.startsWith('ready\n'), 'the watch has its first answer');
    await act();
    child.stdin.end();
    await ended;
    const times = (JSON.parse(output.slice('ready\n'.length)) as number[]).sort((a, b) => a - b);
    const at = (part: number) => (times[Math.floor(part * (times.length - 1))] ?? 0).toFixed(1);
    t.diagnostic(`${times.length} answers: median ${at(0.5)} ms, 99% ${at(0.99)} ms, worst ${at(1)} ms`);
    assert.ok((times.at(-1) ?? 0) < 1000, `the longest wait was ${at(1)} ms`);
  };

  it('a thousand idle connections to each server keep nobody out', async (t) => {
    await watched(t, async () => {
      const idle = [rig.socket, port].flatMap((target) => Array.from({ length: 1000 }, () => new RawClient(target)));
      await Promise.all(idle.filter((_, i) => i % 1000 < 400).map((client) => client.closed()));
      const { stdout, status } = await rig.ctl('status');
      assert.equal(status, 0, stdout);
      for (const client of idle) client.close();
    });
  });

  it('a body of 1 GiB is refused when it is announced, and cut off when it is not', async (t) => {
    await watched(t, async () => {
      const head = `POST /RPC2 HTTP/1.1\r\nAuthorization: ${login.Authorization}\r\n`;
      for (const target of [rig.socket, port]) {
        assert.equal((await ask(target, `${head}Content-Length: ${1024 * MiB}\r\n\r\n`)).status, 413);
        const expecting = `${head}Content-Length: ${1024 * MiB}\r\nExpect: 100-continue\r\n\r\n`;
        assert.equal((await ask(target, expecting)).status, 413);
        assert.ok(
          (await sendEndlessly(target, `${head}Content-Length: ${1024 * MiB}\r\n\r\n`, (bytes) => bytes)) < 200,
        );
        const chunk = (bytes: Buffer) => Buffer.concat([Buffer.from('100000\r\n'), bytes, Buffer.from('\r\n')]);
        assert.ok((await sendEndlessly(target, `${head}Transfer-Encoding: chunked\r\n\r\n`, chunk)) < 200);
      }
    });
  });

  it('clients that send a byte now and then, and those that do not read, hold up nobody', async (t) => {
    await watched(t, async () => {
      const beginnings = ['GET /slo', 'GET / HTTP/1.1\r\nA: ', 'POST /RPC2 HTTP/1.1\r\nContent-Length: 100000\r\n\r\n'];
      const slow = Array.from({ length: 150 }, (_, i) => new RawClient(port).send(beginnings[i % 3] ?? ''));
      const trickle = setInterval(() => slow.map((client) => client.send('x')), 1000);
      const deaf = Array.from({ length: 50 }, () => {
        const client = new RawClient(port);
        client.socket.pause();
        return client.send(get('/', login).repeat(100));
      });
      for (let i = 0; i < 5; i++) {
        assert.equal((await rig.ctl('status')).status, 0);
        await sleep(200); // some of the bytes have been sent
      }
      clearInterval(trickle);
      for (const client of [...slow, ...deaf]) client.close();
    });
  });

  it(`${count} requests that make no sense get faults and 4xx, and leave the daemon and its programs as they were`, async (t) => {
    const client = new RpcClient({ serverUrl: `unix://${rig.socket}`, username: null, password: null });
    const listed = await client.call('system.listMethods');
    assert.ok(listed.ok);
    // Those that end the daemon or make another of it, and those that are there to wait.
    const methods = (listed.value as readonly string[]).filter(
      (name) => !/\.(shutdown|restart|upgrade|wait\w+)$/.test(name),
    );
    const names = ['web', 'grp:a', 'grp:*', 'b'];
    const requests = badRequests({ count, seed, methods, credentials, names });
    const wrong: string[] = [];
    const statuses = new Map<string, number>();
    await watched(t, async () => {
      const begin = performance.now();
      const left = requests.values();
      const lane = async () => {
        for (const request of left) {
          const answer = await answerTo(port, request);
          const status =
            /^HTTP\/1\.1 ([1-4]\d\d) /.exec(answer)?.[1] ?? (answer === '' && !request.whole ? 'none' : 'wrong');
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status === 'wrong') {
            wrong.push(`${JSON.stringify(request.bytes.toString('latin1'))}: ${answer.slice(0, 500)}`);
          }
        }
      };
      await Promise.all(Array.from({ length: 12 }, lane));
      t.diagnostic(
        `${count} requests in ${((performance.now() - begin) / 1000).toFixed(1)} s: ${JSON.stringify([...statuses])}`,
      );
    });
    assert.deepEqual(wrong, []);
    assert.doesNotMatch(rig.log, /internal error|Server Error/);
    for (const group of ['web', 'grp']) {
      await client.call('supervisor.addProcessGroup', [group]); // some of the calls may have removed it
      await client.call('supervisor.startProcessGroup', [group]);
    }
    await rig.until(async () => (await rig.ctl('status')).status === 0, 'all programs run');
    assert.equal((await rig.ctl('pid')).stdout, `${rig.pid}\n`);
    await rig.until(() => childrenOf(rig.pid).length === 3 && zombiesOf(rig.pid).length === 0, 'each program once');
  });

  it('afterwards memory and descriptors are what they were', async (t) => {
    let last = await held(rig);
    await rig.until(async () => {
      last = await held(rig);
      return last.descriptors <= first.descriptors + 4;
    }, 'the descriptors are closed');
    t.diagnostic(`before: ${JSON.stringify(first)}, after: ${JSON.stringify(last)}`);
    assert.ok(last.used < first.used + 10, `in use: ${first.used} MiB, then ${last.used} MiB`);
    assert.ok(last.rss < first.rss + 100, `resident: ${first.rss} MiB, then ${last.rss} MiB`);
  });
});

/** Up to 1 GiB, as long as it is taken. Resolves with the MiB that were sent before the connection ended. */
async function sendEndlessly(
  target: string | number,
  head: string,
  framed: (bytes: Buffer) => Buffer,
): Promise<number> {
  const client = new RawClient(target).send(head);
  const piece = framed(Buffer.alloc(MiB, 'x'));
  let sent = 0;
  const closed = client.closed();
  while (sent < 1024 && client.socket.writable) {
    sent++;
    const taken = new Promise((resolve) => client.socket.write(piece, resolve));
    await Promise.race([taken, closed]);
  }
  await closed;
  assert.match(client.received.toString('latin1'), /^$|^HTTP\/1\.1 413 /);
  return sent;
}

/** All that came back, before the connection was closed: by the server, or by the client when it had an answer or waited long enough for none. */
async function answerTo(port: number, { bytes, whole }: BadRequest): Promise<string> {
  const client = new RawClient(port).send(bytes);
  const answered = client.answer().then(
    ({ status, body }) => `HTTP/1.1 ${status} ${body}`,
    () => null,
  );
  const first = await (whole ? answered : Promise.race([answered, sleep(30, null)]));
  if (first === null && !whole) {
    client.socket.end();
    await Promise.race([client.closed(), sleep(1000)]);
  }
  client.close();
  return first ?? client.received.toString('latin1');
}
