/** What is shown below an open row: generations, the course of the reload, events, the log. */
import type { ProcessRow, ReloadRow } from '../messages.ts';
import { type GenerationBoxes, generationBoxes, type Load } from '../model.ts';
import { h } from './dom.ts';
import { logPanel } from './log-panel.ts';
import { history } from './server.ts';

const workersDrawn = 8;

export interface Details {
  readonly element: HTMLElement;
  update(process: ProcessRow, load: Load | undefined): void;
  reconnected(): void;
  close(): void;
}

/** `clearLogs` null: this reader may not. */
export function details(process: ProcessRow, clearLogs: (() => Promise<void>) | null): Details {
  const generations = h('section', { class: 'panel', 'aria-label': 'Generations' });
  const reload = h('section', { class: 'panel', 'aria-label': 'Reload', 'aria-live': 'polite' });
  const events = h('section', { class: 'panel wide', 'aria-label': 'Events' });
  const log = logPanel(process.id, process.logs, clearLogs);
  const element = h('div', { class: 'more' }, generations, reload, events, log.element);
  let drawn = '';
  let seen: ProcessRow | null = null;

  const update: Details['update'] = (row, load) => {
    const boxes = generationBoxes(row, load);
    const now = JSON.stringify(boxes);
    if (now !== drawn) generations.replaceChildren(h('h2', {}, 'Generations'), drawGenerations(boxes));
    drawn = now;
    if (row === seen) return;
    seen = row;
    reload.replaceChildren(h('h2', {}, 'Last reload'), drawReload(row.reload, row.strategy));
    void history(row.id).then((entries) => {
      if (entries === null) return;
      const items = entries.toReversed().map(({ at, text }) => entryItem(at, text));
      events.replaceChildren(h('h2', {}, 'Events'), h('ul', { class: 'list', tabindex: '0' }, ...items));
    });
  };
  return { element, update, reconnected: () => log.reconnected(), close: () => log.close() };
}

function drawGenerations(boxes: readonly GenerationBoxes[]): HTMLElement {
  if (boxes.length === 0) return h('div', { class: 'empty' }, 'Nothing is running.');
  const lines = boxes.map(({ number, pid, role, ready, standing, workers }) => {
    const drawn = Array.from({ length: Math.min(workers ?? 0, workersDrawn) }, () =>
      h('span', { class: 'box worker', 'aria-hidden': 'true' }, 'worker'),
    );
    const more = (workers ?? 0) > workersDrawn ? [`+${(workers ?? 0) - workersDrawn}`] : [];
    const label = `generation ${number}, pid ${pid}, ${standing}, ${workers ?? 'unknown number of'} workers`;
    return h(
      'div',
      { class: `gen ${role} ${ready ? 'ready' : 'unready'}`, role: 'listitem', 'aria-label': label },
      arrow(ready ? '──▶' : '┄┄┄'),
      h('span', { class: 'box master' }, `generation ${number}`, h('small', {}, `pid ${pid}, ${standing}`)),
      ...(drawn.length === 0 ? [] : [h('span', { class: 'workers' }, arrow('──▶'), ...drawn, ...more)]),
    );
  });
  return h('div', { class: 'gens' }, h('span', { class: 'box' }, 'clients'), h('div', { role: 'list' }, ...lines));
}

function arrow(text: string): HTMLElement {
  return h('span', { class: 'arrow', 'aria-hidden': 'true' }, text);
}

function drawReload(reload: ReloadRow | null, strategy: string): HTMLElement {
  if (reload === null) return h('div', { class: 'empty' }, `None yet. Strategy: ${strategy}.`);
  const tone = { 'under way': 'busy', done: 'good', failed: 'bad' }[reload.outcome];
  const rolledBack = reload.steps.some(({ fact }) => fact === 'rolled-back');
  const items = reload.steps.map(({ at, text }) => entryItem(at, text));
  const output = reload.lastOutput.length === 0 ? [] : [lastOutput(reload.lastOutput)];
  return h(
    'div',
    {},
    h('span', { class: `badge ${tone}` }, reload.outcome === 'failed' && rolledBack ? 'rolled back' : reload.outcome),
    h('ul', { class: 'list', tabindex: '0' }, ...items),
    ...output,
  );
}

/** What tells why stands at its end. */
function lastOutput(lines: readonly string[]): HTMLElement {
  const element = h('pre', { class: 'output', tabindex: '0', 'aria-label': 'Last output' }, lines.join('\n'));
  requestAnimationFrame(() => {
    element.scrollTop = element.scrollHeight;
  });
  return element;
}

function entryItem(at: number, text: string): HTMLElement {
  const date = new Date(at);
  return h('li', {}, h('time', { datetime: date.toISOString() }, date.toLocaleTimeString()), h('span', {}, text));
}
