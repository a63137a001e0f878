/**
 * Command lines as supervisord and supervisorctl read them: classic getopt, which stops at the first word that is no option. It is
 * stricter than what Node offers and looser at once (bundled flags, any unique prefix of a long name), and its error texts are what
 * people see, so it is written out here for both programs.
 */

export type GetoptResult =
  /** `name` carries its dashes and is never abbreviated: `-c`, `--configuration`. A flag's value is ''. */
  | { readonly options: ReadonlyArray<readonly [name: string, value: string]>; readonly rest: readonly string[] }
  | { readonly error: string };

/**
 * `short`: one character an option, followed by `:` if it takes a value (`c:nh`). `long`: names without dashes, ending in `=` if they
 * take a value (`configuration=`). `argv` holds the words after the program's name. The error text is the part after `Error: `.
 */
export function getopt(argv: readonly string[], short: string, long: readonly string[]): GetoptResult {
  const options: [string, string][] = [];
  let rest = [...argv];
  for (let word = rest[0]; word?.startsWith('-') && word !== '-'; word = rest[0]) {
    rest = rest.slice(1);
    if (word === '--') {
      break;
    }
    const taken = word.startsWith('--')
      ? takeLong(word.slice(2), rest[0], long)
      : takeShort(word.slice(1), rest[0], short);
    if ('error' in taken) {
      return taken;
    }
    options.push(...taken.options);
    rest = taken.usedNext ? rest.slice(1) : rest;
  }
  return { options, rest };
}

type Taken = { readonly options: readonly [string, string][]; readonly usedNext: boolean } | { readonly error: string };

/** An exact name wins over longer names that it begins; otherwise it must begin exactly one. */
function takeLong(word: string, next: string | undefined, long: readonly string[]): Taken {
  const equals = word.indexOf('=');
  const given = equals < 0 ? word : word.slice(0, equals);
  const attached = equals < 0 ? undefined : word.slice(equals + 1);
  const candidates = long.filter((name) => name.startsWith(given));
  const match = candidates.find((name) => name === given || name === `${given}=`) ?? candidates[0];
  if (match === undefined) {
    return { error: `option --${given} not recognized` };
  }
  if (candidates.length > 1 && match !== given && match !== `${given}=`) {
    return { error: `option --${given} not a unique prefix` };
  }
  const takesValue = match.endsWith('=');
  const name = takesValue ? match.slice(0, -1) : match;
  if (!takesValue) {
    return attached === undefined
      ? { options: [[`--${name}`, '']], usedNext: false }
      : { error: `option --${name} must not have an argument` };
  }
  if (attached !== undefined) {
    return { options: [[`--${name}`, attached]], usedNext: false };
  }
  return next === undefined
    ? { error: `option --${name} requires argument` }
    : { options: [[`--${name}`, next]], usedNext: true };
}

/** Several flags may share a dash; what follows an option that takes a value, is the value. */
function takeShort(word: string, next: string | undefined, short: string): Taken {
  const options: [string, string][] = [];
  const letters = [...word];
  for (const [i, letter] of letters.entries()) {
    const at = letter === ':' ? -1 : short.indexOf(letter);
    if (at < 0) {
      return { error: `option -${letter} not recognized` };
    }
    if (short[at + letter.length] !== ':') {
      options.push([`-${letter}`, '']);
      continue;
    }
    const attached = letters.slice(i + 1).join('');
    if (attached !== '') {
      return { options: [...options, [`-${letter}`, attached]], usedNext: false };
    }
    return next === undefined
      ? { error: `option -${letter} requires argument` }
      : { options: [...options, [`-${letter}`, next]], usedNext: true };
  }
  return { options, usedNext: false };
}
