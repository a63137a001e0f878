/** The two lines at the bottom: what there is to say just now, and the keys. */
import { explain } from '../core/explain.ts';
import { type Binding, bindings } from './bindings.ts';
import { cut, cutMiddle, harmless, textWidth } from './cells.ts';
import { clock } from './figures.ts';
import { type Block, fitLine, type Hit, type Line, line, type Span, span } from './frame.ts';
import { press } from './input.ts';
import { countMatches } from './log-view.ts';
import { keyOf, type Model, type ProcessRow } from './model.ts';
import { rowsOf, shownProcess } from './rows.ts';
import { lookOf } from './states.ts';
import { describeWish } from './update.ts';

export interface Foot extends Block {
  readonly cursor: { readonly x: number; readonly y: number } | null;
}

export function foot(model: Model): Foot {
  const typed = typedLine(model);
  const keys = keyLine(model);
  const first = typed?.line ?? saidLine(model);
  return {
    lines: [fitLine(first, model.width), fitLine(keys.line, model.width)],
    hits: keys.hits.map((hit) => ({ ...hit, y: 1 })),
    cursor: typed === null ? null : { x: typed.x, y: 0 },
  };
}

/** What is being typed, with the cursor behind it. */
function typedLine(model: Model): { readonly line: Line; readonly x: number } | null {
  const { mode, filter, log } = model;
  if (mode.kind !== 'filter' && mode.kind !== 'search') return null;
  const text = mode.kind === 'filter' ? filter : log.search;
  const prompt = mode.kind === 'filter' ? ' filter: ' : ' search: ';
  const found =
    mode.kind === 'filter' ? rowsOf(model).filter(({ kind }) => kind === 'process').length : countMatches(log);
  const hint = `   ${found} ${mode.kind === 'filter' ? 'shown' : `line${found === 1 ? '' : 's'}`}; Enter keeps it, Esc gives it up`;
  return { line: line(span(prompt, 'key'), span(text, 'bold'), span(hint, 'dim')), x: textWidth(prompt + text) };
}

function saidLine(model: Model): Line {
  const { notice, pending } = model;
  if (notice !== null) return line(span(` ${harmless(notice.text)}`, notice.role));
  const [wish] = pending;
  if (wish !== undefined) {
    const more = pending.length > 1 ? ` and ${pending.length - 1} more` : '';
    return line(span(` … ${describeWish(wish)}${more}`, 'busy'));
  }
  const process = shownProcess(model);
  return process === null ? line() : whyLine(model, process);
}

function whyLine(model: Model, process: ProcessRow): Line {
  const [why = ''] = explanation(model, process);
  const full = process.group === process.name ? process.name : `${process.group}:${process.name}`;
  const name = cutMiddle(harmless(full), Math.floor(model.width / 3));
  const text = cut(harmless(why), Math.max(0, model.width - textWidth(name) - 4));
  return line(span(` ${name}: `, 'dim'), span(text, lookOf(process.state).role));
}

/** Why the process is in its state, as far as is known by now. */
export function explanation(model: Model, process: ProcessRow): readonly string[] {
  const entries = model.history?.key === keyOf(process) ? model.history.entries : [];
  const lastAnswer = process.extras?.lastAnswer ?? '';
  return explain({ ...process, lastAnswer, lastLine: '' }, entries, (wall) => clock(wall, model.now));
}

/** What does not fit goes, in this order: whoever sees the help and the way out finds the rest. */
const spare = ['o', '3', '2', '1', 'c', 'g', '/', 'r', 's', 'l', 'x'];

function keyLine(model: Model): { readonly line: Line; readonly hits: readonly Hit[] } {
  let shown = bindings.filter((binding) => binding.label !== undefined && (binding.when?.(model) ?? true));
  for (const key of spare) {
    if (widthOf(shown) <= model.width) break;
    shown = shown.filter((binding) => binding.keys[0] !== key);
  }
  const gap = widthOf(shown) + shown.length <= model.width ? '  ' : ' ';
  const spans: Span[] = [span(' ')];
  const hits: Hit[] = [];
  let x = 1;
  for (const binding of shown) {
    const [key = ''] = binding.keys;
    const width = hintWidth(binding);
    spans.push(span(key, 'key'), span(` ${binding.label}${binding === shown.at(-1) ? '' : gap}`, 'dim'));
    hits.push({ x, y: 0, width, height: 1, input: press(key) });
    x += width + gap.length - 1;
  }
  return { line: { spans }, hits };
}

function widthOf(shown: readonly Binding[]): number {
  return shown.reduce((sum, binding) => sum + hintWidth(binding), 1) - 1;
}

/** The key, a blank, what it does, a blank. */
function hintWidth({ keys, label = '' }: Binding): number {
  return textWidth(keys[0] ?? '') + textWidth(label) + 2;
}
