/** File name patterns of `[include]`, as Python's glob reads them: `*`, `?`, `[a-z]`, `[!a-z]`; no `**`, no braces, no `~`. */

import { compareCodePoints } from '../util/code-point-order.ts';
import { basename, dirname, join } from '../util/posix-path.ts';
import type { Machine } from './datatype.ts';

type Files = Pick<Machine, 'isDirectory' | 'exists' | 'list'>;

/** Paths that match, in order by code point. Without wildcards: the path itself, if it exists. */
export function glob(pattern: string, files: Files): readonly string[] {
  return matches(pattern, files).toSorted(compareCodePoints);
}

function hasWildcards(text: string): boolean {
  return /[*?[]/.test(text);
}

function matches(pattern: string, files: Files): readonly string[] {
  const directory = dirname(pattern);
  const name = basename(pattern);
  if (!hasWildcards(pattern)) {
    const there = name === '' ? files.isDirectory(directory) : files.exists(pattern);
    return there ? [pattern] : [];
  }
  const directories = hasWildcards(directory)
    ? matches(directory, files).filter((path) => files.isDirectory(path))
    : [directory];
  return directories.flatMap((path) => inDirectory(path, name, files).map((found) => join(path, found)));
}

function inDirectory(directory: string, name: string, files: Files): readonly string[] {
  if (name === '') return files.isDirectory(directory) ? [''] : [];
  if (!hasWildcards(name)) return files.exists(join(directory, name)) ? [name] : [];
  const pattern = nameMatcher(name);
  return files
    .list(directory === '' ? '.' : directory)
    .filter((found) => (name.startsWith('.') || !found.startsWith('.')) && pattern.test(found));
}

/** One name, without slashes, against a pattern; a leading dot is not special here. */
export function nameMatcher(pattern: string): RegExp {
  let source = '';
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '[') {
      const end = closingBracket(chars, i);
      if (end < 0) {
        source += '\\[';
      } else {
        source += characterSet(chars.slice(i + 1, end));
        i = end;
      }
    } else source += quote(char);
  }
  return new RegExp(`^${source}$`, 'su');
}

/** A `]` that comes first belongs to the set. */
function closingBracket(chars: readonly string[], open: number): number {
  let i = open + 1;
  if (chars[i] === '!') i++;
  if (chars[i] === ']') i++;
  return chars.indexOf(']', i);
}

/** `a-z` is a range unless its ends are the wrong way round, which matches nothing. */
function characterSet(chars: readonly string[]): string {
  const negated = chars[0] === '!';
  const set = negated ? chars.slice(1) : chars;
  const parts: string[] = [];
  for (let i = 0; i < set.length; i++) {
    const [low = '', dash, high] = set.slice(i, i + 3);
    if (dash !== '-' || high === undefined) {
      parts.push(quoteInSet(low));
      continue;
    }
    i += 2;
    if (compareCodePoints(low, high) <= 0) parts.push(`${quoteInSet(low)}-${quoteInSet(high)}`);
  }
  if (parts.length === 0) return negated ? '.' : '(?!)';
  return `[${negated ? '^' : ''}${parts.join('')}]`;
}

/** Outside of a set a dash must not be quoted. */
function quote(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function quoteInSet(char: string): string {
  return char === '-' ? '\\-' : quote(char);
}
