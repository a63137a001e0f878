import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFiles } from '../../src/core/log-window.ts';
import type { RpcValue } from '../../src/rpc/codec.ts';
import { createRpc } from '../../src/rpc/dispatch.ts';
import { faultText } from '../../src/rpc/method.ts';
import type { Outcome, Twiddling } from '../../src/runtime/supervision.ts';
import { FakeSupervision } from '../support/fake-supervision.ts';

const noLogs: LogFiles = {
  read: async () => ({ ok: false, problem: 'missing' }),
  follow: async () => null,
};

class FakeTwiddling implements Twiddling {
  readonly asked: string[] = [];
  outcome: Outcome = { ok: true };

  addProgram(group: string, program: string, options: ReadonlyMap<string, string>): Outcome {
    this.asked.push(`add ${group} ${program} ${JSON.stringify([...options])}`);
    return this.outcome;
  }
  removeProcess(group: string, name: string): Outcome {
    this.asked.push(`remove ${group} ${name}`);
    return this.outcome;
  }
}

function rig(whitelist: readonly string[] = []) {
  const daemon = new FakeSupervision([{ group: 'g', name: 'a' }]);
  const twiddling = new FakeTwiddling();
  const able = Object.assign(daemon, { twiddling });
  const rpc = createRpc({ daemon: able, logs: noLogs }, [{ namespace: 'twiddler', interface: 'twiddler', whitelist }]);
  const call = async (method: string, ...params: readonly RpcValue[]) => {
    const outcome = await rpc.call(`twiddler.${method}`, params);
    return 'value' in outcome ? outcome.value : faultText(outcome);
  };
  return { daemon, twiddling, call };
}

test('a program is added with the options of a section, numbers as text', async () => {
  const { twiddling, call } = rig();
  assert.equal(await call('getAPIVersion'), '1.0');
  assert.deepEqual(await call('getGroupNames'), ['g']);
  assert.equal(await call('addProgramToGroup', 'g', 'ls', { command: 'ls -l', startsecs: 0, autostart: false }), true);
  assert.deepEqual(twiddling.asked, ['add g ls [["command","ls -l"],["startsecs","0"],["autostart","false"]]']);
  assert.equal(await call('addProgramToGroup', 'nope', 'ls', {}), 'BAD_NAME: group: nope');
  assert.equal(await call('addProgramToGroup', 'g', 'ls', ['x']), 'INCORRECT_PARAMETERS');
  assert.equal(await call('addProgramToGroup', 'g', 'ls', { command: [] }), 'INCORRECT_PARAMETERS');
  twiddling.outcome = { ok: false, fault: 'INCORRECT_PARAMETERS', text: 'no command' };
  assert.equal(await call('addProgramToGroup', 'g', 'ls', {}), 'INCORRECT_PARAMETERS: no command');
});

test('a process is removed when it is down', async () => {
  const { twiddling, call } = rig();
  assert.equal(await call('removeProcessFromGroup', 'g', 'a'), true);
  twiddling.outcome = { ok: false, fault: 'STILL_RUNNING', text: 'a' };
  assert.equal(await call('removeProcessFromGroup', 'g', 'a'), 'STILL_RUNNING: a');
});

test('a message goes to the log at the level asked for', async () => {
  const { daemon, call } = rig();
  assert.equal(await call('log', 'one'), true);
  assert.equal(await call('log', 'two', 'crit'), true);
  assert.equal(await call('log', 'three', 10), true);
  assert.equal(await call('log', 'four', 'loud'), 'INCORRECT_PARAMETERS');
  assert.deepEqual(
    daemon.logged.filter((line) => !line.startsWith('TRAC')),
    ['INFO one', 'CRIT two', 'DEBG three'],
  );
});

test('with a whitelist nothing else can be called', async () => {
  const { twiddling, call } = rig(['getAPIVersion']);
  assert.equal(await call('getAPIVersion'), '1.0');
  assert.equal(await call('addProgramToGroup', 'g', 'ls', { command: 'ls' }), 'NOT_IN_WHITELIST: addProgramToGroup');
  assert.deepEqual(twiddling.asked, []);
});

test('a daemon that can not do it says so', async () => {
  const rpc = createRpc({ daemon: new FakeSupervision([{ group: 'g', name: 'a' }]), logs: noLogs }, [
    { namespace: 'twiddler', interface: 'twiddler', whitelist: [] },
  ]);
  assert.deepEqual(await rpc.call('twiddler.removeProcessFromGroup', ['g', 'a']), {
    fault: 'FAILED',
    text: 'not supported by this server',
  });
});
