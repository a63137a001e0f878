/**
 * `npm run bench:moments [-- --seeds 200 | --seed N]`: so many reloads with something in between, and how each ended. A seed that fails is printed;
 * given alone it does the same again.
 */
import { parseArgs } from 'node:util';
import { deeds, planOf } from './plan.ts';
import { type EndState, runTrial } from './trial.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '200' }, seed: { type: 'string' } } });
const seeds =
  values.seed === undefined
    ? Array.from({ length: Number(values.seeds) }, (_, index) => index + 1)
    : [Number(values.seed)];

const counts = new Map<string, number>();
const moments = new Set<string>();
const failed: number[] = [];
for (const seed of seeds) {
  const plan = planOf(seed);
  try {
    const { end, moment } = await runTrial(plan);
    moments.add(moment);
    count(plan.deed, end);
    if (values.seed !== undefined) console.log(`${JSON.stringify(plan)}\nafter "${moment}": ${end}`);
  } catch (error) {
    failed.push(seed);
    console.log(error instanceof Error ? error.message : error);
  }
}

const ends: readonly EndState[] = ['old serves', 'new serves', 'stopped as asked'];
console.log(`| in between | ${ends.join(' | ')} |\n| --- | --- | --- | --- |`);
for (const deed of deeds)
  console.log(`| ${deed} | ${ends.map((end) => counts.get(`${deed}/${end}`) ?? 0).join(' | ')} |`);
console.log(`\n${seeds.length} seeds, ${failed.length} failed${failed.length === 0 ? '' : `: ${failed.join(' ')}`}`);
console.log(`after: ${[...moments].sort().join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function count(deed: string, end: EndState): void {
  counts.set(`${deed}/${end}`, (counts.get(`${deed}/${end}`) ?? 0) + 1);
}
