/** Bytes that a child wrote, as text. */
import { reprBytes } from './python-repr.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text, or where it is no UTF-8 what supervisord shows instead: `Undecodable: b'\x88\n'`. */
export function decodeOrRepr(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    // The only thing that a fatal decoder throws is "not UTF-8".
    return `Undecodable: ${reprBytes(bytes)}`;
  }
}
