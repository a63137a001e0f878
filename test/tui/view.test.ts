/** The screen as text, at the sizes that people have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textWidth } from '../../src/tui/cells.ts';
import type { Model } from '../../src/tui/model.ts';
import { view } from '../../src/tui/view.ts';
import {
  after,
  lineWith,
  model,
  now,
  press,
  process,
  reload,
  rollingFacts,
  screen,
  screenLines,
  someProcesses,
  typed,
  web,
} from './sample.ts';

const fullWidth = (it: Model) =>
  view(it).lines.map(({ spans }) => spans.reduce((sum, { text }) => sum + textWidth(text), 0));

test('at 80 by 24 everything that matters has its place', () => {
  assert.equal(
    screen(model()),
    ` hupd  unix:///run/hupd.sock                                           12:00:00
 7 processes  ● 3 running  ◌ 1 starting  ◌ 1 backoff  ✖ 1 fatal  ○ 1 stopped
 NAME▲                  STATE          PID   GEN  UPTIME  CPU%   MEM  RST READY
   broken               ✖ FATAL          -     4       -     -     -    3 -
   off                  ○ STOPPED        -     -       -     -     -    0 -
   web                  ● RUNNING     4711     3   1h02m     -     -    0 yes
 ▾ worker               ◌ 2/4 up                             -     -    2
     worker_0           ● RUNNING     4415     1   1h02m     -     -    0 yes
     worker_1           ◌ STARTING    4415     1      2s     -     -    0 … 2s
     worker_2           ◌ BACKOFF        -     -       -     -     -    0 -
     worker_10          ● RUNNING     4452     1   1h02m     -     -    2 yes${'\n'.repeat(11)}
 broken: FATAL since 11:59:00: couldn't exec /bin/broken: ENOENT
 s start x stop r restart l reload g signal c clear / filter 1 log ? help q quit`,
  );
});

test('with less room columns give way to the names, and keys to the help and the way out', () => {
  assert.equal(
    screen(model([process('web', 'RUNNING'), process('worker:worker_10', 'FATAL')], { width: 60, height: 8 })),
    ` hupd  unix:///run/hupd.sock                       12:00:00
 2 processes  ● 1 running  ✖ 1 fatal
 NAME▲                 STATE       UPTIME  CPU%   MEM READY
   web                 ● RUNNING    1h02m     -     - yes
 ▾ worker              ✖ 0/1 up               -     -
     worker_10         ✖ FATAL          -     -     - -
 web: RUNNING since 10:57:55: pid 4230
 s start x stop r restart l reload / filter ? help q quit`,
  );
  const [, , heading, row, , , , keys] = screenLines(model([process('web', 'RUNNING')], { width: 40, height: 8 }));
  assert.match(heading ?? '', /^ NAME▲ +STATE +UPTIME$/);
  assert.match(row ?? '', /^ {3}web +● RUNNING +1h02m$/);
  assert.match(keys ?? '', /\? help +q quit$/);
});

test('every line fills the screen exactly, whatever its size, its panel and its dialog', () => {
  const long = process('a-group-with-a-name:漢字_process_with_a_name_that_goes_on_and_on', 'FATAL', {
    spawnError: 'x'.repeat(300),
  });
  for (const [width, height] of [
    [80, 24],
    [81, 25],
    [120, 30],
    [149, 40],
    [150, 24],
    [200, 50],
    [40, 10],
    [10, 3],
    [1, 1],
  ] as const) {
    const base = model([...someProcesses, long], { width, height });
    for (const keys of [[], ['1'], ['2'], ['3'], ['?'], ['g'], ['o'], ['x'], ['/'], ['end', '1', 'tab']]) {
      const it = press(base, ...keys);
      const widths = fullWidth(it);
      assert.deepEqual([widths.length, new Set(widths)], [height, new Set([width])], `${width}x${height} ${keys}`);
    }
  }
});

test('where there is room, a last column says what is the matter, and a log stands beside', () => {
  const wide = model(someProcesses, { width: 200, height: 50 });
  assert.match(lineWith(wide, '✖ FATAL'), /couldn't exec/);
  assert.match(screenLines(wide)[2] ?? '', /INFO +│─ 1 log ─/);
  const narrower = after(wide, { news: 'size', width: 80, height: 24 });
  assert.equal(narrower.panel, 'none', 'it goes when the room does');
  assert.equal(after(narrower, { news: 'size', width: 200, height: 50 }).panel, 'log');
  const wanted = after(press(model(), '2'), { news: 'size', width: 200, height: 50 });
  assert.equal(wanted.panel, 'events', 'what was chosen stays');
});

test('of 500 processes only those in sight are drawn, and the selection is always among them', () => {
  const many = Array.from({ length: 500 }, (_, at) => process(`job:job_${at}`, 'RUNNING'));
  const it = press(model(many), ...Array.from({ length: 30 }, () => 'pagedown'));
  assert.equal(it.selected, 'job:job_499');
  assert.equal(screenLines(it).length, 24);
  assert.match(screenLines(it)[21] ?? '', /job_499/);
  const top = press(it, 'home');
  assert.match(screenLines(top)[3] ?? '', /▾ job +● 500\/500 /);
  const began = performance.now();
  for (let at = 0; at < 100; at += 1) view(press(it, 'up'));
  assert.ok(performance.now() - began < 5000, 'a key and a drawing take a few milliseconds');
});

test('a supervisord shows what it knows, and a dash for the rest', () => {
  const old = model([process('web', 'RUNNING', { pid: 12, extras: null })]);
  assert.match(lineWith(old, 'web'), / {2}web +● RUNNING +12 +- +1h02m +- +- +- -$/);
  assert.match(lineWith(press(old, 'l'), 'supervisord'), /it can not reload, only restart/);
  assert.match(screen(press(old, '3')), /a supervisord can not reload/);
  assert.match(screen(press(old, '2')), /a supervisord keeps no history/);
});

test('a lost connection is said at the top, and what was known stays, dimmed', () => {
  const lost = after(model(), {
    news: 'link',
    link: { kind: 'lost', text: 'no connection (ECONNREFUSED)', since: now - 4000 },
  });
  assert.match(screenLines(lost)[1] ?? '', /✖ no connection \(ECONNREFUSED\); trying again, for 4\.0 s so far/);
  assert.match(screen(lost), /web +● RUNNING/);
  const row = view(lost).lines.find(({ spans }) => spans.some(({ text }) => text.includes('RUNNING')));
  assert.deepEqual([...new Set(row?.spans.map(({ role }) => role))], ['dim']);
});

test('CPU and memory are shown from the second reading on, and summed by group', () => {
  const rows = (cpuSecs: number, at: number) =>
    ['worker_0', 'worker_10'].map((name) => ({ group: 'worker', name, pid: 1, cpuSecs, rssBytes: 300 * 2 ** 20, at }));
  const once = after(model(), { news: 'usage', rows: rows(10, now) });
  assert.match(lineWith(once, 'worker_0'), / - +300M /);
  const twice = after(once, { news: 'usage', rows: rows(10.5, now + 2000) });
  assert.match(lineWith(twice, 'worker_0'), / 25\.0 +300M /);
  assert.match(lineWith(twice, '▾ worker'), / 50\.0 +600M /);
  assert.match(screenLines(twice)[1] ?? '', /CPU 50\.0% {2}MEM 600M $|CPU 50\.0% {2}MEM 600M$/);
  const cached = after(twice, { news: 'usage', rows: rows(10.5, now + 2000) });
  assert.match(lineWith(cached, 'worker_0'), / 25\.0 /, 'the same reading again is no news');
  const fewer = after(twice, { news: 'usage', rows: rows(1, now + 4000) });
  assert.match(lineWith(fewer, 'worker_0'), / 0\.0 /, 'never below nothing');
});

const logged = (text: string) =>
  after(
    press(model(), '1'),
    { news: 'log-opened', key: 'broken:broken/stdout' },
    { news: 'log-text', key: 'broken:broken/stdout', text },
  );

test('the log is seen below the table, is paused and searched', () => {
  const it = logged('one\ntwo ERROR\nthree\n');
  assert.match(screen(it), /─ 1 log ─ 2 events ─ 3 reload ─+ broken stdout ─\n one\n two ERROR\n three\n/);
  const paused = after(press(it, 'p'), { news: 'log-text', key: 'broken:broken/stdout', text: 'four\n' });
  assert.match(screen(paused), /PAUSED, 1 new/);
  assert.doesNotMatch(screen(paused), /four/);
  const sought = typed(press(it, 'tab', '/'), 'error');
  assert.match(lineWith(sought, 'search: '), /search: error {3}1 line;/);
  assert.match(lineWith(press(sought, 'enter'), '1 log'), /"error": 1 {2}PAUSED, 1 new/);
  assert.match(screen(logged('')), /nothing on stdout yet/);
  const none = after(it, { news: 'log-trouble', key: 'broken:broken/stdout', trouble: 'there is no stdout log' });
  assert.match(screen(none), /there is no stdout log/);
});

test('the events say why, and what happened, the newest first', () => {
  const state = { what: 'state', pid: 7, expected: false, spawnError: '' } as const;
  const entries = [
    { at: now - 3000, ...state, from: 'STOPPED', to: 'STARTING' },
    {
      at: now - 2000,
      what: 'exited',
      pid: 7,
      generation: 1,
      how: 'exit status 1',
      ranSecs: 0.1,
      lastLine: 'no module',
    },
    { at: now - 1000, ...state, from: 'BACKOFF', to: 'FATAL' },
  ] as const;
  const it = after(press(model(), '2'), { news: 'history', key: 'broken:broken', entries });
  assert.match(
    screen(it),
    / FATAL since 11:59:59: couldn't exec .*; last line: no module\n\n 11:59:59 {2}BACKOFF -> FATAL\n 11:59:58 {2}pid 7 ended after 0\.1 s \(exit status 1\); last line: no module\n 11:59:57/,
  );
  assert.match(lineWith(it, ' broken: FATAL'), /last line: n…$/, 'and in the line at the bottom');
});

/** `web` in a reload, so many milliseconds after its begin, with the facts that are known by then. */
function reloading(ms: number, more: Parameters<typeof reload>[1] = {}): Model {
  const facts = rollingFacts.filter(({ at }) => at <= now + ms);
  return { ...after(press(model(), '3'), reload(facts, more), { news: 'time', now: now + ms }), selected: 'web:web' };
}

