/**
 * The Exec lines of a unit as one command line. systemd starts programs without a shell, but with variables and with several commands in a
 * row; where a unit uses that, a shell does it here, and the program takes its place by `exec`.
 */
import { type Command, quoteWord } from './section.ts';
import { splitUnitWords } from './unit-file.ts';

export interface ExecLine {
  readonly words: readonly string[];
  /** `-`: whether it succeeds is all the same. */
  readonly mayFail: boolean;
  /** `:`: no variables are replaced. */
  readonly literal: boolean;
  /** `+`, `!` or `!!`: run as root, whatever `User=` says. */
  readonly privileged: boolean;
  /** `@`: it was to be called by another name than its own. */
  readonly calledBy: string | null;
}

/** Several, where ` ; ` parts them. `expand`: specifiers. */
export function parseExec(value: string, expand: (text: string) => string): readonly ExecLine[] {
  const lines: ExecLine[] = [];
  let words: string[] = [];
  for (const word of [...splitUnitWords(value), ';']) {
    if (word !== ';') {
      words.push(expand(word));
      continue;
    }
    if (words.length > 0) lines.push(execLine(words));
    words = [];
  }
  return lines;
}

function execLine([first = '', ...rest]: readonly string[]): ExecLine {
  const prefix = /^[-@:+!|]*/.exec(first)?.[0] ?? '';
  const renamed = prefix.includes('@');
  return {
    words: [first.slice(prefix.length), ...(renamed ? rest.slice(1) : rest)],
    mayFail: prefix.includes('-'),
    literal: prefix.includes(':'),
    privileged: /[+!]/.test(prefix),
    calledBy: renamed ? (rest[0] ?? null) : null,
  };
}

export interface CommandParts {
  /** Run before it, one after another. */
  readonly before: readonly ExecLine[];
  /** The last one is the program. */
  readonly main: readonly ExecLine[];
  readonly environmentFiles: ReadonlyArray<{ readonly path: string; readonly optional: boolean }>;
}

export function commandOf({ before, main, environmentFiles }: CommandParts): Command {
  const program = main.at(-1);
  const first = [...before, ...main.slice(0, -1)];
  if (program === undefined) return { words: [] };
  if (first.length === 0 && environmentFiles.length === 0 && !usesVariables(program)) {
    return { words: program.literal ? program.words : program.words.map(withoutDollars) };
  }
  const files = environmentFiles.map(({ path, optional }) => {
    const quoted = quoteWord(path);
    return optional ? `[ ! -r ${quoted} ] || . ${quoted}` : `. ${quoted}`;
  });
  const reading = files.length === 0 ? [] : [`set -a; ${files.join('; ')}; set +a`];
  const steps = first.map((line) => `${shellLine(line)}${line.mayFail ? ' || true' : ' || exit'}`);
  return { script: [...reading, ...steps, `exec ${shellLine(program)}`].join('; ') };
}

/** systemd replaces `${FOO}` anywhere, `$FOO` only where it is a whole word. */
const braced = /\$\{\w+\}/;
const bare = /^\$[A-Za-z_]\w*$/;

function usesVariables({ words, literal }: ExecLine): boolean {
  return !literal && words.some((word) => bare.test(word) || braced.test(word.replaceAll('$$', '')));
}

function withoutDollars(word: string): string {
  return word.replaceAll('$$', '$');
}

function shellLine({ words, literal }: ExecLine): string {
  return words.map((word) => (literal ? quoteWord(word) : shellWord(word))).join(' ');
}

/** `$FOO` as a word of its own is split at blanks, by the shell as by systemd; `${FOO}` never is. */
function shellWord(word: string): string {
  if (bare.test(word)) return word;
  if (!braced.test(word.replaceAll('$$', ''))) return quoteWord(withoutDollars(word));
  const parts = word.split(/(\$\$|\$\{\w+\})/).map((part, i) => {
    if (i % 2 === 0) return part.replace(/[\\"`$]/g, '\\$&');
    return part === '$$' ? '\\$' : part;
  });
  // Again no `;` or `#` right after a blank: the quotes are closed and opened between them.
  return `"${parts.join('').replace(/(\s)(?=[;#])/g, '$1""')}"`;
}
