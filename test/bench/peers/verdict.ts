/** What was measured, held against what is to be reached. */
import { type Bound, type Figure, type Goal, median, round } from './figures.ts';

export interface Verdict {
  /** hupd's median as a ratio to that system's; null: the bound is in hupd's own unit. */
  readonly ratio: { readonly than: string; readonly value: number } | null;
  readonly goal: string;
  readonly ok: boolean;
}

export interface Wanted {
  readonly goals: readonly Goal[];
  readonly bounds: readonly Bound[];
}

/** Of the figures of one subject. */
export function verdicts(own: Figure, others: readonly Figure[], { goals, bounds }: Wanted): readonly Verdict[] {
  const found: Verdict[] = [];
  for (const { subject, than, atMost, atLeast } of goals) {
    const other = others.find(({ system }) => system === than);
    if (!own.subject.startsWith(subject) || other === undefined) continue;
    const value = median(own.values) / median(other.values);
    const ok = value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? 0);
    const goal = atMost === undefined ? `≥ ${atLeast} × ${than}` : `≤ ${atMost} × ${than}`;
    found.push({ ratio: { than, value }, goal, ok });
  }
  for (const { subject, below } of bounds) {
    if (own.subject.startsWith(subject))
      found.push({ ratio: null, goal: `≤ ${below} ${own.unit}`, ok: median(own.values) <= below });
  }
  return found;
}

export function ratioText({ ratio }: Verdict): string {
  return ratio === null ? '' : `${round(ratio.value)} × ${ratio.than}`;
}
