/** Every row of every scenario shows the same with each pair of client and server, on stdout, on stderr and as exit status. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../support/needs.ts';
import { deviations } from '../deviations.ts';
import { type Pair, pairs, truth } from './pairs.ts';
import { scenarios } from './scenarios.ts';
import { play, type Row, titleOf } from './transcript.ts';

const supervisor = { command: '/usr/bin/supervisorctl', apt: 'supervisor' };

for (const scenario of scenarios) {
  test(`transcripts are the same: ${scenario.title}`, async (t) => {
    if (!needs(t, supervisor)) return;
    const [expected = [], ...others] = await Promise.all(
      [truth, ...pairs].map(({ client, server }) => play(client, server, scenario)),
    );
    for (const [p, entries] of others.entries()) {
      const pair = `${pairs[p]?.client.name} to ${pairs[p]?.server.name}`;
      for (const [i, row] of scenario.rows.entries()) {
        await t.test(`${pair}: ${titleOf(row)}`, () => {
          const wanted = deviation(row, pairs[p] ?? truth);
          if (wanted === undefined) {
            assert.deepEqual(entries[i], expected[i]);
          } else {
            assert.ok(deviations.some(({ id }) => id === wanted));
            assert.notDeepEqual(entries[i], expected[i], `${wanted} is no difference any more`);
          }
        });
      }
    }
  });
}

function deviation(row: Row, { client, server }: Pair): string | undefined {
  return (
    (client === truth.client ? undefined : row.deviation) ?? (server === truth.server ? undefined : row.serverDeviation)
  );
}

test('there are 80 rows or more', () => {
  const count = scenarios.reduce((sum, { rows }) => sum + rows.length, 0);
  assert.ok(count >= 80, String(count));
});
