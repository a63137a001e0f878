/** Lines and columns as supervisorctl prints them. */
import type { ProcessInfo } from '../core/describe.ts';
import type { ConfigInfo } from './client.ts';
import { namespecOf } from './names.ts';

/** Widths count characters, not UTF-16 units. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}

/** The name column is as wide as the longest name, at least 30, plus 3. `paint` colours a state's name, already padded. */
export function statusLines(
  infos: readonly ProcessInfo[],
  paint: (state: string, padded: string) => string = (_state, padded) => padded,
): string[] {
  const width = Math.max(30, ...infos.map((info) => [...namespecOf(info)].length)) + 3;
  return infos.map(
    (info) => pad(namespecOf(info), width) + paint(info.statename, pad(String(info.statename), 10)) + info.description,
  );
}

export function availLine(info: ConfigInfo): string {
  const inUse = info.inuse ? 'in use' : 'avail';
  const autostart = info.autostart ? 'auto' : 'manual';
  return `${pad(namespecOf(info), 32)} ${pad(inUse, 9)} ${pad(autostart, 9)} ${info.group_prio}:${info.process_prio}`;
}

/** Words in columns, sorted down the columns, two spaces between, in as few rows as fit into `width`. */
export function columns(items: readonly string[], width: number): string[] {
  for (let rows = 1; rows < items.length; rows += 1) {
    const widths = columnWidths(items, rows);
    if (widths.reduce((sum, column) => sum + column + 2, -2) <= width) {
      return Array.from({ length: rows }, (_, row) => rowOf(items, rows, row, widths));
    }
  }
  return [...items];
}

function columnWidths(items: readonly string[], rows: number): number[] {
  return Array.from({ length: Math.ceil(items.length / rows) }, (_, column) =>
    Math.max(...items.slice(column * rows, (column + 1) * rows).map((item) => item.length)),
  );
}

/** The last word of a row is padded too, as Python's `cmd` does it. */
function rowOf(items: readonly string[], rows: number, row: number, widths: readonly number[]): string {
  return widths
    .flatMap((width, column) => pad(items[column * rows + row] ?? '', width).replace(/^ *$/, '') || [])
    .join('  ');
}
