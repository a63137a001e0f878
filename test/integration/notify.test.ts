/** sd_notify of real programs: readiness, time, watchdog, and who may speak for whom. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needs } from '../support/needs.ts';
import { childrenOf, type Rig, rigFor, run } from '../support/rig.ts';

const python3 = { command: '/usr/bin/python3', apt: 'python3' };
const rootOnly = process.getuid?.() === 0 ? false : 'only root can change users';

/** Has `say(text)`, `wait(file)` and `on(signal, function)`. */
const puppet = `
import os, signal, socket, sys, time
def say(*lines):
  s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
  s.connect(os.environ['NOTIFY_SOCKET'])
  s.send('\\n'.join(lines).encode())
def wait(name):
  while not os.path.exists(name): time.sleep(0.02)
def stay():
  while True: signal.pause()
def on(sig, run): signal.signal(sig, lambda *_: run())
`;

async function begin(t: TestContext, script: string, lines = ''): Promise<Rig> {
  return rigFor(t, {
    programs: `[program:web]
command=/usr/bin/python3 -u DIR/web.py
directory=DIR
startsecs=0
ready_check=notify
${lines}`,
    files: { 'web.py': puppet + script },
  });
}

const status = async (rig: Rig) => (await rig.ctl('status', 'web')).stdout;
const pidOf = async (rig: Rig) => Number((await rig.ctl('pid', 'web')).stdout);
const go = (rig: Rig, name = 'go') => writeFileSync(join(rig.dir, name), '');

test('a process is RUNNING when it says READY=1', async (t) => {
  if (!needs(t, python3)) return;
  const rig = await begin(t, "say('STATUS=loading')\nwait('go')\nsay('READY=1', 'STATUS=up')\nstay()");
  await rig.logged(/spawned/);
  assert.match(await status(rig), /STARTING/);
  go(rig);
  await rig.logged(/success: web/);
});

test('a program of another user reaches its socket', { skip: rootOnly }, async (t) => {
  if (!needs(t, python3)) return;
  const rig = await begin(t, "say('READY=1')\nstay()", 'user=nobody');
  await rig.logged(/success: web/);
});

test('systemd-notify in a script speaks for it', { skip: rootOnly }, async (t) => {
  if (!needs(t, { command: 'systemd-notify', apt: 'systemd' })) return;
  const command = 'command=/bin/sh -c "systemd-notify --ready --status=up; exec sleep 1000"';
  for (const user of ['', 'user=nobody']) {
    const rig = await begin(t, '', `${command}\n${user}`);
    await rig.logged(/success: web/);
    assert.doesNotMatch(rig.log, /ignored/);
  }
});

test('one that is not ready in time fails with its last STATUS, and one that asks for more time gets it', async (t) => {
  if (!needs(t, python3)) return;
  const late = "say('STATUS=3 of 7 models')\nstay()";
  const rig = await begin(t, late, 'ready_timeout=1\nstartretries=0');
  await rig.logged(/gave up: web/);
  assert.match(await status(rig), /FATAL +not ready within 1 s \(no READY=1 yet; it says: 3 of 7 models\)\n/);

  const patient = await begin(
    t,
    "say('EXTEND_TIMEOUT_USEC=60000000')\ntime.sleep(1.5)\nopen('late', 'w').write('!')\nwait('go')\nsay('READY=1')\nstay()",
    'ready_timeout=1',
  );
  await patient.logged(/spawned/);
  await patient.until(() => patient.read('late') !== '', 'more than its ready_timeout has passed');
  assert.match(await status(patient), /STARTING/);
  go(patient);
  await patient.logged(/success: web/);
});

