/**
 * Seeded fuzzing: HUPD_SEED repeats a run or asks for another, HUPD_FUZZ multiplies how many inputs are tried (`HUPD_FUZZ=1000 node scripts/test.mjs
 * fuzz/ any-file` takes hours). What a client sends over HTTP is fuzzed in `integration/bounds.test.ts`, with HUPD_BAD_REQUESTS.
 */
import fc from 'fast-check';

const times = Number(process.env.HUPD_FUZZ ?? 1);

/** For `fc.assert`: so many inputs, times HUPD_FUZZ. */
export function fuzzed(runs: number): { readonly numRuns: number; readonly seed: number } {
  return { numRuns: Math.ceil(runs * times), seed: Number(process.env.HUPD_SEED ?? 20260229) };
}

/** Bytes that are mostly pieces of `words`, cut, doubled and mixed with anything. */
export function bytesLike(words: readonly string[], maxPieces = 30): fc.Arbitrary<Buffer> {
  const word = fc.constantFrom(...words).map((text) => Buffer.from(text, 'latin1'));
  const cut = fc.tuple(word, fc.nat(12)).map(([bytes, at]) => bytes.subarray(0, at));
  const any = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes));
  const number = fc.oneof(fc.integer(), fc.bigInt()).map((value) => Buffer.from(`${value}`));
  const piece = fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: cut }, any, number);
  return fc.array(piece, { maxLength: maxPieces }).map((pieces) => Buffer.concat(pieces));
}

/** Where to cut it: what a stream means may not depend on how it comes. */
export function splitAt(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
