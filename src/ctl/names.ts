/** How processes are named on a command line and in output: `web`, `web:web_0`, `web:*`, and hupctl's own wildcards. */
import { makeNamespec, splitNamespec } from '../core/namespec.ts';

export interface Named {
  readonly group: string;
  readonly name: string;
}

/** As supervisord shows it: the group is left out where it has the process's name. */
export function namespecOf({ group, name }: Named): string {
  return makeNamespec(group, name);
}

export function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Whether a word is a wildcard of hupctl's own: `web_*`, `w?b`, `web*:*`; not the group form `web:*`, which the server knows. */
export function isWildcard(word: string): boolean {
  return /[*?]/.test(splitNamespec(word).process === null ? splitNamespec(word).group : word);
}

/** A pattern with a colon is held against group and process, one without against the process's name alone. */
export function matchesWildcard(pattern: string, { group, name }: Named): boolean {
  const { group: groupPattern, process } = splitNamespec(pattern);
  if (!pattern.includes(':')) {
    return glob(pattern).test(name);
  }
  return glob(groupPattern).test(group) && (process === null || glob(process).test(name));
}

function glob(pattern: string): RegExp {
  const source = pattern.replace(/[\\^$.*+?()[\]{}|]/g, (char) =>
    char === '*' ? '.*' : char === '?' ? '.' : `\\${char}`,
  );
  return new RegExp(`^${source}$`, 'su');
}
