/** Python's `repr` of text and of bytes. Several of supervisord's messages quote values with it, and people grep for them. */

/** `'it'`, or `"it's"` when only that avoids an escape. */
export function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const char of text) out += reprChar(char, quote);
  return out + quote;
}

/** `b'\x88\n'`. */
export function reprBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  let out = `b${quote}`;
  for (const byte of bytes) {
    if (byte >= 0x20 && byte < 0x7f) out += reprChar(String.fromCharCode(byte), quote);
    else out += shortEscapes.get(byte) ?? `\\x${hex(byte, 2)}`;
  }
  return out + quote;
}

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
]);

function reprChar(char: string, quote: string): string {
  if (char === '\\' || char === quote) return `\\${char}`;
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return char;
  const short = shortEscapes.get(code);
  if (short !== undefined) return short;
  // Python: everything in the categories Other and Separator, but for the blank itself.
  if (!/[\p{C}\p{Z}]/u.test(char)) return char;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
