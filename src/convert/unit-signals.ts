/** Signals as units write them. */
import { signalNumbers } from '../core/signals.ts';
import { splitUnitWords } from './unit-file.ts';

/** The signal of `/bin/kill -HUP $MAINPID`; null: it is another command. */
export function signalOfKill(value: string): string | null {
  const [program = '', option = '', ...rest] = splitUnitWords(value.replace(/^[-@:+!]+/, ''));
  if (!/(^|\/)kill$/.test(program)) return null;
  const words = option === '-s' ? [`-${rest[0] ?? ''}`, ...rest.slice(1)] : [option, ...rest];
  const [signal = '', target = ''] = words.length === 1 ? ['-TERM', option] : words;
  return /^\$\{?MAINPID\}?$/.test(target) ? signalWord(signal.slice(1)) : null;
}

/** Without its SIG; null: unknown. */
export function signalWord(text: string): string | null {
  const upper = text.trim().toUpperCase();
  if (/^\d+$/.test(upper)) return upper;
  const [, offset] = /^(?:SIG)?RTMIN\+(\d+)$/.exec(upper) ?? [];
  if (offset !== undefined) return String((signalNumbers.get('SIGRTMIN') ?? 34) + Number(offset));
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  return signalNumbers.has(name) ? name.slice(3) : null;
}
