/** What stands in the way of graceful reloads, program by program: of each, how it is configured and how long its starts took so far. */
import type { ProcessSpec } from '../core/spec.ts';
import { examine } from '../handover/examine.ts';
import type { Groups } from './groups.ts';
import type { Reloads } from './reloads.ts';
import type { Finding } from './supervision.ts';

export function diagnose(groups: Groups, reloads: Reloads): readonly Finding[] {
  const specs = [...groups.members()].map(({ spec }) => spec);
  const bootSecsOf = ({ group, program }: ProcessSpec) => {
    const names = specs.filter((spec) => spec.group === group && spec.program === program).map(({ name }) => name);
    const facts = names.flatMap((name) => reloads.history(group, name).flatMap((reload) => reload.facts));
    return Math.max(0, ...facts.map((fact) => (fact.fact === 'ready' ? fact.afterSecs : 0)));
  };
  return examine(specs, bootSecsOf).map(({ spec, ...found }) => ({ program: spec.program, ...found }));
}
