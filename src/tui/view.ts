/** The model as a whole screen. Pure: the same model makes the same frame. */
import { dialog } from './dialogs.ts';
import { foot } from './foot.ts';
import { above, type Block, beside, type Frame, fitBlock, type Hit, lineWidth, over, span } from './frame.ts';
import { head } from './head.ts';
import type { Input } from './input.ts';
import { headLines, layoutOf } from './layout.ts';
import type { Model, Pane } from './model.ts';
import { panel } from './panel.ts';
import { table } from './table.ts';

export function view(model: Model): Frame {
  const { width, height } = model;
  const bottom = foot(model);
  const whole = fitBlock(above(head(model), body(model), bottom), width, height);
  const box = dialog(model);
  const at =
    headLines +
    layoutOf(model).tableHeight +
    (layoutOf(model).panel?.beside === false ? (layoutOf(model).panel?.height ?? 0) : 0);
  const cursor = bottom.cursor === null || at >= height ? null : { x: Math.min(bottom.cursor.x, width - 1), y: at };
  if (box === null) return { ...whole, width, height, cursor };
  const boxWidth = Math.max(...box.lines.map(lineWidth));
  const x = Math.max(0, Math.floor((width - boxWidth) / 2));
  const y = Math.max(0, Math.floor((height - box.lines.length) / 2));
  return { ...fitBlock(over(whole, box, x, y), width, height), width, height, cursor: null };
}

function body(model: Model): Block {
  const { tableWidth, tableHeight, panel: at } = layoutOf(model);
  const rows = inPane('table', fitBlock(table(model, tableWidth, tableHeight), tableWidth, tableHeight), tableWidth);
  if (at === null) return rows;
  const panes = inPane('panel', panel(model, at.width, at.height), at.width);
  return at.beside ? beside(rows, panes, span('│', 'dim')) : above(rows, panes);
}

/** A click anywhere in it brings the focus there. */
function inPane(pane: Pane, block: Block, width: number): Block {
  const all: Hit = { x: 0, y: 0, width, height: block.lines.length, input: { kind: 'focus', pane } };
  return { lines: block.lines, hits: [all, ...block.hits] };
}

/** The pane that the wheel turns in at that place. */
export function paneAt({ hits }: Block, x: number, y: number): Pane | null {
  const isThere = (hit: Hit) => x >= hit.x && x < hit.x + hit.width && y >= hit.y && y < hit.y + hit.height;
  const input: Input | undefined = hits.findLast((hit) => hit.input.kind === 'focus' && isThere(hit))?.input;
  return input?.kind === 'focus' ? input.pane : null;
}
