import assert from 'node:assert/strict';
import { chmodSync, closeSync, mkdirSync, openSync, realpathSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { explainingChild } from '../../src/os/spawn.ts';
import { collect, openFds, rig, rootOnly } from './rig.ts';

const SLOT = 'grep -E "^(Sig(Blk|Ign)|Cap(Inh|Prm|Eff|Amb)|Uid|Gid|Groups):" /proc/self/status';

test("a child leads a process group of its own in the daemon's session", async (t) => {
  const { os, run } = rig(t);
  const { text } = await run('cut -d" " -f1,5,6 /proc/$$/stat');
  const [pid, pgid, session] = text.trim().split(' ').map(Number);
  assert.equal(pgid, pid);
  const own = await run(`cut -d" " -f6 /proc/${os.pid}/stat`);
  assert.equal(session, Number(own.text));
});

test('a child sees the descriptors it was given and no others', async (t) => {
  const { run, directory } = rig(t);
  writeFileSync(`${directory}/file`, '');
  const extra = openSync(`${directory}/file`, 'r');
  t.after(() => closeSync(extra));
  const { text } = await run('', { file: '/bin/ls', args: ['ls', '-l', '/proc/self/fd'] });
  const seen = [...text.matchAll(/(\d+) -> (.*)/g)].map(([, fd, what]) => `${fd} ${what}`);
  assert.equal(seen.length, 4, text);
  assert.match(seen[3] ?? '', /^3 \/proc\/\d+\/fd$/, 'the directory that ls itself is reading');
});

test("a descriptor whose number is another one's target still arrives", async (t) => {
  const { os, shell, start, exit, directory } = rig(t);
  const numbers = [3, 4, 5].map((number) => {
    writeFileSync(`${directory}/${number}`, `file ${number}\n`);
    return openSync(`${directory}/${number}`, 'r');
  });
  t.after(() => {
    for (const fd of numbers) closeSync(fd);
  });
  const out = os.createLogPipe('crossed', null);
  const [a = 0, b = 0, c = 0] = numbers;
  const request = shell('cat /dev/fd/3 /dev/fd/$A /dev/fd/$B', out, {
    env: [Buffer.from(`A=${a}`), Buffer.from(`B=${b}`), Buffer.from('PATH=/bin')],
  });
  const fds = new Map([...request.fds, [3, c], [a, b], [b, a]]);
  const pid = start({ ...request, fds });
  out.closeChildEnd();
  const text = collect(out);
  await exit(pid);
  out.drain();
  out.close();
  assert.equal(await text, 'file 5\nfile 4\nfile 3\n');
});

test('no signal is blocked or ignored in a child (child-signals)', async (t) => {
  const { run } = rig(t);
  const { text } = await run(SLOT);
  assert.match(text, /SigBlk:\t0+\nSigIgn:\t0+\n/);
});

test('a child of another user has that user, all its groups, and no capability', { skip: rootOnly }, async (t) => {
  const { os, run } = rig(t);
  const user = os.userByName('www-data') ?? os.userByName('nobody');
  assert.ok(user);
  const before = (await run(SLOT)).text;
  const { text } = await run(SLOT, { uid: user.uid });
  const four = (id: number) => `${id}\t${id}\t${id}\t${id}`;
  assert.ok(text.includes(`Uid:\t${four(user.uid)}\nGid:\t${four(user.gid)}\n`), text);
  const groups = (await run(`id -G ${user.name}`)).text.trim().split(' ').sort();
  assert.deepEqual(/Groups:\t(.*)/.exec(text)?.[1]?.trim().split(' ').sort(), groups);
  for (const set of ['CapPrm', 'CapEff', 'CapAmb']) assert.match(text, new RegExp(`${set}:\t0+\n`));
  assert.equal((await run(SLOT)).text, before, 'the daemon is itself again');
});

test('supplementary groups that name a user are all set', { skip: rootOnly }, async (t) => {
  const { os, run } = rig(t);
  for (const name of ['postgres', 'irc', 'backup', 'www-data', 'nobody']) {
    const user = os.userByName(name);
    if (user === null) continue;
    const [asked, real] = await Promise.all([run(`id -G ${name}`), run('id -G', { uid: user.uid })]);
    assert.deepEqual(real.text.trim().split(' ').sort(), asked.text.trim().split(' ').sort(), name);
  }
});

test('environment, arguments, umask and directory arrive as they were given, byte for byte', async (t) => {
  const { run, directory } = rig(t);
  mkdirSync(`${directory}/näher`);
  const { text } = await run('printf "%s|" "$A" "$1"; umask; pwd; od -An -tx1 /proc/$$/environ', {
    args: [
      'sh',
      '-c',
      'printf "%s|" "$1"; umask; /bin/pwd; tr -d A </proc/$$/environ | /usr/bin/od -An -tx1 | tr -d "\\n"',
      'sh',
      'ä  b',
    ],
    env: [Buffer.from([0x41, 0x3d, 0xff, 0xfe]), Buffer.from('PATH=/usr/bin:/bin')],
    umask: 0o027,
    directory: `${directory}/näher`,
  });
  assert.ok(text.startsWith(`ä  b|0027\n${realpathSync(directory)}/näher\n`), text);
  assert.match(text, /3d ff fe 00/);
  assert.notEqual(process.umask(), 0o027);
});

test('LISTEN_PID is the pid of the program, and further descriptors reach it through the shell', async (t) => {
  const { os, shell, start, exit, directory } = rig(t);
  writeFileSync(`${directory}/three`, 'third\n');
  const fd = openSync(`${directory}/three`, 'r');
  const out = os.createLogPipe('listen', null);
  const request = shell('echo $$ $LISTEN_PID $0; cat <&3', out, { listenPid: true });
  const pid = start({ ...request, fds: new Map([...request.fds, [3, fd]]) });
  closeSync(fd);
  out.closeChildEnd();
  const text = collect(out);
  await exit(pid);
  out.drain();
  out.close();
  assert.equal(await text, `${pid} ${pid} /bin/sh\nthird\n`);
});

test('a start that can not be is told with its step and errno', async (t) => {
  const { os, shell, directory } = rig(t);
  const out = os.createLogPipe('never', null);
  t.after(() => out.close());
  const file = (name: string, text: string, mode: number) => {
    writeFileSync(`${directory}/${name}`, text);
    chmodSync(`${directory}/${name}`, mode);
    return `${directory}/${name}`;
  };
  const failure = (more: object) => {
    const outcome = os.spawn(shell('', out, more));
    return outcome.ok ? 'started' : `${outcome.step} ${outcome.errno}`;
  };
  assert.equal(failure({ file: `${directory}/nothing` }), 'exec ENOENT');
  assert.equal(failure({ file: file('plain', 'echo no interpreter line\n', 0o755) }), 'exec ENOEXEC');
  assert.equal(failure({ file: file('bad', '#!/no/such/interpreter\n', 0o755) }), 'exec ENOENT');
  assert.equal(failure({ file: file('data', 'x', 0o644) }), 'exec EACCES');
  assert.equal(failure({ directory: '/no/such/place' }), 'chdir ENOENT');
  assert.equal(failure({ directory: `${directory}/data` }), 'chdir ENOTDIR');
  assert.equal(failure({ args: ['sh', '-c', 'a\0b'] }), 'exec EINVAL');
  assert.equal(failure({ uid: 4242424 }), os.uid === 0 ? 'setuid ENOENT' : 'setuid EPERM');
});

test("a directory closed to the child's user fails as chdir, a file closed to it as exec", {
  skip: rootOnly,
}, async (t) => {
  const { os, shell, directory } = rig(t);
  const out = os.createLogPipe('closed', null);
  t.after(() => out.close());
  const uid = os.userByName('nobody')?.uid ?? 65534;
  mkdirSync(`${directory}/private`, { mode: 0o700 });
  const outcome = os.spawn(shell('', out, { uid, directory: `${directory}/private` }));
  assert.ok(!outcome.ok && outcome.step === 'chdir' && outcome.errno === 'EACCES');
  const second = os.spawn(shell('', out, { uid, file: `${directory}/private/x` }));
  assert.ok(!second.ok && second.step === 'exec' && second.errno === 'EACCES');
  assert.equal(process.geteuid?.(), 0);
});

test('an explaining child says the text as it is, on its stderr, and exits 127', async (t) => {
  const { run } = rig(t);
  const text = 'supervisor: couldn\'t exec "$HOME" `id` %s: ENOENT\n';
  const outcome = await run('', explainingChild(text));
  assert.deepEqual(outcome, { text, status: { kind: 'exit', code: 127 } });
});

test('two hundred starts leave no descriptor behind', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const before = [...openFds()].filter(([, what]) => !what.includes('anon_inode')).length;
  for (let batch = 0; batch < 20; batch += 1) {
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const out = os.createLogPipe('many', null);
        const stdin = os.createStdinPipe();
        const request = shell('echo $$', out);
        const pid = start({ ...request, fds: new Map([...request.fds, [0, stdin.childFd]]) });
        out.closeChildEnd();
        stdin.closeChildEnd();
        const text = collect(out);
        await exit(pid);
        out.drain();
        stdin.close();
        out.close();
        assert.equal(await text, `${pid}\n`, `${batch}.${index}`);
      }),
    );
  }
  assert.equal([...openFds()].filter(([, what]) => !what.includes('anon_inode')).length, before);
});
