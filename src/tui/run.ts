/**
 * The full-screen view from its opening to its end: news and keys change the model, the model is drawn, what it wants of the server is done. One
 * place holds the model; everything else is told or asked.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '../ctl/client.ts';
import { splitCredentials } from '../util/url-credentials.ts';
import { membersOf } from './confirm.ts';
import { Feed } from './feed.ts';
import { inputAt } from './frame.ts';
import type { Input } from './input.ts';
import { handle } from './keys.ts';
import { settled } from './layout.ts';
import { keyOf, type Model, newModel, type Wish } from './model.ts';
import type { Effect } from './outcome.ts';
import { shownProcess } from './rows.ts';
import { Screen } from './screen.ts';
import { LogTail } from './tail.ts';
import { type News, update } from './update.ts';
import { paneAt, view } from './view.ts';
import { carryOut } from './wishes.ts';

export interface TopOptions {
  readonly serverUrl: string;
  readonly username: string | null;
  readonly password: string | null;
}

/** Between two drawings, whatever happens. */
const frameMs = 33;
const tickMs = 1000;
/** While a reload is drawn. */
const fastTickMs = 100;
const historyCount = 100;
const settleMs = 100;

/** Resolves when the person leaves; the terminal is as it was. */
export async function runTop(options: TopOptions): Promise<void> {
  await new Top(options).run();
}

class Top {
  readonly #client: Client;
  readonly #over = new AbortController();
  readonly #screen: Screen;
  readonly #tail: LogTail;
  #model: Model;
  #drawTimer: NodeJS.Timeout | null = null;
  #drawnAt = 0;
  #suspended = false;
  #historyOf: unknown = null;
  #historyTimer: NodeJS.Timeout | null = null;

  constructor(options: TopOptions) {
    this.#client = new Client(options);
    setMaxListeners(0, this.#over.signal); // as many calls as there are reloads may wait at a time
    this.#screen = new Screen({
      key: (key, char) => this.#input({ kind: 'key', key, char }),
      mouse: (x, y, by) => this.#mouse(x, y, by),
      resized: () => this.#tell({ news: 'size', width: this.#screen.width, height: this.#screen.height }),
    });
    const { width, height } = this.#screen;
    this.#model = newModel({
      width,
      height,
      now: Date.now(),
      serverUrl: splitCredentials(options.serverUrl).serverUrl,
    });
    this.#tail = new LogTail(this.#client, (news) => this.#tell(news));
  }

  async run(): Promise<void> {
    try {
      this.#draw();
      const feed = new Feed(this.#client, this.#over.signal, (news) => this.#tell(news));
      await Promise.all([feed.run(), this.#tick()]);
    } finally {
      this.#close();
    }
  }

  #close(): void {
    this.#over.abort();
    this.#tail.close();
    for (const timer of [this.#drawTimer, this.#historyTimer]) if (timer !== null) clearTimeout(timer);
    this.#screen.close();
  }

  async #tick(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const isMoving = [...this.#model.reloads.values()].some(({ done }) => !done);
      await sleep(isMoving ? fastTickMs : tickMs, undefined, { signal }).catch(() => undefined); // the end
      if (!signal.aborted) this.#tell({ news: 'time', now: Date.now() });
    }
  }

  #tell(news: News): void {
    if (this.#over.signal.aborted) return;
    this.#set(settled(update(this.#model, news)));
  }

  #input(input: Input): void {
    if (this.#over.signal.aborted || this.#suspended) return;
    const { model, effects } = handle({ ...this.#model, now: Date.now() }, input);
    this.#set(model);
    for (const effect of effects) this.#do(effect);
  }

  #mouse(x: number, y: number, by: number): void {
    const frame = view(this.#model);
    const pane = paneAt(frame, x, y);
    if (by === 0) this.#input(inputAt(frame, x, y));
    else if (pane !== null) this.#input({ kind: 'scroll', pane, by });
  }

  #do(effect: Effect): void {
    switch (effect.do) {
      case 'quit':
        this.#close();
        return;
      case 'redraw':
        this.#screen.redraw(view(this.#model));
        return;
      case 'suspend':
        void this.#suspend();
        return;
      case 'wish':
        void this.#carryOut(effect.wish);
        return;
    }
  }

  async #suspend(): Promise<void> {
    this.#suspended = true;
    await this.#screen.suspend();
    this.#suspended = false;
    this.#tell({ news: 'size', width: this.#screen.width, height: this.#screen.height });
    this.#screen.redraw(view(this.#model));
  }

  async #carryOut(wish: Wish): Promise<void> {
    this.#tell({ news: 'wish-begun', wish });
    const ended = await carryOut(this.#client, wish, membersOf(this.#model, wish.target));
    this.#tell({ news: 'wish-ended', wish, ...ended });
  }

  #set(model: Model): void {
    this.#model = model;
    this.#followLog();
    this.#askHistory();
    this.#drawSoon();
  }

  #followLog(): void {
    const process = this.#model.panel === 'log' ? shownProcess(this.#model) : null;
    this.#tail.follow(process === null ? null : { ...process, channel: this.#model.channel });
  }

  /** Of what is selected, again when it has changed; not of what is only passed by. */
  #askHistory(): void {
    const row = this.#model.canReload ? shownProcess(this.#model) : null;
    if (row === null || this.#historyOf === row) return;
    this.#historyOf = row;
    if (this.#historyTimer !== null) clearTimeout(this.#historyTimer);
    this.#historyTimer = setTimeout(() => void this.#readHistory(keyOf(row)), settleMs);
  }

  async #readHistory(key: string): Promise<void> {
    const reply = await this.#client.getHistory(key, historyCount);
    if (!reply.ok) return;
    this.#tell({ news: 'history', key, entries: reply.value.map((entry) => ({ ...entry, at: entry.at * 1000 })) });
  }

  /** At once if the last drawing is long enough ago. */
  #drawSoon(): void {
    if (this.#drawTimer !== null || this.#suspended || this.#over.signal.aborted) return;
    const wait = Math.max(0, this.#drawnAt + frameMs - performance.now());
    this.#drawTimer = setTimeout(() => this.#draw(), wait);
  }

  #draw(): void {
    this.#drawTimer = null;
    if (this.#suspended || this.#over.signal.aborted) return;
    this.#drawnAt = performance.now();
    this.#screen.draw(view(this.#model));
  }
}
