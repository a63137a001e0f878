/** How the person moves about: the selection, the order, what is folded, what is scrolled. Each makes the next model. */
import { sortColumns } from './columns.ts';
import { layoutOf } from './layout.ts';
import { pause, scrollLog } from './log-view.ts';
import type { Model, Pane } from './model.ts';
import { rowsOf, selectedIndex } from './rows.ts';

export function toggleFold(model: Model, group: string): Model {
  const folded = new Set(model.folded);
  if (!folded.delete(group)) folded.add(group);
  return { ...model, folded };
}

/** The same column again turns the order round. */
export function sortBy(model: Model, id: Model['sort']['column']): Model {
  const column = sortColumns.find((it) => it.id === id);
  const descending = model.sort.column === id ? !model.sort.descending : (column?.largestFirst ?? false);
  return { ...model, sort: { column: id, descending } };
}

/** The selection, by rows. */
export function moveBy(model: Model, by: number): Model {
  const rows = rowsOf(model);
  const at = Math.min(Math.max(selectedIndex(model, rows) + by, 0), rows.length - 1);
  return { ...model, selected: rows[at]?.key ?? null, panelTop: 0 };
}

/** By the wheel: what is seen moves, and takes the selection along only where it would be lost. */
export function scroll(model: Model, pane: Pane, by: number): Model {
  if (pane === 'panel') return scrollPanel(model, by);
  const rows = rowsOf(model);
  const { tableRows } = layoutOf(model);
  const top = Math.max(0, Math.min(model.top + by, rows.length - tableRows));
  const at = Math.min(Math.max(selectedIndex(model, rows), top), top + tableRows - 1);
  return { ...model, top, selected: rows[at]?.key ?? model.selected };
}

export function scrollPanel(model: Model, by: number): Model {
  if (model.panel === 'log') return { ...model, log: scrollLog(model.log, by) };
  return { ...model, panelTop: Math.max(0, model.panelTop + by) };
}

export function pauseLog(model: Model): Model {
  return { ...model, log: pause(model.log) };
}
