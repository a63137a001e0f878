/**
 * Text as Python sees it. supervisord's rules for blanks are Python's, which JavaScript's `trim` and `split` miss in a few
 * characters: the four separators below the blank, NEL, the byte order mark.
 */

/** What `str.isspace` and `\s` mean. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const leading = new RegExp(`^[${SPACE}]+`);
const runs = new RegExp(`[${SPACE}]+`);

export function isSpace(char: string): boolean {
  return leading.test(char);
}

/** How many blanks the text begins with. */
export function leadingSpaces(text: string): number {
  return leading.exec(text)?.[0].length ?? 0;
}

export function strip(text: string): string {
  return stripEnd(text).replace(leading, '');
}

export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** `str.split()`: the words between runs of blanks. */
export function splitBlanks(text: string): readonly string[] {
  return text.split(runs).filter((word) => word !== '');
}
