/** The table: its heading, and those rows that are in sight. */
import { describeFact } from '../core/reload/describe-fact.ts';
import { cut, cutMiddle, fit, fitRight, harmless, textWidth } from './cells.ts';
import { type Column, columns, nameColumn, type SortColumn } from './columns.ts';
import { shortBytes, shortPercent, shortSpan } from './figures.ts';
import { type Block, type Hit, highlighted, type Line, line, type Span, span } from './frame.ts';
import { keyOf, type Model, type ProcessRow } from './model.ts';
import { type Row, rowsOf } from './rows.ts';
import { lookOf } from './states.ts';

/** With less room for it there is no last column that says what is the matter. */
const infoAtLeast = 16;
const nameAtLeast = 16;

export function table(model: Model, width: number, height: number): Block {
  const rows = rowsOf(model);
  const layout = widths(rows, width);
  const heading = headingBlock(model, layout);
  const hits: Hit[] = [...heading.hits];
  const lines: Line[] = [...heading.lines];
  for (const [at, row] of rows.slice(model.top, model.top + height - 1).entries()) {
    const drawn = model.link.kind === 'lost' ? dimmed(rowLine(model, row, layout)) : rowLine(model, row, layout);
    lines.push(row.key === model.selected ? highlighted(drawn) : drawn);
    hits.push({ x: 0, y: at + 1, width, height: 1, input: { kind: 'select', row: row.key } });
    if (row.kind === 'group')
      hits.push({ x: 0, y: at + 1, width: 3, height: 1, input: { kind: 'fold', group: row.group } });
  }
  if (rows.length === 0) lines.push(line(), emptyLine(model));
  return { lines, hits };
}

function emptyLine({ link, filter, processes }: Model): Line {
  if (filter !== '') return line(span(`  nothing matches "${filter}"; Esc shows all ${processes.size}`, 'dim'));
  return line(span(link.kind === 'up' ? '  no processes are configured' : '  waiting for the server ...', 'dim'));
}

interface Widths {
  readonly name: number;
  /** After the name; those that there is room for. */
  readonly shown: readonly Column[];
  readonly info: number;
}

/** They give way to the name, this one first. */
const spare: readonly SortColumn[] = ['generation', 'restarts', 'pid', 'memory', 'ready', 'cpu', 'uptime'];

/** A blank before the first column and between each two. The name gets what it needs, the rest goes to the last column if that is enough for one. */
function widths(rows: readonly Row[], width: number): Widths {
  let shown = columns;
  const rest = () => width - shown.reduce((sum, column) => sum + column.width + 1, 1);
  for (const id of spare) {
    if (rest() >= nameAtLeast) break;
    shown = shown.filter((column) => column.id !== id);
  }
  const longest = Math.max(nameAtLeast, ...rows.map((row) => textWidth(nameOf(row)) + 1));
  const info = rest() - longest - 1;
  return info < infoAtLeast ? { name: Math.max(8, rest()), shown, info: 0 } : { name: longest, shown, info };
}

function headingBlock(model: Model, { name, shown, info }: Widths): Block {
  const spans: Span[] = [span(' ', 'header')];
  const hits: Hit[] = [];
  let x = 1;
  for (const column of [{ ...nameColumn, width: name }, ...shown]) {
    spans.push(
      span(headingText(model, column), model.sort.column === column.id ? 'title' : 'header'),
      span(' ', 'header'),
    );
    hits.push({ x, y: 0, width: column.width + 1, height: 1, input: { kind: 'sort', column: column.id } });
    x += column.width + 1;
  }
  if (info > 0) spans.push(span(fit('INFO', info), 'header'));
  return { lines: [{ spans }], hits };
}

function headingText({ sort }: Model, { id, heading, width, right }: Column): string {
  const mark = sort.column === id ? (sort.descending ? '▼' : '▲') : '';
  return right ? fitRight(`${mark}${heading}`, width) : fit(`${heading}${mark}`, width);
}

function rowLine(model: Model, row: Row, { name, shown, info }: Widths): Line {
  const cells = row.kind === 'group' ? groupCells(row) : processCells(model, row);
  const spans: Span[] = [
    span(' '),
    span(fit(cutMiddle(nameOf(row), name), name), row.kind === 'group' ? 'bold' : 'plain'),
  ];
  for (const column of shown) {
    const { text, role } = cells[column.id as keyof typeof cells];
    spans.push(span(' '), span(column.right ? fitRight(text, column.width) : fit(text, column.width), role));
  }
  if (info > 0) spans.push(span(' '), row.kind === 'process' ? infoSpan(model, row.process, info) : span(''));
  return { spans };
}

