/** The keys of the table, in the order of the help: one row a key, with what it does and where it stands in the line at the bottom. */
import { sortColumns } from './columns.ts';
import { layoutOf } from './layout.ts';
import { findNext, toEnd, toStart } from './log-view.ts';
import type { Model, PanelKind, Verb } from './model.ts';
import { moveBy, pauseLog, scrollPanel, sortBy, toggleFold } from './moves.ts';
import { type Outcome, only, wish } from './outcome.ts';
import { rowsOf, selectedRow, targetOf } from './rows.ts';
import { notify } from './update.ts';

export interface Binding {
  /** The first one is shown. */
  readonly keys: readonly string[];
  /** As it is shown, where the name is not. */
  readonly shown?: string;
  /** Of the line at the bottom; not there without one. */
  readonly label?: string;
  readonly help: string;
  /** Another row with the same key counts where this one does not hold. */
  readonly when?: (model: Model) => boolean;
  readonly does: (model: Model) => Outcome;
}

const inPanel = (model: Model) => model.focus === 'panel' && model.panel !== 'none';
const inLog = (model: Model) => inPanel(model) && model.panel === 'log';
const hasLog = (model: Model) => model.panel === 'log';

export const bindings: readonly Binding[] = [
  act('s', 'start'),
  act('x', 'stop'),
  act('r', 'restart'),
  act('l', 'reload'),
  { keys: ['g'], label: 'signal', help: 'send a signal, from a menu', does: chooseSignal },
  act('c', 'clear'),
  {
    keys: ['/'],
    label: 'search',
    help: 'search the log (n, N: the next match above, below)',
    when: inLog,
    does: (model) => only({ ...model, mode: { kind: 'search', before: model.log.search } }),
  },
  {
    keys: ['/', 'f'],
    label: 'filter',
    help: 'show only what has these words, or that pid; !word: has not',
    when: (model) => !inLog(model),
    does: (model) => only({ ...model, focus: 'table', mode: { kind: 'filter', before: model.filter } }),
  },
  {
    keys: ['o'],
    label: 'order',
    help: 'choose the column to sort by',
    does: (model) => only({ ...model, mode: { kind: 'sort', index: sortIndex(model) } }),
  },
  { keys: ['O'], help: 'turn the order round', does: (model) => only(sortBy(model, model.sort.column)) },
  { keys: ['<', ','], help: 'sort by the column to the left', does: (model) => only(nextColumn(model, -1)) },
  { keys: ['>', '.'], help: 'sort by the column to the right', does: (model) => only(nextColumn(model, 1)) },
  panel('1', 'log', 'log', 'the log as it grows (e: stdout or stderr, p: pause, /: search)'),
  panel('2', 'events', 'events', 'what happened to the process, and why it is in its state'),
  panel('3', 'reload', 'reload', 'the reload of the process: both generations, and how far it is'),
  { keys: ['enter'], shown: 'Enter', help: 'open and close: a group, or the log of a process', does: open },
  { keys: ['tab', 'S-tab'], shown: 'Tab', help: 'go from the table to the panel and back', does: switchPane },
  {
    keys: ['space'],
    shown: 'Space',
    help: 'pause the log, or go on',
    when: inLog,
    does: (model) => only(pauseLog(model)),
  },
  { keys: ['space'], shown: 'Space', help: 'fold and unfold a group', when: (model) => !inLog(model), does: fold },
  { keys: ['left'], shown: '←', help: 'fold the group', does: (model) => only(setFold(model, true)) },
  { keys: ['right'], shown: '→', help: 'unfold the group', does: (model) => only(setFold(model, false)) },
  { keys: ['z'], help: 'fold all groups, or unfold them', does: (model) => only(foldAll(model)) },
  {
    keys: ['t'],
    help: 'groups with their processes, or processes alone',
    does: (model) => only({ ...model, tree: !model.tree }),
  },
  { keys: ['e'], help: 'stdout or stderr', when: hasLog, does: switchChannel },
  { keys: ['p'], help: 'pause the log, or go on', when: hasLog, does: (model) => only(pauseLog(model)) },
  {
    keys: ['n'],
    help: 'the next match above',
    when: hasLog,
    does: (model) => only({ ...model, log: findNext(model.log, -1) }),
  },
  {
    keys: ['N'],
    help: 'the next match below',
    when: hasLog,
    does: (model) => only({ ...model, log: findNext(model.log, 1) }),
  },
  move(['up', 'k'], '↑', 'one up', () => -1),
  move(['down', 'j'], '↓', 'one down', () => 1),
  move(['pageup', 'C-b'], 'PgUp', 'a page up', (page) => -page),
  move(['pagedown', 'C-f'], 'PgDn', 'a page down', (page) => page),
  { keys: ['home'], shown: 'Home', help: 'to the beginning', does: (model) => only(toEdge(model, -1)) },
  {
    keys: ['end', 'G'],
    shown: 'End',
    help: 'to the end; a log is followed again',
    does: (model) => only(toEdge(model, 1)),
  },
  { keys: ['escape'], shown: 'Esc', help: 'back: to the table, without the panel, without the filter', does: back },
  {
    keys: ['?', 'f1'],
    label: 'help',
    help: 'this',
    does: (model) => only({ ...model, mode: { kind: 'help', top: 0 } }),
  },
  { keys: ['q'], label: 'quit', help: 'leave', does: leave },
];

