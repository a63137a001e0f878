/** The arguments of a command that has options of its own, with values: `--output FILE`, `--output=FILE`, `--write`. */
import { splitCommand } from '../core/shell-words.ts';

export type ParsedWords =
  | { readonly options: ReadonlyMap<string, string>; readonly rest: readonly string[] }
  | { readonly error: string };

/** `known`: whether each option takes a value. `given` wins over `arg`, which is a typed line with a shell's quotes. */
export function parseWords(
  arg: string,
  given: readonly string[] | null,
  known: Readonly<Record<string, 'value' | 'flag'>>,
): ParsedWords {
  const words = given ?? splitCommand(arg);
  if ('error' in words) return { error: words.error };
  const options = new Map<string, string>();
  const rest: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (!/^--./.test(word)) {
      rest.push(word);
      continue;
    }
    const [name = '', attached] = splitOnce(word);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) return { error: `unknown option ${name}` };
    if (kind === 'flag' && attached !== undefined) return { error: `${name} takes no value` };
    if (kind === 'value' && attached === undefined && i + 1 >= words.length)
      return { error: `${name} requires a value` };
    options.set(name, kind === 'flag' ? '' : (attached ?? words[++i] ?? ''));
  }
  return { options, rest };
}

/** The same for a command that names processes: one at the least. */
export function parseNames(command: string, ...given: Parameters<typeof parseWords>): ParsedWords {
  const parsed = parseWords(...given);
  return 'error' in parsed || parsed.rest.length > 0 ? parsed : { error: `${command} requires a process name` };
}

function splitOnce(word: string): readonly [string, string?] {
  const at = word.indexOf('=');
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
