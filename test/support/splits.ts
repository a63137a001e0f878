/** For properties of machines that read a stream: every way to cut the same bytes into chunks must have the same result. */
import fc from 'fast-check';

/** `bytes` as chunks, cut at any places; some may be empty. */
export function splits(bytes: Buffer): fc.Arbitrary<Buffer[]> {
  return fc.array(fc.nat({ max: bytes.length }), { maxLength: 8 }).map((places) => {
    const cuts = [0, ...places.sort((a, b) => a - b), bytes.length];
    return cuts.slice(1).map((cut, i) => bytes.subarray(cuts[i], cut));
  });
}
