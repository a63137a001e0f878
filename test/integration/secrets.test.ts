/**
 * What is secret in a configuration stays in it: passwords of servers and environments of programs are in no log, no answer, no page and no
 * command line of the daemon or of hupctl. And what users write reaches no shell.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { RpcClient } from '../../src/ctl/rpc-client.ts';
import { makeRuntimeDirectory, removeRuntimeDirectory } from '../../src/daemon/runtime-directory.ts';
import { freePort } from '../support/gunicorn.ts';
import { ask, basic, get, RawClient } from '../support/raw-http.ts';
import { type Rig, rigFor, run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const secrets = ['s3cret-clear', 's3cret-read', 's3cret-env', 's3cret-daemon', 's3cret-ctl'];
const configuration = (port: number) => `
[inet_http_server]
port=127.0.0.1:${port}
username=ann
password=s3cret-clear
read_only_username=eve
read_only_password=s3cret-read
[program:web]
command=/bin/cat
environment=TOKEN="s3cret-env"
startsecs=0
[program:broken]
command=/no/such/program
environment=TOKEN="s3cret-env"
autostart=false
[eventlistener:ear]
command=/bin/cat
events=EVENT
environment=TOKEN="s3cret-env"
startsecs=0
`;

test('passwords and environments are in no log, answer, page or command line', async (t) => {
  const port = await freePort();
  const rig = await rigFor(t, {
    programs: configuration(port),
    daemon: 'loglevel=blather\nenvironment=TOKEN="s3cret-daemon"',
  });
  await rig.logged(/success: ear/);
  const told: string[] = [];
  const rpc = new RpcClient({ serverUrl: `unix://${rig.socket}`, username: null, password: null });
  const names = await rpc.call('system.listMethods');
  assert.ok(names.ok);
  for (const name of names.value as readonly string[]) {
    if (/shutdown|restart$|upgrade|wait|clear|stop|remove/i.test(name)) continue;
    for (const params of [[], ['web'], ['broken'], ['web', 0, 0]])
      told.push(JSON.stringify(await rpc.call(name, params)));
  }
  const ann = basic('ann', 's3cret-clear');
  for (const path of [
    '/',
    '/metrics',
    '/history?processname=web',
    '/tail.html?processname=web',
    '/?action=start&processname=broken',
  ]) {
    told.push((await ask(port, get(path, ann))).body);
  }
  told.push((await ask(port, get('/', basic('ann', 'wrong')))).body);
  const events = new RawClient(port).send(get('/events', ann));
  told.push((await events.until((bytes) => bytes.includes('event: '))).toString());
  events.close();
  for (const words of [
    ['status'],
    ['status', '--json'],
    ['avail'],
    ['doctor'],
    ['why', 'broken'],
    ['reload', '--plan', 'web'],
    ['reread'],
  ]) {
    const { stdout, stderr } = await rig.ctl(...words);
    told.push(stdout, stderr);
  }
  told.push((await run('bin/hupd', ['--check', '-c', rig.configFile])).stdout);
  told.push(readFileSync(`/proc/${rig.pid}/cmdline`, 'utf8'), rig.log, rig.read('hupd.log'));
  const seen = secrets.filter((secret) => told.some((text) => text.includes(secret)));
  assert.deepEqual(seen, []);
  assert.equal(rig.read('hupd.log').includes('audit: user'), true, 'the log was written');
});

test('an error of hupctl does not repeat the password, and ps does not show it', async (t) => {
  const dir = tempDir(t);
  const url = `http://127.0.0.1:${await freePort()}`;
  const { stdout, stderr } = await run(join('bin', 'hupctl'), ['-s', url, '-u', 'ann', '-p', 's3cret-ctl', 'status']);
  assert.doesNotMatch(stdout + stderr, /s3cret/);
  assert.match(stdout, /refused connection/);
  // A server that never answers, so that there is time to look.
  const server = createServer().listen(join(dir, 'deaf.sock'));
  t.after(() => server.close());
  const args = ['-s', `unix://${join(dir, 'deaf.sock')}`, '-u', 'ann', '-p', 's3cret-ctl', 'status'];
  const child = spawn(join('bin', 'hupctl'), args, { stdio: 'ignore' });
  const [socket] = (await once(server, 'connection')) as [Socket];
  await until('hupctl has asked', () => socket.readableLength > 0 || socket.read() !== null);
  const line = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
  child.kill('SIGKILL');
  socket.destroy();
  await once(child, 'exit');
  assert.doesNotMatch(line, /s3cret/);
});

/** A file that would be there if a shell had read it. */
const trap = (rig: Rig | string) => join(typeof rig === 'string' ? rig : rig.dir, 'trap');

