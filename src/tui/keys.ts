/**
 * What keys and clicks do: the next model, and what is wanted of the server or the terminal. What a key means depends on the mode; `bindings` are
 * those of the table, from which the help is made as well.
 */
import { type Binding, bindings } from './bindings.ts';
import { sortColumns } from './columns.ts';
import type { Input } from './input.ts';
import { settled } from './layout.ts';
import { searchFor } from './log-view.ts';
import type { Model } from './model.ts';
import { scroll, sortBy, toggleFold } from './moves.ts';
import { type Effect, type Outcome, only, wish } from './outcome.ts';
import { signalChoices } from './signals.ts';

const doubleClickMs = 400;

export function handle(model: Model, input: Input): Outcome {
  const outcome = act(model, input);
  return { ...outcome, model: settled(outcome.model) };
}

function act(model: Model, input: Input): Outcome {
  switch (input.kind) {
    case 'none':
      return only(model);
    case 'key':
      return key(model, input.key, input.char);
    case 'select':
      return click(model, input.row);
    case 'fold':
      return only(toggleFold(model, input.group));
    case 'sort':
      return only(sortBy(model, input.column));
    case 'panel':
      return only({ ...model, panel: input.panel, panelTop: 0, focus: input.panel === 'none' ? 'table' : model.focus });
    case 'focus':
      return only({ ...model, focus: input.pane });
    case 'scroll':
      return only(scroll(model, input.pane, input.by));
    case 'pick':
      return pick(model, input.index);
  }
}

/** ^C leaves from everywhere. */
function key(model: Model, name: string, char: string): Outcome {
  if (name === 'C-c') return { model, effects: [{ do: 'quit' }] };
  if (name === 'C-l') return { model, effects: [{ do: 'redraw' }] };
  if (name === 'C-z') return { model, effects: [{ do: 'suspend' }] };
  const { mode } = model;
  switch (mode.kind) {
    case 'table':
      return tableKey(model, name);
    case 'filter':
      return typing(model, name, char, model.filter, mode.before, (it, text) => ({ ...it, filter: text, top: 0 }));
    case 'search':
      return typing(model, name, char, model.log.search, mode.before, (it, text) => ({
        ...it,
        log: searchFor(it.log, text),
      }));
    case 'confirm':
      return closed(model, isYes(name) ? [{ do: 'wish', wish: mode.wish }] : []);
    case 'leave':
      return closed(model, isYes(name) ? [{ do: 'quit' }] : []);
    case 'signal':
      return menuKey(model, name, mode.index, signalChoices.length, (index) => ({ ...mode, index }));
    case 'sort':
      return menuKey(model, name, mode.index, sortColumns.length, (index) => ({ ...mode, index }));
    case 'help':
      return helpKey(model, name, mode.top);
  }
}

function helpKey(model: Model, name: string, top: number): Outcome {
  const by = { up: -1, k: -1, down: 1, j: 1, pageup: -10, pagedown: 10 }[name];
  if (by === undefined) return only({ ...model, mode: { kind: 'table' } });
  return only({ ...model, mode: { kind: 'help', top: Math.max(0, Math.min(top + by, bindings.length - 1)) } });
}

/** The question or the menu goes. */
function closed(model: Model, effects: readonly Effect[]): Outcome {
  return { model: { ...model, mode: { kind: 'table' } }, effects };
}

function isYes(name: string): boolean {
  return name === 'y' || name === 'Y';
}

function tableKey(model: Model, name: string): Outcome {
  const binding = bindings.find((it: Binding) => it.keys.includes(name) && (it.when?.(model) ?? true));
  return binding === undefined ? only(model) : binding.does(model);
}

/** A line that is typed: Enter keeps it, Escape brings back what was there before. */
function typing(
  model: Model,
  name: string,
  char: string,
  text: string,
  before: string,
  set: (model: Model, text: string) => Model,
): Outcome {
  switch (name) {
    case 'enter':
      return only({ ...model, mode: { kind: 'table' } });
    case 'escape':
      return only({ ...set(model, before), mode: { kind: 'table' } });
    case 'backspace':
      return only(set(model, [...text].slice(0, -1).join('')));
    case 'C-u':
      return only(set(model, ''));
    case 'C-w':
      return only(set(model, text.replace(/\S+\s*$/, '')));
    case 'up':
    case 'down':
      return tableKey(model, name);
    default:
      return only(char >= ' ' && char !== '\u007f' ? set(model, text + char) : model);
  }
}

function menuKey(
  model: Model,
  name: string,
  index: number,
  count: number,
  moved: (index: number) => Model['mode'],
): Outcome {
  switch (name) {
    case 'up':
    case 'k':
      return only({ ...model, mode: moved((index + count - 1) % count) });
    case 'down':
    case 'j':
      return only({ ...model, mode: moved((index + 1) % count) });
    case 'enter':
      return pick(model, index);
    case 'escape':
    case 'q':
      return only({ ...model, mode: { kind: 'table' } });
    default:
      return only(model);
  }
}

/** An entry of the open menu; in a question the first is yes. */
function pick(model: Model, index: number): Outcome {
  const { mode } = model;
  const table: Model = { ...model, mode: { kind: 'table' } };
  switch (mode.kind) {
    case 'signal': {
      const choice = signalChoices[index];
      if (choice === undefined) return only(table);
      return wish(table, { verb: 'signal', target: mode.target, signal: choice.name });
    }
    case 'sort': {
      const column = sortColumns[index];
      return only(column === undefined ? table : sortBy(table, column.id));
    }
    case 'confirm':
      return closed(model, index === 0 ? [{ do: 'wish', wish: mode.wish }] : []);
    case 'leave':
      return closed(model, index === 0 ? [{ do: 'quit' }] : []);
    case 'table':
    case 'filter':
    case 'search':
    case 'help':
      return only(table);
  }
}

/** The first click on a row selects it, the second one soon after opens it. */
function click(model: Model, row: string): Outcome {
  const isSecond = model.lastClick?.row === row && model.now - model.lastClick.at < doubleClickMs;
  const selected: Model = { ...model, selected: row, focus: 'table', panelTop: 0, lastClick: { row, at: model.now } };
  return isSecond ? tableKey({ ...selected, lastClick: null }, 'enter') : only(selected);
}
