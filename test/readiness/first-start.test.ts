/** An explicit ready check of real programs: RUNNING means ready, and a check that is not passed is a failed start that says why. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { childrenOf, type Rig, rigFor } from '../support/rig.ts';

/** Listens at `where` (a port or a path) at once, or when the file `go` is there with `late`; answers 503 until then. */
const server = `
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
const [where, late] = process.argv.slice(2);
const serve = () => createServer((request, response) => {
  response.statusCode = existsSync('go') ? 200 : 503;
  response.end(request.headers.host);
}).listen(/^[0-9]+$/.test(where) ? { host: '127.0.0.1', port: Number(where) } : where, () => console.log('listening'));
if (late === undefined) serve();
else {
  console.log('booting');
  const timer = setInterval(() => existsSync('go') && (clearInterval(timer), serve()), 10);
}
`;
const untilGo = 'echo booting; while ! test -e go; do sleep 0.05; done;';

interface Case {
  readonly check: string;
  readonly command: string;
  /** Said while it is not ready. */
  readonly answer: RegExp;
}

const node = process.execPath;
const cases: Readonly<Record<string, Case>> = {
  'http:/path, where it listens': {
    check: 'http:/health',
    command: `${node} DIR/server.mjs PORT`,
    answer: /^GET \/health answered 503$/,
  },
  'http://host:port/path': {
    check: 'http://localhost:PORT/health host=www.example.org status=200',
    command: `${node} DIR/server.mjs PORT late`,
    answer: /^GET \/health: ECONNREFUSED$/,
  },
  'tcp://host:port': {
    check: 'tcp://127.0.0.1:PORT',
    command: `${node} DIR/server.mjs PORT late`,
    answer: /^connect to 127\.0\.0\.1:\d+: ECONNREFUSED$/,
  },
  'unix:/path': {
    check: 'unix:DIR/web.sock',
    command: `${node} DIR/server.mjs DIR/web.sock late`,
    answer: /^connect to .*web\.sock: ENOENT$/,
  },
  accept: {
    check: 'accept',
    command: `${node} DIR/server.mjs PORT late`,
    answer: /^it does not wait for connections yet$/,
  },
  'exec:command': {
    check: 'exec:sh -c "echo no go; test -e go"',
    command: '/bin/sleep 1000',
    answer: /^exit status 1: no go$/,
  },
  'log:regex': {
    check: 'log:^serving [0-9]+$',
    command: `/bin/sh -c "${untilGo} echo serving 7; exec sleep 1000"`,
    answer: /^no line of its output has matched yet$/,
  },
  'fd:N': {
    check: 'fd:7',
    command: `/bin/sh -c "${untilGo} echo >&7; exec sleep 1000"`,
    answer: /^no newline on descriptor 7 yet$/,
  },
};

async function begin(t: TestContext, { check, command }: Case, lines: string): Promise<Rig> {
  const port = `${await freePort()}`;
  return rigFor(t, {
    programs: `[program:web]
command=${command.replaceAll('PORT', port)}
directory=DIR
startsecs=0
redirect_stderr=true
stdout_logfile=DIR/web.log
ready_check=${check.replaceAll('PORT', port)}
${lines}`,
    files: { 'server.mjs': server },
  });
}

const status = async (rig: Rig) => (await rig.ctl('status', 'web')).stdout;

for (const [name, row] of Object.entries(cases)) {
  test(`${name}: a process is RUNNING when it is ready, and not before`, async (t) => {
    const rig = await begin(t, row, '');
    await rig.logged(/spawned: 'web'/);
    await rig.until(() => rig.read('web.log') !== '' || row.command.startsWith('/bin/sleep'), 'the program is up');
    assert.match(await status(rig), /^web +STARTING/);
    assert.doesNotMatch(rig.log, /success: web/);
    writeFileSync(join(rig.dir, 'go'), '');
    await rig.logged(/success: web/);
    assert.match(await status(rig), /^web +RUNNING/);
    await rig.until(() => childrenOf(rig.pid).length === 1, 'nothing of the check is left');
    assert.doesNotMatch(rig.log, /unknown pid/);
  });

  test(`${name}: a process that is not ready in time is stopped, and its failure tells the last answer`, async (t) => {
    const rig = await begin(t, row, 'ready_timeout=1.5\nstartretries=0');
    await rig.logged(/gave up: web/);
    const [, answer = ''] = /FATAL +not ready within 1\.5 s \((.*)\)\n$/.exec(await status(rig)) ?? [];
    assert.match(answer, row.answer, await status(rig));
    await rig.until(() => childrenOf(rig.pid).length === 0, 'nothing of the check is left');
    // The shell's own orphan is nobody's.
    if (!row.command.includes(untilGo)) assert.doesNotMatch(rig.log, /unknown pid/);
  });
}

test('a check that can not be passed any more ends the start at once', async (t) => {
  const command = '/bin/sh -c "exec 7>&-; exec sleep 1000"';
  const rig = await begin(t, { check: 'fd:7', command, answer: / / }, 'startretries=0');
  await rig.logged(/gave up: web/);
  assert.match(await status(rig), /FATAL +it closed descriptor 7 without a newline\n$/);
});

test('a stop while a check runs ends both', async (t) => {
  const rig = await begin(t, { check: 'exec:sleep 1000', command: '/bin/sleep 1000', answer: / / }, '');
  await rig.until(() => childrenOf(rig.pid).length === 2, 'the check runs');
  assert.equal((await rig.ctl('stop', 'web')).stdout, 'web: stopped\n');
  await rig.until(() => childrenOf(rig.pid).length === 0, 'both have gone');
  assert.doesNotMatch(rig.log, /unknown pid/);
});

test('a descriptor that a handed-over socket has is refused with the next one that is free', async (t) => {
  const port = await freePort();
  const row = { check: 'fd:3', command: '/bin/sleep 1000', answer: / / };
  const rig = await begin(t, row, `startretries=0\nsocket=tcp://127.0.0.1:${port}`);
  await rig.logged(/gave up: web/);
  assert.match(await status(rig), /FATAL +ready_check=fd:3: .*; take one from 4 up\n$/);
});