test('a reload is drawn as it happens: it boots, both serve, the old one leaves, done', () => {
  assert.match(
    screen(reloading(2500)),
    / web {2}rolling {2}2\.5 s\n {3}old {2}pid 4711 {2}gen 3 {2}● serves\n {3}new {2}pid 4800 {2}gen 4 {2}◌ boots {2}██░+ {2}2\.5 s of at most 20 s\n {7}ready by: accept\n/,
  );
  assert.match(
    screen(reloading(5000)),
    /old .*● both serve {2}█+░+ {2}1\.0 s more\n {3}new .*● serves, ready after 4\.0 s\n/,
  );
  assert.match(screen(reloading(6200)), /old .*◍ told to stop \(SIGTERM\) 0\.2 s ago\n/);
  assert.match(
    screen(reloading(6500, { done: true })),
    /old .*○ stopped \(exit status 0\)\n.*\n {3}✔ reloaded in 6\.5 s, 0 dropped, longest queue 3\n/,
  );
});

test('the bar goes by the time that the last reload took, where there was one', () => {
  const it = after(reloading(2500), { news: 'usual', key: 'web:web', secs: 5 });
  assert.match(screen(it), /◌ boots {2}███████░░░░░░░ {2}2\.5 s of usually 5\.0 s\n {7}ready by: accept, within 20 s/);
});

