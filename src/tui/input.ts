/** What a person does, after the terminal's part is taken off: keys by name, and clicks as what they mean where they fell. */
import type { SortColumn } from './columns.ts';
import type { Pane, PanelKind } from './model.ts';

export type Input =
  | { readonly kind: 'none' }
  /** `key`: `C-c`, `enter`, `up`, `x`, `X`. `char`: what it types, '' for keys that type nothing. */
  | { readonly kind: 'key'; readonly key: string; readonly char: string }
  /** A click on a row of the table. */
  | { readonly kind: 'select'; readonly row: string }
  | { readonly kind: 'fold'; readonly group: string }
  | { readonly kind: 'sort'; readonly column: SortColumn }
  | { readonly kind: 'panel'; readonly panel: PanelKind }
  | { readonly kind: 'focus'; readonly pane: Pane }
  | { readonly kind: 'scroll'; readonly pane: Pane; readonly by: number }
  /** An entry of a menu. */
  | { readonly kind: 'pick'; readonly index: number };

/** What the key of that name would do, for a click on its mention. */
export function press(key: string): Input {
  return { kind: 'key', key, char: [...key].length === 1 ? key : '' };
}
