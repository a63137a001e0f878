import assert from 'node:assert/strict';
import fs, { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { advise } from '../../src/convert/advise.ts';
import type { ReloadReport } from '../../src/ctl/client.ts';
import type { SetUp } from '../../src/ctl/set-up.ts';
import { writeEdits } from '../../src/ctl/write-edits.ts';
import { deviations } from '../conformance/deviations.ts';
import { load } from '../convert/loaded.ts';
import { appText, gunicornNeeds, gunicornSite, ship } from '../support/gunicorn.ts';
import { needs } from '../support/needs.ts';
import { rigFor, run } from '../support/rig.ts';
import { tempDir } from '../support/temp-dir.ts';

const main =
  '[supervisord]\r\n[include]\r\nfiles=conf.d/*\r\n[program:web]\r\n; ours\r\ncommand=/usr/bin/gunicorn app:app\r\nstdout_logfile=NONE\r\nstderr_logfile=NONE\r\n';
const included = `[program:mine]
command=node server.js
[program:loop]
command=/bin/cat
stdout_logfile=/dev/stdout
[program:hup]
command=apache2 -DFOREGROUND
[program:said]
command=/bin/cat
reload_strategy=restart
[program:beat]
command=celery -A app beat
[eventlistener:ears]
command=/bin/cat
events=TICK_5
`;

function setUp(t: TestContext): { readonly dir: string; readonly file: string; readonly other: string } {
  const dir = tempDir(t);
  mkdirSync(join(dir, 'conf.d'));
  const file = join(dir, 's.conf');
  const other = join(dir, 'conf.d/more.conf');
  writeFileSync(file, main);
  writeFileSync(other, included);
  chmodSync(other, 0o640);
  return { dir, file, other };
}

test('each program is told of: what changes, whether it can be reloaded gracefully, what that needs, the lines', async (t) => {
  const { file, other } = setUp(t);
  const { stdout, status } = await run('bin/hupctl', ['migrate', '--config', file]);
  assert.equal(status, 0);
  const parts = stdout.split('\n\n');
  assert.match(parts[0] ?? '', /7 programs in 2 files/);
  const of = (name: string) => parts.find((part) => part.startsWith(name)) ?? '';
  assert.match(of('web (gunicorn)'), /s\.conf:4\n {2}under hupd: nothing changes\n {2}reload: graceful at once/);
  assert.match(of('beat'), /under hupd: \[auto-log-mode\], see below\n/);
  assert.equal(stdout.split(': its AUTO logs stay readable').length, 2, 'what is true of several is explained once');
  assert.match(of('web'), /add to \[program:web\]:\n {6}reload_strategy=rolling$/);
  assert.match(of('mine (node)'), /after a change\n {4}needs: serve on descriptor 3/);
  assert.match(of('loop'), /\[log-special-target\]/);
  assert.match(of('hup (apache2)'), /reload_strategy=hup\n {6}reload_signal=USR1$/);
  assert.match(of('said'), /reload: restart, as it says/);
  assert.match(of('ears'), /an event listener is restarted/);
  assert.match(
    of('beat (celery beat)'),
    /reload: restart; while two of celery beat are at work, each job is sent twice/,
  );
  assert.match(
    stdout,
    /\n2 can have graceful reloads at once, 2 after a change, 1 program says already how, 2 are restarted as before\.\n/,
  );
  assert.deepEqual([readFileSync(file, 'utf8'), readFileSync(other, 'utf8')], [main, included], 'nothing is changed');
});

test('--write inserts what works at once, in the file of each section, keeps a copy, and has nothing to do the second time', async (t) => {
  const { dir, file, other } = setUp(t);
  const first = await run('bin/hupctl', ['migrate', `--config=${file}`, '--write']);
  assert.equal(first.status, 0, first.stdout);
  const now = [readFileSync(file, 'utf8'), readFileSync(other, 'utf8')];
  assert.equal(now[0], `${main}reload_strategy=rolling\r\n`);
  assert.equal(now[1], included.replace('-DFOREGROUND\n', '-DFOREGROUND\nreload_strategy=hup\nreload_signal=USR1\n'));
  assert.equal(statSync(other).mode & 0o777, 0o640);
  const copies = [dir, join(dir, 'conf.d')].map((place) => readdirSync(place).filter((name) => name.includes('.bak-')));
  assert.match(copies[0]?.[0] ?? '', /^s\.conf\.bak-\d{17}$/);
  assert.match(copies[1]?.[0] ?? '', /^\.more\.conf\.bak-/, 'files=conf.d/* must not read the copy');
  assert.equal(readFileSync(join(dir, 'conf.d', copies[1]?.[0] ?? ''), 'utf8'), included);
  const second = await run('bin/hupctl', ['migrate', '--config', file, '--write']);
  assert.match(second.stdout, /\nNothing to write\n$/);
  assert.deepEqual([readFileSync(file, 'utf8'), readFileSync(other, 'utf8')], now);
  const checked = await run('bin/hupd', ['--check', '-c', file]);
  assert.deepEqual([checked.status, checked.stdout], [0, '']);
});

test('--write is all or nothing: a file that can not be written leaves the others as they were', async (t) => {
  const { dir, file, other } = setUp(t);
  // Its backup would have a name that is too long.
  const long = join(dir, 'conf.d', `z${'x'.repeat(245)}.conf`);
  renameSync(other, long);
  const { stdout, status } = await run('bin/hupctl', ['migrate', '--config', file, '--write']);
  assert.equal(status, 1);
  assert.match(stdout, /\nERROR: nothing is written: ENAMETOOLONG.*; every file is as it was\n$/);
  assert.deepEqual([readFileSync(file, 'utf8'), readFileSync(long, 'utf8')], [main, included]);
  assert.deepEqual([readdirSync(dir).sort(), readdirSync(join(dir, 'conf.d')).length], [['conf.d', 's.conf'], 1]);
});

test('what was put in its place already comes back, when a later file or the set-up as a whole fails', (t) => {
  const { dir, file, other } = setUp(t);
  const insertions = [
    { file, section: 'program:web', lines: ['reload_strategy=rolling'] },
    { file: other, section: 'program:mine', lines: ['reload_strategy=rolling'] },
  ];
  const good: SetUp = { sections: [], warnings: [], includes: [] };
  const rename = fs.renameSync;
  t.after(() => {
    fs.renameSync = rename;
    syncBuiltinESMExports();
  });
  let renames = 0;
  fs.renameSync = (from, to) => {
    renames += 1;
    if (renames === 2) throw new Error('EBUSY: it is a mount point');
    rename(from, to);
  };
  syncBuiltinESMExports();
  const answers: SetUp[] = [good, { errors: ['line 3 is wrong'] }];
  for (const [again, why] of [
    [() => good, /^nothing is written: EBUSY: it is a mount point; every file is as it was$/],
    [() => answers.shift() ?? good, /^nothing is written: with the lines in it, line 3 is wrong; every file/],
  ] as const) {
    const [outcome, ...more] = writeEdits(insertions, again);
    assert.match(outcome?.text ?? '', why);
    assert.deepEqual([outcome?.ok, more], [false, []]);
    assert.deepEqual([readFileSync(file, 'utf8'), readFileSync(other, 'utf8')], [main, included]);
    assert.equal(statSync(other).mode & 0o777, 0o640);
    assert.deepEqual(
      [readdirSync(dir).sort(), readdirSync(join(dir, 'conf.d'))],
      [['conf.d', 's.conf'], ['more.conf']],
    );
  }
  assert.equal(renames, 3 + 4, 'two and one back, two and two back');
});

test('a set-up that hupd would refuse is told so, line by line, and nothing is written', async (t) => {
  const dir = tempDir(t);
  const file = join(dir, 's.conf');
  const text = '[supervisord]\n[program:web]\ncommand=gunicorn app:app\nstopsignal=TREM\nautostart=maybe\n';
  writeFileSync(file, text);
  const { status, stdout } = await run('bin/hupctl', ['migrate', '--config', file, '--write']);
  assert.equal(status, 1);
  assert.match(stdout, /:4: stopsignal=TREM.*did you mean TERM/);
  assert.match(stdout, /:5: autostart=maybe/);
  assert.match(stdout, /hupd would not start with/);
  assert.deepEqual([readFileSync(file, 'utf8'), readdirSync(dir)], [text, ['s.conf']]);
});

test('each change that is named stands in the table of wanted differences', (t) => {
  const text = `[supervisord]
[program:a]
command=pidproxy /x cat
stdout_logfile=/dev/stdout
stderr_capture_maxbytes=1MB
[eventlistener:b]
command=cat
events=TICK_5
stdout_logfile=/tmp/%%.log
`;
  const told = load(t, text).flatMap((spec) =>
    advise(spec, new Map([['stdout_logfile', '/tmp/%%.log']]), () => '').changes.map(({ deviation }) => deviation),
  );
  assert.ok(new Set(told).size >= 6, `${told}`);
  for (const id of told)
    assert.ok(
      deviations.some((row) => row.id === id),
      id,
    );
});

test('what migrate has written reloads: gunicorn of a supervisord set-up, after update, by a rolling reload', async (t) => {
  if (!needs(t, gunicornNeeds)) return;
  const { section } = await gunicornSite({ bind: 'unix' });
  const programs = section.replace('reload_strategy=rolling\n', '');
  const rig = await rigFor(t, { programs, files: { 'app.py': appText('one', 0) } });
  const written = await rig.ctl('migrate', '--write');
  assert.match(written.stdout, /added to \[program:web\]: reload_strategy=rolling/, written.stdout);
  assert.equal((await rig.ctl('update')).status, 0);
  await rig.until(async () => (await rig.ctl('status')).stdout.includes('RUNNING'), 'web is up');
  ship(rig, appText('two', 0));
  const { status, stdout } = await rig.ctl('reload', 'web');
  assert.equal(status, 0, stdout);
  const reloads = JSON.parse((await rig.ctl('history', '--json', 'web')).stdout) as readonly ReloadReport[];
  assert.deepEqual(
    reloads.map(({ ok }) => ok),
    [true],
  );
  const [started, ...facts] = reloads[0]?.facts ?? [];
  assert.ok(started?.fact === 'started' && started.strategy === 'rolling', JSON.stringify(started));
  // The successor serves before the predecessor is told to go.
  assert.deepEqual(
    facts.map(({ fact }) => fact),
    ['spawned', 'handover', 'waiting', 'ready', 'promoted', 'stopping', 'stopped', 'done'],
  );
  const pids = Object.fromEntries(facts.flatMap((fact) => ('pid' in fact ? [[fact.fact, fact.pid]] : [])));
  assert.notEqual(pids.ready, started.pid);
  assert.deepEqual([pids.promoted, pids.done, pids.stopped], [pids.ready, pids.ready, started.pid]);
});
