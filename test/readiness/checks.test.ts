/** Each ready check, in a world where time stands still until the test moves it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ReadyCheck } from '../../src/core/spec.ts';
import type { HttpCheck } from '../../src/readiness/http.ts';
import { CheckWorld } from '../support/check-world.ts';

const listener = { kind: 'tcp', host: '0.0.0.0', port: 8000 } as const;
const local = { kind: 'tcp', host: '127.0.0.1', port: 8000 } as const;
const fakeProbe = ({ os }: CheckWorld) => os.probes[0] ?? assert.fail('a probe');

function http(more: Partial<HttpCheck> = {}): ReadyCheck {
  const statuses = [{ from: 200, to: 399 }];
  return { kind: 'http', path: '/health', address: null, host: null, statuses, timeoutSecs: 10, ...more };
}

/** A check that was stopped or is over leaves nothing and says nothing more. */
async function endsQuietly(world: CheckWorld): Promise<void> {
  world.check.stop();
  const { length } = world.said;
  await world.os.elapse(60_000);
  world.channel.end();
  for (const probe of world.os.probes) probe.close();
  assert.equal(world.said.length, length);
  assert.equal(world.os.clock.armedFor, null);
  assert.deepEqual(world.os.leaks(), []);
}

describe('accept', () => {
  test('is passed when a connection to the probe has been accepted', async () => {
    const world = new CheckWorld({ kind: 'accept' }, { probe: true, handedOver: [listener] });
    world.os.advance(1000);
    assert.deepEqual(world.said, ['answered: it has not accepted a connection yet']);
    fakeProbe(world).accept();
    world.os.advance(20);
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
  });

  test('without a probe is passed when the process is seen waiting for connections', async () => {
    const world = new CheckWorld({ kind: 'accept' });
    world.child.listening = [listener];
    world.os.advance(1000);
    assert.deepEqual(world.said, ['answered: it does not wait for connections yet']);
    world.child.serves = true;
    world.os.advance(100);
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
  });

  test('finds the server that a shell started', () => {
    const world = new CheckWorld({ kind: 'accept' });
    world.os.fork(world.child.pid).serves = true;
    world.os.advance(100);
    assert.equal(world.last, 'ready');
  });

  test('is startsecs where nobody may look at the process', async () => {
    const world = new CheckWorld({ kind: 'accept' });
    world.os.hidesServers = true;
    world.os.advance(1009);
    assert.equal(world.last, 'answered: it has not been up for 1 s');
    world.os.advance(1);
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
  });
});

const unanswered = 'answered: GET /health has no answer yet';

