/** Listeners of the kinds that people run (superlance's memmon, httpok, crashmail, fatalmailbatch; supervisor-stdout; one-liners in sh) at work under hupd. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../support/gunicorn.ts';
import { ask } from '../support/load.ts';
import { needs } from '../support/needs.ts';
import { type Rig, rigFor } from '../support/rig.ts';

const listeners = resolve('test/support/listeners');
const python = { command: '/usr/bin/python3', apt: 'python3' };

function listener(name: string, events: string, args: string, more = ''): string {
  return `
[eventlistener:${name}]
command=/usr/bin/python3 -S ${listeners}/${name}.py ${args}
events=${events}
startsecs=0
stderr_logfile=DIR/${name}.err
${more}`;
}

const read = ({ dir }: Rig, file: string): string =>
  existsSync(join(dir, file)) ? readFileSync(join(dir, file), 'utf8') : '';

const mailed = (rig: Rig, file: string): Promise<string> =>
  rig.until(() => (/\n$/.test(read(rig, file)) ? read(rig, file) : null), `${file} is written`);

const pidOf = async (rig: Rig, name: string): Promise<string> => (await rig.ctl('pid', name)).stdout.trim();

/** Answers with its version; with status 500 while the file \`ill\` is there; takes a lot of memory when told by the file \`big\`. */
const web = `
import http.server, os, socket, sys
version = open('version').read().strip()
if version == 'broken':
    raise RuntimeError('no such feature')
if os.path.exists('big'):
    hoard = bytearray(96 << 20)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = version.encode()
        self.send_response(500 if os.path.exists('ill') else 200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass
class Server(http.server.ThreadingHTTPServer):
    def server_bind(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()
Server(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
`;

