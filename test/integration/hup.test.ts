/** `reload_strategy=hup`: the process stays the same one; it must survive the signal and, if it has a check that can be asked again, pass it. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { type Rig, rigFor } from '../support/rig.ts';

const python3 = { command: '/usr/bin/python3', apt: 'python3' };

/** A server that reads its configuration, the file `state`, at its start and on HUP. */
const server = `
import os, signal, socket, sys
def state(): return open('state').read().strip()
def say(text):
  if 'NOTIFY_SOCKET' in os.environ:
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.connect(os.environ['NOTIFY_SOCKET'])
    s.send(text.encode())
def configure():
  global good
  now = state()
  good = now == 'good'
  if now == 'fatal':
    print('ImportError: no module named app')
    sys.exit(3)
  print('serving, version 2' if good else 'database is gone')
  say('READY=1' if good else 'RELOADING=1\\nSTATUS=database is gone')
  if good: open('fine', 'w')
  elif os.path.exists('fine'): os.unlink('fine')
signal.signal(signal.SIGHUP, lambda *_: configure())
listener = socket.create_server(('127.0.0.1', int(os.environ['PORT'])))
configure()
if 'READY_FD' in os.environ: os.write(7, b'\\n')
while True:
  client, _ = listener.accept()
  client.recv(4096)
  client.send(b'HTTP/1.1 %s OK\\r\\ncontent-length: 0\\r\\n\\r\\n' % (b'200' if good else b'500'))
  client.close()
`;

async function begin(t: TestContext, check: string, lines = ''): Promise<{ rig: Rig; pid: number }> {
  const port = `${await freePort()}`;
  const rig = await rigFor(t, {
    programs: `[program:web]
command=/usr/bin/python3 -u DIR/server.py
directory=DIR
environment=PORT="${port}"
startsecs=1
reload_strategy=hup
reload_timeout=1.5
ready_check=${check.replaceAll('PORT', port)}
redirect_stderr=true
${lines}`,
    files: { 'server.py': server, state: 'good' },
  });
  await rig.logged(/success: web/);
  return { rig, pid: await pidOf(rig) };
}

const pidOf = async (rig: Rig) => Number((await rig.ctl('pid', 'web')).stdout);
const become = (rig: Rig, state: string) => writeFileSync(join(rig.dir, 'state'), state);

/** Each check: what it is, and its last answer when the process is not well. */
const checks: Readonly<Record<string, readonly [check: string, answer: RegExp]>> = {
  'http:/path': ['http:/health', /GET \/health answered 500/],
  'http://host:port/path': ['http://127.0.0.1:PORT/health', /GET \/health answered 500/],
  exec: ['exec:ls fine', /exit status 2: .*fine/],
  notify: ['notify', /no READY=1 since the signal; it says: database is gone/],
  log: ['log:^serving, version \\d$', /no line of its output has matched yet/],
};

for (const [name, [check, answer]] of Object.entries(checks)) {
  test(`${name}: a process that is well after the signal is reloaded, one that is not is a failed reload`, async (t) => {
    if (!needs(t, python3)) return;
    const { rig, pid } = await begin(t, check);
    const good = await rig.ctl('reload', 'web');
    assert.equal(good.status, 0, good.stdout);
    assert.match(good.stdout, /web: sent SIGHUP to pid \d+\nweb: waiting for readiness \(.*\nweb: ready after /);
    become(rig, 'bad');
    const { status, stdout } = await rig.ctl('reload', 'web');
    assert.equal(status, 1, stdout);
    const [, why = ''] = /reload failed: not ready within 1\.5 s \((.*)\)\n/.exec(stdout) ?? [];
    assert.match(why, answer, stdout);
    assert.match(stdout, /database is gone/, 'what it said since the signal');
    assert.doesNotMatch(stdout, /serving, version 2/, 'and not what it said before');
    assert.equal(await pidOf(rig), pid, 'it is left alone');
    become(rig, 'good');
    assert.equal((await rig.ctl('reload', 'web')).status, 0);
  });
}

for (const check of ['auto', 'startsecs', 'accept', 'fd:7']) {
  test(`${check}: there is nothing to ask again, so the process has to stay up for startsecs`, async (t) => {
    if (!needs(t, python3)) return;
    const lines = check === 'fd:7' ? `environment=PORT="${await freePort()}",READY_FD="7"` : '';
    const { rig, pid } = await begin(t, check, lines);
    const good = await rig.ctl('reload', 'web');
    assert.equal(good.status, 0, good.stdout);
    assert.match(good.stdout, /sent SIGHUP to pid \d+\nweb: reloaded in 1\.\d s\n/);
    assert.equal(await pidOf(rig), pid);
    become(rig, 'fatal');
    const { status, stdout } = await rig.ctl('reload', 'web');
    assert.equal(status, 1);
    assert.match(stdout, /reload failed: it ended after the signal \(exit status 3\)\n/);
    assert.match(stdout, /ImportError: no module named app/);
    assert.doesNotMatch(stdout, /serving, version 2/);
  });
}

test('a process whose check waits is told to have ended when it does', async (t) => {
  if (!needs(t, python3)) return;
  const { rig } = await begin(t, 'notify', 'reload_timeout=30');
  become(rig, 'fatal');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 1);
  assert.match(stdout, /reload failed: it ended after the signal \(exit status 3\)\n/);
  assert.match(stdout, /ImportError: no module named app/);
});

test('another signal is sent where another is asked for', async (t) => {
  if (!needs(t, python3)) return;
  const { rig } = await begin(t, 'auto', 'reload_signal=USR1');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 1, stdout);
  assert.match(stdout, /sent SIGUSR1 to pid \d+\n.*it ended after the signal \(terminated by SIGUSR1\)/s);
});
