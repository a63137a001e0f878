/** How the screen is divided. The smallest that is drawn for is 80 by 24; less is drawn as far as it goes. */
import { type Model, wideWidth } from './model.ts';
import { type Row, rowsOf, selectedIndex } from './rows.ts';

/** Two above the table, two below everything. */
export const headLines = 2;
export const footLines = 2;
const headingLines = 1;

export interface Layout {
  readonly tableWidth: number;
  /** Its heading included. */
  readonly tableHeight: number;
  /** Rows of processes and groups that fit. */
  readonly tableRows: number;
  readonly panel: { readonly beside: boolean; readonly width: number; readonly height: number } | null;
}

export function layoutOf({ width, height, panel }: Pick<Model, 'width' | 'height' | 'panel'>): Layout {
  const body = Math.max(headingLines + 1, height - headLines - footLines);
  if (panel === 'none') return table(width, body, null);
  if (width >= wideWidth) {
    const tableWidth = Math.min(110, Math.max(76, Math.floor(width / 2)));
    return table(tableWidth, body, { beside: true, width: width - tableWidth - 1, height: body });
  }
  const panelHeight = Math.min(Math.max(6, Math.floor(body * 0.5)), Math.max(3, body - 4));
  return table(width, body - panelHeight, { beside: false, width, height: panelHeight });
}

function table(tableWidth: number, tableHeight: number, panel: Layout['panel']): Layout {
  return { tableWidth, tableHeight, tableRows: Math.max(1, tableHeight - headingLines), panel };
}

/** The same with a row selected that is there, and in sight. To be called after whatever changed rows, size or selection. */
export function settled(model: Model): Model {
  const rows = rowsOf(model);
  const at = selectedIndex(model, rows);
  return { ...model, selected: rows[at]?.key ?? model.selected, top: topFor(at, model, rows) };
}

function topFor(at: number, model: Model, rows: readonly Row[]): number {
  const { tableRows } = layoutOf(model);
  const most = Math.max(0, rows.length - tableRows);
  return Math.max(0, Math.min(model.top, most, at), Math.min(at - tableRows + 1, most));
}
