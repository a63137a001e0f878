/** What a whole hupd tells those who look on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../../src/ctl/client.ts';
import { type Rig, rigFor } from '../support/rig.ts';

const programs = `[program:quick]
command=/bin/sh -c 'echo "No module named app" >&2; exit 1'
startretries=2
[program:steady]
command=/bin/sleep 600
startsecs=0
stopwaitsecs=1
`;

function clientOf(rig: Rig): Client {
  return new Client({ serverUrl: `unix://${rig.socket}`, username: null, password: null });
}

async function value<T>(reply: Promise<{ ok: true; value: T } | { ok: false; failure: unknown }>): Promise<T> {
  const it = await reply;
  assert.ok(it.ok, JSON.stringify(it));
  return it.value;
}

test('a process that never comes up leaves a history that says why, and a count', async (t) => {
  const rig = await rigFor(t, { programs });
  const client = clientOf(rig);
  await rig.logged(/gave up: quick/);
  const entries = await value(client.getHistory('quick', 100));
  const exits = entries.flatMap((entry) => (entry.what === 'exited' ? [entry] : []));
  assert.equal(exits.length, 3);
  assert.ok(
    exits.every(
      ({ how, lastLine, ranSecs }) => `${how} ${lastLine}` === 'exit status 1 No module named app' && ranSecs < 5,
    ),
  );
  const states = entries.flatMap((entry) => (entry.what === 'state' ? [entry.to] : []));
  assert.deepEqual(states.slice(-4), ['BACKOFF', 'STARTING', 'BACKOFF', 'FATAL']);
  const { processes } = await value(client.waitChange(0, 1));
  assert.deepEqual(
    processes.map(({ name, statename, restarts, generation }) => [name, statename, restarts, generation]),
    [
      ['quick', 'FATAL', 2, 3],
      ['steady', 'RUNNING', 0, 1],
    ],
  );
});

test("a client's wishes are in the history, and wake those who wait", async (t) => {
  const rig = await rigFor(t, { programs: programs.slice(programs.indexOf('[program:steady]')) });
  const client = clientOf(rig);
  await rig.logged(/entered RUNNING state/);
  const { version } = await value(client.waitChange(0, 1));
  const waiting = client.waitChange(version, 30);
  await value(client.signalProcess('steady', 'CONT'));
  await value(client.stopProcess('steady'));
  const news = await value(waiting);
  assert.deepEqual([news.complete, news.processes.length], [false, 1]);
  const usage = await value(client.getUsage());
  assert.deepEqual(usage, [], 'only what is up is measured');
  const texts = (await value(client.getHistory('steady', 100))).map(({ text }) => text.replace(/\d+(\.\d)?/g, 'N'));
  assert.deepEqual(texts, [
    'STOPPED -> STARTING',
    'STARTING -> RUNNING (pid N)',
    'a client sent SIGCONT',
    'a client asked to stop it',
    'RUNNING -> STOPPING (pid N)',
    'pid N ended after N s (terminated by SIGTERM)',
    'STOPPING -> STOPPED',
  ]);
});
