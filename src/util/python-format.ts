/**
 * Python's `text % mapping`, to the letter, error texts included: supervisord hands every value of a file to it. One difference: a bare
 * `%s`, which prints the whole mapping in Python, is an error here.
 */
import { reprText } from './python-repr.ts';

export type Formatted =
  | { readonly value: string }
  /** A name that the mapping does not have. */
  | { readonly unknown: string }
  | { readonly malformed: string };

type Converted = { readonly value: string } | { readonly malformed: string };

interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | null;
  readonly conversion: string;
}

/** What a conversion applies to: a named value; the mapping itself, as long as nothing was named; after that nothing. */
type Operand =
  | { readonly kind: 'value'; readonly value: string | number }
  | { readonly kind: 'mapping' }
  | { readonly kind: 'nothing' };

/** Padding a field to more than this is a mistake or an attack. */
const MAX_FIELD = 1_000_000;

const NOT_ENOUGH = 'not enough arguments for format string';

export function formatPercent(text: string, lookUp: (name: string) => string | number | undefined): Formatted {
  const chars = [...text];
  let out = '';
  let operand: Operand = { kind: 'mapping' };
  for (let i = 0; i < chars.length; ) {
    if (chars[i] !== '%' || chars[i + 1] === '%') {
      out += chars[i];
      i += chars[i] === '%' ? 2 : 1;
      continue;
    }
    i++;
    if (chars[i] === '(') {
      const end = closingParenthesis(chars, i);
      if (end < 0) return { malformed: 'incomplete format key' };
      const name = chars.slice(i + 1, end).join('');
      const value = lookUp(name);
      if (value === undefined) return { unknown: name };
      operand = { kind: 'value', value };
      i = end + 1;
    }
    const spec = readSpec(chars, i, operand);
    if ('malformed' in spec) return spec;
    const converted = apply(operand, spec);
    if ('malformed' in converted) return converted;
    out += converted.value;
    if (operand.kind === 'value') operand = { kind: 'nothing' };
    i = spec.end;
  }
  return { value: out };
}

