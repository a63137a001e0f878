/**
 * An option of a section as a row of data: what the reader needs, and what the manual, `--check` and the tests want to know about it. Each
 * section's table stands in its file under `sections/`.
 */
import type { DataType, Machine, Parsed } from './datatype.ts';

/** Which `%(names)s` may stand in the value; `ENV_` names may everywhere. `none`: taken as it is. */
export type Expansions = 'none' | 'environment' | 'here' | 'host' | 'program' | 'process';

export interface OptionRow<T = unknown> {
  readonly name: string;
  readonly type: string;
  readonly expected: string;
  readonly words: readonly string[];
  /** As one would write it. null: none. */
  readonly default: string | null;
  readonly expansions: Expansions;
  readonly meaning: string;
  /** hupd has it, supervisord ignores it. */
  readonly own: boolean;
  readonly parse: (text: string, machine: Machine) => Parsed<T>;
}

/** One option. Its value is null if it is not there and has no default. */
export function option<T>(
  name: string,
  type: DataType<T>,
  byDefault: string,
  expansions: Expansions,
  meaning: string,
): OptionRow<T>;
export function option<T>(
  name: string,
  type: DataType<T>,
  byDefault: null,
  expansions: Expansions,
  meaning: string,
): OptionRow<T | null>;
export function option<T>(
  name: string,
  type: DataType<T>,
  byDefault: string | null,
  expansions: Expansions,
  meaning: string,
): OptionRow<T | null> {
  return {
    name,
    type: type.name,
    expected: type.expected,
    words: type.words,
    default: byDefault,
    expansions,
    meaning,
    own: false,
    parse: type.parse,
  };
}

/** The same option, marked as hupd's own. */
export function own<T>(row: OptionRow<T>): OptionRow<T> {
  return { ...row, own: true };
}
