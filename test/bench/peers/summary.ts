/** What has a goal, with a line for all sizes: the README's table. */
import { bySize, type Figure, median, round } from './figures.ts';
import { type Verdict, verdicts, type Wanted } from './verdict.ts';

interface Judged {
  readonly own: Figure;
  readonly programs: number | null;
  readonly verdicts: readonly Verdict[];
}

export function summary(figures: readonly Figure[], wanted: Wanted): readonly string[] {
  const rows = new Map<string, Judged[]>();
  for (const own of figures.filter(({ system }) => system === 'hupd')) {
    const others = figures.filter(({ subject, system }) => subject === own.subject && system !== 'hupd');
    const judged = verdicts(own, others, wanted);
    const { what, programs } = bySize(own.subject);
    if (judged.length > 0) rows.set(what, [...(rows.get(what) ?? []), { own, programs, verdicts: judged }]);
  }
  return [
    '| what | programs | hupd | ratio | goal | reached |',
    '| --- | --- | --- | --- | --- | --- |',
    ...[...rows].map(([what, sizes]) => row(what, sizes)),
  ];
}

function row(what: string, sizes: readonly Judged[]): string {
  const goals = [...new Set(sizes.flatMap(({ verdicts }) => verdicts.map(({ goal }) => goal)))];
  const of = (goal: string) =>
    sizes.flatMap(({ programs, verdicts }) =>
      verdicts.filter((it) => it.goal === goal).map((it) => ({ ...it, programs })),
    );
  const ratios = goals.flatMap((goal) => {
    const values = of(goal).flatMap(({ ratio }) => (ratio === null ? [] : [round(ratio.value)]));
    const than = of(goal)[0]?.ratio?.than;
    return than === undefined ? [] : [`${values.join(' / ')} × ${than}`];
  });
  const missed = goals.flatMap((goal) => {
    const at = of(goal).filter(({ ok }) => !ok);
    return at.length === 0
      ? []
      : [`no: ${goal}${at.length < of(goal).length ? ` at ${at.map(({ programs }) => programs).join(', ')}` : ''}`];
  });
  const own = sizes.map((size) => round(median(size.own.values))).join(' / ');
  return `| ${what} | ${sizes.map(({ programs }) => programs ?? '').join(' / ')} | ${own} ${sizes[0]?.own.unit} | ${ratios.join('; ')} | ${goals.join('; ')} | ${missed.length === 0 ? 'yes' : missed.join('; ')} |`;
}
