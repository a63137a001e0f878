/** The model after news: from the server, from the clock, from the terminal's size. Pure. */
import type { HistoryEntry } from '../core/history.ts';
import { appendText, openLog } from './log-view.ts';
import {
  keyOf,
  type Link,
  type Model,
  type Notice,
  type ProcessRow,
  type ReloadRow,
  targetName,
  type Usage,
  type Wish,
  wideWidth,
} from './model.ts';
import { naturalOrder } from './rows.ts';

/** What a process used so far, as the server reads it. */
export interface UsageReading {
  readonly group: string;
  readonly name: string;
  readonly pid: number;
  readonly cpuSecs: number;
  readonly rssBytes: number;
  readonly at: number;
}

export type News =
  | { readonly news: 'time'; readonly now: number }
  | { readonly news: 'size'; readonly width: number; readonly height: number }
  | { readonly news: 'link'; readonly link: Link }
  | { readonly news: 'server'; readonly name: string; readonly canReload: boolean }
  /** `complete`: they are all there are. */
  | {
      readonly news: 'processes';
      readonly complete: boolean;
      readonly processes: readonly ProcessRow[];
      readonly daemonState: string;
    }
  | { readonly news: 'usage'; readonly rows: readonly UsageReading[] }
  | { readonly news: 'reload'; readonly reload: ReloadRow }
  | { readonly news: 'usual'; readonly key: string; readonly secs: number }
  | { readonly news: 'history'; readonly key: string; readonly entries: readonly HistoryEntry[] }
  | { readonly news: 'log-opened'; readonly key: string }
  | { readonly news: 'log-text'; readonly key: string; readonly text: string }
  | { readonly news: 'log-trouble'; readonly key: string; readonly trouble: string }
  | { readonly news: 'wish-begun'; readonly wish: Wish }
  /** `text` says how it turned out; '' when something else does. */
  | { readonly news: 'wish-ended'; readonly wish: Wish; readonly ok: boolean; readonly text: string };

/** Ended ones that are remembered. */
const reloadsKept = 20;
const goodNoticeMs = 5000;
const badNoticeMs = 15_000;

export function update(model: Model, news: News): Model {
  switch (news.news) {
    case 'time':
      return {
        ...model,
        now: news.now,
        notice: model.notice !== null && model.notice.until <= news.now ? null : model.notice,
      };
    case 'size':
      return resized(model, news.width, news.height);
    case 'link':
      return { ...model, link: news.link };
    case 'server':
      return { ...model, serverName: news.name, canReload: news.canReload };
    case 'processes':
      return { ...model, processes: merged(model, news), daemonState: news.daemonState };
    case 'usage':
      return { ...model, usage: usageAfter(model, news.rows) };
    case 'reload':
      return reloadTold(model, news.reload);
    case 'usual':
      return { ...model, usualSecs: new Map(model.usualSecs).set(news.key, news.secs) };
    case 'history':
      return { ...model, history: { key: news.key, entries: news.entries } };
    case 'log-opened':
      return { ...model, log: openLog(model.log, news.key) };
    case 'log-text':
      return news.key === model.log.key ? { ...model, log: appendText(model.log, news.text) } : model;
    case 'log-trouble':
      return news.key === model.log.key ? { ...model, log: { ...model.log, trouble: news.trouble } } : model;
    case 'wish-begun':
      return { ...model, pending: [...model.pending, news.wish], notice: null };
    case 'wish-ended': {
      const pending = model.pending.filter((wish) => wish !== news.wish);
      return news.text === ''
        ? { ...model, pending }
        : notify({ ...model, pending }, news.text, news.ok ? 'good' : 'bad');
    }
  }
}

export function notify(model: Model, text: string, role: Notice['role']): Model {
  return { ...model, notice: { text, role, until: model.now + (role === 'bad' ? badNoticeMs : goodNoticeMs) } };
}

/** A panel that was there only because there was room for it goes when the room does. */
function resized(model: Model, width: number, height: number): Model {
  const wasWide = model.width >= wideWidth;
  const isWide = width >= wideWidth;
  if (wasWide === isWide || model.focus === 'panel') return { ...model, width, height };
  const panel = isWide && model.panel === 'none' ? 'log' : !isWide && model.panel === 'log' ? 'none' : model.panel;
  return { ...model, width, height, panel };
}

function merged(model: Model, { complete, processes }: News & { news: 'processes' }): ReadonlyMap<string, ProcessRow> {
  const all = new Map(complete ? [] : model.processes);
  for (const process of processes) all.set(keyOf(process), process);
  if (all.size === model.processes.size && !complete) return all;
  return new Map([...all].sort(([a], [b]) => naturalOrder(a, b)));
}

function usageAfter(model: Model, rows: readonly UsageReading[]): ReadonlyMap<string, Usage> {
  return new Map(
    rows.map((row) => {
      const before = model.usage.get(keyOf(row));
      return [keyOf(row), { ...row, cpuPercent: cpuPercent(before, row) }];
    }),
  );
}

/** null until there are two readings of the same process. A reload's leaving generation takes its seconds with it: never below 0. */
function cpuPercent(before: Usage | undefined, { pid, cpuSecs, at }: UsageReading): number | null {
  if (before === undefined || before.pid !== pid) return null;
  if (at <= before.at) return before.cpuPercent;
  return Math.max(0, ((cpuSecs - before.cpuSecs) / (at - before.at)) * 100_000);
}

function reloadTold(model: Model, reload: ReloadRow): Model {
  const known = model.reloads.get(reload.id);
  const reloads = new Map(model.reloads).set(reload.id, reload);
  const ended = [...reloads.values()].filter(({ done }) => done);
  for (const { id } of ended.slice(0, -reloadsKept)) reloads.delete(id);
  const next = { ...model, reloads };
  if (!reload.done || known === undefined || known.done) return next;
  const text = reload.ok ? `${reload.target}: reloaded` : `${reload.target}: reload failed: ${reload.reason}`;
  return notify(next, text, reload.ok ? 'good' : 'bad');
}

/** What is still waited for, in words: `stop web:*`. */
export function describeWish({ verb, target, signal }: Wish): string {
  return verb === 'signal' ? `SIG${signal} to ${targetName(target)}` : `${verb} ${targetName(target)}`;
}
