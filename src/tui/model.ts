/**
 * All that the full-screen view knows: what the server told, and what the person has chosen to see of it. Plain data; `update.ts` and `keys.ts`
 * make the next one, `view.ts` draws it. Times are wall milliseconds of the server.
 */
import type { HistoryEntry } from '../core/history.ts';
import { makeNamespec } from '../core/namespec.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import type { ReloadStrategy } from '../core/spec.ts';
import type { StateName } from '../core/states.ts';
import type { SortColumn } from './columns.ts';
import { emptyLog, type LogView } from './log-view.ts';

export interface GenerationRow {
  readonly number: number;
  readonly pid: number;
  readonly startedAt: number;
  readonly role: 'current' | 'successor' | 'retiring';
}

/** What only hupd tells. */
export interface Extras {
  readonly generation: number;
  readonly generations: readonly GenerationRow[];
  readonly strategy: ReloadStrategy;
  readonly reloadId: number | null;
  readonly lastAnswer: string;
  readonly restarts: number;
}

export interface ProcessRow {
  readonly group: string;
  readonly name: string;
  readonly state: StateName;
  readonly pid: number;
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly spawnError: string;
  readonly exitCode: number;
  /** supervisord's words for it. */
  readonly description: string;
  /** null: the server is a supervisord. */
  readonly extras: Extras | null;
}

export interface Usage {
  /** Of one core, in percent; null until it has been read twice. */
  readonly cpuPercent: number | null;
  readonly rssBytes: number;
  readonly cpuSecs: number;
  readonly pid: number;
  readonly at: number;
}

/** A reload that is under way, or has just ended. */
export interface ReloadRow {
  readonly id: number;
  readonly target: string;
  readonly startedAt: number;
  readonly facts: readonly ReloadFact[];
  readonly done: boolean;
  readonly ok: boolean;
  readonly reason: string;
  readonly endedAt: number;
}

export type PanelKind = 'none' | 'log' | 'events' | 'reload';
export type Pane = 'table' | 'panel';
export type Verb = 'start' | 'stop' | 'restart' | 'reload' | 'signal' | 'clear';
/** `name` null: the whole group. */
export interface Target {
  readonly group: string;
  readonly name: string | null;
}
export interface Wish {
  readonly verb: Verb;
  readonly target: Target;
  /** With `signal`, else ''. */
  readonly signal: string;
}

/** What keys mean. */
export type Mode =
  | { readonly kind: 'table' }
  /** `before`: comes back when it is given up. */
  | { readonly kind: 'filter'; readonly before: string }
  | { readonly kind: 'search'; readonly before: string }
  | { readonly kind: 'confirm'; readonly wish: Wish; readonly question: string }
  | { readonly kind: 'signal'; readonly target: Target; readonly index: number }
  | { readonly kind: 'sort'; readonly index: number }
  | { readonly kind: 'leave'; readonly question: string }
  | { readonly kind: 'help'; readonly top: number };

export interface Notice {
  readonly text: string;
  readonly role: 'info' | 'good' | 'bad';
  readonly until: number;
}

export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'up' }
  /** `since`: when it broke. */
  | { readonly kind: 'lost'; readonly text: string; readonly since: number };

export interface Model {
  readonly width: number;
  readonly height: number;
  readonly now: number;
  readonly serverUrl: string;
  /** `hupd 0.1.0` or `supervisord 4.2.5`; '' until it is known. */
  readonly serverName: string;
  readonly daemonState: string;
  readonly link: Link;
  readonly canReload: boolean;
  /** By `group:name`, in the order of both. */
  readonly processes: ReadonlyMap<string, ProcessRow>;
  readonly usage: ReadonlyMap<string, Usage>;
  /** By id, the newest last. */
  readonly reloads: ReadonlyMap<number, ReloadRow>;
  /** By `group:name`: how many seconds its last successful reload waited for readiness. */
  readonly usualSecs: ReadonlyMap<string, number>;

  readonly filter: string;
  readonly sort: { readonly column: SortColumn; readonly descending: boolean };
  readonly tree: boolean;
  readonly folded: ReadonlySet<string>;
  /** The row's key; null: the first. */
  readonly selected: string | null;
  readonly lastClick: { readonly row: string; readonly at: number } | null;
  /** Rows that are scrolled out at the top. */
  readonly top: number;
  readonly mode: Mode;
  readonly panel: PanelKind;
  readonly focus: Pane;
  readonly channel: 'stdout' | 'stderr';
  readonly log: LogView;
  /** Of the events or the reload: lines scrolled out at the top. */
  readonly panelTop: number;
  /** Of the process that is selected: `key` says whose it is. */
  readonly history: { readonly key: string; readonly entries: readonly HistoryEntry[] } | null;
  readonly notice: Notice | null;
  /** Wishes that the server has not answered yet. */
  readonly pending: readonly Wish[];
}

export function newModel(options: {
  readonly width: number;
  readonly height: number;
  readonly now: number;
  readonly serverUrl: string;
}): Model {
  return {
    ...options,
    serverName: '',
    daemonState: '',
    link: { kind: 'connecting' },
    canReload: true,
    processes: new Map(),
    usage: new Map(),
    reloads: new Map(),
    usualSecs: new Map(),
    filter: '',
    sort: { column: 'name', descending: false },
    tree: true,
    folded: new Set(),
    selected: null,
    lastClick: null,
    top: 0,
    mode: { kind: 'table' },
    panel: options.width >= wideWidth ? 'log' : 'none',
    focus: 'table',
    channel: 'stdout',
    log: emptyLog,
    panelTop: 0,
    history: null,
    notice: null,
    pending: [],
  };
}

/** From here on there is room for a panel beside the table. */
export const wideWidth = 150;

export function keyOf({ group, name }: { readonly group: string; readonly name: string }): string {
  return `${group}:${name}`;
}

/** `web`, `web:web_0`, `web:*`. */
export function targetName({ group, name }: Target): string {
  return name === null ? `${group}:*` : makeNamespec(group, name);
}
