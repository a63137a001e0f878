/**
 * `environment=KEY=value,KEY2="value 2"`, read as supervisor 4.2.5 and 4.3.0 read it: their tokeniser is none of a shell's. No backslash
 * escapes; quotes count only where a token begins, and are then trimmed off both ends of a value; every fourth token is dropped unseen.
 *
 *             word character           anything else
 *   between ─────────────────► word ──────────────────► token ends, the character is a token of its own
 *      │                         │ #: the rest of the line is skipped, the word goes on after it
 *      │ quote                   │ quote: an ordinary character
 *      └─────────► quoted ── the same quote: token ends, quotes included
 */
import { type Parsed, refused } from './datatype.ts';

const WORD = /^[A-Za-z0-9_/.+\-():]$/;
const BLANK = /^[ \t\r\n]$/;

/** In order of first appearance; a later value replaces an earlier one. */
export function parseEnvironment(text: string): Parsed<ReadonlyMap<string, string>> {
  const tokens = tokenize(text);
  if (tokens === null) return refused('No closing quotation');
  const environment = new Map<string, string>();
  for (let i = 0; i < tokens.length; i += 4) {
    const [key, equals, value] = tokens.slice(i, i + 3);
    if (key === undefined || value === undefined || equals !== '=') {
      return refused(`Unexpected end of key/value pairs in value '${text}'`);
    }
    environment.set(key, value.replace(/^['"]+|['"]+$/g, ''));
  }
  return { ok: true, value: environment };
}

/** null: a quote is not closed. */
function tokenize(text: string): readonly string[] | null {
  const tokens: string[] = [];
  const chars = [...text];
  let word = '';
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? '';
    if (char === '#') {
      while (i < chars.length && chars[i] !== '\n') i++;
    } else if (WORD.test(char) || (word !== '' && (char === '"' || char === "'"))) {
      word += char;
    } else {
      if (word !== '') tokens.push(word);
      word = '';
      if (char === '"' || char === "'") {
        const end = chars.indexOf(char, i + 1);
        if (end < 0) return null;
        tokens.push(chars.slice(i, end + 1).join(''));
        i = end;
      } else if (!BLANK.test(char)) {
        tokens.push(char);
      }
    }
  }
  return word === '' ? tokens : [...tokens, word];
}
