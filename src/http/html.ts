/** Text on its way into HTML. Everything that `html` is given is escaped, unless it is HTML already. */
import { replaceUnrepresentable } from '../rpc/encode-response.ts';

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | Html | readonly Html[];

export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(strings.reduce((out, string, i) => out + pieceText(pieces[i - 1] ?? '') + string));
}

function pieceText(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (typeof piece === 'object') return piece.map(({ text }) => text).join('\n');
  return escapeHtml(String(piece));
}

function escapeHtml(text: string): string {
  return replaceUnrepresentable(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Python's `urllib.quote`: everything but letters, digits and `_.-~/`. */
export function quoteUrl(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString())
    .replaceAll('%2F', '/')
    .replace(/[!*'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
