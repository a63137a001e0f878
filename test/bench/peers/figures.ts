/** What a bench has measured, and what that says: medians, spread, and ratios of one run. No absolute figure is a promise. */

export interface Figure {
  /** `start, 100 programs`: figures of one subject are compared with each other. */
  readonly subject: string;
  readonly system: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** hupd's median as a ratio to that system's. */
export interface Goal {
  /** The beginning of the subjects it is about. */
  readonly subject: string;
  readonly than: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A figure of hupd's alone, in its own unit. */
export interface Bound {
  readonly subject: string;
  readonly below: number;
}

export interface RowResult {
  readonly figures: readonly Figure[];
  /** What a reader must know: what was not run and how to, what was checked. */
  readonly notes: readonly string[];
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** To three digits. */
export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

/** As subjects have it. */
export function counted(programs: number): string {
  return programs === 1 ? '1 program' : `${programs} programs`;
}

/** A subject without the number of programs that it was measured with; null: it has none. */
export function bySize(subject: string): { readonly what: string; readonly programs: number | null } {
  const match = /^(.*?), (\d+) programs?(.*)$/.exec(subject);
  return match === null
    ? { what: subject, programs: null }
    : { what: `${match[1]}${match[3]}`, programs: Number(match[2]) };
}

/** Gathers figures that come in turns. */
export class Figures {
  readonly #figures = new Map<string, { subject: string; system: string; unit: string; values: number[] }>();

  add(subject: string, system: string, unit: string, ...values: readonly number[]): void {
    const key = `${subject}\n${system}\n${unit}`;
    const figure = this.#figures.get(key) ?? { subject, system, unit, values: [] };
    figure.values.push(...values);
    this.#figures.set(key, figure);
  }

  all(): readonly Figure[] {
    return [...this.#figures.values()];
  }
}
