/** hupctl on a terminal, talking to a real supervisord: what a pipe cannot show. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { plainServer, type RunningServer, reaches, supervisord } from '../conformance/ctl/server-kind.ts';
import { needs } from '../support/needs.ts';
import { onPty, type PtyRun } from '../support/on-pty.ts';

const entry = fileURLToPath(new URL('../../src/hupctl.js', import.meta.url));
const peers = [
  { command: '/usr/bin/supervisord', apt: 'supervisor' },
  { command: '/usr/bin/python3', apt: 'python3' },
];

const config = `${plainServer}
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/cat.out
[program:num]
command=/bin/sleep 1000
startsecs=0
numprocs=2
process_name=%(program_name)s_%(process_num)d
`;

async function serve(t: TestContext): Promise<RunningServer> {
  const server = await supervisord.start(config);
  t.after(() => server.stop());
  await reaches(server, 'num:num_1', 'RUNNING');
  return server;
}

const hupctl = (server: RunningServer, args: readonly string[], steps: PtyRun['steps'], env = {}) =>
  onPty({ command: [process.execPath, entry, '-c', server.configFile, ...args], cwd: server.dir, steps, env });

const prompt = '^\\S*supervisor> ';
const interruptKey = '\u0003';
const endKey = '\u0004';

test('on a terminal', async (t) => {
  if (!needs(t, ...peers)) return;
  const server = await serve(t);

  await t.test('tab completes commands, and names with their groups', async () => {
    const { shown } = await hupctl(
      server,
      [],
      [
        [prompt, 'vers'],
        ['vers', '\t'],
        ['ion ', '\r'],
        ['4\\.\\d', ''],
        [prompt, 'stop num:num'],
        ['stop num:num', '\t'],
        ['_', '\t'],
        ['num:num_1[\\s\\S]*stop num:num_', '1'],
        ['1', '\t'],
        [' ', '\r'],
        ['stopped', 'start num:*\rexit\r'],
      ],
    );
    assert.match(shown, /num:num_0 .*num:num_1/);
    assert.match(shown, /num:num_1: stopped\r\n/);
  });

  await t.test('^D and ^C at the prompt end the shell well, on a new line', async () => {
    for (const key of [endKey, interruptKey]) {
      const { shown, status } = await hupctl(server, [], [[prompt, key]]);
      assert.equal(status, 0);
      assert.match(shown, /supervisor> (\u001b\[13G)?\r\n$/);
    }
  });

  await t.test('the history comes from its file, is walked with the arrows, and goes back there', async () => {
    const file = join(server.dir, 'history');
    writeFileSync(file, 'pid zz\nversion\n');
    const up = '\u001b[A';
    const { shown } = await hupctl(
      server,
      ['-r', file],
      [
        [prompt, `${up}${up}\r`],
        ['No such process zz', ''],
        [prompt, 'status cat\r'],
        [prompt, 'quit\r'],
      ],
    );
    assert.match(shown, /No such process zz/);
    assert.equal(readFileSync(file, 'utf8'), 'pid zz\nversion\npid zz\nstatus cat\nquit\n');
    await hupctl(server, ['-r', '/nonexistent/history'], [[prompt, endKey]]);
    assert.equal(existsSync('/nonexistent/history'), false);
  });

  await t.test('several pasted lines are carried out one after the other', async () => {
    const { shown } = await hupctl(server, [], [[prompt, 'pid aa\rpid bb\rpid cc\rquit\r']]);
    const order = [...shown.matchAll(/No such process (..)/g)].map(([, name]) => name);
    assert.deepEqual(order, ['aa', 'bb', 'cc']);
  });

  await t.test('tail -f ends with ^C and leaves the shell where it was', async () => {
    const { status } = await hupctl(
      server,
      [],
      [
        [prompt, 'tail -f cat\r'],
        ['Press Ctrl-C', interruptKey],
        [prompt, 'version\r'],
        ['4\\.\\d', 'quit\r'],
      ],
    );
    assert.equal(status, 0);
  });

  await t.test('maintail -f and tail -f from the command line end with ^C and status 0', async () => {
    for (const args of [
      ['maintail', '-f'],
      ['tail', '-f', 'cat'],
    ]) {
      const { shown, status } = await hupctl(server, args, [['Press Ctrl-C', interruptKey]]);
      assert.equal(status, 0);
      assert.ok(shown.endsWith('\r\n'));
    }
  });

  await t.test('fg passes lines in and shows what comes out, until ^C', async () => {
    const { shown, status } = await hupctl(
      server,
      ['fg', 'cat'],
      [
        ['Press Ctrl-C', 'hello there\r'],
        ['hello there[\\s\\S]*hello there', interruptKey],
      ],
    );
    assert.match(shown, /Exiting foreground\r\n$/);
    assert.equal(status, 0);
  });

  await t.test('fg in the shell ends with ^D, and the shell goes on', async () => {
    const { status } = await hupctl(
      server,
      [],
      [
        [prompt, 'fg cat\r'],
        ['Press Ctrl-C', 'again\r'],
        ['again[\\s\\S]*again', endKey],
        ['Exiting foreground', ''],
        [prompt, 'quit\r'],
      ],
    );
    assert.equal(status, 0);
  });

  await t.test('a shutdown asks first', async () => {
    const { shown } = await hupctl(
      server,
      [],
      [
        [prompt, 'shutdown\r'],
        ['Really shut the remote supervisord process down y/N\\? ', 'n\r'],
        [prompt, 'pid zz\r'],
        ['No such process', 'quit\r'],
      ],
    );
    assert.doesNotMatch(shown, /Shut down/);
  });

  await t.test('states are coloured, but not with NO_COLOR', async () => {
    assert.match((await hupctl(server, ['status', 'cat'], [])).shown, /\u001b\[32mRUNNING/);
    assert.doesNotMatch((await hupctl(server, ['status', 'cat'], [], { NO_COLOR: '1' })).shown, /\u001b/);
  });

  await t.test('^C while a command waits for the server ends the shell, and keeps the history', async () => {
    const file = join(server.dir, 'history2');
    const { status } = await hupctl(
      server,
      ['-r', file],
      [
        [prompt, 'maintail -f\r'],
        ['Press Ctrl-C', interruptKey],
        [prompt, interruptKey],
      ],
    );
    assert.equal(status, 0);
    assert.equal(readFileSync(file, 'utf8'), 'maintail -f\n');
  });
});

test('a password is asked for on a terminal, and not shown', async (t) => {
  if (!needs(t, ...peers)) return;
  const server = await supervisord.start(config.replace('s.sock\n', 's.sock\nusername=user\npassword=secret\n'));
  t.after(() => server.stop());
  const { shown, status } = await hupctl(
    server,
    [],
    [
      ['Username:', 'user\r'],
      ['Password:', 'secret\r'],
      ['RUNNING', ''],
      [prompt, '\u001b[A\r'],
      [prompt, 'quit\r'],
    ],
  );
  assert.doesNotMatch(shown, /secret/);
  assert.equal(status, 0);
});
