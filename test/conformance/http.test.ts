/** The same bytes to real supervisord and to hupd: what they answer, and what becomes of the connection, is the same but for `deviations.ts`. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { basic, call, get, post } from '../support/raw-http.ts';
import { deviations } from './deviations.ts';
import { converse, type HttpStep, streamed } from './http-step.ts';
import { startWireServer, type WireServer } from './wire-server.ts';

const programs = `
[program:talk]
command=/bin/sh -c 'printf "one\\n<two> & \\303\\251\\n"; printf err >&2; exec sleep 1000'
stdout_logfile=DIR/talk.log
stderr_logfile=DIR/talk.err
startsecs=0

[program:never]
command=/bin/sleep 1000
autostart=false
stdout_logfile=NONE
stderr_logfile=NONE
startsecs=0

[program:missing]
command=/no/such/program
autostart=false

[program:dies]
command=/bin/sh -c 'exit 3'
startsecs=1
startretries=0
stdout_logfile=DIR/dies.log

[group:grp]
programs=talk,dies
`;

const step = (...send: readonly string[]): HttpStep => ({ send });
const differs = (deviation: string, ...send: readonly string[]): HttpStep => ({ send, deviation });
const silent = (deviation: string, ...send: readonly string[]): HttpStep => ({ send, deviation, mayBeSilent: true });
const getState = call('supervisor.getState');

test('the endpoint for XML-RPC: which paths and methods it takes, and what is no call', async (t) => {
  const xml = (body: string) => step(post('/RPC2', body));
  await compare(t, [
    step(post('/RPC2', getState)),
    step(post('/RPC2/', getState)),
    step(post('/RPC2xyz', getState)),
    step(post('/RPC2?a=b', getState)),
    step(post('/%52PC2', getState)),
    step(post('/rpc2', getState)),
    step(post('/RPC', getState)),
    differs('http-refused-ends', get('/RPC2')),
    step('GET /RPC2 HTTP/1.0\r\n\r\n'),
    differs('http-refused-ends', 'PUT /RPC2 HTTP/1.1\r\nContent-Length: 2\r\n\r\nab'),
    step(post('/RPC2', getState, { 'Content-Type': 'application/json' })),
    xml(call('supervisor.nope')),
    xml(call('supervisor.getProcessInfo', 'nope')),
    xml('garbage'),
    xml('<methodCall>'),
    xml('<methodCall><params/></methodCall>'),
    xml('<methodCall><methodName></methodName></methodCall>'),
    xml('<methodCall><methodName>a</methodName></methodcall>'),
    xml('<methodCall><methodName> supervisor.getState </methodName></methodCall>'),
    xml(
      '<?xml version="1.0" encoding="latin-1"?><methodCall><methodName>supervisor.getState</methodName></methodCall>',
    ),
    xml(
      '<methodCall><methodName>a</methodName><params><param><value><int>x</int></value></param></params></methodCall>',
    ),
  ]);
});

test('bodies of no length, of none, and in chunks', async (t) => {
  const chunks = `${getState.length.toString(16)}\r\n${getState}\r\n0\r\n\r\n`;
  await compare(t, [
    differs('http-refused-ends', 'POST /RPC2 HTTP/1.1\r\n\r\n'),
    differs('http-refused-ends', 'POST / HTTP/1.1\r\n\r\n'),
    silent('http-empty-body', 'POST /RPC2 HTTP/1.1\r\nContent-Length: 0\r\n\r\n'),
    differs('http-chunked', `POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`),
    step(post('/', 'a=b')),
  ]);
});

test('a connection ends, or goes on, as the request wants it', async (t) => {
  await compare(t, [
    step(get('/ok.html'), get('/ok.html'), get('/nope')),
    step(get('/ok.html', { Connection: 'close' })),
    differs('http-connection-case', get('/ok.html', { Connection: 'Close' })),
    step('GET /ok.html HTTP/1.0\r\n\r\n'),
    step('GET /ok.html HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'),
    step('GET /ok.html HTTP/1.1\r\n\r\n'),
    step(`\r\n${get('/ok.html')}`),
    step(get('/ok.html') + get('/nope'), ''),
    step(post('/RPC2', getState) + post('/RPC2', 'garbage'), '', post('/RPC2', getState)),
    step(post('/RPC2', getState, { Connection: 'close' })),
    step('GET /RPC2 HTTP/1.0\r\n\r\n'),
  ]);
});

test('passwords: who is refused, and in which words', async (t) => {
  const digest = createHash('sha1').update('pass:word').digest('hex');
  for (const password of ['pass:word', `{SHA}${digest}`]) {
    const ports = { supervisord: await freePort(), hupd: await freePort() };
    const refused = (headers: Readonly<Record<string, string>>) =>
      silent('http-unauthorized', get('/ok.html', headers));
    const known = basic('user', 'pass:word');
    const encoded = known.Authorization.slice('Basic '.length);
    await compare(
      t,
      [
        refused({}),
        refused(basic('user', 'pass')),
        refused(basic('user', '')),
        refused(basic('User', 'pass:word')),
        refused({ Authorization: `Bearer ${encoded}` }),
        refused({ Authorization: 'Basic' }),
        refused({ Authorization: `Basic ${Buffer.from('no colon').toString('base64')}` }),
        silent('http-unauthorized', get('/nope')),
        silent('http-unauthorized', get('/stylesheets/supervisor.css')),
        silent('http-unauthorized', post('/RPC2', getState)),
        silent('http-unauthorized', get('/logtail/grp:talk')),
        step('GET /ok.html HTTP/1.0\r\n\r\n'),
        step(`GET /ok.html HTTP/1.0\r\nAuthorization: ${basic('user', 'no').Authorization}\r\n\r\n`),
        step(`GET /nope HTTP/1.0\r\nAuthorization: ${known.Authorization}\r\n\r\n`),
        step(`GET /ok.html HTTP/1.0\r\nauthorization: basic ${encoded}\r\n\r\n`),
        step(post('/RPC2', getState, { ...known, Connection: 'close' })),
      ],
      (name) => `${programs}[inet_http_server]\nport=127.0.0.1:${ports[name]}\nusername=user\npassword=${password}\n`,
      ({ name }) => ports[name],
    );
  }
});

test('the pages: rows, links, actions and where they lead', async (t) => {
  const page = (query: string, headers: Readonly<Record<string, string>> = {}) => step(get(query, headers));
  const host = { Host: 'h' };
  const bad = (query: string) => differs('http-page-errors', get(query));
  await compare(t, [
    page('/'),
    page('/index.html'),
    page('//index.html'),
    page('/?message=all%20%3Cis%3E%20well'),
    page('/?message=first&message=second'),
    page('/ok.html'),
    page('/?action=refresh'),
    page('/?action=refresh', { Host: 'host.example:80' }),
    page('/?action=refresh', { Host: 'host.example:8080' }),
    page('/?action=stop&processname=grp:talk'),
    page('/'),
    page('/?action=stop&processname=grp:talk'),
    page('/?action=start&processname=grp:talk'),
    page('/?action=start&processname=grp:talk'),
    page('/?action=restart&processname=grp:talk'),
    page('/?action=start&processname=missing'),
    page('/?action=start&processname=grp:dies'),
    page('/?action=clearlog&processname=grp:talk'),
    page('/?action=start&processname=nope'),
    page('/?action=stop&processname=grp:*'),
    page('/?action=stop&processname=gr%C3%BCn'),
    page('/index.html?action=restart&processname=never'),
    step(post('/', 'action=stop&processname=never', host)),
    step(post('/index.html?processname=never', 'action=start', host)),
    step(post('/?action=refresh', 'action=stop&processname=never', host)),
    differs('http-location', 'GET /?action=refresh HTTP/1.0\r\n\r\n'),
    page('/?action=stopall'),
    page('/'),
    page('/?action=restartall'),
    page('/tail.html?processname=grp:talk'),
    page('/tail.html?processname=grp:talk&limit=5'),
    page('/tail.html?processname=grp:talk&limit=4096'),
    page('/tail.html?processname=grp:talk&limit=x'),
    page('/tail.html?processname=never'),
    page('/tail.html?processname=nope'),
    page('/tail.html'),
    page('/nope.html'),
    page('/../../etc/passwd'),
    page('/%2e%2e/%2e%2e/etc/passwd'),
    bad('/?action=nope'),
    bad('/?action=start'),
    bad('/?action=nope&processname=never'),
  ]);
});

test('a log is streamed with the same headers, from the same byte on', async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' })) return;
  const [real, ours] = await both(t, () => programs);
  const streams: ReadonlyArray<readonly [path: string, end: string]> = [
    ['/logtail/grp:talk', 'é\n'],
    ['/logtail/grp:talk/stdout', 'é\n'],
    ['/logtail/grp%3Atalk/stderr', 'err'],
    ['/mainlogtail', 'RPC interface'],
  ];
  for (const [path, end] of streams) {
    const [expected, actual] = await Promise.all([real, ours].map((server) => streamed(server, path, end)));
    assert.deepEqual(actual, expected, path);
  }
});

test('logs that can not be streamed, and why', async (t) => {
  await compare(t, [
    step(get('/logtail/nope')),
    step(get('/logtail/never')),
    step(get('/logtail/never/stderr')),
    step(get('/logtail/grp:talk/nope')),
    step(get('/logtail/talk')),
    step(get('/logtail/grp:*')),
    step(post('/logtail/grp:talk', '')),
    differs('http-page-errors', get('/logtail')),
    step(get('/logtail/')),
  ]);
});

async function compare(
  t: TestContext,
  steps: readonly HttpStep[],
  configure: (name: WireServer['name']) => string = () => programs,
  target: (server: WireServer) => number | string = ({ socket }) => socket,
): Promise<void> {
  if (!needs(t, { command: '/usr/bin/supervisord', apt: 'supervisor' })) return;
  const servers = await both(t, configure);
  const known = new Set(deviations.map(({ id }) => id));
  const wrong: string[] = [];
  for (const step of steps) {
    const [expected, actual] = await Promise.all(servers.map((server) => converse(server, target(server), step)));
    const same = JSON.stringify(expected) === JSON.stringify(actual);
    const said = `${JSON.stringify(step.send)}\n  supervisord ${JSON.stringify(expected)}\n  hupd        ${JSON.stringify(actual)}`;
    if (step.deviation === undefined && !same) wrong.push(said);
    if (step.deviation !== undefined && same) wrong.push(`${step.deviation} is gone: ${said}`);
    if (step.deviation !== undefined && !known.has(step.deviation)) wrong.push(`no row ${step.deviation}`);
  }
  assert.deepEqual(wrong, []);
}

async function both(t: TestContext, configure: (name: WireServer['name']) => string) {
  const servers = await Promise.all([
    startWireServer(t, 'supervisord', configure('supervisord')),
    startWireServer(t, 'hupd', configure('hupd')),
  ]);
  for (const server of servers) {
    await server.settled('grp:talk', 'RUNNING');
    await server.settled('grp:dies', 'FATAL');
  }
  return servers;
}
