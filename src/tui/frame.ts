/**
 * A whole screen as data: lines of text with roles, and what a click means where. The view makes one, `screen.ts` puts it onto the terminal,
 * tests read it as text.
 */
import { charWidth, fit, textWidth } from './cells.ts';
import type { Input } from './input.ts';

/** What a piece of text is; how that looks is the theme's. */
export type Role =
  | 'plain'
  | 'dim'
  | 'bold'
  | 'title'
  | 'header'
  | 'good'
  | 'busy'
  | 'bad'
  | 'off'
  | 'info'
  | 'key'
  | 'match'
  | 'bar'
  | 'barRest';

export interface Span {
  readonly text: string;
  readonly role: Role;
  /** Stands out: the row that is selected. */
  readonly on?: boolean;
}

export interface Line {
  readonly spans: readonly Span[];
}

/** Cells of the screen that may be clicked. The last one that contains a cell counts. */
export interface Hit {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly input: Input;
}

/** A part of the screen: as wide as it was asked to be, with hits of its own corner. */
export interface Block {
  readonly lines: readonly Line[];
  readonly hits: readonly Hit[];
}

export interface Frame extends Block {
  readonly width: number;
  readonly height: number;
  /** Where the cursor is shown, while something is typed. */
  readonly cursor: { readonly x: number; readonly y: number } | null;
}

export function span(text: string, role: Role = 'plain'): Span {
  return { text, role };
}

export function line(...spans: ReadonlyArray<Span | string>): Line {
  return { spans: spans.map((it) => (typeof it === 'string' ? span(it) : it)) };
}

export function lineWidth({ spans }: Line): number {
  return spans.reduce((sum, { text }) => sum + textWidth(text), 0);
}

/** Exactly `width` cells: the end is cut off, or blanks follow. */
export function fitLine(it: Line, width: number): Line {
  const spans: Span[] = [];
  let left = width;
  for (const piece of it.spans) {
    if (left <= 0) break;
    const size = textWidth(piece.text);
    spans.push(size <= left ? piece : { ...piece, text: fit(piece.text, left) });
    left -= size;
  }
  return left > 0 ? { spans: [...spans, span(' '.repeat(left))] } : { spans };
}

export function highlighted({ spans }: Line): Line {
  return { spans: spans.map((it) => ({ ...it, on: true })) };
}

/** What stands at the left end and what at the right one, in one line; the left one gives way. */
export function between(left: readonly Span[], right: readonly Span[], width: number): Line {
  const size = lineWidth({ spans: right });
  if (size >= width) return fitLine({ spans: right }, width);
  return { spans: [...fitLine({ spans: left }, width - size).spans, ...right] };
}

/** Exactly `height` lines of exactly `width` cells. */
export function fitBlock({ lines, hits }: Block, width: number, height: number): Block {
  const fitted = Array.from({ length: height }, (_, y) => fitLine(lines[y] ?? line(), width));
  return { lines: fitted, hits: hits.filter(({ y }) => y < height) };
}

export function above(...blocks: readonly Block[]): Block {
  const lines: Line[] = [];
  const hits: Hit[] = [];
  for (const block of blocks) {
    for (const hit of block.hits) hits.push({ ...hit, y: hit.y + lines.length });
    lines.push(...block.lines);
  }
  return { lines, hits };
}

/** Side by side, with `rule` between; they are as wide as they are to be. */
export function beside(left: Block, right: Block, rule: Span): Block {
  const shift = Math.max(0, ...left.lines.map(lineWidth)) + textWidth(rule.text);
  const lines = left.lines.map(({ spans }, y) => ({ spans: [...spans, rule, ...(right.lines[y]?.spans ?? [])] }));
  return { lines, hits: [...left.hits, ...right.hits.map((hit) => ({ ...hit, x: hit.x + shift }))] };
}

/** Lays `box` over `under`, its corner at (x, y). Nothing under it can be clicked. */
export function over(under: Block, box: Block, x: number, y: number): Block {
  const width = Math.max(0, ...box.lines.map(lineWidth));
  const lines = under.lines.map((it, row) => {
    const covering = box.lines[row - y];
    if (covering === undefined) return it;
    const before = cells(it, 0, x);
    const after = cells(it, x + width, lineWidth(it));
    return { spans: [...before, ...fitLine(covering, width).spans, ...after] };
  });
  const covered: Hit = { x: 0, y: 0, width: 10_000, height: 10_000, input: { kind: 'none' } };
  const hits = box.hits.map((hit) => ({ ...hit, x: hit.x + x, y: hit.y + y }));
  return { lines, hits: [covered, ...hits] };
}

/** The cells from `from` to before `to`; half of a wide character is a blank. */
function cells({ spans }: Line, from: number, to: number): Span[] {
  const out: Span[] = [];
  let at = 0;
  for (const piece of spans) {
    let text = '';
    for (const char of piece.text) {
      const width = charWidth(char);
      if (at >= from && at + width <= to) text += char;
      else if (width === 2) text += ' '.repeat(Math.max(0, Math.min(at + 2, to) - Math.max(at, from)));
      at += width;
    }
    if (text !== '') out.push({ ...piece, text });
  }
  return out;
}

/** As it looks on a terminal without colours, for tests; blanks at the ends are left out. */
export function frameText({ lines }: Block): string {
  return lines
    .map(({ spans }) =>
      spans
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

export function inputAt({ hits }: Block, x: number, y: number): Input {
  const hit = hits.findLast((it) => x >= it.x && x < it.x + it.width && y >= it.y && y < it.y + it.height);
  return hit?.input ?? { kind: 'none' };
}
