import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, output, rig, until } from './rig.ts';

test('what a full stdin does not take waits, and arrives in order', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const stdin = os.createStdinPipe();
  const out = os.createLogPipe('cat', null);
  const lines = Array.from({ length: 40_000 }, (_, index) => `line ${index}\n`);
  for (let at = 0; at < lines.length; at += 100) {
    assert.equal(stdin.write(Buffer.from(lines.slice(at, at + 100).join(''))), 'ok');
  }
  assert.ok(stdin.pending > 200_000, 'a pipe holds 64 KiB');
  const request = shell('exec cat', out);
  const pid = start({ ...request, fds: new Map([...request.fds, [0, stdin.childFd]]) });
  stdin.closeChildEnd();
  out.closeChildEnd();
  const text = collect(out);
  await until('all was taken', () => stdin.pending === 0);
  stdin.close();
  assert.equal((await text) === lines.join(''), true);
  assert.deepEqual(await exit(pid), { kind: 'exit', code: 0 });
  out.close();
});

test('a stdin that nobody reads any more is EPIPE, at once and ever after', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const stdin = os.createStdinPipe();
  const out = os.createLogPipe('gone', null);
  const request = shell('exit 0', out);
  const pid = start({ ...request, fds: new Map([...request.fds, [0, stdin.childFd]]) });
  stdin.closeChildEnd();
  await exit(pid);
  assert.equal(stdin.write(Buffer.from('x')), 'EPIPE');
  assert.equal(stdin.write(Buffer.from('x')), 'EPIPE');
  stdin.close();
  stdin.close();
  assert.equal(stdin.write(Buffer.from('x')), 'EPIPE');
  out.close();
});

test('bytes that wait for a child that dies become EPIPE and are forgotten', async (t) => {
  const { os, shell, start, exit } = rig(t);
  const stdin = os.createStdinPipe();
  const out = os.createLogPipe('full', null);
  const request = shell('echo ready; exec sleep 60', out);
  const pid = start({ ...request, fds: new Map([...request.fds, [0, stdin.childFd]]) });
  stdin.closeChildEnd();
  out.closeChildEnd();
  assert.equal(stdin.write(Buffer.alloc(200_000)), 'ok');
  await output(out).has('ready');
  os.kill(pid, 9, false);
  await exit(pid);
  await until('the pipe noticed', () => stdin.write(Buffer.from('x')) === 'EPIPE');
  assert.equal(stdin.pending, 0);
  stdin.close();
  out.close();
});
