/** Python's `int(text, base)` and `float(text)`: what they accept, and the words in which they refuse. */
import { reprText } from './python-repr.ts';
import { strip } from './python-text.ts';

const forms = {
  8: /^([+-]?)(?:0[oO]_?)?([0-7]+(?:_[0-7]+)*)$/,
  10: /^([+-]?)([0-9]+(?:_[0-9]+)*)$/,
} as const;

const decimal = /^[+-]?(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+(?:_[0-9]+)*)(?:[eE][+-]?[0-9]+)?$/;

/** null: not an integer. Beyond 2^53 the nearest double. */
export function parseInteger(text: string, base: 8 | 10 = 10): number | null {
  const match = forms[base].exec(strip(text));
  if (match === null) return null;
  const value = Number.parseInt((match[2] ?? '').replaceAll('_', ''), base);
  return match[1] === '-' && value !== 0 ? -value : value;
}

export function badInteger(text: string, base: 8 | 10 = 10): string {
  return `invalid literal for int() with base ${base}: ${reprText(text).slice(0, 200)}`;
}

/** null: not a finite decimal number. Python would take `inf` and `nan` as well; no setting can use them. */
export function parseDecimal(text: string): number | null {
  const trimmed = strip(text);
  return decimal.test(trimmed) ? Number(trimmed.replaceAll('_', '')) : null;
}

export function badDecimal(text: string): string {
  return `could not convert string to float: ${reprText(text)}`;
}