test('a command, a ready check, a reload test and what a client sends reach no shell, with sockets handed over as well', async (t) => {
  const nasty = `'$(touch DIR/trap)' '\`touch DIR/trap\`' ';touch DIR/trap' '| touch DIR/trap' '&& touch DIR/trap'`;
  const rig = await rigFor(t, {
    programs: `[program:web]
command=/bin/sh DIR/web.sh ${nasty}
environment=A="$(touch DIR/trap)",LISTEN="\`touch DIR/trap\`"
socket=unix://DIR/web.sock
reload_strategy=rolling
reload_test=/bin/echo ${nasty}
ready_check=exec:/bin/echo ${nasty}
reload_overlap=0
stdout_logfile=DIR/web.log
startsecs=0
[program:cat]
command=/bin/cat
startsecs=0
`,
    files: { 'web.sh': 'for word; do echo "$word"; done; echo "$LISTEN_FDS" "$$" = "$LISTEN_PID"; exec sleep 1000' },
  });
  await rig.logged(/success: web/);
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 0, stdout);
  const rpc = new RpcClient({ serverUrl: `unix://${rig.socket}`, username: null, password: null });
  for (const word of [`$(touch ${trap(rig)})`, `;touch ${trap(rig)}`]) {
    for (const method of ['startProcess', 'stopProcess', 'getProcessInfo', 'startProcessGroup', 'readProcessLog']) {
      await rpc.call(`supervisor.${method}`, [word]);
    }
    await rpc.call('supervisor.sendProcessStdin', ['cat', word]);
    await rpc.call('supervisor.sendRemoteCommEvent', [word, word]);
  }
  assert.equal(existsSync(trap(rig)), false);
  const said = await rig.until(
    () => (/= \d+\n/.test(rig.read('web.log')) ? rig.read('web.log') : null),
    'web has said',
  );
  assert.ok(said.includes(`;touch ${rig.dir}/trap\n`), said);
  assert.match(said, /1 (\d+) = \1\n/, 'the descriptors are its own');
});

test('the control socket is closed to others, and so is the directory of the log pipes', async (t) => {
  const rig = await rigFor(t, { programs: '[program:web]\ncommand=/bin/cat\nstartsecs=0' });
  await rig.logged(/success: web/);
  assert.equal(statSync(rig.socket).mode & 0o777, 0o700);
  const pipes = readdirSync(`/proc/${rig.pid}/fd`).flatMap((fd) => {
    try {
      const path = readFileSync(`/proc/${rig.pid}/fdinfo/${fd}`) && linkOf(rig.pid, fd);
      return path.includes('/hupd-') && lstatSync(path).isFIFO() ? [path] : [];
    } catch {
      return [];
    }
  });
  for (const path of pipes) {
    assert.equal(lstatSync(path).mode & 0o077, 0, path);
    assert.equal(lstatSync(join(path, '..')).mode & 0o066, 0, path);
  }
  assert.ok(pipes.length > 0, 'there are log pipes');
});

test("a directory for the log pipes that is a link, open to others, a file or somebody else's is refused", (t) => {
  const dir = tempDir(t);
  const file = join(dir, 's.conf');
  const uid = process.geteuid?.() ?? 0;
  const made = makeRuntimeDirectory(file, uid);
  assert.ok(made.ok);
  removeRuntimeDirectory(made.path);
  t.after(() => removeRuntimeDirectory(made.path));
  const refusal = () => {
    const again = makeRuntimeDirectory(file, uid);
    return again.ok ? 'taken' : again.error.replace(made.path, 'PATH');
  };
  symlinkSync(dir, made.path);
  assert.equal(refusal(), 'PATH is not a directory: remove it');
  unlinkSync(made.path);
  writeFileSync(made.path, '');
  assert.match(refusal(), /PATH/);
  unlinkSync(made.path);
  mkdirSync(made.path);
  chmodSync(made.path, 0o777);
  assert.equal(refusal(), 'PATH is open to others: chmod 700 it');
  chmodSync(made.path, 0o700);
  assert.equal(refusal(), 'taken');
});

test("root takes no directory for the log pipes from another user, not even for a daemon with a user of its own; root's own becomes that user's", {
  skip: process.geteuid?.() !== 0 && 'only root can give a directory away',
}, (t) => {
  const file = join(tempDir(t), 's.conf');
  const [stranger, wanted] = [54321, 12345];
  const made = makeRuntimeDirectory(file, 0);
  assert.ok(made.ok);
  t.after(() => removeRuntimeDirectory(made.path));
  for (const uid of [0, wanted]) {
    chownSync(made.path, stranger, -1);
    const refused = makeRuntimeDirectory(file, uid);
    assert.ok(!refused.ok);
    assert.match(refused.error, new RegExp(`^${made.path} belongs to uid 54321: .* runs as uid ${uid}, .* remove it$`));
    assert.equal(statSync(made.path).uid, stranger);
  }
  for (const owner of [0, wanted]) {
    chownSync(made.path, owner, -1);
    assert.ok(makeRuntimeDirectory(file, wanted).ok);
    assert.equal(statSync(made.path).uid, wanted);
  }
});

function linkOf(pid: number, fd: string): string {
  return readlinkSync(`/proc/${pid}/fd/${fd}`);
}
