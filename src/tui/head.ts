/** The two lines at the top: who is looked at, and how they are in numbers. */
import type { StateName } from '../core/states.ts';
import { harmless } from './cells.ts';
import { clock, secs, shortBytes, shortPercent } from './figures.ts';
import { type Block, between, type Line, lineWidth, type Span, span } from './frame.ts';
import type { Model } from './model.ts';
import { matchesFilter } from './rows.ts';
import { lookOf } from './states.ts';

export function head(model: Model): Block {
  return { lines: [titleLine(model), countsLine(model)], hits: [] };
}

function titleLine(model: Model): Line {
  const { serverName, serverUrl, daemonState, now, width } = model;
  const mood: Span[] = daemonState === '' || daemonState === 'RUNNING' ? [] : [span(`  ${daemonState}`, 'busy')];
  const left = [
    span(` ${serverName === '' ? 'hupctl' : serverName}`, 'title'),
    span(`  ${harmless(serverUrl)}`, 'dim'),
    ...mood,
  ];
  return between(left, [span(`${clock(now, now)} `, 'dim')], width);
}

const order: readonly StateName[] = [
  'RUNNING',
  'STARTING',
  'BACKOFF',
  'STOPPING',
  'FATAL',
  'EXITED',
  'STOPPED',
  'UNKNOWN',
];

const quiet: ReadonlySet<StateName> = new Set(['RUNNING', 'STOPPED', 'EXITED']);

function countsLine(model: Model): Line {
  const { link, now, processes, filter, usage, width } = model;
  if (link.kind === 'lost') {
    const text = ` ✖ ${link.text}; trying again, for ${secs(now - link.since)} so far`;
    return between([span(text, 'bad')], [], width);
  }
  const cpu = [...usage.values()].flatMap(({ cpuPercent }) => cpuPercent ?? []);
  const memory = [...usage.values()].reduce((sum, { rssBytes }) => sum + rssBytes, 0);
  const percent = cpu.length === 0 ? '' : `  CPU ${shortPercent(cpu.reduce((sum, value) => sum + value, 0))}%`;
  const right = usage.size === 0 ? [] : [span(`${percent}  MEM ${shortBytes(memory)} `)];
  const shown = [...processes.values()].filter((process) => matchesFilter(process, filter)).length;
  const filtered = filter === '' ? [] : [span(`  filter "${harmless(filter)}": ${shown}`, 'key')];
  const total = [span(` ${processes.size} process${processes.size === 1 ? '' : 'es'}`)];
  const room = width - lineWidth({ spans: [...total, ...filtered, ...right] });
  const full = counts(model, true);
  const left = lineWidth({ spans: full }) <= room ? full : counts(model, false);
  return between([...total, ...filtered, ...left], right, width);
}

/** In words, or, where there is less room, in words for what is neither up nor down. */
function counts({ processes }: Model, wordy: boolean): readonly Span[] {
  const all = [...processes.values()];
  return order.flatMap((state): Span[] => {
    const count = all.filter((process) => process.state === state).length;
    if (count === 0) return [];
    const word = wordy || !quiet.has(state) ? ` ${state.toLowerCase()}` : '';
    return [span('  '), span(`${lookOf(state).sign} ${count}${word}`, lookOf(state).role)];
  });
}
