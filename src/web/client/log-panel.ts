/** The log of the open process as it grows: pause, clear, and the same in a page of its own. */
import { button, h, setText } from './dom.ts';
import { follow } from './server.ts';

/** What is shown at most; the beginning goes. */
const keptChars = 200_000;

export interface LogPanel {
  readonly element: HTMLElement;
  /** The daemon is there again: a log whose end has come is followed anew. */
  reconnected(): void;
  close(): void;
}

/** `clear` empties the logs; null: this reader may not. */
export function logPanel(
  name: string,
  channels: ReadonlyArray<'stdout' | 'stderr'>,
  clear: (() => Promise<void>) | null,
): LogPanel {
  const log = h('pre', { class: 'log', role: 'log', tabindex: '0', 'aria-label': `log of ${name}` });
  const bar = h('div', { class: 'bar' });
  const element = h('section', { class: 'panel wide', 'aria-label': 'Log' }, h('h2', {}, 'Log'), bar, log);
  let stop = new AbortController();
  let paused = false;
  let held = '';
  /** Shown now; `ended`: nothing more comes of it. */
  let channel = channels[0];
  let ended = false;

  const show = (text: string): void => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
    log.append(text);
    const all = log.textContent ?? '';
    if (all.length > keptChars) log.textContent = all.slice(-keptChars);
    if (atEnd) log.scrollTop = log.scrollHeight;
  };
  const tabs = channels.map((it) => {
    const tab = button(it, `show ${it} of ${name}`, () => open(it));
    tab.dataset.channel = it;
    return tab;
  });
  const page = h('a', { target: '_blank', rel: 'noopener' }, 'Own page');
  const open = (chosen: 'stdout' | 'stderr'): void => {
    page.href = `logtail/${encodeURIComponent(name)}/${chosen}`;
    stop.abort();
    stop = new AbortController();
    held = '';
    channel = chosen;
    ended = false;
    log.replaceChildren();
    for (const tab of tabs) tab.setAttribute('aria-pressed', String(tab.dataset.channel === chosen));
    void follow(name, chosen, stop.signal, (text) => {
      if (paused) held = (held + text).slice(-keptChars);
      else show(text);
    }).then((why) => {
      if (why === '') return;
      ended = true;
      show(`[${why}]\n`);
    });
  };
  const pause = button('Pause', `pause the log of ${name}`, () => {
    paused = !paused;
    setText(pause, paused ? 'Follow' : 'Pause');
    pause.setAttribute('aria-pressed', String(paused));
    if (paused) return;
    show(held);
    held = '';
    log.scrollTop = log.scrollHeight;
  });
  const empty = button('Clear', `clear the logs of ${name}`, () => {
    empty.disabled = true;
    void clear?.().then(() => {
      empty.disabled = false;
      held = '';
      log.replaceChildren();
    });
  });
  empty.disabled = clear === null;
  bar.append(...tabs, h('span', { class: 'grow' }), page, empty, pause);
  if (channel === undefined) bar.replaceChildren(h('span', { class: 'empty' }, 'This process has no log.'));
  else open(channel);
  const reconnected = (): void => {
    if (ended && channel !== undefined) open(channel);
  };
  return { element, reconnected, close: () => stop.abort() };
}
