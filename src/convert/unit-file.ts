/**
 * Unit files as systemd reads them (systemd.syntax(7)): sections of `Key=value` lines, `\` at the end of a line goes on with the next one,
 * a key that comes again adds to a list, an empty value empties it. Here too: how it splits a command line, and its `%` specifiers.
 */

export interface UnitFile {
  /** The values of a key of a section, in order, since the last empty one. */
  all(section: string, key: string): readonly string[];
  /** The last one. */
  last(section: string, key: string): string | undefined;
  /** Every key that is set in a section, in order of first appearance. */
  keys(section: string): readonly string[];
}

/** `more`: drop-ins, in their order; each has section headers of its own. */
export function parseUnitFile(text: string, more: readonly string[] = []): UnitFile {
  const sections = new Map<string, Map<string, string[]>>();
  for (const part of [text, ...more]) addSections(sections, part);
  const all = (name: string, key: string) => sections.get(name)?.get(key) ?? [];
  return {
    all,
    last: (name, key) => all(name, key).at(-1),
    keys: (name) => [...(sections.get(name) ?? [])].filter(([, values]) => values.length > 0).map(([key]) => key),
  };
}

function addSections(sections: Map<string, Map<string, string[]>>, text: string): void {
  let section = new Map<string, string[]>();
  for (const line of logicalLines(text)) {
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      continue;
    }
    const [, key, value = ''] = /^([^=]+?)\s*=\s*(.*)$/s.exec(line) ?? [];
    if (key === undefined) continue;
    section.set(key, value === '' ? [] : [...(section.get(key) ?? []), value]);
  }
}

/** Without comments, which may stand between the pieces of a continued line. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = [];
  let open: string | null = null;
  for (const raw of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    if (/^\s*[#;]/.test(raw) || (open === null && raw.trim() === '')) continue;
    const goesOn = raw.endsWith('\\');
    const piece: string = goesOn ? `${raw.slice(0, -1)} ` : raw;
    open = (open ?? '') + piece;
    if (!goesOn) {
      lines.push(open.trim());
      open = null;
    }
  }
  return open === null ? lines : [...lines, open.trim()];
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
};

/** Words by systemd's quoting: C escapes everywhere but in nothing, quotes only as a whole or around a part. `;` alone is a word. */
export function splitUnitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\') {
      const [code, used] = readEscape(text.slice(i + 1));
      word = (word ?? '') + code;
      i += used;
    } else if (quote !== null) {
      if (char === quote) quote = null;
      else word += char;
    } else if (char === '"' || char === "'") {
      word ??= '';
      quote = char;
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? '') + char;
  }
  return word === null ? words : [...words, word];
}

/** What follows a backslash, and how many characters of it that took. An escape that is none stays as it is. */
function readEscape(rest: string): readonly [text: string, used: number] {
  const [numeric, hex, octal, short, long] =
    /^(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest) ?? [];
  if (numeric !== undefined) {
    const code = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
    return [code > 0x10ffff ? '' : String.fromCodePoint(code), numeric.length];
  }
  const first = rest.charAt(0);
  return [escapes[first] ?? (/["'\\]/.test(first) ? first : `\\${first}`), first === '' ? 0 : 1];
}

/** `foo@bar.service`. */
export interface UnitName {
  /** `foo@bar`. */
  readonly full: string;
  /** `foo`. */
  readonly prefix: string;
  /** `bar`; null: not from a template; '': the template itself. */
  readonly instance: string | null;
}

export function parseUnitName(fileName: string): UnitName {
  const full = fileName.replace(/\.(service|socket)$/, '');
  const at = full.indexOf('@');
  return at < 0
    ? { full, prefix: full, instance: null }
    : { full, prefix: full.slice(0, at), instance: full.slice(at + 1) };
}

export interface SpecifierContext {
  readonly unit: UnitName;
  readonly user: string;
  readonly home: string;
  readonly hostName: string;
  /** Told of a specifier that has no value here. */
  readonly unknown: (specifier: string) => void;
}

/** `%n` and its kin, replaced. */
export function expandSpecifiers(text: string, { unit, user, home, hostName, unknown }: SpecifierContext): string {
  const instance = unit.instance ?? '';
  const values: Readonly<Record<string, string>> = {
    '%': '%',
    n: `${unit.full}.service`,
    N: unit.full,
    p: unit.prefix,
    P: unescapeUnit(unit.prefix),
    i: instance,
    I: unescapeUnit(instance),
    j: unit.prefix.slice(unit.prefix.lastIndexOf('-') + 1),
    J: unescapeUnit(unit.prefix.slice(unit.prefix.lastIndexOf('-') + 1)),
    f: `/${unescapeUnit(instance === '' ? unit.prefix : instance)}`,
    t: '/run',
    S: '/var/lib',
    C: '/var/cache',
    L: '/var/log',
    E: '/etc',
    T: '/tmp',
    V: '/var/tmp',
    H: hostName,
    l: hostName.split('.')[0] ?? hostName,
    u: user,
    h: home,
  };
  return text.replace(/%(.)/g, (found, letter: string) => {
    const value = values[letter];
    if (value === undefined) unknown(found);
    return value ?? found;
  });
}

/** systemd-escape(1) backwards. */
function unescapeUnit(text: string): string {
  return text
    .replaceAll('-', '/')
    .replace(/\\x([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
