import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bindings } from '../../src/tui/bindings.ts';
import { inputAt } from '../../src/tui/frame.ts';
import { handle } from '../../src/tui/keys.ts';
import type { Model } from '../../src/tui/model.ts';
import { paneAt, view } from '../../src/tui/view.ts';
import { after, model, now, press, pressed, process, screen, screenLines, someProcesses } from './sample.ts';

const wishes = (it: Model, ...keys: readonly string[]) =>
  pressed(it, ...keys).effects.map((effect) =>
    effect.do === 'wish'
      ? { ...effect.wish, target: `${effect.wish.target.group}:${effect.wish.target.name}` }
      : effect.do,
  );
const web = { ...model(), selected: 'web:web' };
const worker = { ...model(), selected: ':worker' };

test('a start is carried out at once; what kills is asked about, and only y means yes', () => {
  const target = 'web:web';
  assert.deepEqual(wishes(web, 's'), [{ verb: 'start', target, signal: '' }]);
  for (const [key, verb, question] of [
    ['x', 'stop', 'Stop web (pid 4711)?'],
    ['r', 'restart', 'Restart web (pid 4711)? It is down in between.'],
    ['c', 'clear', 'Empty the logs of web (pid 4711)? What they hold is lost.'],
  ] as const) {
    assert.ok(screen(press(web, key)).includes(question), question);
    assert.deepEqual(wishes(web, key), []);
    for (const no of ['n', 'escape', 'enter', 'q']) assert.deepEqual(wishes(web, key, no), [], no);
    assert.deepEqual(wishes(web, key, 'y'), [{ verb, target, signal: '' }]);
  }
});

test('on the row of a group the whole group is meant', () => {
  assert.ok(screen(press(worker, 'x')).includes('Stop the 4 processes of worker?'));
  assert.deepEqual(wishes(worker, 'x', 'y'), [{ verb: 'stop', target: 'worker:null', signal: '' }]);
});

test('a reload that starts a second generation is no danger; one that stops first is asked about', () => {
  const rolling = pressed(web, 'l');
  assert.equal(rolling.effects.length, 1);
  assert.equal(rolling.model.panel, 'reload', 'it is watched');
  assert.match(screen(press(worker, 'l')), /reload_strategy is restart/);
});

test('signals are chosen from a menu, and those that end a process are asked about', () => {
  assert.deepEqual(wishes(web, 'g', 'enter'), [{ verb: 'signal', target: 'web:web', signal: 'HUP' }]);
  const kill = press(web, 'g', 'up', 'enter');
  assert.match(screen(kill), /Send SIGKILL to web \(pid 4711\)\?/);
  assert.deepEqual(wishes(kill, 'y'), [{ verb: 'signal', target: 'web:web', signal: 'KILL' }]);
  assert.deepEqual(wishes(web, 'g', 'escape'), []);
});

test('q and ^C leave; while a restart is under way q asks, since the start would not come any more', () => {
  assert.deepEqual(wishes(web, 'q'), ['quit']);
  for (const mode of [[], ['/'], ['?'], ['x'], ['g']]) assert.deepEqual(wishes(press(web, ...mode), 'C-c'), ['quit']);
  const wish = { verb: 'restart', target: { group: 'web', name: 'web' }, signal: '' } as const;
  const restarting = after(web, { news: 'wish-begun', wish });
  assert.deepEqual(wishes(restarting, 'q'), []);
  assert.deepEqual(wishes(restarting, 'q', 'y'), ['quit']);
  assert.deepEqual(wishes(restarting, 'C-c'), ['quit']);
  assert.match(screenLines(restarting).at(-2) ?? '', /… restart web/);
  const told = after(restarting, { news: 'wish-ended', wish, ok: true, text: 'web: restarted' });
  assert.match(screenLines(told).at(-2) ?? '', /web: restarted/);
  assert.deepEqual(wishes(told, 'q'), ['quit']);
  assert.equal(after(told, { news: 'time', now: now + 6000 }).notice, null, 'what was said goes after a while');
});

test('the selection moves with the arrows and stays on its process when rows come and go', () => {
  assert.equal(press(model(), 'down', 'down').selected, 'web:web');
  assert.equal(press(model(), 'down', 'down', 'up').selected, 'off:off');
  assert.equal(press(model(), 'j', 'j', 'k').selected, 'off:off');
  assert.equal(press(model(), 'end').selected, 'worker:worker_10');
  const more = [process('aaa', 'RUNNING'), ...someProcesses];
  assert.equal(
    after(web, { news: 'processes', complete: true, processes: more, daemonState: 'RUNNING' }).selected,
    'web:web',
  );
  const without = someProcesses.filter(({ name }) => name !== 'web');
  assert.equal(
    after(web, { news: 'processes', complete: true, processes: without, daemonState: 'RUNNING' }).selected,
    'broken:broken',
  );
});

