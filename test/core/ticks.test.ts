import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startTicks, tick, untilNextTick } from '../../src/core/ticks.ts';

const rows: ReadonlyArray<readonly [title: string, from: number, to: number, ticks: readonly string[]]> = [
  ['at the start', 1_000_003, 1_000_003, []],
  ['within a slice', 1_000_000_000, 1_000_004_999, []],
  ['into the next slice', 1_000_004_999, 1_000_005_000, ['TICK_5 1000005']],
  ['over a minute', 59_999, 60_000, ['TICK_5 60', 'TICK_60 60']],
  ['over an hour', 3_599_000, 3_600_000, ['TICK_5 3600', 'TICK_60 3600', 'TICK_3600 3600']],
  ['late: the slice counts, not the time', 60_000, 68_000, ['TICK_5 65']],
  ['hours at once: one tick each', 1_000, 7_300_000, ['TICK_5 7300', 'TICK_60 7260', 'TICK_3600 7200']],
  ['back a minute', 3_700_000, 3_640_000, ['TICK_5 3640', 'TICK_60 3600']],
];
for (const [title, from, to, ticks] of rows) {
  test(`ticks, ${title}`, () => {
    const { state, events } = tick(startTicks(from), to);
    assert.deepEqual(
      events.map((event) => `${event.type} ${'when' in event ? event.when : ''}`),
      ticks,
    );
    assert.deepEqual(tick(state, to).events, [], 'and then no more');
  });
}

test('waking at the next tick, and not earlier, brings one', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 42 }), (wall) => {
      const wait = untilNextTick(wall);
      assert.ok(wait >= 1 && wait <= 5000);
      assert.equal(tick(startTicks(wall), wall + wait - 1).events.length, 0);
      assert.ok(tick(startTicks(wall), wall + wait).events.length > 0);
    }),
  );
});
