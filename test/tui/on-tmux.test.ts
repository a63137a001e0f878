import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startWireServer } from '../conformance/wire-server.ts';
import { appText, freePort, gunicornNeeds, gunicornSite, ship } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { childrenOf, type Rig, rigFor } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';
import { Tmux, tmuxNeeds } from '../support/tmux.ts';

const small = { width: 80, height: 24 } as const;
const large = { width: 200, height: 50 } as const;

const somePrograms = `[program:talk]
command=/bin/sh -c 'echo first word; echo second word; exec sleep 1000'
stdout_logfile=DIR/talk.log
[program:broken]
command=/bin/sh -c 'echo no module named app; exit 3'
startretries=1
[program:lazy]
command=/bin/sleep 1000
autostart=false
[program:worker]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=4
`;

const supervisordText = (port: number) => `[unix_http_server]
file=DIR/s.sock
[inet_http_server]
port=127.0.0.1:${port}
[supervisord]
logfile=DIR/d.log
pidfile=DIR/d.pid
childlogdir=DIR
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
${somePrograms}`;

/** The rig's daemon, over its socket. */
const top = (rig: Rig) => `bin/hupctl -c ${rig.configFile} top`;

/** The order of the names in the first column. */
const names = (screen: string) => [...screen.matchAll(/^ {3,5}([a-z]\w*) +[●○✖]/gm)].map(([, name]) => name);

