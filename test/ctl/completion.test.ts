import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Completion } from '../../src/ctl/completion.ts';
import { FakeServer, processInfo } from './fake-server.ts';
import { fakeCtl } from './fake-terminal.ts';

const server = () =>
  new FakeServer({
    'supervisor.getAllProcessInfo': () => [
      processInfo('api', 'RUNNING'),
      processInfo('web:web_0', 'RUNNING'),
      processInfo('web:web-1', 'RUNNING'),
    ],
  });

async function complete(line: string): Promise<readonly string[]> {
  return (await new Completion(fakeCtl(server())).complete(line))[0];
}

test('the first word is a command', async () => {
  assert.deepEqual(await complete('st'), ['start ', 'status ', 'stop ']);
  assert.deepEqual(await complete('rel'), ['reload ']);
  assert.ok((await complete('')).includes('help '));
  assert.deepEqual(await complete('zz'), []);
});

test('help is followed by a command', async () => {
  assert.deepEqual(await complete('help vers'), ['version ']);
});

test('what takes processes offers them with their groups, and each group as a whole', async () => {
  assert.deepEqual(await complete('start '), ['api ', 'web:web_0 ', 'web:* ', 'web:web-1 ']);
  assert.deepEqual(await complete('tail -f api web:web'), ['web:web_0 ', 'web:web-1 ']);
  assert.deepEqual(await complete('stop api:'), ['api:api ', 'api:* ']);
  assert.deepEqual(await complete('reload w'), ['web:web_0 ', 'web:* ', 'web:web-1 ']);
  assert.deepEqual(await complete('why a'), ['api ']);
});

test('options, signals and channels are offered as in the shells', async () => {
  assert.deepEqual(await complete('reload --pl'), ['--plan ']);
  assert.deepEqual(await complete('import --from pro'), ['procfile ']);
  assert.deepEqual(await complete('signal US'), ['USR1 ', 'USR2 ']);
  assert.deepEqual(await complete('signal HUP a'), ['api ']);
  assert.deepEqual(await complete('tail -f api std'), ['stdout ', 'stderr ']);
  assert.deepEqual(await complete('tail std'), []);
});

test('what takes groups offers groups', async () => {
  assert.deepEqual(await complete('update '), ['api ', 'web ']);
});

test('what takes nothing offers nothing', async () => {
  assert.deepEqual(await complete('version '), []);
});

test('a word goes on over colon, star and minus, and what is replaced is that word', async () => {
  const completion = new Completion(fakeCtl(server()));
  assert.deepEqual((await completion.complete('start web:web-'))[1], 'web:web-');
  assert.deepEqual((await completion.complete('start a=b'))[1], 'b');
});

test('the server is asked once until a command has run', async () => {
  const fake = server();
  const ctl = fakeCtl(fake);
  const completion = new Completion(ctl);
  await completion.complete('start a');
  await completion.complete('start ap');
  assert.deepEqual(fake.calls, ['getAllProcessInfo()']);
  await ctl.runLine('nonsense');
  await completion.complete('start ap');
  assert.equal(fake.calls.length, 2);
});