test('a reload that fails shows the reason, the last output, and who serves on', () => {
  const failed = [
    ...rollingFacts.slice(0, 4),
    {
      at: now + 5000,
      ...web,
      fact: 'failed',
      reason: 'it died (exit status 3)',
      lastOutput: ['Traceback', 'No module'],
    },
    { at: now + 5000, ...web, fact: 'rolled-back', pid: 4800, servingPid: 4711 },
  ] as const;
  const over = { done: true, ok: false, reason: 'it died (exit status 3)', endedAt: now + 5000 };
  const it = {
    ...after(press(model(), '3'), reload(rollingFacts.slice(0, 4)), reload(failed, over)),
    selected: 'web:web',
  };
  assert.match(
    screen(it),
    /old .*● serves on\n {3}new .*✖ given up\n {3}✖ reload failed: it died \(exit status 3\)\n {5}│ Traceback\n {5}│ No module\n {3}↩ rolled back: pid 4711 serves on/,
  );
  assert.match(screenLines(it).at(-2) ?? '', /web: reload failed: it died/);
});

test('a reload of many has a bar of its own, and a line for each that is through', () => {
  const members = ['worker_0', 'worker_1', 'worker_2'].map((name) =>
    process(`worker:${name}`, 'RUNNING', { extras: { reloadId: 1, strategy: 'rolling' } }),
  );
  const own = { group: 'worker', name: 'worker_0' };
  const facts = [
    ...rollingFacts.map((fact) => ({ ...fact, ...own })),
    {
      at: now + 7000,
      group: 'worker',
      name: 'worker_1',
      fact: 'started',
      strategy: 'rolling',
      pid: 5,
      generation: 1,
    } as const,
  ];
  const it = after(press(model(members), '3'), reload(facts, { target: 'worker:*' }), {
    news: 'time',
    now: now + 7000,
  });
  assert.match(
    screen(it),
    /worker:\* {2}rolling {2}7\.0 s {2}███████░+ {2}1 of 3\n {3}✔ worker:worker_0 {2}pid 4711 → 4800, 6\.5 s\n {3}worker:worker_1\n {3}old {2}pid 5/,
  );
  assert.match(lineWith(it, '    worker_2'), /↻ 7s/);
});

test('both generations of a process in a reload are in its row', () => {
  const both = [
    { number: 3, pid: 4711, startedAt: now, role: 'current' },
    { number: 4, pid: 4800, startedAt: now, role: 'successor' },
  ] as const;
  const it = model([
    process('web', 'RUNNING', { pid: 4711, extras: { generation: 4, generations: both, reloadId: 1 } }),
  ]);
  assert.match(lineWith(it, ' web '), / 4711 +3→4 /);
  const rolledBack = model([
    process('web', 'RUNNING', { pid: 4711, extras: { generation: 4, generations: both.slice(0, 1) } }),
  ]);
  assert.match(lineWith(rolledBack, ' web '), / 4711 +3 /, 'a successor that failed was none');
});
