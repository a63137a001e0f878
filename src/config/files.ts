/**
 * From files to one document: the main file, then those that `[include]` names. A file that breaks the dialect stops a start; to find the
 * other problems as well, reading goes on with what could be made of it.
 */
import { dirname, join } from '../util/posix-path.ts';
import { reprText } from '../util/python-repr.ts';
import { splitBlanks } from '../util/python-text.ts';
import { decodeUtf8 } from '../util/strict-utf8.ts';
import type { Machine } from './datatype.ts';
import { text } from './datatypes.ts';
import type { Diagnostic } from './diagnostic.ts';
import { glob } from './glob.ts';
import { type IniFile, mergeFiles, type Place } from './ini-document.ts';
import { type IniLines, readIniLines } from './ini-lines.ts';
import { option } from './option.ts';
import { type Problem, Reading } from './reading.ts';

export const includeOptions = {
  files: option('files', text, null, 'host', 'Required: file name patterns with blanks between them.'),
} as const;

export interface ReadFiles {
  /** Knows what went wrong so far. */
  readonly reading: Reading;
  /** Every file that was read, absolute, the main file first. */
  readonly files: readonly string[];
  /** The patterns of `[include]`, absolute. */
  readonly includes: readonly string[];
}

export interface MainFile {
  /** Absolute. */
  readonly path: string;
  /** As messages name it: as it was given. */
  readonly shown: string;
  readonly bytes: Uint8Array;
}

export function readFiles(main: MainFile, machine: Machine, environment: ReadonlyMap<string, string>): ReadFiles {
  const alone = readMainFile(main, machine, environment);
  if (!alone.reading.document.sections.has('include')) {
    return { reading: alone.reading, files: [main.path], includes: [] };
  }
  const here = dirname(main.path);
  const parsed = [placeHere(alone.file, here)];
  const files = [main.path];
  const including = new Reading(mergeFiles(parsed), machine, here, environment);
  const problems: Problem[] = [];
  const includes = includePatterns(including);
  for (const path of includedPaths(including, includes)) {
    including.messages.push({ level: 'INFO', text: `Included extra file "${path}" during parsing` });
    const bytes = machine.read(path);
    if (!(bytes instanceof Uint8Array)) {
      unreadable(including, path, bytes.errno);
      continue;
    }
    const included = parseFile(path, bytes);
    problems.push(...included.problems);
    parsed.push(placeHere(included.file, dirname(path)));
    files.push(path);
  }
  const reading = new Reading(mergeFiles(parsed), machine, here, environment);
  reading.problems.push(...alone.reading.problems, ...including.problems, ...problems);
  reading.messages.push(...including.messages);
  reading.warnings.push(...including.warnings);
  return { reading, files, includes };
}

/** The main file and nothing of what it includes: all that the client looks at. */
export function readMainFile(
  main: MainFile,
  machine: Machine,
  environment: ReadonlyMap<string, string>,
): { readonly reading: Reading; readonly file: IniFile } {
  const { file, problems } = parseFile(main.shown, main.bytes);
  const reading = new Reading(mergeFiles([file]), machine, dirname(main.path), environment);
  reading.problems.push(...problems);
  return { reading, file };
}

/** Relative ones are relative to the main file. */
function includePatterns(reading: Reading): readonly string[] {
  const section = reading.section('include');
  const patterns = section.find('files');
  if (patterns === undefined) {
    section.refuse(null, '.ini file has [include] section, but no files setting', 'add files=conf.d/*.conf');
    return [];
  }
  const names = new Map([
    ['here', reading.here],
    ['host_node_name', reading.machine.hostName],
  ]);
  const expanded = section.expand('files', patterns.value, [names]) ?? '';
  return splitBlanks(expanded).map((pattern) => join(reading.here, pattern));
}

/** The matches of each pattern in order. */
function includedPaths(reading: Reading, patterns: readonly string[]): readonly string[] {
  const section = reading.section('include');
  return patterns.flatMap((pattern) => {
    const paths = glob(pattern, reading.machine);
    if (paths.length === 0) {
      section.warn('files', `No file matches via include "${pattern}"`, 'remove it if that is meant so');
    }
    return paths;
  });
}

function unreadable(reading: Reading, path: string, errno: string): void {
  const place: Place = { file: path, line: 0 };
  reading.warn(
    place,
    'included file',
    `Included file "${path}" cannot be read and is left out: ${errno}`,
    'mend or remove it',
  );
}

/**
 * Where there is an `[include]`, every `%(here)s` stands for the directory of the file that contains it, in all sections, before any other
 * name is looked at. `%%(here)s` stays, and a percent sign in the directory's name is doubled, as it will be expanded with the rest.
 */
function placeHere(file: IniFile, here: string): IniFile {
  const replace = (value: string) =>
    value.replace(/%%|%\(here\)s/g, (found) => (found === '%%' ? found : here.replaceAll('%', '%%')));
  return {
    ...file,
    entries: file.entries.map((entry) => (entry.kind === 'option' ? { ...entry, value: replace(entry.value) } : entry)),
  };
}

function parseFile(path: string, bytes: Uint8Array): { readonly file: IniFile; readonly problems: readonly Problem[] } {
  const decoded = decodeUtf8(bytes);
  if ('error' in decoded) {
    const diagnostic = syntax(path, 0, decoded.error, 'save it as UTF-8');
    return { file: { path, entries: [] }, problems: [{ error: decoded.error, diagnostic }] };
  }
  const lines = readIniLines(decoded.text);
  return { file: { path, entries: lines.entries }, problems: dialectProblems(path, lines) };
}

function syntax(file: string, line: number, why: string, todo: string): Diagnostic {
  return { severity: 'error', file, line, what: 'not an INI file', why, todo };
}

/** supervisord has one text for all bad lines of a file. */
function dialectProblems(path: string, { headless, errors }: IniLines): readonly Problem[] {
  const problems: Problem[] = [];
  if (headless !== null) {
    const { line, quoted } = headless;
    problems.push({
      error: `File contains no section headers.\nfile: ${reprText(path)}, line: ${line}\n${quoted}`,
      diagnostic: syntax(path, line, `${quoted} stands before the first section`, 'begin with a [section]'),
    });
  }
  const list = errors.map(({ line, quoted }) => `\n\t[line ${String(line).padStart(2)}]: ${quoted}`).join('');
  for (const { line, quoted } of errors) {
    problems.push({
      error: `Source contains parsing errors: ${reprText(path)}${list}`,
      diagnostic: syntax(path, line, `${quoted} is neither a [section] nor key=value`, 'write key=value'),
    });
  }
  return problems;
}
