/**
 * Names made of texts. FNV-1a with 64 bits: two texts hardly ever meet by chance; somebody who means it can make them meet, so nothing may
 * depend on that for its safety. Node's own digests are in a module that takes two milliseconds to load.
 */

/** Sixteen hexadecimal digits. */
export function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
