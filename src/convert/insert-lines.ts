/**
 * Options put into a section of a file without touching anything else of it: comments, order, line ends, a byte order mark, a missing line end at the
 * end stay. Whether the file then says what it said before, and the new options besides, is proved by reading it again.
 */
import { type IniEntry, readIniLines } from '../config/ini-lines.ts';

export interface Insertion {
  /** `program:web`. */
  readonly section: string;
  /** `key=value`. */
  readonly lines: readonly string[];
}

/** The new text; null: the section is not there, or there is no place in it where the lines would be read as they are meant. */
export function insertLines(text: string, { section, lines }: Insertion): string | null {
  if (lines.length === 0) return text;
  const physical = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  const { entries } = readIniLines(text);
  const header = entries.findIndex((entry) => entry.kind === 'section' && entry.name === section);
  if (header < 0) return null;
  const next = entries.findIndex((entry, i) => i > header && entry.kind === 'section');
  const options = entries.slice(header + 1, next < 0 ? entries.length : next);
  const last = lastContent(physical, (entries[next]?.line ?? physical.length + 1) - 1);
  const first = options[0];
  const places = [
    { after: last, like: options.at(-1)?.line },
    ...(first === undefined ? [] : [{ after: first.line - 1, like: first.line }]),
  ];
  for (const { after, like } of places) {
    const candidate = putAfter(
      physical,
      after,
      like === undefined ? '' : (/^[ \t]*/.exec(physical[like - 1] ?? '')?.[0] ?? ''),
      lines,
    );
    if (saysTheSame(entries, readIniLines(candidate).entries, section, lines)) return candidate;
  }
  return null;
}

/** The last of the first `count` lines that is neither empty nor a comment: what comes after it belongs to what follows. */
function lastContent(physical: readonly string[], count: number): number {
  let line = count;
  while (line > 1 && /^\s*([;#].*)?$/.test((physical[line - 1] ?? '').trim())) line -= 1;
  return line;
}

function putAfter(physical: readonly string[], after: number, indent: string, lines: readonly string[]): string {
  const before = physical.slice(0, after);
  const end =
    /(\r\n|\r|\n)$/.exec(physical[after - 1] ?? '')?.[1] ?? /(\r\n|\r|\n)$/.exec(physical[0] ?? '')?.[1] ?? '\n';
  const isUnended = before.length > 0 && !/[\r\n]$/.test(before.at(-1) ?? '');
  const text = lines.map((line) => indent + line).join(end);
  // A file that did not end its last line does not do so now.
  const put = isUnended ? `${end}${text}` : `${text}${end}`;
  return `${before.join('')}${put}${physical.slice(after).join('')}`;
}

function saysTheSame(
  old: readonly IniEntry[],
  now: readonly IniEntry[],
  section: string,
  lines: readonly string[],
): boolean {
  const added = new Set(lines.map((line) => `${section}\n${line}`));
  const kept = said(now).filter((entry) => !added.has(entry));
  return kept.join('\0') === said(old).join('\0') && said(now).length === said(old).length + lines.length;
}

function said(entries: readonly IniEntry[]): readonly string[] {
  let section = '';
  return entries.map((entry) => {
    if (entry.kind === 'section') section = entry.name;
    return entry.kind === 'section' ? `[${entry.name}]` : `${section}\n${entry.name}=${entry.value}`;
  });
}