test('at rest: the table, the keys of the line at the bottom, help, questions, the filter, folding, sorting', async (t) => {
  if (!needs(t, tmuxNeeds)) return;
  const rig = await rigFor(t, { programs: somePrograms });
  const tmux = await Tmux.startFor(t, { ...small, command: top(rig) });
  await tmux.shows(/broken +✖ FATAL[\s\S]*worker_3 +● RUNNING +\d+ +1 .* yes/);
  await tmux.shows(/broken: FATAL since .*: exited with 3 within 1 s, 2 times/);
  await tmux.keep('top-80x24-at-rest');

  await tmux.type('?');
  await tmux.shows(/keys \(1 to \d+ of \d+/);
  assert.doesNotMatch(await tmux.keep('top-80x24-help'), /…\s*│/, 'every line of the help fits');
  await tmux.type('Escape');
  await tmux.shows(/worker_3/);

  await tmux.type('Down', 'Down', 'x');
  await tmux.shows(/Stop talk \(pid \d+\)\?[\s\S]*y +yes +n +no/);
  await tmux.keep('top-80x24-confirm');
  await tmux.type('n');
  assert.match(await tmux.shows(/\n {3}talk +● RUNNING/), /\n {3}talk +● RUNNING/);
  await tmux.type('x');
  await tmux.shows(/Stop talk/);
  await tmux.type('y');
  await tmux.shows(/talk +○ STOPPED/);
  await tmux.type('s');
  await tmux.shows(/talk +● RUNNING/);

  await tmux.type('f', 'work 2');
  await tmux.shows(/filter: work 2 +1 shown/);
  assert.deepEqual(names(await tmux.keep('top-80x24-filter')), ['worker_2']);
  await tmux.type('Enter', 'Escape');
  await tmux.shows(/worker_3/);

  await tmux.type('z');
  await tmux.shows(/▸ worker +● 4\/4 up/);
  assert.deepEqual(names(await tmux.keep('top-80x24-folded')), ['broken', 'lazy', 'talk']);
  await tmux.type('z', 'o');
  await tmux.shows(/sort by/);
  await tmux.type('Down', 'Enter');
  assert.deepEqual(names(await tmux.shows(/STATE▼/)).slice(0, 1), ['broken']);
  await tmux.type('O');
  assert.equal(names(await tmux.shows(/STATE▲/)).at(-1), 'broken');
});

test('the log is followed, searched and paused; the mouse selects, opens, sorts and turns the wheel', async (t) => {
  if (!needs(t, tmuxNeeds)) return;
  const rig = await rigFor(t, { programs: somePrograms });
  const log = (text: string) => appendFileSync(join(rig.dir, 'talk.log'), text);
  const tmux = await Tmux.startFor(t, { ...small, command: top(rig) });
  await tmux.shows(/talk +● RUNNING/);
  await tmux.click('talk');
  await tmux.shows(/ talk: RUNNING since/);
  await tmux.click('1 log');
  await tmux.shows(/talk stdout ─[\s\S]*first word\n second word/);
  log('third word\n');
  await tmux.shows(/second word\n third word/);

  // In one read: the click, then the key.
  await tmux.click('second word', '/');
  await tmux.shows(/search: /);
  await tmux.type('third');
  await tmux.shows(/search: third +1 line;/);
  await tmux.type('Enter', 'p');
  await tmux.shows(/"third": 1 +PAUSED/);
  log('fourth word\n');
  const paused = await tmux.shows(/PAUSED, 1 new/);
  assert.doesNotMatch(paused, /fourth/);
  await tmux.keep('top-80x24-log-paused');
  await tmux.type('p');
  await tmux.shows(/fourth word/);
  log(Array.from({ length: 60 }, (_, i) => `number ${i}\n`).join(''));
  await tmux.shows(/number 59/);
  await tmux.wheel('number 59', 'up');
  assert.doesNotMatch(await tmux.shows(/PAUSED/), /number 59/);

  await tmux.click('CPU%');
  await tmux.shows(/▼CPU%|▲CPU%/);
  await tmux.type('Tab');
  await tmux.click('▾ worker');
  await tmux.shows(/▸ worker/);
});

test('a reload is drawn as it happens, at both sizes, over the socket and over http; one that fails says why', async (t) => {
  if (!needs(t, tmuxNeeds, gunicornNeeds)) return;
  const port = await freePort();
  // One worker: when the second one dies too while it stops, gunicorn ends with a traceback of its own, longer than what is shown.
  const { section } = await gunicornSite({ bind: 'tcp', gunicorn: '-w 1', program: 'reload_timeout=15' });
  const rig = await rigFor(t, {
    programs: `[inet_http_server]\nport=127.0.0.1:${port}\n${section}\n${somePrograms}`,
    files: { 'app.py': appText('v1', 0) },
  });
  const one = await Tmux.startFor(t, { ...small, command: top(rig) });
  const other = await Tmux.startFor(t, { ...large, command: `bin/hupctl -s http://127.0.0.1:${port} top` });
  const both = (pattern: RegExp) => Promise.all([one.shows(pattern), other.shows(pattern)]);
  await both(/web +● RUNNING .* yes/);
  await other.keep('top-200x50-at-rest');
  for (const tmux of [one, other]) {
    await tmux.click('web');
    await tmux.shows(/ web: RUNNING since/);
    await tmux.type('3');
    await tmux.shows(/no reload since/);
  }

  ship(rig, appText('v2', 3));
  await one.type('l');
  await both(/old +pid \d+ +gen 1 +● serves[\s\S]*new +pid \d+ +gen 2 +◌ boots +[█░]+ .* of at most 15 s/);
  await both(/web +● RUNNING +\d+ +1→2/);
  await one.keep('top-80x24-in-a-reload');
  await other.keep('top-200x50-in-a-reload');
  await both(/old +pid \d+ +gen 1 +○ stopped[\s\S]*new +pid \d+ +gen 2 +● serves, ready after[\s\S]*✔ reloaded in/);

  ship(rig, 'raise ModuleNotFoundError("No module named none")\n');
  await one.type('l');
  await both(/gen 2 +● serves on[\s\S]*gen 3 +✖ given up[\s\S]*✖ reload failed: [\s\S]*No module named none/);
  await one.keep('top-80x24-failed-reload');
  await other.keep('top-200x50-failed-reload');
  await one.type('2');
  await one.shows(/its last reload, at .*, went wrong/);
  await one.keep('top-80x24-events');

  await one.resize(large.width, large.height);
  assert.match(await one.shows(/INFO[\s\S]*│─ 1 log/), /web/);
  await one.keep('top-200x50-after-resize');
  await one.resize(small.width, small.height);
  await one.shows(/READY *\n[\s\S]*─ 1 log ─ 2 events ─ 3 reload ─+ web ─\n/);
  await one.keep('top-80x24-after-resize');
});

test('500 processes: the ends of the table, a page, a filter', async (t) => {
  if (!needs(t, tmuxNeeds)) return;
  const programs = `[program:many]
command=/bin/sleep 100000
process_name=%(program_name)s_%(process_num)03d
numprocs=500
startsecs=0
`;
  const rig = await rigFor(t, { programs, daemon: 'minfds=4096' });
  for (const size of [small, large]) {
    const tmux = await Tmux.startFor(t, { ...size, command: top(rig) });
    await tmux.shows(/500 processes +● 500 running .*CPU +\d.*\n[\s\S]*▾ many +● 500\/500/);
    await tmux.keep(`top-${size.width}x${size.height}-500-processes`);
    await tmux.type('End');
    await tmux.shows(/many_499 +● RUNNING/);
    await tmux.type('PPage');
    await tmux.shows(/many:many_4[0-8]\d: RUNNING/);
    await tmux.type('f', '_123');
    assert.deepEqual(names(await tmux.shows(/filter: _123 +1 shown/)), ['many_123']);
    await tmux.type('C-c');
    await tmux.shows(/^[$#] .*top\n[$#]$/m);
  }
});

test('a real supervisord is shown and driven as well, over http; it can not reload, and that is said', async (t) => {
  if (!needs(t, tmuxNeeds, { command: 'supervisord', apt: 'supervisor' })) return;
  const port = await freePort();
  await startWireServer(t, 'supervisord', supervisordText(port));
  const tmux = await Tmux.startFor(t, { ...small, command: `bin/hupctl -s http://127.0.0.1:${port} top` });
  await tmux.shows(/supervisord 4\.\d[\s\S]*broken +✖ FATAL[\s\S]*talk +● RUNNING[\s\S]*worker_3 +● RUNNING/);
  await tmux.click('talk');
  await tmux.type('l');
  await tmux.shows(/this server is a supervisord: it can not reload, only restart/);
  await tmux.type('1');
  await tmux.shows(/first word\n second word/);
  await tmux.keep('top-80x24-supervisord');
  await tmux.type('r');
  await tmux.shows(/Restart talk/);
  await tmux.type('y');
  await tmux.shows(/talk: restarted/);
  await tmux.type('x');
  await tmux.shows(/Stop talk/);
  await tmux.type('y');
  await tmux.shows(/talk +○ STOPPED/);
});

const crashes = `process.once('SIGUSR2', () => { throw new Error('a bug'); });
process.once('SIGALRM', () => void Promise.reject(new Error('a broken promise')));
`;

test('however it ends, the terminal is as it was', async (t) => {
  if (!needs(t, tmuxNeeds)) return;
  const rig = await rigFor(t, { programs: somePrograms });
  const dir = tempDir(t);
  writeFileSync(join(dir, 'crash.cjs'), crashes);
  const tmux = await Tmux.startFor(t, { ...small, command: `stty -g > ${dir}/before; echo begin` });
  await tmux.shows(/^begin$/m);
  const ends: ReadonlyArray<readonly [name: string, status: number, end: (pid: number) => unknown, said?: RegExp]> = [
    ['q', 0, () => tmux.type('q')],
    ['control-C', 0, () => tmux.type('C-c')],
    ['control-C in a question', 0, () => tmux.type('x', 'C-c')],
    ['TERM', 143, (pid) => process.kill(pid, 'SIGTERM')],
    ['INT', 130, (pid) => process.kill(pid, 'SIGINT')],
    ['HUP', 129, (pid) => process.kill(pid, 'SIGHUP')],
    ['an exception', 1, (pid) => process.kill(pid, 'SIGUSR2'), /hupctl: Error: a bug/],
    ['a rejection', 1, (pid) => process.kill(pid, 'SIGALRM'), /hupctl: Error: a broken promise/],
  ];
  const shell = Number(await tmux.told('#{pane_pid}'));
  for (const [at, [name, status, end, said]] of ends.entries()) {
    await tmux.type(
      `NODE_OPTIONS='--require ${dir}/crash.cjs' ${top(rig)}; echo "end ${at}: $?"; stty -g > ${dir}/after; echo "done ${at}"`,
      'Enter',
    );
    await tmux.shows(/worker_3 +● RUNNING/);
    assert.equal(await tmux.told('#{alternate_on} #{mouse_any_flag}'), '1 1', name);
    await end(childrenOf(shell)[0] ?? 0);
    const left = await tmux.shows(new RegExp(`^done ${at}$`, 'm'));
    assert.match(left, new RegExp(`^end ${at}: ${status}$`, 'm'), name);
    if (said !== undefined) assert.match(left, said);
    assert.equal(await tmux.told('#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{keypad_flag}'), '0 0 1 0', name);
    assert.equal(readFileSync(join(dir, 'after'), 'utf8'), readFileSync(join(dir, 'before'), 'utf8'), name);
    await tmux.type('clear', 'Enter');
    await tmux.shows(/^[$#] *\n\s*$/);
  }

  await tmux.type(top(rig), 'Enter');
  await tmux.shows(/worker_3 +● RUNNING/);
  await tmux.type('C-z');
  await tmux.shows(/Stopped|Suspended/);
  assert.equal(await tmux.told('#{alternate_on} #{mouse_any_flag} #{cursor_flag}'), '0 0 1');
  await tmux.type('fg', 'Enter');
  await tmux.shows(/worker_3 +● RUNNING/);
  await tmux.type('q');
  await tmux.shows(/^[$#]$/m);
});
