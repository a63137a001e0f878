/** The word next to the one that nobody knows: for people at a terminal, since scripts are to read what supervisorctl writes. */
import { closest } from '../util/closest.ts';
import type { Ctl } from './ctl.ts';

export function suggest({ terminal }: Ctl, word: string, known: Iterable<string>): void {
  const meant = terminal.moves ? closest(word, known) : null;
  if (meant !== null) terminal.writeError(`Did you mean ${meant}?\n`);
}
