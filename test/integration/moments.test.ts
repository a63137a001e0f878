/** What comes between a reload's beginning and its end, at seeded moments; `npm run bench:moments -- --seeds 200` goes on from here. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deeds, planOf } from '../bench/moments/plan.ts';
import { runTrial } from '../bench/moments/trial.ts';
import { needs } from '../support/needs.ts';

/** Three of each kind. */
const seeds = Array.from({ length: 3 * deeds.length }, (_, index) => index + 1);

describe('at any moment of a reload', { concurrency: 3 }, () => {
  for (const deed of deeds) {
    const which = seeds.filter((seed) => planOf(seed).deed === deed);
    test(`${deed}: the old version serves, or the new one, or it has stopped as asked, and nothing else is left (seeds ${which.join(', ')})`, async (t) => {
      if (!needs(t, { command: '/usr/bin/python3', apt: 'python3-minimal' })) return;
      for (const seed of which) assert.ok((await runTrial(planOf(seed))).end);
    });
  }
});
