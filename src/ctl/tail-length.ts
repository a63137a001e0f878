/** How much of a log `tail -N` asks for. */

/** A whole number as Python's `int` reads it, sign and underscores included; null if it is none. */
export function parseInteger(text: string): number | null {
  return /^[+-]?\d+(_\d+)*$/.test(text) ? Number(text.replaceAll('_', '')) : null;
}
