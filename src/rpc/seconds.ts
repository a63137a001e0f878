/** Moments and spans of the `hupd.*` methods: seconds, as doubles. */
import type { RpcValue } from './codec.ts';
import { Double } from './encode-response.ts';

/** Of wall milliseconds. */
export function seconds(wall: number): Double {
  return new Double(wall / 1000);
}

/** Not negative; null for what is no number. */
export function toSeconds(value: RpcValue | undefined): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? Math.max(0, number) : null;
}
