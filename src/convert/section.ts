/**
 * Program sections that were made from somebody else's file, and their text. What a value may not hold in our dialect is worked around here:
 * a percent sign, a `;` or `#` after a blank, quotes in `environment=`.
 */

export interface ConvertedProgram {
  readonly name: string;
  /** The command line, with `%` as it is; `words` are quoted, a `script` is run by a shell. */
  readonly command: Command;
  readonly environment: readonly Variable[];
  /** In our spelling, in the order in which they are to stand; values as the file has them, but for `%`. */
  readonly options: ReadonlyArray<readonly [name: string, value: string]>;
  /** What could not be carried over, or needs a look. One sentence each. */
  readonly notes: readonly string[];
}

export type Command = { readonly words: readonly string[] } | { readonly script: string };

export interface Variable {
  readonly name: string;
  readonly value: string;
  /** `%(process_num)s` and the like in it are meant. */
  readonly expands?: true;
}

export interface Converted {
  /** What it was made from, for the first line. */
  readonly source: string;
  readonly programs: readonly ConvertedProgram[];
  /** About the file as a whole. */
  readonly notes: readonly string[];
  /** A `[group:x]` of all of them; null: none. */
  readonly group: string | null;
}

/** A refusal says what is wrong, and what to do. */
export type Conversion = Converted | { readonly error: string };

/** What a converter asks of the machine. */
export interface Surroundings {
  /** null: not there, or not to be read. */
  readonly read: (path: string) => string | null;
  /** The names in a directory; none where it is not there. */
  readonly list: (path: string) => readonly string[];
  readonly exists: (path: string) => boolean;
  /** The home directory; null: no such user here. */
  readonly homeOf: (user: string) => string | null;
  readonly hostName: string;
}

/** The file's text. `[supervisord]` is in it so that it can be checked and run alone; where it is included, that says nothing. */
export function renderConverted({ source, programs, notes, group }: Converted): string {
  const head = [
    ...comment(`Made from ${source}. Check it with: hupd --check -c FILE`),
    ...comment('Graceful reloads are added by: hupctl migrate --config FILE --write'),
    ...notes.flatMap(comment),
  ];
  const sections = programs.map(renderProgram);
  const grouped = group === null ? [] : [`[group:${group}]\nprograms=${programs.map(({ name }) => name).join(',')}\n`];
  return [`${head.join('\n')}\n[supervisord]\n`, ...sections, ...grouped].join('\n');
}

function renderProgram({ name, command, environment, options, notes }: ConvertedProgram): string {
  const broken = environment.filter(({ value }) => hasLineBreak(value));
  const usable = environment.filter((variable) => !broken.includes(variable));
  const plain = usable.filter((variable) => environmentWord(variable) !== null);
  const awkward = usable.filter((variable) => environmentWord(variable) === null);
  const given = 'words' in command ? command.words : ['/bin/sh', '-c', command.script];
  // What `environment=` has no spelling for, env(1) can be told.
  const words =
    awkward.length === 0 ? given : ['/usr/bin/env', ...awkward.map((it) => `${it.name}=${it.value}`), ...given];
  const all = [
    ...notes,
    ...broken.map((it) => `${it.name} is left out: no value can hold the line break in it; set it in a script.`),
    ...(words.some(hasLineBreak) ? ['A line break in the command became a blank: no value can hold one.'] : []),
  ];
  const lines = [
    ...all.flatMap(comment),
    `command=${doubled(quoteWords(words.map((word) => word.replace(/[\r\n]+/g, ' '))))}`,
    ...(plain.length === 0 ? [] : [`environment=${plain.map(environmentWord).join(',')}`]),
    ...options.map(([option, value]) => `${option}=${value}`),
  ];
  return `[program:${name}]\n${lines.join('\n')}\n`;
}

/** Comment lines, broken at blanks. Control characters can not break out of it. */
export function comment(text: string): string[] {
  const lines: string[] = [];
  let line = ';';
  for (const word of text.replace(/[\0-\x1f\x7f]+/g, ' ').split(' ')) {
    if (line.length > 1 && line.length + word.length > 100) {
      lines.push(line);
      line = ';  ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** A literal percent sign. */
export function doubled(text: string): string {
  return text.replaceAll('%', '%%');
}

export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

/** One word for a shell, and for `command=`, whatever is in it; a `;` or `#` never stands right after a blank. */
export function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`).replace(/(\s)(?=[;#])/g, "$1''")}'`;
}

function hasLineBreak(text: string): boolean {
  return /[\r\n]/.test(text);
}

/** null: the syntax of `environment=` can not say it. */
function environmentWord({ name, value, expands }: Variable): string | null {
  if (/\s[;#]|^['"]|['"]$/.test(value)) return null;
  const quote = ['"', "'"].find((candidate) => !value.includes(candidate));
  return quote === undefined ? null : `${name}=${quote}${expands ? value : doubled(value)}${quote}`;
}

/** What is left of a text when a process may be called so. */
export function programName(text: string): string {
  const name = text.replace(/[^\w.@+-]+/g, '_').replace(/^_+|_+$/g, '');
  return name === '' ? 'program' : name;
}

/** Each name once: a second `web` becomes `web_2`. */
export function distinctNames<T extends { readonly name: string }>(programs: readonly T[]): readonly T[] {
  const taken = new Set<string>();
  return programs.map((program) => {
    let { name } = program;
    for (let i = 2; taken.has(name); i++) name = `${program.name}_${i}`;
    taken.add(name);
    return { ...program, name };
  });
}