describe('http', () => {
  test('is passed when the probe answers with a status that counts, and tells the others', async () => {
    const world = new CheckWorld(http(), { probe: true, handedOver: [listener] });
    const probe = fakeProbe(world);
    probe.answer({ status: 503, body: '' });
    await world.os.elapse(1000);
    assert.deepEqual(world.said, [unanswered, 'answered: GET /health answered 503']);
    assert.deepEqual(probe.asked[0], { path: '/health', host: 'localhost', timeoutMs: 10_000 });
    probe.answer({ error: 'ECONNRESET' });
    await world.os.elapse(100);
    assert.equal(world.last, 'answered: GET /health: ECONNRESET');
    probe.answer({ status: 302, body: '' });
    await world.os.elapse(100);
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
  });

  test('is asked again when no answer comes within its timeout', async () => {
    const world = new CheckWorld(http({ timeoutSecs: 2 }), { probe: true, handedOver: [listener] });
    await world.os.elapse(1999);
    assert.deepEqual(world.said, [unanswered]);
    await world.os.elapse(1);
    assert.deepEqual(world.said, [unanswered, 'answered: GET /health: timeout']);
    fakeProbe(world).answer({ status: 200, body: '' });
    await world.os.elapse(100);
    assert.equal(world.last, 'ready');
  });

  test('takes the statuses and the Host header that were asked for', async () => {
    const statuses = [
      { from: 401, to: 401 },
      { from: 204, to: 206 },
    ];
    const world = new CheckWorld(http({ statuses, host: 'www.example.org' }), { probe: true, handedOver: [listener] });
    const probe = fakeProbe(world);
    probe.answer({ status: 200, body: '' });
    await world.os.elapse(100);
    assert.equal(world.last, 'answered: GET /health answered 200');
    assert.equal(probe.asked[0]?.host, 'www.example.org');
    probe.answer({ status: 205, body: '' });
    await world.os.elapse(100);
    assert.equal(world.last, 'ready');
  });

  test('at a given address asks there', async () => {
    const world = new CheckWorld(http({ address: local }));
    await world.os.elapse(100);
    assert.equal(world.last, 'answered: GET /health: ECONNREFUSED');
    world.os.answers.set('tcp://127.0.0.1:8000', { status: 200, body: '' });
    await world.os.elapse(100);
    assert.equal(world.last, 'ready');
    assert.equal(world.os.asked[0]?.host, '127.0.0.1:8000');
    await endsQuietly(world);
  });

  test('at an address that is handed over asks over the probe, where only the new generation answers', async () => {
    const world = new CheckWorld(http({ address: local }), { probe: true, handedOver: [listener] });
    world.os.answers.set('tcp://127.0.0.1:8000', { status: 200, body: '' });
    await world.os.elapse(1000);
    assert.deepEqual([world.said, world.os.asked], [[unanswered], []]);
  });

  test('without a probe and an address asks where the process listens', async () => {
    const world = new CheckWorld(http());
    await world.os.elapse(1000);
    assert.deepEqual(world.said, ['answered: it does not listen yet']);
    world.child.listening = [listener];
    world.os.answers.set('tcp://127.0.0.1:8000', { status: 200, body: '' });
    await world.os.elapse(100);
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
  });

  test('says what to do where nobody may see on what the process listens', () => {
    const world = new CheckWorld(http());
    world.os.failNext('borrowListeners', 'EPERM');
    world.os.advance(100);
    assert.match(world.last, /^not ready: .*EPERM.*ready_check=http:\/\/host:port\/path and hupd asks there$/);
  });

  test('that is stopped while an answer is due does not hear it', async () => {
    const world = new CheckWorld(http(), { probe: true, handedOver: [listener] });
    world.check.stop();
    fakeProbe(world).answer({ status: 200, body: '' });
    await world.os.elapse(1000);
    assert.deepEqual(world.said, [unanswered]);
  });
});

describe('tcp and unix', () => {
  test('are passed when a connection is taken', async () => {
    for (const [check, text] of [
      [local, '127.0.0.1:8000'],
      [{ kind: 'unix', path: '/run/web.sock' }, '/run/web.sock'],
    ] as const) {
      const world = new CheckWorld(check);
      await world.os.elapse(1000);
      assert.deepEqual(world.said, [`answered: connect to ${text}: ECONNREFUSED`]);
      world.os.answers.set(check.kind === 'tcp' ? `tcp://${text}` : `unix://${text}`, { status: 200, body: '' });
      await world.os.elapse(50);
      assert.equal(world.last, 'ready');
      await endsQuietly(world);
    }
  });

  test('of an address that is handed over mean accept: hupd itself keeps it open', () => {
    const world = new CheckWorld(local, { probe: true, handedOver: [listener] });
    world.os.answers.set('tcp://127.0.0.1:8000', { status: 200, body: '' });
    world.os.advance(1000);
    assert.deepEqual(world.said, ['answered: it has not accepted a connection yet']);
    fakeProbe(world).accept();
    world.os.advance(20);
    assert.equal(world.last, 'ready');
  });
});

describe('exec', () => {
  test('is passed when the command exits with 0, and is run again until then', async () => {
    const world = new CheckWorld({ kind: 'exec', command: 'true --really' }, { spec: { uid: 33, directory: '/srv' } });
    const { os, child } = world;
    assert.deepEqual(world.said, ['answered: the command has not ended yet']);
    assert.deepEqual([os.last.request.uid, os.last.request.directory], [33, '/srv']);
    assert.equal(os.last.env('MAINPID'), `${child.pid}`);
    os.last.write(1, 'still\n');
    os.last.write(2, 'no route\n');
    os.exit(os.last.pid, 7);
    os.flush();
    assert.equal(world.last, 'answered: exit status 7: no route');
    const { length } = os.spawned;
    os.advance(250);
    assert.equal(os.spawned.length, length + 1);
    os.exit(os.last.pid, { kind: 'signal', signal: 9, coreDumped: false });
    os.flush();
    assert.equal(world.last, 'answered: terminated by SIGKILL');
    os.advance(250);
    os.exit(os.last.pid, 0);
    os.flush();
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
  });

  test('is killed when the check is stopped, and says nothing more', async () => {
    const world = new CheckWorld({ kind: 'exec', command: 'true' });
    world.os.onSpawn = (child) => child.obeys(9);
    world.os.last.obeys(9);
    await endsQuietly(world);
    assert.deepEqual(world.os.signals, [{ target: world.os.last.pid, signal: 9, group: true }]);
  });

  test('that can not be started can not be passed', () => {
    const world = new CheckWorld({ kind: 'exec', command: 'no-such-command' });
    assert.equal(world.last, "not ready: can't find command 'no-such-command'");
  });
});