/** Flags, width, precision, a length that means nothing, the conversion. */
function readSpec(
  chars: readonly string[],
  start: number,
  operand: Operand,
): (Spec & { readonly end: number }) | { readonly malformed: string } {
  let i = start;
  const run = (allowed: RegExp): string => {
    const from = i;
    while (allowed.test(chars[i] ?? '')) i++;
    return chars.slice(from, i).join('');
  };
  const flags = run(/^[-+ #0]$/);
  if (chars[i] === '*') return { malformed: starred(operand) };
  const width = Number(run(/^\d$/));
  if (width > MAX_FIELD) return { malformed: 'width too big' };
  let precision: number | null = null;
  if (chars[i] === '.') {
    i++;
    if (chars[i] === '*') return { malformed: starred(operand) };
    precision = Number(run(/^\d$/));
    if (precision > MAX_FIELD) return { malformed: 'precision too big' };
  }
  if (/^[hlL]$/.test(chars[i] ?? '')) i++;
  const conversion = chars[i];
  if (conversion === undefined) return { malformed: 'incomplete format' };
  if (operand.kind === 'nothing') return { malformed: NOT_ENOUGH };
  if (/^[diouxXeEfFgGcrsa]$/.test(conversion)) return { flags, width, precision, conversion, end: i + 1 };
  const code = conversion.codePointAt(0) ?? 0;
  const shown = code > 31 && code < 127 ? conversion : '?';
  return { malformed: `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${i}` };
}

/** A `*` takes the value for a width, so that none is left to be formatted. */
function starred(operand: Operand): string {
  const isText = operand.kind === 'mapping' || (operand.kind === 'value' && typeof operand.value === 'string');
  return isText ? '* wants int' : NOT_ENOUGH;
}

function apply(operand: Operand, spec: Spec): Converted {
  switch (operand.kind) {
    case 'value':
      return convert(operand.value, spec);
    case 'nothing':
      return { malformed: NOT_ENOUGH };
    case 'mapping':
      if (/[rsa]/.test(spec.conversion)) return { malformed: NOT_ENOUGH };
      return {
        malformed: spec.conversion === 'c' ? '%c requires int or char' : notNumber(spec.conversion, 'dict'),
      };
  }
}

/** Names may contain parentheses in pairs. */
function closingParenthesis(chars: readonly string[], open: number): number {
  let depth = 0;
  for (let i = open; i < chars.length; i++) {
    if (chars[i] === '(') depth++;
    if (chars[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

function convert(value: string | number, spec: Spec): Converted {
  const { conversion } = spec;
  if (/[rsa]/.test(conversion)) {
    const text = typeof value === 'number' ? String(value) : asText(value, conversion);
    const cut = spec.precision === null ? text : [...text].slice(0, spec.precision).join('');
    return { value: pad(cut, spec) };
  }
  if (conversion === 'c') {
    const char = typeof value === 'number' ? character(value) : [...value].length === 1 ? value : null;
    if (char === null) {
      return { malformed: typeof value === 'number' ? '%c arg not in range(0x110000)' : '%c requires int or char' };
    }
    return { value: pad(char, spec) };
  }
  if (typeof value === 'string') {
    return { malformed: notNumber(conversion, 'str') };
  }
  return { value: padNumber(/[diuoxX]/.test(conversion) ? integer(value, spec) : real(value, spec), value < 0, spec) };
}

function notNumber(conversion: string, type: 'str' | 'dict'): string {
  if (/[diu]/.test(conversion)) return `%${conversion} format: a real number is required, not ${type}`;
  if (/[oxX]/.test(conversion)) return `%${conversion} format: an integer is required, not ${type}`;
  return `must be real number, not ${type}`;
}

function asText(value: string, conversion: string): string {
  if (conversion === 's') return value;
  const quoted = reprText(value);
  return conversion === 'r' ? quoted : quoted.replace(/[^\x20-\x7e]/gu, escapeCharacter);
}

function escapeCharacter(char: string): string {
  const hex = (char.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

function character(code: number): string | null {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

interface Digits {
  readonly prefix: string;
  readonly digits: string;
}

/** Without its sign. */
function integer(value: number, { conversion, precision, flags }: Spec): Digits {
  const base = conversion === 'o' ? 8 : /[xX]/.test(conversion) ? 16 : 10;
  const text = BigInt(Math.abs(value))
    .toString(base)
    .padStart(precision ?? 0, '0');
  const prefix = base !== 10 && flags.includes('#') ? `0${conversion}` : '';
  return { prefix, digits: conversion === 'X' ? text.toUpperCase() : text };
}

/** Without its sign. */
function real(value: number, { conversion, precision, flags }: Spec): Digits {
  const magnitude = Math.abs(value);
  const places = Math.min(precision ?? 6, 100);
  const lower = conversion.toLowerCase();
  let digits = lower === 'f' ? magnitude.toFixed(places) : magnitude.toExponential(places);
  if (lower === 'g') digits = general(magnitude, Math.max(places, 1), flags.includes('#'));
  else if (places === 0 && flags.includes('#')) digits = digits.replace(/^\d+/, '$&.');
  digits = digits.replace(/e([+-])(\d)$/, 'e$10$2');
  return { prefix: '', digits: conversion === lower ? digits : digits.toUpperCase() };
}

function general(magnitude: number, places: number, keepZeros: boolean): string {
  const exponent = magnitude === 0 ? 0 : Number(/e(.+)$/.exec(magnitude.toExponential(places - 1))?.[1]);
  const scientific = exponent < -4 || exponent >= places;
  const digits = scientific ? magnitude.toExponential(places - 1) : magnitude.toFixed(places - 1 - exponent);
  if (keepZeros) return digits.includes('.') ? digits : digits.replace(/^\d+/, '$&.');
  return digits.includes('.') ? digits.replace(/\.?0+(?=e|$)/, '') : digits;
}

function padNumber({ prefix, digits }: Digits, negative: boolean, spec: Spec): string {
  const sign = negative ? '-' : spec.flags.includes('+') ? '+' : spec.flags.includes(' ') ? ' ' : '';
  const head = sign + prefix;
  const zeros = spec.flags.includes('0') && !spec.flags.includes('-') ? Math.max(0, spec.width - head.length) : 0;
  return pad(head + digits.padStart(zeros, '0'), spec);
}

/** By code points, blanks; to the right unless the flags say left. */
function pad(text: string, { flags, width }: Spec): string {
  const blanks = ' '.repeat(Math.max(0, width - [...text].length));
  return flags.includes('-') ? text + blanks : blanks + text;
}
