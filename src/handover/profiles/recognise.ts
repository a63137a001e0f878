/** Which server a command line starts. */
import { gunicorn } from './gunicorn.ts';
import type { ServerProfile } from './profile.ts';

const profiles: readonly ServerProfile[] = [gunicorn];

/** An interpreter is looked through: `python3 /usr/bin/gunicorn`, `python3 -m gunicorn`. */
const interpreters = /^(python[\d.]*|node|ruby|perl|php|env|bundle|exec)$/;

export function recognise(words: readonly string[]): ServerProfile | null {
  for (const word of words) {
    const base = word.slice(word.lastIndexOf('/') + 1);
    const profile = profiles.find(({ programs }) => programs.test(base));
    if (profile !== undefined) return profile;
    if (!interpreters.test(base) && !word.startsWith('-') && !word.includes('=')) return null;
  }
  return null;
}

/** The value of `--name value`, `--name=value`, `-n value` or `-nvalue`; the last one wins. */
export function optionValue(words: readonly string[], names: readonly string[]): string | null {
  let value: string | null = null;
  for (const [index, word] of words.entries()) {
    for (const name of names) {
      if (word === name) value = words[index + 1] ?? null;
      else if (name.startsWith('--') && word.startsWith(`${name}=`)) value = word.slice(name.length + 1);
      else if (!name.startsWith('--') && word.startsWith(name) && !word.startsWith('--'))
        value = word.slice(name.length);
    }
  }
  return value;
}
