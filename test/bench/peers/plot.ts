/** How what was measured grows with the number of programs, as SVG. */
import { bySize, type Figure, median, round } from './figures.ts';

const colours = ['#c0392b', '#2c3e50', '#27ae60', '#8e44ad', '#d68910'];
const [width, height, left, bottom] = [420, 260, 60, 40];

/** One panel for each thing that was measured with several numbers of programs, both axes logarithmic: linear growth has slope one. */
export function plot(figures: readonly Figure[]): string {
  const parsed = figures.flatMap((figure) => {
    const { what, programs } = bySize(figure.subject);
    const value = median(figure.values);
    return programs === null || !(value > 0) ? [] : [{ ...figure, what, count: programs, value }];
  });
  const names = [...new Set(parsed.map(({ what }) => what))].filter(
    (what) => new Set(parsed.filter((point) => point.what === what).map(({ count }) => count)).size > 1,
  );
  const panels = names.map((what, index) => {
    const points = parsed.filter((point) => point.what === what);
    return `<g transform="translate(${(index % 3) * width},${Math.floor(index / 3) * height})">${panel(what, points)}</g>`;
  });
  const size = `width="${3 * width}" height="${Math.ceil(names.length / 3) * height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11"><title>How each row grows with the number of programs</title><rect width="100%" height="100%" fill="white"/>${panels.join('\n')}</svg>\n`;
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
