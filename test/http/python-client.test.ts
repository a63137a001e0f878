/** Python's XML-RPC clients, the plain one and supervisor's own, against our servers. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeSupervision } from '../support/fake-supervision.ts';
import { needs } from '../support/needs.ts';
import { serveFake } from '../support/serve-fake.ts';

function python(script: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('/usr/bin/python3', ['-c', script, ...args], (error, stdout, stderr) => {
      if (error) reject(new Error(stderr));
      else resolve(stdout.trim());
    });
  });
}

const daemon = () =>
  new FakeSupervision([
    { group: 'web', name: 'web', state: 'RUNNING', pid: 11, startedAt: 2 ** 42 },
    { group: 'café', name: '\u{1f600}', state: 'BACKOFF', spawnError: '<&>"\'' },
  ]);

test("Python's own client gets values of the right types, faults, and HTTP errors as its exceptions", async (t) => {
  if (!needs(t, { command: '/usr/bin/python3', apt: 'python3' })) return;
  const fake = daemon();
  const served = await serveFake(t, fake, {
    credentials: { username: 'ann', password: 'p:ü' },
    readOnlyCredentials: null,
  });
  const log = join(served.directory, 'log');
  writeFileSync(log, Buffer.from('\u001b[31mred\u001b[0m\r\ncaf\u00e9 \u0000\n', 'latin1'));
  fake.set('web', 'web', { stdoutLog: log });
  const script = `
import sys, xmlrpc.client, urllib.parse
port = sys.argv[1]
def proxy(user, password):
    return xmlrpc.client.ServerProxy('http://%s:%s@127.0.0.1:%s/RPC2' % (user, urllib.parse.quote(password), port))
s = proxy('ann', 'p:ü')
info = s.supervisor.getAllProcessInfo()
print(ascii([(i['group'], i['name'], i['spawnerr'], i['start'], type(i['pid']).__name__) for i in info]))
print(ascii(s.supervisor.readProcessStdoutLog('web', 0, 0)))
print(s.supervisor.tailProcessStdoutLog('web', 0, 3))
print(s.system.multicall([{'methodName': 'supervisor.getPID', 'params': []}]))
try: s.supervisor.startProcess('web')
except xmlrpc.client.Fault as f: print(f.faultCode, f.faultString)
try: proxy('ann', 'wrong').supervisor.getPID()
except xmlrpc.client.ProtocolError as e: print(e.errcode, e.errmsg)
s2 = proxy('ann', 'p:ü')
print([s2.supervisor.getPID() for _ in range(50)] == [4242] * 50)
`;
  assert.deepEqual((await python(script, String(served.port))).split('\n'), [
    "[('caf\\xe9', '\\U0001f600', '<&>\"\\'', 0, 'int'), ('web', 'web', '', 2147483647, 'int')]",
    "'\\u241b[31mred\\u241b[0m\\r\\ncaf\\ufffd \\u2400\\n'",
    "[' ␀\\n', 21, True]",
    '[4242]',
    '60 ALREADY_STARTED: web',
    '401 Unauthorized',
    'True',
  ]);
});

test("supervisor's own transport keeps its connection over a unix socket, with the empty credentials of event listeners", async (t) => {
  if (!needs(t, { command: '/usr/bin/supervisorctl', apt: 'supervisor' })) return;
  const fake = daemon();
  const served = await serveFake(t, fake);
  const script = `
import os, sys
os.environ['SUPERVISOR_SERVER_URL'] = 'unix://' + sys.argv[1]
from supervisor import childutils
s = childutils.getRPCInterface(os.environ)
print(s.supervisor.getState()['statename'], s.supervisor.sendProcessStdin('web', 'Ünïcödé \\u2026'))
print(all(s.supervisor.getPID() == 4242 for _ in range(20)))
`;
  assert.deepEqual((await python(script, served.socket)).split('\n'), ['RUNNING True', 'True']);
  assert.equal(Buffer.from(fake.asked[0]?.split(' ')[2] ?? '', 'hex').toString(), 'Ünïcödé …');
});