function act(key: string, verb: Verb): Binding {
  const helps: Readonly<Record<Verb, string>> = {
    start: 'start the process, or every process of the group',
    stop: 'stop it',
    restart: 'stop it and start it again',
    reload: 'reload it, by its reload_strategy',
    signal: '',
    clear: 'empty its logs',
  };
  return {
    keys: [key],
    label: verb,
    help: helps[verb],
    does: (model) => {
      const row = selectedRow(model);
      if (row === null) return only(model);
      if (verb === 'reload' && !model.canReload) {
        return only(notify(model, 'this server is a supervisord: it can not reload, only restart', 'bad'));
      }
      const next: Model =
        verb === 'reload' && model.panel !== 'reload' ? { ...model, panel: 'reload', panelTop: 0 } : model;
      return wish(next, { verb, target: targetOf(row), signal: '' });
    },
  };
}

function chooseSignal(model: Model): Outcome {
  const row = selectedRow(model);
  return only(row === null ? model : { ...model, mode: { kind: 'signal', target: targetOf(row), index: 0 } });
}

function panel(key: string, kind: PanelKind, label: string, help: string): Binding {
  return {
    keys: [key],
    label,
    help,
    does: (model) => {
      const next = model.panel === kind ? 'none' : kind;
      return only({ ...model, panel: next, panelTop: 0, focus: next === 'none' ? 'table' : model.focus });
    },
  };
}

function open(model: Model): Outcome {
  const row = selectedRow(model);
  if (row?.kind === 'group') return only(toggleFold(model, row.group));
  if (row === null || model.panel === 'log') return only({ ...model, panel: 'none', focus: 'table' });
  return only({ ...model, panel: 'log' });
}

function switchPane(model: Model): Outcome {
  if (model.panel === 'none') return only({ ...model, panel: 'log', focus: 'panel' });
  return only({ ...model, focus: model.focus === 'table' ? 'panel' : 'table' });
}

function fold(model: Model): Outcome {
  const row = selectedRow(model);
  return only(row?.kind === 'group' ? toggleFold(model, row.group) : model);
}

/** From a process of the group, too: the selection goes to the group's row. */
function setFold(model: Model, wanted: boolean): Model {
  const row = selectedRow(model);
  if (row === null) return model;
  const group = row.kind === 'group' ? row.group : row.process.group;
  const isGroup = row.kind === 'group' || row.depth === 1;
  if (!isGroup || model.folded.has(group) === wanted) return model;
  return { ...toggleFold(model, group), selected: wanted ? `:${group}` : model.selected };
}

function foldAll(model: Model): Model {
  const groups = rowsOf({ ...model, folded: new Set() }).flatMap((row) => (row.kind === 'group' ? [row.group] : []));
  return { ...model, folded: groups.every((group) => model.folded.has(group)) ? new Set() : new Set(groups) };
}

function switchChannel(model: Model): Outcome {
  return only({ ...model, channel: model.channel === 'stdout' ? 'stderr' : 'stdout' });
}

function sortIndex(model: Model): number {
  return Math.max(
    0,
    sortColumns.findIndex(({ id }) => id === model.sort.column),
  );
}

function nextColumn(model: Model, by: number): Model {
  const column = sortColumns[(sortIndex(model) + by + sortColumns.length) % sortColumns.length];
  return column === undefined ? model : sortBy(model, column.id);
}

function move(keys: readonly string[], shown: string, help: string, by: (page: number) => number): Binding {
  return {
    keys,
    shown,
    help,
    does: (model) => {
      const { tableRows, panel: at } = layoutOf(model);
      if (inPanel(model)) return only(scrollPanel(model, by(Math.max(1, (at?.height ?? 2) - 2))));
      return only(moveBy(model, by(Math.max(1, tableRows - 1))));
    },
  };
}

function toEdge(model: Model, direction: -1 | 1): Model {
  if (inLog(model)) return { ...model, log: direction < 0 ? toStart(model.log) : toEnd(model.log) };
  if (inPanel(model)) return scrollPanel(model, direction * 10_000);
  return moveBy(model, direction * 1_000_000);
}

function back(model: Model): Outcome {
  if (model.focus === 'panel') return only({ ...model, focus: 'table' });
  if (model.filter !== '') return only({ ...model, filter: '' });
  if (model.panel !== 'none') return only({ ...model, panel: 'none' });
  return only(model);
}

/** A restart is two calls: without us the second one would never come. */
function leave(model: Model): Outcome {
  const restart = model.pending.find(({ verb }) => verb === 'restart');
  if (restart === undefined) return { model, effects: [{ do: 'quit' }] };
  const question = 'A restart is under way, and would end with the stop. Leave all the same?';
  return only({ ...model, mode: { kind: 'leave', question } });
}
