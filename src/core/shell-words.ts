/**
 * Splits a command line into words by the POSIX shell's quoting rules and by nothing else of the shell: no variables, globs, `~`,
 * comments, pipes or redirections. That is what supervisord does with `command=`, and people's files depend on each detail.
 *
 *          whitespace ends the word           quote               quote
 *   between ───────────────────────── word ───────── in quotes ───────── word
 *                                        backslash: the next character is literal (in "..." only before " and \)
 */

export type ShellWordsError = 'No closing quotation' | 'No escaped character';

const BLANKS = ' \t\r\n';

/** The words, without their quotes; `""` is an empty word. */
export function splitCommand(command: string): readonly string[] | { readonly error: ShellWordsError } {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  let escaped = false;
  for (const char of command) {
    if (escaped) {
      word += quote === '"' && char !== '"' && char !== '\\' ? `\\${char}` : char;
      escaped = false;
    } else if (char === '\\' && quote !== "'") {
      word ??= '';
      escaped = true;
    } else if (quote !== null) {
      if (char === quote) {
        quote = null;
      } else {
        word += char;
      }
    } else if (char === '"' || char === "'") {
      word ??= '';
      quote = char;
    } else if (BLANKS.includes(char)) {
      if (word !== null) {
        words.push(word);
      }
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (escaped) {
    return { error: 'No escaped character' };
  }
  if (quote !== null) {
    return { error: 'No closing quotation' };
  }
  return word === null ? words : [...words, word];
}
