/** What was measured, as tables to read. */
import { type Figure, median, type RowResult, round } from './figures.ts';
import { summary } from './summary.ts';
import { ratioText, verdicts, type Wanted } from './verdict.ts';

export interface Machine {
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly cores: number;
  readonly kernel: string;
  /** Of the last minute, before and after: other people's work spoils figures. */
  readonly loads: readonly number[];
}

/** Every figure. */
export function markdown(machine: Machine, results: readonly RowResult[], wanted: Wanted): string {
  const figures = results.flatMap((result) => result.figures);
  return page(machine, results, [
    'Medians, with the least and the greatest in brackets; all of one run, in turns.',
    '',
    '| what | hupd | others | ratio | goal | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[...new Set(figures.map(({ subject }) => subject))].map((subject) => line(subject, figures, wanted)),
  ]);
}

/** For the README: what has a goal. */
export function shortMarkdown(machine: Machine, results: readonly RowResult[], wanted: Wanted): string {
  return page(machine, results, [
    'Medians of one run, in turns.',
    '',
    ...summary(
      results.flatMap((result) => result.figures),
      wanted,
    ),
  ]);
}

function page(
  { date, versions, cores, kernel, loads }: Machine,
  results: readonly RowResult[],
  table: readonly string[],
): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${date}; ${named.join(', ')}; ${cores} shared cores, Linux ${kernel}, load ${loads.map((load) => load.toFixed(1)).join(' to ')}.`,
    ...(Math.max(...loads) > 2 * cores ? [busy] : []),
    ...table,
    '',
    ...[...new Set(results.flatMap(({ notes }) => notes))].map((note) => `- ${note}`),
    '',
  ].join('\n');
}

const busy =
  "The machine was busy with other work (its load was far above its cores): no figure of time counts for much here, and a NO may be its neighbours'.";

function line(subject: string, all: readonly Figure[], wanted: Wanted): string {
  const figures = all.filter((figure) => figure.subject === subject);
  const own = figures.find(({ system }) => system === 'hupd');
  const others = figures.filter(({ system }) => system !== 'hupd');
  const judged = own === undefined ? [] : verdicts(own, others, wanted);
  const shown = others.map((figure) => `${figure.system} ${show(figure)}`).join('; ');
  const ratios = judged.map(ratioText).filter(Boolean);
  const reached = judged.length === 0 ? '' : judged.every(({ ok }) => ok) ? 'yes' : 'NO';
  return `| ${subject} | ${own === undefined ? '' : show(own)} | ${shown} | ${ratios.join('; ')} | ${judged.map(({ goal }) => goal).join('; ')} | ${reached} |`;
}

function show({ values, unit }: Figure): string {
  const middle = round(median(values));
  return values.length === 1
    ? `${middle} ${unit}`
    : `${middle} ${unit} [${round(Math.min(...values))}, ${round(Math.max(...values))}]`;
}
