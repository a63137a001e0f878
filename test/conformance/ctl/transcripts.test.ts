/** Every row of every scenario shows the same with each pair of client and server, on stdout, on stderr and as exit status. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../support/needs.ts';
import { deviations } from '../deviations.ts';
import { pairs, truth } from './pairs.ts';
import { scenarios } from './scenarios.ts';
import { play, titleOf } from './transcript.ts';

const supervisor = { command: '/usr/bin/supervisorctl', apt: 'supervisor' };

for (const scenario of scenarios) {
  test(`transcripts are the same: ${scenario.title}`, { timeout: 300_000 }, async (t) => {
    if (!needs(t, supervisor)) return;
    const [expected = [], ...others] = await Promise.all(
      [truth, ...pairs].map(({ client, server }) => play(client, server, scenario)),
    );
    for (const [p, entries] of others.entries()) {
      const pair = `${pairs[p]?.client.name} to ${pairs[p]?.server.name}`;
      for (const [i, row] of scenario.rows.entries()) {
        await t.test(`${pair}: ${titleOf(row)}`, () => {
          if (row.deviation === undefined) {
            assert.deepEqual(entries[i], expected[i]);
          } else {
            assert.ok(deviations.some(({ id }) => id === row.deviation));
            assert.notDeepEqual(entries[i], expected[i], `${row.deviation} is no difference any more`);
          }
        });
      }
    }
  });
}

test('there are 80 rows or more', () => {
  const count = scenarios.reduce((sum, { rows }) => sum + rows.length, 0);
  assert.ok(count >= 80, String(count));
});
