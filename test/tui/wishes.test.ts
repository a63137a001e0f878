import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Target, Verb } from '../../src/tui/model.ts';
import { carryOut } from '../../src/tui/wishes.ts';
import { FakeServer, Fault } from '../ctl/fake-server.ts';
import { process } from './sample.ts';

const web: Target = { group: 'web', name: 'web' };
const workers: Target = { group: 'worker', name: null };
const members = [process('worker:a', 'RUNNING'), process('worker:b', 'RUNNING')];

async function done(server: FakeServer, verb: Verb, target: Target, signal = '') {
  const { ok, text } = await carryOut(server, { verb, target, signal }, members);
  return `${ok ? 'ok' : 'no'}: ${text}`;
}
const row = (name: string, status = 80, description = 'OK') => ({ group: 'worker', name, status, description });

test('each wish is a call of its own, for a process and for a group, and says how it went', async () => {
  const server = new FakeServer({
    'supervisor.startProcess': () => true,
    'supervisor.stopProcess': () => true,
    'supervisor.stopProcessGroup': () => [row('a'), row('b')],
    'supervisor.signalProcess': () => true,
    'supervisor.clearProcessLogs': () => true,
    'hupd.reloadProcessGroup': () => 1,
  });
  assert.equal(await done(server, 'start', web), 'ok: web: started');
  assert.equal(await done(server, 'restart', web), 'ok: web: restarted');
  assert.equal(await done(server, 'stop', workers), 'ok: worker:*: stopped');
  assert.equal(await done(server, 'signal', web, 'HUP'), 'ok: web: SIGHUP sent');
  assert.equal(await done(server, 'clear', workers), 'ok: worker:*: logs emptied');
  assert.equal(await done(server, 'reload', workers), 'ok: ', 'its facts tell more');
  assert.deepEqual(server.calls, [
    'startProcess(web, true)',
    'stopProcess(web, true)',
    'startProcess(web, true)',
    'stopProcessGroup(worker)',
    'signalProcess(web, HUP)',
    'clearProcessLogs(worker:a)',
    'clearProcessLogs(worker:b)',
    'hupd.reloadProcessGroup(worker)',
  ]);
});

test('a restart of what is down is a start', async () => {
  const server = new FakeServer({
    'supervisor.stopProcess': () => new Fault('NOT_RUNNING', 'web'),
    'supervisor.startProcess': () => true,
  });
  assert.equal(await done(server, 'restart', web), 'ok: web: restarted');
});

test('a refusal is told in words', async () => {
  const server = new FakeServer({
    'supervisor.startProcess': () => new Fault('SPAWN_ERROR', 'web'),
    'supervisor.stopProcess': () => new Fault('SHUTDOWN_STATE'),
    'supervisor.startProcessGroup': () => [row('a'), row('b', 50, 'SPAWN_ERROR')],
    'hupd.reloadProcess': () => new Fault('FAILED', 'web can not be reloaded now: it is being stopped'),
  });
  assert.equal(await done(server, 'start', web), 'no: web: spawn error');
  assert.equal(await done(server, 'restart', web), 'no: web: shutdown state');
  assert.equal(await done(server, 'start', workers), 'no: worker:*: 1 started; not worker:b: spawn error');
  assert.equal(await done(server, 'reload', web), 'no: web: web can not be reloaded now: it is being stopped');
});
