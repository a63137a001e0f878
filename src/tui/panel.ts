/** The panel below or beside the table: a title with its tabs, and what the chosen one shows of the selected process. */

import { describeHappening, type HistoryEntry } from '../core/history.ts';
import { cut, harmless, wrap } from './cells.ts';
import { clock } from './figures.ts';
import { explanation } from './foot.ts';
import { type Block, fitBlock, type Hit, type Line, line, lineWidth, type Role, type Span, span } from './frame.ts';
import { countMatches, newLines, splitAtMatches, visibleLines } from './log-view.ts';
import { keyOf, type Model, type PanelKind } from './model.ts';
import { reloadLines } from './reload-pane.ts';
import { shownProcess } from './rows.ts';

export function panel(model: Model, width: number, height: number): Block {
  const title = titleBlock(model, width);
  const body =
    model.panel === 'log' ? logLines(model, width, height - 1) : scrolled(contents(model, width), model, height - 1);
  return fitBlock({ lines: [...title.lines, ...body], hits: title.hits }, width, height);
}

const tabs: ReadonlyArray<readonly [kind: PanelKind, title: string]> = [
  ['log', '1 log'],
  ['events', '2 events'],
  ['reload', '3 reload'],
];

function titleBlock(model: Model, width: number): Block {
  const focused = model.focus === 'panel';
  const left: Span[] = [span('─', 'dim')];
  const hits: Hit[] = [];
  let x = 1;
  for (const [kind, title] of tabs) {
    const text = ` ${title} `;
    const isShown = model.panel === kind;
    left.push({ ...span(text, isShown ? (focused ? 'title' : 'bold') : 'dim'), on: isShown && focused });
    left.push(span('─', 'dim'));
    hits.push({ x, y: 0, width: text.length, height: 1, input: { kind: 'panel', panel: kind } });
    x += text.length + 1;
  }
  const { text, role } = subject(model);
  const right = text === '' ? [] : [span(` ${cut(text, Math.max(0, width - x - 4))} `, role)];
  const rule = '─'.repeat(Math.max(0, width - x - lineWidth({ spans: right }) - 1));
  return { lines: [line(...left, span(rule, 'dim'), ...right, span('─', 'dim'))], hits };
}

/** Whose it is, and how it is read. */
function subject(model: Model): { readonly text: string; readonly role: Role } {
  const process = shownProcess(model);
  if (process === null || model.panel === 'reload') return { text: '', role: 'dim' };
  const name = harmless(process.group === process.name ? process.name : `${process.group}:${process.name}`);
  if (model.panel !== 'log') return { text: name, role: 'plain' };
  const { log, channel } = model;
  const matches = log.search === '' ? '' : `  "${harmless(log.search)}": ${countMatches(log)}`;
  const fresh = newLines(log);
  if (log.end === null) return { text: `${name} ${channel}${matches}`, role: 'plain' };
  return { text: `${name} ${channel}${matches}  PAUSED${fresh === 0 ? '' : `, ${fresh} new`}`, role: 'busy' };
}

function logLines({ log, channel }: Model, width: number, height: number): readonly Line[] {
  if (log.trouble !== '') return [line(), line(span(`  ${log.trouble}`, 'dim'))];
  const shown = visibleLines(log, Math.max(1, width - 1), height);
  if (shown.length === 0 && log.key !== '')
    return [line(), line(span(`  nothing on ${channel} yet; e shows the other one`, 'dim'))];
  return shown.map(({ text }) => ({
    spans: [
      span(' '),
      ...splitAtMatches(text, log.search).map((piece, at) => span(piece, at % 2 === 1 ? 'match' : 'plain')),
    ],
  }));
}

function contents(model: Model, width: number): readonly Line[] {
  return model.panel === 'reload' ? reloadLines(model, width) : eventLines(model, width);
}

/** From where the reader is; never past the last line. */
function scrolled(lines: readonly Line[], { panelTop }: Model, height: number): readonly Line[] {
  const top = Math.min(panelTop, Math.max(0, lines.length - height));
  return lines.slice(top, top + height);
}

/** Why, then what happened, the newest first. */
function eventLines(model: Model, width: number): readonly Line[] {
  const process = shownProcess(model);
  if (process === null) return [];
  const why = explanation(model, process).flatMap((text) => wrap(harmless(text), width - 2));
  const { history } = model;
  const entries = history?.key === keyOf(process) ? history.entries : [];
  const none = model.canReload ? [] : [line(span('  a supervisord keeps no history', 'dim'))];
  return [
    ...why.map((text) => line(span(` ${text}`, 'bold'))),
    line(),
    ...(entries.length === 0 ? none : entries.toReversed().flatMap((entry) => entryLines(entry, model.now, width))),
  ];
}

function entryLines(entry: HistoryEntry, now: number, width: number): readonly Line[] {
  const time = clock(entry.at, now);
  const [first = '', ...more] = wrap(harmless(describeHappening(entry)), Math.max(20, width - time.length - 4));
  return [
    line(span(` ${time}  `, 'dim'), span(first, roleOf(entry))),
    ...more.map((text) => line(' '.repeat(time.length + 3), span(text, roleOf(entry)))),
  ];
}

function roleOf(entry: HistoryEntry): Role {
  switch (entry.what) {
    case 'asked':
      return 'info';
    case 'exited':
      return 'plain';
    case 'reload':
      return entry.fact === 'failed' ? 'bad' : 'info';
    case 'state':
      return entry.to === 'FATAL' || entry.to === 'BACKOFF' ? 'bad' : entry.to === 'RUNNING' ? 'good' : 'dim';
  }
}
