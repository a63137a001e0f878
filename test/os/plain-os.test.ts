/** The operating system by Node alone. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, openSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type TestContext, test } from 'node:test';
import type { ExitStatus } from '../../src/core/exit-status.ts';
import type { LogPipe, SpawnRequest } from '../../src/os/os.ts';
import { OsError } from '../../src/os/os-error.ts';
import { PlainOs } from '../../src/os/plain-os.ts';
import { until } from '../support/until.ts';
import { collect, output, rootOnly } from './rig.ts';

const nobody = 65534;
const nothing = openSync('/dev/null', 'r');

function plain(t: TestContext) {
  const directory = mkdtempSync(`${tmpdir()}/hupd-plain-`);
  t.after(() => rmSync(directory, { recursive: true }));
  const os = new PlainOs('no koffi', directory);
  const exits = new Map<number, (status: ExitStatus) => void>();
  os.onExit((pid, status) => exits.get(pid)?.(status));
  const request = (out: LogPipe, script: string, more: Partial<SpawnRequest> = {}): SpawnRequest => ({
    ...{ file: '/bin/sh', args: ['sh', '-c', script], env: [Buffer.from('PATH=/usr/bin:/bin')] },
    ...{ directory: null, umask: null, uid: null, listenPid: false },
    fds: new Map([nothing, out.childFd, out.childFd].entries()),
    ...more,
  });
  const start = (asked: SpawnRequest): { pid: number; exit: Promise<ExitStatus> } => {
    const spawned = os.spawn(asked);
    assert.ok(spawned.ok, JSON.stringify(spawned));
    return { pid: spawned.pid, exit: new Promise((resolve) => exits.set(spawned.pid, resolve)) };
  };
  /** Runs it to its end. */
  const run = async (script: string, more?: Partial<SpawnRequest>) => {
    const out = os.createLogPipe('run', more?.uid ?? null);
    const text = collect(out);
    const { pid, exit } = start(request(out, script, more));
    out.closeChildEnd();
    const status = await exit;
    out.drain();
    const all = await text;
    out.close();
    return { pid, status, text: all };
  };
  return { os, directory, request, start, run };
}

test('a child has its arguments, environment, directory, umask, descriptors and a group of its own', async (t) => {
  const { directory, run, os } = plain(t);
  const script = 'echo "$0 $A"; pwd; umask; ls -l /proc/$$/fd | grep -c /run.1; cut -d" " -f5 /proc/$$/stat; exit 3';
  const { pid, status, text } = await run(script, {
    args: ['called', '-c', script, 'zero'],
    env: [Buffer.from('PATH=/usr/bin:/bin'), Buffer.from('A=b=c')],
    ...{ directory, umask: 0o027 },
  });
  assert.deepEqual(status, { kind: 'exit', code: 3 });
  assert.equal(text, `zero b=c\n${realpathSync(directory)}\n0027\n2\n${pid}\n`);
  assert.deepEqual(readdirSync(directory), []);
  assert.equal(os.uid, process.geteuid?.());
});

test('LISTEN_PID is the pid of the program itself', async (t) => {
  const { run } = plain(t);
  const { pid, text } = await run('echo $LISTEN_PID', { listenPid: true });
  assert.equal(text, `${pid}\n`);
});

test('a child that a signal ended is told with the number of the signal', async (t) => {
  const { os, request, start } = plain(t);
  const out = os.createLogPipe('killed', null);
  const seen = output(out);
  const { pid, exit } = start(request(out, 'echo up; exec sleep 1000'));
  out.closeChildEnd();
  await seen.has('up');
  assert.equal(os.kill(pid, 15, true), 'ok');
  assert.deepEqual(await exit, { kind: 'signal', signal: 15, coreDumped: false });
  assert.equal(os.kill(pid, 15, true), 'ESRCH');
  out.close();
});

test('stdin is written without waiting, and its end is seen on both sides', async (t) => {
  const { os, request, start, directory } = plain(t);
  const out = os.createLogPipe('cat', null);
  const stdin = os.createStdinPipe();
  assert.deepEqual(readdirSync(directory), ['cat.1']);
  const text = collect(out);
  const fds = new Map([stdin.childFd, out.childFd, out.childFd].entries());
  const { exit } = start(request(out, 'exec cat', { fds }));
  out.closeChildEnd();
  stdin.closeChildEnd();
  const large = 'x'.repeat(300_000);
  assert.equal(stdin.write(Buffer.from(large)), 'ok');
  assert.ok(stdin.pending > 0);
  await until('an empty pipe', () => stdin.pending === 0);
  stdin.close();
  assert.deepEqual(await exit, { kind: 'exit', code: 0 });
  out.drain();
  assert.equal(await text, large);
  out.close();

  const closed = os.createStdinPipe();
  closed.closeChildEnd();
  assert.equal(closed.write(Buffer.from('x')), 'EPIPE');
  closed.close();
});

test('what can not be started is a value that names the step', async (t) => {
  const { os, request, directory } = plain(t);
  const out = os.createLogPipe('failing', null);
  writeFileSync(`${directory}/text`, '');
  writeFileSync(`${directory}/script`, '#!/no/such/interpreter\n');
  chmodSync(`${directory}/script`, 0o755);
  const attempt = (more: Partial<SpawnRequest>) => {
    const { ok, step, errno } = os.spawn(request(out, '', more)) as { ok: boolean; step?: string; errno?: string };
    return ok ? 'started' : `${step} ${errno}`;
  };
  assert.equal(attempt({ directory: '/no/such/place' }), 'chdir ENOENT');
  assert.equal(attempt({ file: '/no/such/file' }), 'exec ENOENT');
  assert.equal(attempt({ file: 'sh' }), 'exec ENOENT');
  assert.equal(attempt({ file: directory }), 'exec EACCES');
  assert.equal(attempt({ file: `${directory}/text` }), 'exec EACCES');
  assert.equal(attempt({ file: `${directory}/script` }), 'exec ENOENT');
  assert.equal(attempt({ args: ['a\0b'] }), 'exec EINVAL');
  if (os.uid === 0) assert.equal(attempt({ uid: 4_000_000 }), 'setuid ENOENT');
  else assert.equal(attempt({ uid: 0 }), 'setuid EPERM');
  out.close();
});

test("another user's program has that user's groups and can open its output again", { skip: rootOnly }, async (t) => {
  const { directory, run, os } = plain(t);
  chmodSync(directory, 0o711);
  const { text } = await run('id -u; id -g; id -G; echo again > /dev/stdout', { uid: nobody });
  const gid = os.userById(nobody)?.gid;
  assert.equal(text, `${nobody}\n${gid}\n${gid}\nagain\n`);
});

test('what needs the C library is refused by name, and said once', async (t) => {
  const { os } = plain(t);
  assert.equal(os.missing.length, 1);
  assert.match(os.missing[0]?.text ?? '', /^no koffi; so sockets are neither kept nor handed over/);
  assert.equal(os.becomeSubreaper(), 'ENOSYS');
  assert.deepEqual(os.borrowListeners(), { sockets: [], ownEach: [], problem: 'no koffi' });
  for (const refused of [() => os.listen({ kind: 'unix', path: '/x' }), () => os.createProbe()]) {
    assert.throws(refused, (error) => error instanceof OsError && error.code === 'ENOSYS');
  }
});
