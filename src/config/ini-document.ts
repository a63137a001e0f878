/**
 * Sections and options of all files together. Merging is the `ini` package's work (a section that comes again is the same section, an
 * option that comes again replaces the first), but it is handed only what it cannot misread: its own dialect would make arrays of `k[]`,
 * nested objects of `[a.b]`, booleans of `true`, and drop `__proto__`. So names are percent-encoded with a letter in front, and a value
 * travels as a JSON string that also says where it came from.
 */
import { parse } from 'ini';
import type { IniEntry } from './ini-lines.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface IniOption extends Place {
  readonly value: string;
}

export interface IniSection extends Place {
  readonly name: string;
  readonly options: ReadonlyMap<string, IniOption>;
}

export interface IniDocument {
  /** In the order of their first appearance, `[DEFAULT]` not among them. The place is that of the first header. */
  readonly sections: ReadonlyMap<string, IniSection>;
  /** What `[DEFAULT]` says: holds in every section that does not say otherwise. */
  readonly defaults: ReadonlyMap<string, IniOption>;
}

export interface IniFile {
  readonly path: string;
  readonly entries: readonly IniEntry[];
}

const DEFAULTS = 'DEFAULT';

export function mergeFiles(files: readonly IniFile[]): IniDocument {
  const headers = new Map<string, Place>();
  const lines: string[] = [];
  for (const [index, file] of files.entries()) {
    for (const entry of file.entries) {
      if (entry.kind === 'option') {
        lines.push(`${encode(entry.name)}=${quote(`${index}:${entry.line}:${entry.value}`)}`);
      } else {
        lines.push(`[${encode(entry.name)}]`);
        if (!headers.has(entry.name)) headers.set(entry.name, { file: file.path, line: entry.line });
      }
    }
  }
  const parsed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = parse(lines.join('\n'));
  const paths = files.map((file) => file.path);
  const sections = new Map<string, IniSection>();
  let defaults: ReadonlyMap<string, IniOption> = new Map();
  for (const [name, place] of headers) {
    const options = readOptions(parsed[encode(name)] ?? {}, paths);
    if (name === DEFAULTS) defaults = options;
    else sections.set(name, { ...place, name, options });
  }
  return { sections, defaults };
}

function readOptions(options: Readonly<Record<string, unknown>>, paths: readonly string[]): Map<string, IniOption> {
  const read = new Map<string, IniOption>();
  for (const [name, carried] of Object.entries(options)) {
    const [, index = '0', line = '0', value = ''] = /^(\d+):(\d+):(.*)$/s.exec(String(carried)) ?? [];
    read.set(decodeURIComponent(name.slice(1)), { value, file: paths[Number(index)] ?? '', line: Number(line) });
  }
  return read;
}

function encode(name: string): string {
  return `n${encodeURIComponent(name).replaceAll('.', '%2E').replaceAll("'", '%27')}`;
}

/** JSON in ASCII: `ini` ends a line at more characters than it should. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What a section says about an option, its own word first. */
export function findOption(document: IniDocument, section: string, option: string): IniOption | undefined {
  return document.sections.get(section)?.options.get(option) ?? document.defaults.get(option);
}
