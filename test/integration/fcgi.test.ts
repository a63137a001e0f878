/** `[fcgi-program:x]` with real processes: a small server in Python that accepts on its descriptor 0 and answers with its pid. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from '../../src/ctl/client.ts';
import { freePort } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { type Rig, rigFor } from '../support/rig.ts';

const server = `
import os, socket, signal
listener = socket.socket(fileno=0)
while True:
    connection, _ = listener.accept()
    connection.sendall(b'%d' % os.getpid())
    connection.close()
`;
const files = { 'server.py': server };
const python = { command: '/usr/bin/python3', apt: 'python3-minimal' } as const;

function section(name: string, socket: string, more = ''): string {
  return `
[fcgi-program:${name}]
socket=${socket}
command=/usr/bin/python3 -S DIR/server.py
numprocs=2
process_name=%(program_name)s_%(process_num)d
startsecs=0
stdout_logfile=NONE
stderr_logfile=DIR/${name}.err
${more}`;
}

/** What the server says, or the errno. */
function ask(target: { path: string } | { host: string; port: number }): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(target);
    socket.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message));
  });
}

async function pids(rig: Rig, ...names: readonly string[]): Promise<readonly string[]> {
  return Promise.all(names.map(async (name) => (await rig.ctl('pid', name)).stdout.trim()));
}

test('the processes of an fcgi-program share one socket as descriptor 0, open as long as one of them lives', async (t) => {
  if (!needs(t, python)) return;
  const rig = await rigFor(t, { files, programs: section('app', 'unix://DIR/app.sock', 'socket_mode=0740') });
  const path = join(rig.dir, 'app.sock');
  const both = await pids(rig, 'app:app_0', 'app:app_1');
  assert.ok(both.includes(await ask({ path })));
  assert.equal(statSync(path).mode & 0o7777, 0o740);
  assert.ok(statSync(path).isSocket());

  await rig.ctl('stop', 'app:app_0');
  assert.equal(await ask({ path }), both[1]);
  assert.equal(rig.log.match(/Closing socket/g)?.length, 1, 'only the one that was opened to try');
  await rig.ctl('stop', 'app:app_1');
  assert.equal(await ask({ path }), 'ECONNREFUSED');
  assert.ok(existsSync(path), 'the file stays');
  await rig.ctl('start', 'app:*');
  assert.ok((await pids(rig, 'app:app_0', 'app:app_1')).includes(await ask({ path })));
  const said = rig.log.match(/INFO (?:Creating|Closing) socket unix:\S+/g) ?? [];
  assert.deepEqual(
    said.map((line) => line.split(' ')[1]),
    ['Creating', 'Closing', 'Creating', 'Closing', 'Creating'],
  );
});

test('the standard input of an fcgi-program is no file to write to', async (t) => {
  if (!needs(t, python)) return;
  const rig = await rigFor(t, { files, programs: section('app', 'unix://DIR/app.sock') });
  const client = new Client({ serverUrl: `unix://${rig.socket}`, username: null, password: null });
  const reply = await client.call('supervisor.sendProcessStdin', ['app:app_0', 'x']);
  assert.deepEqual(reply.ok ? '' : reply.failure, { kind: 'fault', code: 20, text: 'NO_FILE: app:app_0' });
});

test('an fcgi-program that is a member of a group gets its socket too, whatever else is in the group', async (t) => {
  if (!needs(t, python)) return;
  const rig = await rigFor(t, {
    files,
    programs: `${section('a', 'unix://DIR/a.sock')}${section('b', 'unix://DIR/b.sock')}
[program:plain]
command=/bin/cat
startsecs=0
[group:all]
programs=a,plain,b
`,
  });
  assert.ok((await pids(rig, 'all:a_0', 'all:a_1')).includes(await ask({ path: join(rig.dir, 'a.sock') })));
  assert.ok((await pids(rig, 'all:b_0', 'all:b_1')).includes(await ask({ path: join(rig.dir, 'b.sock') })));
  const [plain] = await pids(rig, 'all:plain');
  assert.ok(Number(plain) > 0);
});

test('a rolling reload replaces the processes behind the socket, which stays open throughout', async (t) => {
  if (!needs(t, python)) return;
  const port = await freePort();
  const target = { host: '127.0.0.1', port };
  const rig = await rigFor(t, {
    files,
    programs: section('app', `tcp://127.0.0.1:${port}`, 'reload_strategy=rolling\nreload_overlap=0'),
  });
  const before = await pids(rig, 'app:app_0', 'app:app_1');
  const answers: string[] = [];
  let over = false;
  const asking = (async () => {
    while (!over) answers.push(await ask(target));
  })();
  const { status, stdout } = await rig.ctl('reload', 'app:*');
  over = true;
  await asking;
  assert.equal(status, 0, stdout);
  const after = await pids(rig, 'app:app_0', 'app:app_1');
  assert.equal(new Set([...before, ...after]).size, 4);
  assert.ok(after.includes(await ask(target)));
  // The small server drops a connection that it has accepted when it is told to stop; nobody is refused.
  assert.equal(answers.filter((answer) => answer === 'ECONNREFUSED').length, 0);
  assert.equal(rig.log.match(/Closing socket/g)?.length, 1, 'only the one that was opened to try');
});

test('a socket that cannot be opened is said at the start, keeps nobody else from running, and is tried again', async (t) => {
  if (!needs(t, python)) return;
  const port = await freePort();
  const squatter = createServer().listen(port, '127.0.0.1');
  await new Promise((resolve) => squatter.on('listening', resolve));
  t.after(() => squatter.close());
  const rig = await rigFor(t, {
    files,
    programs: `${section('app', `tcp://127.0.0.1:${port}`, 'autostart=false\nstartretries=0')}
[program:plain]
command=/bin/cat
startsecs=0
`,
  });
  await rig.logged(/CRIT Could not create FastCGI socket tcp:\/\/127\.0\.0\.1:\d+: .*EADDRINUSE/);
  await rig.logged(/success: plain entered RUNNING/);
  assert.match((await rig.ctl('start', 'app:app_0')).stdout, /ERROR \(spawn error\)/);
  assert.match((await rig.ctl('status', 'app:app_0')).stdout, /FATAL.*EADDRINUSE/);
  await new Promise((resolve) => squatter.close(resolve));
  assert.match((await rig.ctl('start', 'app:app_0')).stdout, /started/);
  assert.match(await ask({ host: '127.0.0.1', port }), /^\d+$/);
  assert.equal(readFileSync(join(rig.dir, 'app.err'), 'utf8'), '');
});