test('memmon, httpok, crashmail and fatalmailbatch each do their job, side by side', async (t) => {
  if (!needs(t, python)) return;
  const port = await freePort();
  const other = await freePort();
  const rig = await rigFor(t, {
    files: { 'web.py': web, version: 'v1', big: '' },
    programs: `
${listener('memmon', 'TICK_5', 'DIR/memmon.mail hoarder:hoarder=80000')}
${listener('httpok', 'TICK_5', `DIR/httpok.mail web:web http://127.0.0.1:${port}/`)}
${listener('crashmail', 'PROCESS_STATE', 'DIR/crashmail.mail', 'buffer_size=100')}
${listener('fatalmailbatch', 'PROCESS_STATE,TICK_5', 'DIR/fatal.mail', 'buffer_size=100')}
[program:hoarder]
command=/usr/bin/python3 -S web.py ${other}
directory=DIR
[program:web]
command=/usr/bin/python3 -S web.py ${port}
directory=DIR
[program:crashes]
command=/bin/sh -c 'exit 3'
startsecs=0
autorestart=false
autostart=false
[program:ends]
command=/bin/true
startsecs=0
autostart=false
[program:never]
command=/bin/false
startretries=0
autostart=false
[program:missing]
command=/nonexistent/command
startretries=0
`,
  });
  await rig.until(async () => (await ask({ host: '127.0.0.1', port })).error === null, 'the web server answers');
  const hoarder = await pidOf(rig, 'hoarder');
  const healthy = await pidOf(rig, 'web');
  rmSync(join(rig.dir, 'big'));
  writeFileSync(join(rig.dir, 'ill'), '');
  await rig.ctl('start', 'crashes', 'ends', 'never');

  const crash = await mailed(rig, 'crashmail.mail');
  assert.match(crash, /^Process crashes in group crashes exited unexpectedly \(pid \d+\) from state RUNNING\n$/);
  const restarted = await mailed(rig, 'httpok.mail');
  rmSync(join(rig.dir, 'ill'));
  assert.match(restarted, new RegExp(`^restarted web:web, pid ${healthy}: status 500\n`));
  assert.equal(await mailed(rig, 'memmon.mail'), `restarted hoarder:hoarder, pid ${hoarder} was too big\n`);
  const fatal = await rig.until(() => /never.*\n/s.test(read(rig, 'fatal.mail')) && read(rig, 'fatal.mail'), 'a batch');
  assert.match(fatal, /missing:missing from BACKOFF/);
  assert.match(fatal, /never:never from BACKOFF/);
  assert.ok(fatal.split('\n').length <= 3, 'in one mail, or in two when a tick came between');
  assert.notEqual(await pidOf(rig, 'hoarder'), hoarder);
  for (const name of ['memmon', 'httpok', 'crashmail', 'fatalmailbatch']) assert.equal(read(rig, `${name}.err`), '');
  assert.doesNotMatch(rig.log, /UNKNOWN state|rejected|overflowed/);
});

test('a rolling reload, and one that fails, look to such listeners as if nothing had crashed; who asks for it is told', async (t) => {
  if (!needs(t, python)) return;
  const port = await freePort();
  const rig = await rigFor(t, {
    files: { 'web.py': web, version: 'v1' },
    programs: `
${listener('crashmail', 'EVENT', 'DIR/crashmail.mail', 'buffer_size=1000')}
${listener('fatalmailbatch', 'EVENT', 'DIR/fatal.mail', 'buffer_size=1000')}
${listener('recorder', 'EVENT', 'DIR/events', 'buffer_size=1000')}
[eventlistener:reloads]
command=/bin/sh ${listeners}/recorder.sh DIR/reloads
events=PROCESS_RELOAD
startsecs=0
[program:web]
command=/usr/bin/python3 -S web.py ${port}
directory=DIR
reload_strategy=rolling
reload_overlap=0
reload_timeout=20
ready_check=startsecs
reload_handover=none
`,
  });
  await rig.until(async () => (await ask({ host: '127.0.0.1', port })).body === 'v1', 'version 1 answers');
  const isRunning = /PROCESS_STATE_RUNNING [^\n]*processname:web /;
  await rig.until(() => isRunning.test(read(rig, 'events')), 'that it runs is recorded');
  const before = read(rig, 'events').split('\n').length;

  writeFileSync(join(rig.dir, 'version'), 'v2');
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 0, stdout);
  assert.equal((await ask({ host: '127.0.0.1', port })).body, 'v2');
  writeFileSync(join(rig.dir, 'version'), 'broken');
  assert.equal((await rig.ctl('reload', 'web')).status, 1);
  assert.equal((await ask({ host: '127.0.0.1', port })).body, 'v2');
  await rig.until(() => /eventname:PROCESS_RELOAD_FAILED/.test(read(rig, 'reloads')), 'the failure is told');
  const types = read(rig, 'reloads').match(/eventname:\S+/g);
  assert.deepEqual(
    types?.map((type) => type.replace('eventname:PROCESS_RELOAD_', '')),
    ['STARTED', 'READY', 'COMPLETED', 'STARTED', 'FAILED'],
  );
  assert.match(read(rig, 'reloads'), /processname:web groupname:web strategy:rolling pid:\d+\n/);

  // Something else that happens afterwards has been recorded: so would have been whatever the reload had to tell.
  await rig.ctl('stop', 'web');
  const seen = await rig.until(
    () =>
      /PROCESS_STATE_STOPPED.*\n.*processname:web/.test(read(rig, 'events').replaceAll('\\n', '\n')) &&
      read(rig, 'events'),
    'the stop is recorded',
  );
  const since = seen.split('\n').slice(before - 1);
  assert.deepEqual(
    since.flatMap((line) => /eventname:(?!TICK)(\S+)/.exec(line)?.[1] ?? []),
    ['PROCESS_STATE_STOPPING', 'PROCESS_STATE_STOPPED'],
  );
  assert.equal(read(rig, 'crashmail.mail'), '');
  assert.equal(read(rig, 'fatal.mail'), '');
});

test('supervisor_stdout, the handler that containers use, puts the output of programs on the output of the daemon', async (t) => {
  if (!needs(t, python)) return;
  const rig = await rigFor(t, {
    programs: `
${listener('stdout', 'PROCESS_LOG', '', 'buffer_size=100\nresult_handler=supervisor_stdout:event_handler')}
[program:talks]
command=/bin/sh -c 'echo on stdout; sleep 0.1; echo ön stderr >&2; sleep 1000'
stopasgroup=true
stdout_events_enabled=true
stderr_events_enabled=true
`,
  });
  await rig.logged(/^talks stdout \| on stdout$/m);
  await rig.logged(/^talks stderr \| ön stderr$/m);
});

test('a listener of one line in sh may end the daemon, whose direct child it is', async (t) => {
  const rig = await rigFor(t, {
    programs: `
[eventlistener:watchdog]
command=/bin/sh -c 'printf "READY\\n"; while read -r line; do kill -15 $PPID; done; echo OK'
events=PROCESS_STATE_FATAL
startsecs=0
[program:missing]
command=/nonexistent/command
startretries=0
`,
  });
  await rig.logged(/gave up: missing entered FATAL state/);
  await rig.logged(/received SIGTERM indicating exit request/);
  assert.equal(await rig.stop(), 0);
});

test('a flood of output with events for a slow listener: memory is bounded, order kept, every loss counted and logged', async (t) => {
  if (!needs(t, python)) return;
  const rig = await rigFor(t, {
    programs: `
${listener('recorder', 'PROCESS_LOG_STDOUT', 'DIR/events', 'buffer_size=20')}
[program:floods]
command=/bin/sh -c 'head -c 300000000 /dev/zero | tr "\\0" x; sleep 1000'
stopasgroup=true
stdout_logfile=NONE
stdout_events_enabled=true
`,
  });
  const serials = () => [...read(rig, 'events').matchAll(/ serial:(\d+) /g)].map(([, serial]) => Number(serial));
  const discarded = () =>
    [...rig.log.matchAll(/buffer overflowed, discarding event (\d+)/g)].map(([, serial]) => Number(serial));
  // Only when nothing comes any more has every serial been either delivered or discarded.
  await rig.until(() => {
    const all = [...serials(), ...discarded()].sort((a, b) => a - b);
    return all.length > 2000 && all.every((serial, i) => serial === i);
  }, 'every event was delivered or discarded');
  const delivered = serials();
  assert.deepEqual(
    delivered,
    [...delivered].sort((a, b) => a - b),
  );
  assert.ok(discarded().length > 0);
  const status = readFileSync(`/proc/${rig.pid}/status`, 'utf8');
  const peakKib = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
  assert.ok(peakKib < 400_000, `${peakKib} KiB`);
});