describe('log', () => {
  const pattern = '^ready to serve \\d+$';

  test('is passed by a line that matches, however it comes', async () => {
    for (const chunks of [
      ['ready to serve 7\n'],
      ['booting\nready to', ' serve 7\r\nmore'],
      ['booting\n', 'ready to serve 7'],
      ['\u001b[32mready to serve 7\u001b[0m\n'],
    ]) {
      const world = new CheckWorld({ kind: 'log', pattern });
      assert.equal(world.last, 'answered: no line of its output has matched yet');
      for (const chunk of chunks) world.print(chunk);
      assert.equal(world.last, 'ready', chunks.join('|'));
      await endsQuietly(world);
    }
  });

  test('does not mix up stdout and stderr', () => {
    const world = new CheckWorld({ kind: 'log', pattern });
    world.print('ready to ');
    world.print('serve 7\n', 1);
    assert.match(world.last, /^answered/);
    world.print('ready to serve 8\n', 1);
    assert.equal(world.last, 'ready');
  });

  test('bears a line that never ends, and bytes that are no text', () => {
    const world = new CheckWorld({ kind: 'log', pattern: 'end$' });
    for (let n = 0; n < 50; n++) world.print(Buffer.alloc(100_000, 0xff));
    world.print('the end');
    assert.equal(world.last, 'ready');
  });
});

describe('fd', () => {
  test('is passed by a newline', async () => {
    const world = new CheckWorld({ kind: 'fd', fd: 5 });
    assert.equal(world.child.request.fds.has(5), true);
    world.child.write(5, 'not yet');
    world.os.flush();
    assert.deepEqual(world.said, ['answered: no newline on descriptor 5 yet']);
    world.child.write(5, '\n');
    world.child.write(5, 'again\n');
    world.os.flush();
    assert.deepEqual(world.said.slice(1), ['ready']);
    await endsQuietly(world);
  });

  test('can not be passed any more when the descriptor was closed', () => {
    const world = new CheckWorld({ kind: 'fd', fd: 5 });
    world.os.flush();
    world.os.exit(world.child.pid, 0);
    world.os.flush();
    assert.equal(world.last, 'not ready: it closed descriptor 5 without a newline');
    world.channel.end();
  });
});

