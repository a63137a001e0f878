/** What is laid over the rest: a question, a menu, the help. */
import { type Binding, bindings } from './bindings.ts';
import { fit, harmless, textWidth, wrap } from './cells.ts';
import { sortColumns } from './columns.ts';
import { type Block, type Hit, type Line, line, lineWidth, type Span, span } from './frame.ts';
import { type Model, targetName } from './model.ts';
import { signalChoices } from './signals.ts';

/** null: nothing lies over it. */
export function dialog(model: Model): Block | null {
  const { mode, width, height } = model;
  switch (mode.kind) {
    case 'table':
    case 'filter':
    case 'search':
      return null;
    case 'confirm':
    case 'leave':
      return question(mode.question, Math.min(70, width - 8));
    case 'signal': {
      const rows = signalChoices.map(({ name, meaning }) => `${name.padEnd(6)} ${meaning}`);
      return menu(`signal to ${harmless(targetName(mode.target))}`, rows, mode.index);
    }
    case 'sort':
      return menu(
        'sort by',
        sortColumns.map(({ title }) => title),
        mode.index,
      );
    case 'help':
      return help(mode.top, width, height);
  }
}

function question(text: string, width: number): Block {
  const lines = wrap(harmless(text), width - 4).map((it) => line(span(it, 'bold')));
  const buttons = line(span(' y  yes ', 'key'), '   ', span(' n  no ', 'key'));
  const boxed = box('', [line(), ...lines, line(), buttons, line()]);
  const y = boxed.lines.length - 3;
  const hits: Hit[] = [
    { x: 2, y, width: 8, height: 1, input: { kind: 'pick', index: 0 } },
    { x: 13, y, width: 7, height: 1, input: { kind: 'pick', index: 1 } },
  ];
  return { lines: boxed.lines, hits };
}

function menu(title: string, rows: readonly string[], index: number): Block {
  const width = Math.max(textWidth(title), ...rows.map(textWidth)) + 2;
  const lines = rows.map((text, at): Line => ({ spans: [{ ...span(fit(` ${text}`, width)), on: at === index }] }));
  const boxed = box(title, lines);
  const hits = rows.map(
    (_, at): Hit => ({ x: 1, y: at + 1, width: width + 2, height: 1, input: { kind: 'pick', index: at } }),
  );
  return { lines: boxed.lines, hits };
}

function help(top: number, width: number, height: number): Block {
  const rows = bindings.map((binding) => line(span(fit(shownKeys(binding), 8), 'key'), `  ${binding.help}`));
  const room = Math.max(3, height - 6);
  const from = Math.min(top, Math.max(0, rows.length - room));
  const more =
    rows.length > room ? ` (${from + 1} to ${Math.min(rows.length, from + room)} of ${rows.length}; ↑ ↓)` : '';
  const mouse = line(span('the mouse: click selects, twice opens; headings sort; the wheel scrolls', 'dim'));
  const shown = [...rows.slice(from, from + room), mouse];
  return { lines: box(`keys${more}`, shown, Math.min(width - 2, 90)).lines, hits: [] };
}

function shownKeys({ keys, shown }: Binding): string {
  return shown ?? keys.filter((key) => key.length === 1 || key === keys[0]).join(' ');
}

/** A frame around lines, which get a blank at each side. */
function box(title: string, lines: readonly Line[], atMost = 200): { readonly lines: readonly Line[] } {
  const inner = Math.max(1, Math.min(atMost - 4, Math.max(textWidth(title) + 2, ...lines.map(lineWidth))));
  const head = title === '' ? '' : ` ${title} `;
  const edge = (text: string): Span => span(text, 'info');
  return {
    lines: [
      { spans: [edge('┌'), span(head, 'title'), edge(`${'─'.repeat(Math.max(0, inner + 2 - textWidth(head)))}┐`)] },
      ...lines.map((it): Line => ({ spans: [edge('│ '), ...padded(it, inner), edge(' │')] })),
      { spans: [edge(`└${'─'.repeat(inner + 2)}┘`)] },
    ],
  };
}

function padded(it: Line, width: number): readonly Span[] {
  const size = lineWidth(it);
  if (size <= width) return [...it.spans, span(' '.repeat(width - size))];
  const text = it.spans.at(-1);
  const others = it.spans.slice(0, -1);
  return text === undefined ? [] : [...others, { ...text, text: fit(text.text, width - lineWidth({ spans: others })) }];
}
