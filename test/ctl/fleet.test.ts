/** One action on three real daemons. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { muteServer } from '../support/mute-server.ts';
import { type Rig, rigFor, run } from '../support/rig.ts';

async function threeRigs(t: TestContext, second = ''): Promise<readonly Rig[]> {
  const program = (more: string) =>
    `[program:web]\ncommand=/bin/cat\nstartsecs=0\nreload_overlap=0\nreload_strategy=rolling\n${more}`;
  return Promise.all(['', second, ''].map((more) => rigFor(t, { programs: program(more) })));
}

const servers = (rigs: readonly Rig[]) => rigs.flatMap(({ socket }) => ['-s', `unix://${socket}`]);
const pids = (rigs: readonly Rig[]) => Promise.all(rigs.map(async (rig) => (await rig.ctl('pid', 'web')).stdout));

describe('several servers', { concurrency: 3 }, () => {
  test('servers are reloaded one after another, each line says whose it is, and all is summed up', async (t) => {
    const rigs = await threeRigs(t);
    const before = await pids(rigs);
    const { stdout, status } = await run('bin/hupctl', [...servers(rigs), 'reload', '--serial', '1', 'web']);
    assert.equal(status, 0, stdout);
    const [a = '', b = '', c = ''] = rigs.map(({ socket }) => socket);
    const speakers = stdout.split('\n').flatMap((line) => /^(\/.*?\.sock): web: /.exec(line)?.[1] ?? []);
    assert.deepEqual([...new Set(speakers)], [a, b, c]);
    assert.deepEqual(
      speakers,
      [...speakers].sort((x, y) => [a, b, c].indexOf(x) - [a, b, c].indexOf(y)),
      'one after another',
    );
    assert.ok(stdout.endsWith(`\nreload done on 3 of 3: ${a}, ${b}, ${c}\n`), stdout);
    for (const [i, pid] of (await pids(rigs)).entries()) assert.notEqual(pid, before[i]);
  });

  test('a server that fails is the last one: those after it are not touched', async (t) => {
    const rigs = await threeRigs(t, 'reload_test=/bin/false\n');
    const before = await pids(rigs);
    const { stdout, status } = await run('bin/hupctl', [...servers(rigs), 'reload', '--serial=1', 'web']);
    assert.equal(status, 1);
    const [a, b, c] = rigs.map(({ socket }) => socket);
    assert.ok(
      stdout.endsWith(`reload done on 1 of 3: ${a}\nreload FAILED on 1 of 3: ${b}\nreload not begun on 1 of 3: ${c}\n`),
      stdout,
    );
    const after = await pids(rigs);
    assert.deepEqual(
      after.map((pid, i) => pid === before[i]),
      [false, true, true],
    );
  });

  test('status asks all, the dead one too, and does not stop there; stop and start do', async (t) => {
    const rigs = await threeRigs(t);
    const urls = ['-s', 'unix:///nowhere/hupd.sock', ...servers(rigs)];
    const asked = await run('bin/hupctl', [...urls, 'status']);
    assert.equal(asked.status, 4, asked.stdout);
    assert.match(asked.stdout, /^\/nowhere\/hupd\.sock: unix:\/\/\/nowhere\/hupd\.sock no such file\n/);
    assert.equal(asked.stdout.match(/hupd\.sock: web +RUNNING/g)?.length, 3, asked.stdout);
    const stopped = await run('bin/hupctl', [...urls, 'stop', 'web']);
    assert.match(stopped.stdout, /stop FAILED on 1 of 4: \/nowhere\/hupd\.sock\nstop not begun on 3 of 4: /);
    const two = await run('bin/hupctl', [...servers(rigs), 'restart', '--serial', '2', 'web']);
    assert.equal(two.status, 0, two.stdout);
    assert.match(two.stdout, /restart done on 3 of 3/);
  });

  test('each server may have a password of its own, which no line repeats', async (t) => {
    const inet = async (password: string) => {
      const port = await freePort();
      const programs = `[inet_http_server]\nport=127.0.0.1:${port}\nusername=ann\npassword=${password}\n[program:web]\ncommand=/bin/cat\nstartsecs=0\n`;
      await rigFor(t, { programs });
      return `http://ann:${password}@127.0.0.1:${port}`;
    };
    const urls = [await inet('first-secret'), await inet('second-secret')];
    const { stdout, stderr, status } = await run('bin/hupctl', [
      ...urls.flatMap((url) => ['-s', url]),
      'restart',
      'web',
    ]);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /\nrestart done on 2 of 2: 127\.0\.0\.1:\d+, 127\.0\.0\.1:\d+\n$/);
    assert.doesNotMatch(stdout + stderr, /secret/);
  });

  test('daemons are upgraded in place, one after another', async (t) => {
    const rigs = await threeRigs(t);
    const before = await pids(rigs);
    const { stdout, status } = await run('bin/hupctl', [...servers(rigs), 'upgrade']);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /\nupgrade done on 3 of 3: /);
    assert.deepEqual(await pids(rigs), before);
  });

  test('a server that takes the connection and says nothing is given up after --timeout, and is a failure like any other', async (t) => {
    const rig = await rigFor(t, { programs: '[program:web]\ncommand=/bin/cat\nstartsecs=0\n' });
    const mute = await muteServer(t);
    const urls = ['-s', mute.url, '-s', `unix://${rig.socket}`, '--timeout', '0.5'];
    const looked = await run('bin/hupctl', [...urls, 'status']);
    assert.equal(looked.status, 4);
    assert.match(looked.stdout, /mute\.sock: unix:\S*mute\.sock has not answered within 0\.5 s \(--timeout\)\n/);
    assert.match(looked.stdout, /hupd\.sock: web +RUNNING/, 'the others answer');
    for (const action of ['restart', 'reload', 'update', 'stop']) {
      const { stdout, status } = await run('bin/hupctl', [...urls, action, 'web']);
      assert.equal(status, 4, stdout);
      assert.match(stdout, new RegExp(`${action} FAILED on 1 of 2: .*mute\\.sock\\n${action} not begun on 1 of 2: `));
    }
    assert.equal(mute.connections(), 5);
  });

  test('a server that has answered once may take longer than --timeout', async (t) => {
    const rig = await rigFor(t, { programs: '[program:slow]\ncommand=/bin/cat\nstartsecs=6\nautostart=false\n' });
    const { stdout, status } = await rig.ctl('--timeout=5', 'start', 'slow');
    assert.equal(status, 0, stdout);
  });

  test('what makes no sense for several is refused before anything is asked', async () => {
    const urls = ['-s', 'unix:///a', '-s', 'unix:///b'];
    for (const [args, why] of [
      [['fg', 'web'], /fg is not for several servers/],
      [['tail', '-f', 'web'], /tail is not for several/],
      [['status', '--watch'], /not watched/],
      [['reload', '--serial', '0', 'web'], /--serial takes a number/],
      [['--timeout', 'soon', 'status'], /invalid value for --timeout 'soon'/],
      [['--timeout', '0', 'status'], /invalid value for --timeout/],
      [[], /several servers take an action/],
    ] as const) {
      const { status, stderr } = await run('bin/hupctl', [...urls, ...args]);
      assert.equal(status, 2);
      assert.match(stderr, why);
    }
  });
});
