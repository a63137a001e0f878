/** Arguments as Python would take them: a client may send `"1"`, `1.0` or `true` where a number is meant. */
import { signalNumbers } from '../core/signals.ts';
import type { RpcValue } from './codec.ts';

/** Python's `int()` of it; null where that fails. */
export function toInt(value: RpcValue | undefined): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null;
  if (typeof value === 'string')
    return /^\s*[-+]?[0-9]+(_[0-9]+)*\s*$/.test(value) ? Number(value.replaceAll('_', '')) : null;
  return null;
}

/** Python's truth. */
export function isTrue(value: RpcValue): boolean {
  if (value === null || value === false || value === 0 || value === '') return false;
  if (typeof value !== 'object' || value instanceof Date) return true;
  return Object.keys(value).length > 0;
}

/** A signal by number or name; null when there is none of that name. Zero, which only asks whether the process is there, is one too. */
export function toSignal(value: RpcValue): number | null {
  const number = toInt(value) ?? (typeof value === 'string' ? signalByName(value) : null);
  return number === 0 || (number !== null && knownNumbers.has(number)) ? number : null;
}

const knownNumbers: ReadonlySet<number> = new Set(signalNumbers.values());

function signalByName(text: string): number | null {
  const name = text.trim().toUpperCase();
  return signalNumbers.get(name.startsWith('SIG') ? name : `SIG${name}`) ?? null;
}
