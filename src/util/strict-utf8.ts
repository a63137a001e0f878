/** Strict UTF-8: text that is not, is refused with Python's words, never patched up. */

export type Decoded = { readonly text: string } | { readonly error: string };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A byte order mark is kept as U+FEFF. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  try {
    return { text: decoder.decode(bytes) };
  } catch {
    return { error: describeFirstFault(bytes) };
  }
}

function describeFirstFault(bytes: Uint8Array): string {
  let at = 0;
  for (;;) {
    const { length, reason } = sequence(bytes, at);
    if (reason !== null) {
      const where =
        length === 1
          ? `byte 0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')} in position ${at}`
          : `bytes in position ${at}-${at + length - 1}`;
      return `'utf-8' codec can't decode ${where}: ${reason}`;
    }
    at += length;
  }
}

/** The sequence that begins at `at`: its length, or how much of it is right and what is wrong with the next byte. */
function sequence(bytes: Uint8Array, at: number): { readonly length: number; readonly reason: string | null } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { length: 1, reason: null };
  if (first < 0xc2 || first > 0xf4) return { length: 1, reason: 'invalid start byte' };
  const wanted = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  for (let i = 1; i < wanted; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return { length: i, reason: 'unexpected end of data' };
    const [low, high] = i === 1 ? secondByteRange(first) : [0x80, 0xbf];
    if (byte < low || byte > high) return { length: i, reason: 'invalid continuation byte' };
  }
  return { length: wanted, reason: null };
}

/** Rules out overlong forms, surrogates and what lies beyond U+10FFFF. */
function secondByteRange(first: number): readonly [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  if (first === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
