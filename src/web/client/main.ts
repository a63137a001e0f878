/**
 * Makes the status page live. Until the first news comes the page stays what it is without scripts; then the table gives way to rows that
 * follow the daemon.
 */
import { emptyModel, withProcesses, withUsage } from '../model.ts';
import { button, h, setText } from './dom.ts';
import { Row } from './row.ts';
import { act, listen } from './server.ts';
import { themeButton } from './theme.ts';

const toastMs = 8000;
const mayAct = document.currentScript?.dataset.mayAct === 'yes';
let isConnected = true;

let model = emptyModel;
/** The daemon's clock minus ours. */
let clockAhead = 0;
let openRow: Row | null = null;
const rows = new Map<string, Row>();
const list = h('ul', { class: 'rows', 'aria-label': 'Processes' });
const link = h('span', { class: 'link', role: 'status' });
const summary = h('span', { class: 'link summary' });
const toast = h('div', { class: 'toast', role: 'status' });
const empty = h('div', { class: 'empty', hidden: '' });
const filter = h('input', {
  type: 'search',
  placeholder: 'Filter  ( / )',
  'aria-label': 'Filter processes by name or state',
});
let toastTimer: ReturnType<typeof setTimeout> | undefined;

function say(message: string, ok: boolean): void {
  clearTimeout(toastTimer);
  toast.className = ok ? 'toast' : 'toast error';
  toast.textContent = message;
  toastTimer = setTimeout(() => setText(toast, ''), toastMs);
}

async function press(action: string, id: string): Promise<void> {
  const { ok, message } = await act(action, id);
  say(message, ok);
}

function bulk(label: string, action: string, question: string): HTMLButtonElement {
  const element = button(label, label, () => {
    if (question !== '' && !confirm(question)) return;
    element.disabled = true;
    void press(action, '').then(() => {
      element.disabled = false;
    });
  });
  element.disabled = !mayAct;
  return element;
}

function toggle(row: Row): void {
  const wasOpen = row.isOpen;
  openRow?.close();
  openRow = wasOpen ? null : row;
  openRow?.open();
}

/** Once, when the first news has come. */
function takeOver(): void {
  document.documentElement.classList.add('live');
  const title = h('h1', {}, document.querySelector('h1')?.textContent ?? 'supervisor');
  const rights = mayAct ? [] : [h('span', { class: 'link' }, 'read-only: you may look, and change nothing')];
  const header = h('header', {}, title, link, ...rights, h('span', { class: 'grow' }), summary, themeButton());
  const bar = h(
    'div',
    { class: 'bar' },
    filter,
    h('span', { class: 'grow' }),
    bulk('Start all', 'startall', ''),
    bulk('Reload all', 'reloadall', 'Reload every process?'),
    bulk('Restart all', 'restartall', 'Stop and start every process?'),
    bulk('Stop all', 'stopall', 'Stop every process?'),
  );
  const footer = document.getElementById('footer');
  const said = document.getElementById('statusmessage');
  document.body.replaceChildren(header, h('main', {}, ...(said === null ? [] : [said]), bar, list, empty), toast);
  if (footer !== null) document.body.append(footer);
}

/** Rows in the order of their names, those that the filter hides left out. */
function drawRows(): void {
  const now = Date.now() + clockAhead;
  for (const [id, row] of rows) {
    if (model.processes.has(id)) continue;
    if (openRow === row) openRow = null;
    row.close();
    row.element.remove();
    rows.delete(id);
  }
  const ids = [...model.processes.keys()].sort();
  let before: Element | null = null;
  for (const id of ids) {
    const process = model.processes.get(id);
    if (process === undefined) continue;
    let row = rows.get(id);
    if (row === undefined) {
      row = new Row(process, { mayAct, press, toggle });
      rows.set(id, row);
    }
    row.update(process, model.loads.get(id), now);
    const place: Element | null = before === null ? list.firstElementChild : before.nextElementSibling;
    if (place !== row.element) list.insertBefore(row.element, place);
    before = row.element;
  }
  applyFilter();
}

function applyFilter(): void {
  const wanted = filter.value.trim().toLowerCase();
  let shown = 0;
  for (const [id, row] of rows) {
    const state = model.processes.get(id)?.state.toLowerCase() ?? '';
    row.element.hidden = wanted !== '' && !id.toLowerCase().includes(wanted) && state !== wanted;
    if (!row.element.hidden) shown += 1;
  }
  empty.hidden = shown > 0;
  setText(empty, rows.size === 0 ? 'No programs to manage' : 'No process matches the filter.');
  const all = [...model.processes.values()];
  const running = all.filter(({ state }) => state === 'RUNNING').length;
  const failing = all.filter(({ state }) => state === 'FATAL' || state === 'BACKOFF').length;
  setText(summary, `${running} of ${all.length} running${failing === 0 ? '' : `, ${failing} failing`}`);
}

/** `/` to the filter, Escape out of it, arrows from name to name. */
function onKey(event: KeyboardEvent): void {
  const { target, key } = event;
  if (key === 'Escape' && target === filter) {
    filter.value = '';
    applyFilter();
    filter.blur();
  }
  if (target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === '/') {
    event.preventDefault();
    filter.focus();
    return;
  }
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
  const names = [...list.querySelectorAll<HTMLElement>('.row:not([hidden]) .name')];
  const at = names.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  names[at + (key === 'ArrowDown' ? 1 : -1)]?.focus();
}

filter.addEventListener('input', applyFilter);
document.addEventListener('keydown', onKey);
setInterval(() => {
  if (document.hidden || !isConnected) return;
  const now = Date.now() + clockAhead;
  for (const [id, row] of rows) if (model.processes.has(id)) row.tick(now);
}, 1000);
let isLive = false;
listen({
  processes(message) {
    if (!isLive) takeOver();
    isLive = true;
    clockAhead = message.now - Date.now();
    model = withProcesses(model, message);
    drawRows();
    if (model.daemonState !== 'RUNNING') setText(link, `the daemon: ${model.daemonState.toLowerCase()}`);
  },
  usage(message) {
    model = withUsage(model, message);
    for (const [id, row] of rows) row.drawLoad(model.loads.get(id));
  },
  connected(is) {
    setText(link, is ? 'live' : 'connection lost; trying again');
    link.classList.toggle('lost', !is);
    // What was so when the daemon was last heard of.
    list.classList.toggle('stale', !is);
    if (is && !isConnected) openRow?.reconnected();
    isConnected = is;
  },
});