/** What was so when the server was last heard of. */
function dimmed({ spans }: Line): Line {
  return { spans: spans.map((it) => ({ ...it, role: 'dim' })) };
}

function nameOf(row: Row): string {
  if (row.kind === 'group') return `${row.folded ? '▸' : '▾'} ${harmless(row.group)}`;
  const { group, name } = row.process;
  if (row.depth === 1) return `    ${harmless(name)}`;
  return `  ${harmless(group === name ? name : `${group}:${name}`)}`;
}

type Cells = Readonly<Record<Exclude<(typeof columns)[number]['id'], 'name'>, Span>>;

const none = span('-', 'dim');

function groupCells({ sum, members }: Row & { kind: 'group' }): Cells {
  const { sign, role } = lookOf(sum.state);
  return {
    state: span(`${sign} ${sum.running}/${members.length}${members.length < 100 ? ' up' : ''}`, role),
    pid: span(''),
    generation: span(''),
    uptime: span(''),
    cpu: span(shortPercent(sum.cpuPercent), 'dim'),
    memory: span(shortBytes(sum.rssBytes), 'dim'),
    restarts: sum.restarts === null ? none : span(String(sum.restarts), 'dim'),
    ready: span(''),
  };
}

function processCells(model: Model, { process, usage }: Row & { kind: 'process' }): Cells {
  const { sign, role } = lookOf(process.state);
  const { extras } = process;
  return {
    state: span(`${sign} ${process.state}`, role),
    pid: process.pid === 0 ? none : span(String(process.pid)),
    generation: generationCell(process),
    uptime: process.pid === 0 ? none : span(shortSpan(model.now - process.startedAt)),
    cpu: usage === null || process.pid === 0 ? none : span(shortPercent(usage.cpuPercent), busy(usage.cpuPercent)),
    memory: usage === null || process.pid === 0 ? none : span(shortBytes(usage.rssBytes)),
    restarts: extras === null ? none : span(String(extras.restarts), extras.restarts > 0 ? 'busy' : 'dim'),
    ready: readyCell(model, process),
  };
}

function busy(percent: number | null): Span['role'] {
  return percent !== null && percent >= 80 ? 'busy' : 'plain';
}

/** `1→2` while both are alive. */
function generationCell({ extras }: ProcessRow): Span {
  if (extras === null || extras.generation === 0) return none;
  const current = extras.generations.find(({ role }) => role === 'current')?.number ?? extras.generation;
  const numbers = extras.generations.map(({ number }) => number).sort((a, b) => a - b);
  if (numbers.length < 2) return span(String(current));
  return span(`${numbers[0]}→${numbers.at(-1)}`, 'info');
}

function readyCell({ now, reloads }: Model, process: ProcessRow): Span {
  const { extras, state, pid, startedAt } = process;
  if (extras === null) return none;
  if (extras.reloadId !== null) {
    const since = reloads.get(extras.reloadId)?.startedAt ?? now;
    return span(`↻ ${shortSpan(now - since)}`, 'info');
  }
  if (pid === 0) return none;
  if (state === 'STARTING') return span(`… ${shortSpan(now - startedAt)}`, 'busy');
  return state === 'RUNNING' ? span('yes', 'good') : none;
}

/** What is worth knowing besides: the step of a reload, what is waited for, why it is down. */
function infoSpan(model: Model, process: ProcessRow, width: number): Span {
  const { text, role } = infoOf(model, process);
  return span(cut(harmless(text), width), role);
}

function infoOf({ reloads, now }: Model, process: ProcessRow): Span {
  const { extras, state, spawnError, exitCode, startedAt, stoppedAt, description } = process;
  const facts = extras?.reloadId == null ? [] : (reloads.get(extras.reloadId)?.facts ?? []);
  const last = facts.findLast((fact) => keyOf(fact) === keyOf(process));
  if (last !== undefined) return span(describeFact(last), 'info');
  if (extras !== null && extras.lastAnswer !== '') return span(`waits: ${extras.lastAnswer}`, 'busy');
  switch (state) {
    case 'RUNNING':
    case 'STARTING':
    case 'STOPPING':
      return span('');
    case 'FATAL':
    case 'BACKOFF':
    case 'UNKNOWN':
      return span(spawnError || description, 'bad');
    case 'STOPPED':
      return span(startedAt === 0 && stoppedAt === 0 ? 'not started' : `${shortSpan(now - stoppedAt)} ago`, 'dim');
    case 'EXITED':
      return span(
        `${exitCode === -1 ? 'by a signal' : `status ${exitCode}`}, ${shortSpan(now - stoppedAt)} ago`,
        'dim',
      );
  }
}