test('Enter opens what is selected and closes it; Escape goes back step by step', () => {
  assert.equal(press(web, 'enter').panel, 'log');
  assert.equal(press(web, 'enter', 'enter').panel, 'none');
  assert.ok(press(worker, 'enter').folded.has('worker'));
  const deep = press(web, 'tab', 'escape');
  assert.deepEqual([deep.focus, deep.panel], ['table', 'log']);
  assert.equal(press(deep, 'escape').panel, 'none');
  assert.equal(press(web, '2', '2').panel, 'none', 'the same key again closes it');
});

test('arrows scroll the panel that has the focus', () => {
  const text = Array.from({ length: 50 }, (_, at) => `line ${at + 1}\n`).join('');
  const log = after(press(web, '1', 'tab'), { news: 'log-opened', key: 'k' }, { news: 'log-text', key: 'k', text });
  assert.doesNotMatch(screen(press(log, 'up')), /line 50/);
  assert.match(screen(press(log, 'up', 'down')), /line 50/);
  assert.match(screen(press(log, 'home')), /line 1\n/);
  assert.equal(press(log, 'pageup', 'end').log.end, null);
  assert.equal(press(log, 'e').channel, 'stderr');
});

test('every key of the help has a meaning, and none has two at a time', () => {
  for (const it of [web, press(web, '1'), press(web, '1', 'tab'), press(web, '3', 'tab')]) {
    const active = bindings.filter(({ when }) => when?.(it) ?? true).flatMap(({ keys }) => keys);
    assert.equal(new Set(active).size, active.length, `${active.filter((key, at) => active.indexOf(key) !== at)}`);
  }
  const help = press(web, '?');
  assert.match(screen(help), /keys \(1 to 18 of \d+; ↑ ↓\)/);
  assert.match(screen(press(help, 'pagedown', 'pagedown', 'pagedown')), /q +leave/);
  assert.equal(press(help, 'x').mode.kind, 'table', 'any other key closes it');
});

/** A click on this text. */
function click(it: Model, text: string, at = now): Model {
  const y = screenLines(it).findIndex((line) => line.includes(text));
  const x = (screenLines(it)[y] ?? '').indexOf(text);
  return handle({ ...it, now: at }, inputAt(view(it), x, y)).model;
}

test('the mouse selects, opens, folds, sorts, answers and presses what is written at the bottom', () => {
  const selected = click(model(), 'worker_2');
  assert.equal(selected.selected, 'worker:worker_2');
  assert.equal(click(selected, 'worker_2', now + 200).panel, 'log', 'twice in a row opens');
  assert.equal(click(selected, 'worker_2', now + 900).panel, 'none', 'twice with a pause does not');
  assert.ok(click(model(), '▾ worker').folded.has('worker'));
  assert.deepEqual(click(model(), 'MEM ').sort, { column: 'memory', descending: true });
  assert.equal(click(press(web, '1'), '2 events').panel, 'events');
  assert.equal(click(press(web, '1'), ' ─ 3').mode.kind, 'table');
  assert.equal(click(web, '? help').mode.kind, 'help');
  const asked = click(web, 'x stop');
  assert.equal(asked.mode.kind, 'confirm');
  assert.equal(click(asked, ' n  no').mode.kind, 'table');
  assert.equal(click(asked, 'broken').mode.kind, 'confirm', 'nothing behind a question can be clicked');
  assert.match(screen(click(press(web, 'g'), 'KILL')), /Send SIGKILL/);
});

test('the wheel turns in the pane that it is over', () => {
  const many = Array.from({ length: 100 }, (_, at) => process(`job:job_${at}`, 'RUNNING'));
  const it = press(model(many), '1');
  const frame = view(it);
  assert.deepEqual([paneAt(frame, 5, 5), paneAt(frame, 5, 18), paneAt(frame, 5, 0)], ['table', 'panel', null]);
  const down = handle(it, { kind: 'scroll', pane: 'table', by: 3 }).model;
  assert.deepEqual([down.top, down.selected], [3, 'job:job_2']);
  assert.equal(handle(down, { kind: 'scroll', pane: 'table', by: -9 }).model.top, 0);
  assert.equal(paneAt(view(press(it, 'x')), 5, 5), null, 'not behind a question');
});