describe('notify', () => {
  const send = (world: CheckWorld, text: string, pid = world.child.pid, uid = 0) => {
    world.os.notifySockets[0]?.send(text, pid, uid);
    world.os.flush();
  };

  test('is passed by READY=1; STATUS is its answer until then', async () => {
    const world = new CheckWorld({ kind: 'notify' });
    assert.equal(world.child.env('NOTIFY_SOCKET'), world.os.notifySockets[0]?.path);
    assert.deepEqual(world.said, ['answered: no READY=1 yet']);
    send(world, 'STATUS=loading \u001b[1mmodels');
    assert.equal(world.last, 'answered: no READY=1 yet; it says: loading ?[1mmodels');
    send(world, 'EXTEND_TIMEOUT_USEC=1500000');
    assert.equal(world.last, 'extended by 1500 ms');
    send(world, 'READY=0\nSOMETHING=else\nMAINPID=4711');
    assert.equal(world.channel.notifications?.mainPid, 4711);
    send(world, 'STATUS=up\nREADY=1\n');
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
  });

  test('after a signal is passed when READY=1 is said again', () => {
    const world = new CheckWorld({ kind: 'notify' }, { afterSignal: true });
    assert.deepEqual(world.said, ['answered: no READY=1 since the signal']);
    send(world, 'RELOADING=1\nMONOTONIC_USEC=7');
    assert.equal(world.last, 'answered: no READY=1 since the signal; it says: RELOADING=1');
    send(world, 'READY=1');
    assert.equal(world.last, 'ready');
  });

  test('believes the process and its descendants, and nobody else', () => {
    const world = new CheckWorld({ kind: 'notify' }, { spec: { uid: 33 } });
    const { os, child } = world;
    const stranger = os.fork(child.pid);
    stranger.ppid = 1;
    send(world, 'READY=1', stranger.pid);
    assert.equal(
      world.last,
      `reported: what process ${stranger.pid} (uid 0) notifies is ignored: it is none of process ${child.pid}'s`,
    );
    send(world, 'READY=1', stranger.pid, 33);
    assert.equal(world.said.length, 2, 'told once');
    send(world, 'READY=1', os.fork(os.fork(child.pid).pid).pid, 33);
    assert.equal(world.last, 'ready');
  });

  test('believes a sender that has gone or is an orphan by its user', () => {
    for (const [uid, outcome] of [
      [33, 'ready'],
      [0, 'ready'],
      [1000, 'reported'],
    ] as const) {
      for (const kind of ['gone', 'orphan', 'unseen']) {
        const world = new CheckWorld({ kind: 'notify' }, { spec: { uid: 33 } });
        const orphan = world.os.fork(world.child.pid);
        orphan.ppid = world.os.pid;
        const pid = { gone: 99_999, orphan: orphan.pid, unseen: 0 }[kind];
        send(world, 'READY=1', pid, uid);
        assert.ok(world.last.startsWith(outcome), `${uid} ${kind}: ${world.last}`);
      }
    }
  });
});

test('after a signal the process is asked when it has had startsecs to act on it', async () => {
  for (const [check, timeoutSecs, secs] of [
    [http({ address: local }), 60, 5],
    [local, 60, 5],
    [{ kind: 'exec', command: 'true' } as const, 4, 2],
  ] as const) {
    const world = new CheckWorld(check, { afterSignal: true, spec: { startSecs: 5, reload: { timeoutSecs } } });
    world.os.answers.set('tcp://127.0.0.1:8000', { status: 200, body: '' });
    world.os.onSpawn = (child) => child.write(1, 'asked\n');
    await world.os.elapse(secs * 1000 - 1);
    assert.deepEqual(world.said, [`answered: it is asked after ${secs} s`]);
    assert.equal(world.os.spawned.length, 1);
    await world.os.elapse(1);
    if (check.kind === 'exec') world.os.exit(world.os.last.pid, 0);
    await world.os.settle();
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
    const stopped = new CheckWorld(check, { afterSignal: true });
    await endsQuietly(stopped);
    assert.equal(stopped.said.length, 1);
  }
});

describe('where there is nothing to ask', () => {
  const auto = { kind: 'auto' } as const;
  const options = { spec: { startSecs: 5 }, predecessor: true };

  test('staying up is enough beside a predecessor that does not listen', async () => {
    const world = new CheckWorld(auto, options);
    world.os.advance(5000);
    assert.deepEqual(world.said, ['answered: it has not been up for 5 s', 'ready']);
    await endsQuietly(world);
  });

  test('it is not when the predecessor has begun to listen meanwhile: the successor must too', async () => {
    const world = new CheckWorld(auto, options);
    if (world.predecessor !== null) world.predecessor.listening = [listener];
    world.os.advance(6000);
    const why = 'its predecessor, which did not listen when the reload began, does by now';
    assert.equal(world.last, `answered: it does not wait for connections yet; ${why}`);
    world.child.serves = true;
    world.os.advance(100);
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
  });

  test('it is when somebody has chosen startsecs', async () => {
    const world = new CheckWorld({ kind: 'startsecs' }, options);
    if (world.predecessor !== null) world.predecessor.listening = [listener];
    world.os.advance(5000);
    assert.equal(world.last, 'ready');
    await endsQuietly(world);
  });
});

test('startsecs is passed by staying up', async () => {
  const world = new CheckWorld({ kind: 'startsecs' }, { spec: { startSecs: 5 } });
  world.os.advance(4999);
  assert.deepEqual(world.said, ['answered: it has not been up for 5 s']);
  world.os.advance(1);
  assert.equal(world.last, 'ready');
  await endsQuietly(world);
});
