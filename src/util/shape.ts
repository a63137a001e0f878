/**
 * What a value that was read from JSON has to look like, as data that is written once and held to its TypeScript type by the compiler: a field that
 * is added to the type is missing here until it is listed. A shape answers with what is wrong and where (`.life.current.pid is no pid`), or null.
 * What a record has besides its fields is nobody's business: a later version may have written it.
 */
export type Shape<T> = ((value: unknown) => string | null) & { readonly of?: T };

/** A shape for each field, `?` or not. */
export type Fields<T> = { readonly [K in keyof T]-?: Shape<NonNullable<T[K]> | Extract<T[K], null>> };

/** The members of a union whose `key` may be that value. */
type Having<T, K extends keyof T, V> = T extends unknown ? (V extends T[K] ? T : never) : never;

export function be<T>(what: string, holds: (value: unknown) => boolean): Shape<T> {
  return (value) => (holds(value) ? null : ` is no ${what}`);
}

export const text = be<string>('text', (value) => typeof value === 'string');
export const flag = be<boolean>('true or false', (value) => typeof value === 'boolean');
export const finite = be<number>('number', Number.isFinite);
export const whole = be<number>('whole number', Number.isInteger);
export const count = within(0, Number.MAX_SAFE_INTEGER, 'count');

/** A whole number, both ends included. */
export function within(from: number, to: number, what: string): Shape<number> {
  return be(what, (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to);
}

export function oneOf<T>(...values: readonly T[]): Shape<T> {
  return be(`one of ${values.join(', ')}`, (value) => values.includes(value as T));
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null ? null : shape(value));
}

/** It may not be there at all. */
export function optional<T>(shape: Shape<T>): Shape<T> {
  return (value) => (value === undefined ? null : shape(value));
}

export function either<A, B>(a: Shape<A>, b: Shape<B>): Shape<A | B> {
  return (value) => a(value) && b(value);
}

export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value) => (Array.isArray(value) ? first(value.entries(), (item) => shape(item)) : ' is no list');
}

export function pairOf<A, B>(a: Shape<A>, b: Shape<B>): Shape<readonly [A, B]> {
  return (value) => {
    if (!Array.isArray(value) || value.length !== 2) return ' is no pair';
    return first([a, b].entries(), (shape, at) => shape(value[at as number]));
  };
}

export function record<T extends object>(fields: Fields<T>): Shape<T> {
  const all = Object.entries(fields) as ReadonlyArray<readonly [string, Shape<unknown>]>;
  return (value) =>
    isRecord(value) ? first(all, (shape, name) => shape(field(value, name as string))) : ' is no record';
}

/** A union whose members are told apart by the text of one field. */
export function union<T extends object, K extends keyof T & string>(
  key: K,
  cases: { readonly [V in T[K] & string]: Fields<Omit<Having<T, K, V>, K>> },
): Shape<T> {
  const shapes = new Map(Object.entries<Fields<object>>(cases).map(([name, fields]) => [name, record(fields)]));
  return (value) => {
    if (!isRecord(value)) return ' is no record';
    const name = field(value, key);
    const shape = typeof name === 'string' ? shapes.get(name) : undefined;
    return shape === undefined ? `.${key} is ${JSON.stringify(name)}, which this hupd does not know` : shape(value);
  };
}

/** One that has a rule besides. */
export function such<T>(shape: Shape<T>, problem: (value: T) => string | null): Shape<T> {
  return (value) => shape(value) ?? problem(value as T);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function field(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function first<K, V>(entries: Iterable<readonly [K, V]>, look: (value: V, key: K) => string | null): string | null {
  for (const [key, value] of entries) {
    const wrong = look(value, key);
    if (wrong !== null) return typeof key === 'number' ? `[${key}]${wrong}` : `.${key}${wrong}`;
  }
  return null;
}