test('what a stranger notifies is ignored, and told once', async (t) => {
  if (!needs(t, python3)) return;
  const rig = await begin(
    t,
    "open('path', 'w').write(os.environ['NOTIFY_SOCKET'])\nwait('go')\nsay('READY=1')\nstay()",
  );
  const path = await rig.until(() => rig.read('path') || null, 'the program knows its socket');
  const env = { ...process.env, NOTIFY_SOCKET: path };
  const stranger = `${puppet}\nfor n in range(3): say('READY=1')\nwait('${rig.dir}/go')`;
  const strange = run('/usr/bin/python3', ['-c', stranger], { env });
  await rig.logged(/web: what process \d+ \(uid \d+\) notifies is ignored: it is none of process \d+'s/);
  assert.match(await status(rig), /STARTING/);
  assert.equal(rig.log.match(/is ignored/g)?.length, 1);
  go(rig);
  await strange;
  await rig.logged(/success: web/);
});

test('a rolling reload waits for the READY=1 of the successor, which is not that of the predecessor', async (t) => {
  if (!needs(t, python3)) return;
  const script = `
again = os.path.exists('first')
open('first', 'w')
if again:
  say('STATUS=warming up')
  wait('go')
say('READY=1')
while True:
  say('READY=1', 'STATUS=serving')
  time.sleep(0.05)
`;
  const rig = await begin(t, script, 'reload_strategy=rolling\nreload_timeout=1.5');
  await rig.logged(/success: web/);
  const pid = await pidOf(rig);
  const failed = await rig.ctl('reload', 'web');
  assert.match(failed.stdout, /reload failed: not ready within 1\.5 s \(no READY=1 yet; it says: warming up\)/);
  assert.equal(await pidOf(rig), pid);
  go(rig);
  const { status: ok, stdout } = await rig.ctl('reload', 'web');
  assert.equal(ok, 0, stdout);
  assert.match(stdout, /waiting for readiness \(notify, /);
  assert.notEqual(await pidOf(rig), pid);
});

test('a program that misses its watchdog gets SIGABRT and is started again; one that ignores that is killed', async (t) => {
  if (!needs(t, python3)) return;
  const watchdog = 'environment=WATCHDOG_USEC="400000"\nautorestart=true\nstopwaitsecs=1';
  const script = `
say('READY=1')
if not os.path.exists('second'):
  open('second', 'w')
elif not os.path.exists('third'):
  open('third', 'w')
  signal.signal(signal.SIGABRT, signal.SIG_IGN)
else:
  while True:
    say('WATCHDOG=1')
    open('beats', 'a').write('.')
    time.sleep(0.05)
stay()
`;
  const rig = await begin(t, script, watchdog);
  const [first] = await rig.logged(/web \(pid \d+\) gets SIGABRT from its watchdog: no WATCHDOG=1 within 0\.4 s/);
  await rig.logged(/exited: web \(terminated by SIGABRT.*; not expected\)/);
  const second = await rig.logged(/gets SIGABRT from its watchdog/, rig.log.indexOf(first) + first.length);
  await rig.logged(/killing 'web' \(\d+\) with SIGKILL/, second.index);
  await rig.logged(/exited: web \(terminated by SIGKILL; not expected\)/);
  await rig.until(() => (rig.log.match(/success: web/g)?.length ?? 0) === 3, 'the third one runs');
  const pid = await pidOf(rig);
  await rig.until(() => rig.read('beats').length > 20, 'more than two of its intervals have passed');
  assert.equal(await pidOf(rig), pid);
  assert.equal((await rig.ctl('stop', 'web')).stdout, 'web: stopped\n');
  assert.equal(childrenOf(rig.pid).length, 0);
});

test('of its own service manager hupd passes on neither the watchdog nor, to a program with notify, the socket', async (t) => {
  if (!needs(t, python3)) return;
  const script = `
open('env', 'w').write(' '.join(name for name in os.environ if name.startswith('WATCHDOG')) + '!')
say('READY=1')
stay()
`;
  const rig = await rigFor(t, {
    programs: `[program:web]
command=/usr/bin/python3 -u DIR/web.py
directory=DIR
ready_check=notify`,
    files: { 'web.py': puppet + script },
    env: { WATCHDOG_PID: '1', WATCHDOG_USEC: '1000000', NOTIFY_SOCKET: '/nowhere' },
  });
  await rig.logged(/success: web/);
  assert.equal(rig.read('env'), '!');
});
