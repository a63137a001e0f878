/** A model to look at: what a server with some processes told, at a fixed moment. */
import type { ReloadFact } from '../../src/core/reload/facts.ts';
import { frameText } from '../../src/tui/frame.ts';
import { handle } from '../../src/tui/keys.ts';
import { settled } from '../../src/tui/layout.ts';
import { type Extras, type Model, newModel, type ProcessRow, type ReloadRow } from '../../src/tui/model.ts';
import type { Effect } from '../../src/tui/outcome.ts';
import { type News, update } from '../../src/tui/update.ts';
import { view } from '../../src/tui/view.ts';

/** Local noon, so that clocks show the same everywhere. */
export const now = new Date(2026, 10, 22, 12, 0, 0).getTime();

export function process(
  namespec: string,
  state: ProcessRow['state'],
  more: Partial<Omit<ProcessRow, 'extras'>> & { extras?: Partial<Extras> | null } = {},
): ProcessRow {
  const [group = '', name = group] = namespec.split(':');
  const isUp = state === 'RUNNING' || state === 'STARTING' || state === 'STOPPING';
  const pid = more.pid ?? (isUp ? 4000 + (name.length * 37 + group.charCodeAt(0)) : 0);
  const { extras, ...rest } = more;
  return {
    group,
    name,
    state,
    pid,
    startedAt: isUp ? now - 3_725_000 : 0,
    stoppedAt: isUp ? 0 : now - 60_000,
    spawnError: '',
    exitCode: 0,
    description: '',
    ...rest,
    extras:
      extras === null
        ? null
        : {
            generation: pid === 0 ? 0 : 1,
            generations:
              pid === 0 ? [] : [{ number: extras?.generation ?? 1, pid, startedAt: now - 3_725_000, role: 'current' }],
            strategy: 'restart',
            reloadId: null,
            lastAnswer: '',
            restarts: 0,
            ...extras,
          },
  };
}

export const someProcesses: readonly ProcessRow[] = [
  process('broken', 'FATAL', {
    spawnError: "couldn't exec /bin/broken: ENOENT",
    extras: { restarts: 3, generation: 4 },
  }),
  process('off', 'STOPPED', { stoppedAt: 0 }),
  process('web', 'RUNNING', { pid: 4711, extras: { strategy: 'rolling', generation: 3 } }),
  process('worker:worker_0', 'RUNNING'),
  process('worker:worker_1', 'STARTING', { startedAt: now - 2000 }),
  process('worker:worker_10', 'RUNNING', { extras: { restarts: 2 } }),
  process('worker:worker_2', 'BACKOFF', { spawnError: 'Exited too quickly (process log may have details)' }),
];

export function model(
  processes: readonly ProcessRow[] = someProcesses,
  size: { readonly width?: number; readonly height?: number } = {},
): Model {
  const empty = newModel({ width: 80, height: 24, now, serverUrl: 'unix:///run/hupd.sock', ...size });
  return after(
    empty,
    { news: 'link', link: { kind: 'up' } },
    { news: 'server', name: 'hupd', canReload: processes.every(({ extras }) => extras !== null) },
    { news: 'processes', complete: true, processes, daemonState: 'RUNNING' },
  );
}

export function after(it: Model, ...news: readonly News[]): Model {
  return settled(news.reduce(update, it));
}

/** Keys by name, one after the other; what is longer than a key's name is typed. */
export function press(it: Model, ...keys: readonly string[]): Model {
  return pressed(it, ...keys).model;
}

export function pressed(
  it: Model,
  ...keys: readonly string[]
): { readonly model: Model; readonly effects: readonly Effect[] } {
  return keys.reduce<{ model: Model; effects: readonly Effect[] }>(
    ({ model: before, effects }, key) => {
      const char = [...key].length === 1 ? key : key === 'space' ? ' ' : '';
      const outcome = handle(before, { kind: 'key', key, char });
      return { model: outcome.model, effects: [...effects, ...outcome.effects] };
    },
    { model: it, effects: [] },
  );
}

export function typed(it: Model, text: string): Model {
  return press(it, ...[...text].map((char) => (char === ' ' ? 'space' : char)));
}

export function screen(it: Model): string {
  return frameText(view(it));
}

export function screenLines(it: Model): readonly string[] {
  return screen(it).split('\n');
}

/** The line that has this text. */
export function lineWith(it: Model, text: string): string {
  return screenLines(it).find((one) => one.includes(text)) ?? '';
}

export const web = { group: 'web', name: 'web' };

/** A rolling reload of `web`, its facts one second apart, as far as `count`. */
export const rollingFacts: readonly ReloadFact[] = [
  { at: now, ...web, fact: 'started', strategy: 'rolling', pid: 4711, generation: 3 },
  { at: now, ...web, fact: 'spawned', pid: 4800, generation: 4 },
  { at: now, ...web, fact: 'handover', text: 'sockets: tcp 127.0.0.1:8000' },
  { at: now, ...web, fact: 'waiting', check: 'accept', timeoutSecs: 20 },
  { at: now + 4000, ...web, fact: 'ready', pid: 4800, afterSecs: 4 },
  { at: now + 4000, ...web, fact: 'promoted', pid: 4800, overlapSecs: 2 },
  { at: now + 6000, ...web, fact: 'stopping', pid: 4711, signal: 15 },
  { at: now + 6500, ...web, fact: 'stopped', pid: 4711, status: 'exit status 0' },
  { at: now + 6500, ...web, fact: 'done', pid: 4800, tookSecs: 6.5, dropped: 0, longestQueue: 3 },
];

export function reload(facts: readonly ReloadFact[], more: Partial<ReloadRow> = {}): News {
  const done = more.done ?? false;
  return {
    news: 'reload',
    reload: {
      id: 1,
      target: 'web',
      startedAt: now,
      facts,
      done,
      ok: done,
      reason: '',
      endedAt: done ? now + 6500 : 0,
      ...more,
    },
  };
}
