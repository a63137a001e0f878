/** What was measured, as a table to read and as JSON; and how it grows, as a plot. */
import { type Bound, type Figure, type Goal, median, type RowResult } from './figures.ts';

export interface Machine {
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly cores: number;
  readonly kernel: string;
  /** Of the last minute, before and after: other people's work spoils figures. */
  readonly loads: readonly number[];
}

/** `judgedOnly`: the lines that have a goal, for the README. */
export function markdown(
  machine: Machine,
  results: readonly RowResult[],
  { goals, bounds, judgedOnly }: { goals: readonly Goal[]; bounds: readonly Bound[]; judgedOnly: boolean },
): string {
  const figures = results.flatMap((result) => result.figures);
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const rows = [...new Set(figures.map(({ subject }) => subject))]
    .filter((subject) => !judgedOnly || [...goals, ...bounds].some((goal) => subject.startsWith(goal.subject)))
    .map((subject) => line(subject, figures, goals, bounds));
  return [
    `${machine.date}; ${versions.join(', ')}; ${machine.cores} shared cores, Linux ${machine.kernel}, load ${machine.loads.map((load) => load.toFixed(1)).join(' to ')}.`,
    ...(Math.max(...machine.loads) > 2 * machine.cores ? [busy] : []),
    'Medians, with the least and the greatest in brackets; all of one run, in turns.',
    '',
    '| what | hupd | others | ratio | goal | |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...[...new Set(results.flatMap(({ notes }) => notes))].map((note) => `- ${note}`),
    '',
  ].join('\n');
}

const busy =
  "The machine was busy with other work (its load was far above its cores): no figure of time counts for much here, and a NO may be its neighbours'.";

function line(subject: string, all: readonly Figure[], goals: readonly Goal[], bounds: readonly Bound[]): string {
  const figures = all.filter((figure) => figure.subject === subject);
  const own = figures.find(({ system }) => system === 'hupd');
  const others = figures.filter(({ system }) => system !== 'hupd');
  const judged = own === undefined ? [] : verdicts(own, others, goals, bounds);
  const shown = others.map((figure) => `${figure.system} ${show(figure)}`).join('; ');
  const ratios = judged.map(({ ratio }) => ratio).filter(Boolean);
  const wanted = judged.map(({ goal }) => goal);
  const reached = judged.length === 0 ? '' : judged.every(({ ok }) => ok) ? 'yes' : 'NO';
  return `| ${subject} | ${own === undefined ? '' : show(own)} | ${shown} | ${ratios.join('; ')} | ${wanted.join('; ')} | ${reached} |`;
}

interface Verdict {
  readonly ratio: string;
  readonly goal: string;
  readonly ok: boolean;
}

function verdicts(
  own: Figure,
  others: readonly Figure[],
  goals: readonly Goal[],
  bounds: readonly Bound[],
): readonly Verdict[] {
  const found: Verdict[] = [];
  for (const { subject, than, atMost, atLeast } of goals) {
    const other = others.find(({ system }) => system === than);
    if (!own.subject.startsWith(subject) || other === undefined) continue;
    const ratio = median(own.values) / median(other.values);
    const ok = ratio <= (atMost ?? Number.POSITIVE_INFINITY) && ratio >= (atLeast ?? 0);
    const goal = atMost === undefined ? `≥ ${atLeast} × ${than}` : `≤ ${atMost} × ${than}`;
    found.push({ ratio: `${round(ratio)} × ${than}`, goal, ok });
  }
  for (const { subject, below } of bounds) {
    if (own.subject.startsWith(subject))
      found.push({ ratio: '', goal: `≤ ${below} ${own.unit}`, ok: median(own.values) <= below });
  }
  return found;
}

function show({ values, unit }: Figure): string {
  const middle = round(median(values));
  return values.length === 1
    ? `${middle} ${unit}`
    : `${middle} ${unit} [${round(Math.min(...values))}, ${round(Math.max(...values))}]`;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

const colours = ['#c0392b', '#2c3e50', '#27ae60', '#8e44ad', '#d68910'];
const [width, height, left, bottom] = [420, 260, 60, 40];

/** One panel for each thing that was measured with several numbers of programs, both axes logarithmic: linear growth has slope one. */
export function plot(figures: readonly Figure[]): string {
  const parsed = figures.flatMap((figure) => {
    const match = /^(.*?), (\d+) programs?(.*)$/.exec(figure.subject);
    const value = median(figure.values);
    return match === null || !(value > 0)
      ? []
      : [{ ...figure, what: `${match[1]}${match[3]}`, count: Number(match[2]), value }];
  });
  const names = [...new Set(parsed.map(({ what }) => what))].filter(
    (what) => new Set(parsed.filter((point) => point.what === what).map(({ count }) => count)).size > 1,
  );
  const panels = names.map((what, index) => {
    const points = parsed.filter((point) => point.what === what);
    return `<g transform="translate(${(index % 3) * width},${Math.floor(index / 3) * height})">${panel(what, points)}</g>`;
  });
  const size = `width="${3 * width}" height="${Math.ceil(names.length / 3) * height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/>${panels.join('\n')}</svg>\n`;
}

type Point = Figure & { readonly what: string; readonly count: number; readonly value: number };

function panel(what: string, points: readonly Point[]): string {
  const logs = (values: readonly number[]) => values.map((value) => Math.log10(value));
  const x = axis(logs(points.map(({ count }) => count)), left, width - 20);
  const y = axis(logs(points.map(({ value }) => value)), height - bottom, 30);
  const ticks = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  const ends = [Math.min(...points.map(({ value }) => value)), Math.max(...points.map(({ value }) => value))];
  const parts = [
    `<text x="${width / 2}" y="18" text-anchor="middle">${what} (${points[0]?.unit ?? ''})</text>`,
    `<path d="M${left} 30V${height - bottom}H${width - 20}" fill="none" stroke="black"/>`,
    ...ticks(points.map(({ count }) => count)).map(
      (count) => `<text x="${x(Math.log10(count))}" y="${height - bottom + 16}" text-anchor="middle">${count}</text>`,
    ),
    ...ticks(ends).map(
      (end) => `<text x="${left - 6}" y="${y(Math.log10(end)) + 4}" text-anchor="end">${round(end)}</text>`,
    ),
  ];
  [...new Set(points.map(({ system }) => system))].forEach((system, index) => {
    const colour = colours[index % colours.length];
    const own = points.filter((point) => point.system === system).sort((a, b) => a.count - b.count);
    const path = own
      .map(({ count, value }) => `${x(Math.log10(count)).toFixed(1)},${y(Math.log10(value)).toFixed(1)}`)
      .join(' ');
    parts.push(`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`);
    parts.push(`<text x="${left + 8 + index * 80}" y="${height - 6}" fill="${colour}">${system}</text>`);
  });
  return parts.join('');
}

function axis(values: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from);
}
