/** A plan in words, for `hupd --check --take-over URL` and for the main log. */
import { makeNamespec } from '../core/namespec.ts';
import type { PlannedProcess, TakeOverPlan } from './plan.ts';
import type { Survey } from './survey.ts';

export function describePlan({ url, version, pid }: Survey, plan: TakeOverPlan): readonly string[] {
  const { refusals, alive, down, fresh, dropped } = plan;
  if (refusals.length > 0) {
    const why = refusals.map((refusal) => `  ${refusal}`);
    return [`supervisord at ${url} can not be taken over; nothing was touched:`, ...why];
  }
  return [
    `supervisord ${version} at ${url}, pid ${pid}: its programs go on under hupd, and it ends`,
    ...alive.map(describeAlive),
    ...down.map(({ found }) => `  ${makeNamespec(found.group, found.name)}: stays ${found.stateName}`),
    ...fresh.map(({ group, name, autostart }) => {
      return `  ${makeNamespec(group, name)}: is new in the file: ${autostart ? 'it is started' : 'it stays STOPPED'}`;
    }),
    ...dropped.map(({ group, name }) => `  ${makeNamespec(group, name)}: is down and not in the file: it is forgotten`),
  ];
}

function describeAlive({ found, notes }: PlannedProcess): string {
  const goesOn = `goes on with pid ${found.pid}`;
  return `  ${makeNamespec(found.group, found.name)}: ${[goesOn, ...notes].join('; ')}`;
}
