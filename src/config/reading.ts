/**
 * One reading of a configuration: the merged files, the machine, and the problems met so far. A problem never stops the reading: the option
 * falls back to its default, so that `--check` gets them all, while a start refuses with the first one, which is the one that supervisord
 * meets first because options are read in its order.
 */
import type { StartMessage } from '../core/spec.ts';
import { closest } from '../util/closest.ts';
import type { Machine, Parsed } from './datatype.ts';
import type { Diagnostic } from './diagnostic.ts';
import { expand, type Names } from './expand.ts';
import { findOption, type IniDocument, type IniOption, type Place } from './ini-document.ts';
import type { OptionRow } from './option.ts';

/** What stops a start: supervisord's text (what follows `Error: `), and the same for people. */
export interface Problem {
  readonly error: string;
  readonly diagnostic: Diagnostic;
}

export class Reading {
  readonly document: IniDocument;
  readonly machine: Machine;
  /** Directory of the main file, absolute. */
  readonly here: string;
  /** `ENV_X` for every variable X; grows by `[supervisord] environment`. */
  readonly environment: Map<string, string>;
  /** For the main log, in order. */
  readonly messages: StartMessage[] = [];
  readonly problems: Problem[] = [];
  readonly warnings: Diagnostic[] = [];
  /** `[supervisord] ignore_python_plugins`. */
  ignorePythonPlugins = false;

  constructor(document: IniDocument, machine: Machine, here: string, environment: ReadonlyMap<string, string>) {
    this.document = document;
    this.machine = machine;
    this.here = here;
    this.environment = new Map([...environment].map(([name, value]) => [`ENV_${name}`, value]));
  }

  refuse(place: Place, what: string, error: string, todo: string, why = error): void {
    const { file, line } = place;
    this.problems.push({ error, diagnostic: { severity: 'error', file, line, what, why, todo } });
  }

  /** For the main log as well as for `--check`. */
  warn(place: Place, what: string, text: string, todo: string): void {
    this.messages.push({ level: 'WARN', text });
    this.find(place, what, text, todo);
  }

  /** For `--check` alone. */
  find({ file, line }: Place, what: string, why: string, todo: string): void {
    this.warnings.push({ severity: 'warning', file, line, what, why, todo });
  }

  section(name: string, suffix = ''): SectionReader {
    return new SectionReader(this, name, suffix);
  }
}

/** Reads the options of one section. `suffix` is added to every error text. */
export class SectionReader {
  readonly name: string;
  readonly #reading: Reading;
  readonly #suffix: string;

  constructor(reading: Reading, name: string, suffix: string) {
    this.#reading = reading;
    this.name = name;
    this.#suffix = suffix;
  }

  find(option: string): IniOption | undefined {
    return findOption(this.#reading.document, this.name, option);
  }

  has(option: string): boolean {
    return this.find(option) !== undefined;
  }

  /** Where the option stands, else where the section begins. */
  place(option: string | null): Place {
    const section = this.#reading.document.sections.get(this.name);
    return (option === null ? undefined : this.find(option)) ?? section ?? { file: '', line: 0 };
  }

  /** The value, converted; the default where there is none or a wrong one. `names` are those beyond the environment's. */
  read<T>(row: OptionRow<T>, names: Names = []): T {
    const raw = this.find(row.name)?.value ?? row.default;
    if (raw === null) return this.#fallback(row);
    const text = row.expansions === 'none' ? raw : this.expand(row.name, raw, names);
    return text === null ? this.#fallback(row) : this.convert(row, row.parse(text, this.#reading.machine));
  }

  /** null: refused, and said so. `where` stands in the error text. */
  expand(
    option: string,
    text: string,
    names: Names,
    where = `${this.name}.${option}`,
    hidden?: ReadonlyMap<string, string>,
  ): string | null {
    const expanded = expand(text, [this.#reading.environment, ...names], where, hidden);
    if (expanded.ok) return expanded.value;
    this.refuse(option, expanded.error, 'write %% for a literal percent sign');
    return null;
  }

  /** What was parsed, or the default once the refusal is noted. */
  convert<T>(row: OptionRow<T>, parsed: Parsed<T>): T {
    if (parsed.ok) return parsed.value;
    const meant = closest(this.find(row.name)?.value ?? '', row.words);
    this.refuse(row.name, parsed.error, meant === null ? `it takes ${row.expected}` : `did you mean ${meant}?`);
    return this.#fallback(row);
  }

  refuse(option: string | null, error: string, todo: string): void {
    this.#reading.refuse(this.place(option), this.#what(option), error + this.#suffix, todo, error);
  }

  warn(option: string | null, text: string, todo: string): void {
    this.#reading.warn(this.place(option), this.#what(option), text, todo);
  }

  /** For `--check` alone. */
  note(option: string | null, why: string, todo: string): void {
    this.#reading.find(this.place(option), this.#what(option), why, todo);
  }

  #what(option: string | null): string {
    const value = option === null ? undefined : this.find(option)?.value;
    if (value === undefined) return `[${this.name}]`;
    const [first = '', ...more] = value.split('\n');
    const shown = more.length > 0 || first.length > 60 ? `${first.slice(0, 60)}...` : first;
    return `${option}=${shown} in [${this.name}]`;
  }

  #fallback<T>(row: OptionRow<T>): T {
    // A row without a default has null among its values; the default of any other row is tested to be right.
    const value = row.default === null ? null : row.parse(row.default, this.#reading.machine);
    return (value?.ok ? value.value : null) as T;
  }
}
