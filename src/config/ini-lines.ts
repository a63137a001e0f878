/**
 * The lines of an INI file, by the rules of Python's ConfigParser as supervisord sets it up. The dialect is not that of the `ini` package
 * (nor of anything else): a `;` or `#` after a blank begins a comment, deeper lines continue a value, `:` is as good as `=`.
 *
 *   line ─► cut the comment ─► blank? ─────────────► joins an open value as an empty line
 *                              deeper than the option? ─► continues its value
 *                              [name]? ────────────► opens a section, closes the option
 *                              no section yet? ────► the file is refused
 *                              key = value? ───────► opens an option
 *                              else ───────────────► an error, and on to the next line
 */
import { reprText } from '../util/python-repr.ts';
import { isSpace, leadingSpaces, strip, stripEnd } from '../util/python-text.ts';

/** What one line, or several that belong together, say. `name` of an option is lower case. */
export type IniEntry =
  | { readonly kind: 'section'; readonly name: string; readonly line: number }
  | { readonly kind: 'option'; readonly name: string; readonly value: string; readonly line: number };

export interface IniError {
  readonly line: number;
  /** The line as it stands, in Python's quotes. */
  readonly quoted: string;
}

export interface IniLines {
  readonly entries: readonly IniEntry[];
  /** Set when something stands before the first section; nothing after it was read. */
  readonly headless: IniError | null;
  readonly errors: readonly IniError[];
}

/** One element a line, each with its `\n` if it has one: `\n`, `\r\n` and `\r` end a line, nothing else does. */
function physicalLines(text: string): readonly string[] {
  return text.replace(/\r\n?/g, '\n').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** A byte order mark at the start is ignored. */
export function readIniLines(text: string): IniLines {
  const entries: IniEntry[] = [];
  const errors: IniError[] = [];
  let inSection = false;
  let open: { readonly name: string; readonly line: number; readonly parts: string[] } | null = null;
  let indent = 0;
  const close = () => {
    if (open !== null) {
      entries.push({ kind: 'option', name: open.name, value: stripEnd(open.parts.join('\n')), line: open.line });
    }
    open = null;
  };
  for (const [index, raw] of physicalLines(text.replace(/^\ufeff/, '')).entries()) {
    const line = index + 1;
    const cut = commentStart(raw);
    const content = strip(raw.slice(0, cut ?? undefined));
    if (content === '') {
      if (cut === null) open?.parts.push('');
      continue;
    }
    const depth = leadingSpaces(raw);
    if (open !== null && depth > indent) {
      open.parts.push(content);
      continue;
    }
    indent = depth;
    const header = /^\[(.+)\]/su.exec(content)?.[1];
    if (header !== undefined) {
      close();
      inSection = true;
      entries.push({ kind: 'section', name: header, line });
      continue;
    }
    if (!inSection) {
      return { entries, errors, headless: { line, quoted: reprText(raw) } };
    }
    const option = splitOption(content);
    if (option === null) {
      errors.push({ line, quoted: reprText(raw) });
      continue;
    }
    close();
    if (option.name === '') {
      errors.push({ line, quoted: reprText(raw) });
    } else {
      open = { name: option.name, line, parts: [option.value] };
    }
  }
  close();
  return { entries, errors, headless: null };
}

/** Where the comment begins: at a `;` or `#` that stands first or after a blank. null: no comment. */
function commentStart(raw: string): number | null {
  if (/^[;#]/.test(strip(raw))) return 0;
  for (const match of raw.matchAll(/[;#]/g)) {
    if (match.index === 0 || isSpace(raw.charAt(match.index - 1))) return match.index;
  }
  return null;
}

function splitOption(content: string): { readonly name: string; readonly value: string } | null {
  const at = content.search(/[=:]/);
  if (at < 0) return null;
  return { name: stripEnd(content.slice(0, at)).toLowerCase(), value: strip(content.slice(at + 1)) };
}
