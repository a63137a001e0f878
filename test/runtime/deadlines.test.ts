import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Deadlines } from '../../src/runtime/deadlines.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('the one timer', () => {
  it('wakes each at its time, in order of time, once, whatever was set, moved and called off', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('set' as const), key: fc.nat(9), ms: fc.nat(1000) }),
      fc.record({ what: fc.constant('clear' as const), key: fc.nat(9), ms: fc.constant(0) }),
      fc.record({ what: fc.constant('pass' as const), key: fc.constant(0), ms: fc.nat(700) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const clock = new FakeClock();
        const deadlines = new Deadlines(clock);
        const keys = Array.from({ length: 10 }, () => ({}));
        // What ought to be: a plain map, searched from end to end.
        const wanted = new Map<number, number>();
        const woken: Array<{ key: number; at: number }> = [];
        const expected: typeof woken = [];
        const pass = (ms: number) => {
          const to = clock.now().mono + ms;
          for (const [key, at] of [...wanted].sort(([, a], [, b]) => a - b)) {
            if (at > to) continue;
            wanted.delete(key);
            expected.push({ key, at });
          }
          while (clock.step(to));
        };
        for (const { what, key, ms } of steps) {
          const at = clock.now().mono + ms;
          if (what === 'pass') pass(ms);
          else {
            if (what === 'set') wanted.set(key, at);
            else wanted.delete(key);
            deadlines.set(keys[key] ?? {}, what === 'set' ? at : null, () => woken.push({ key, at: clock.now().mono }));
          }
          assert.equal(clock.armedFor, wanted.size === 0 ? null : Math.min(...wanted.values()));
        }
        pass(10_000);
        const sorted = (all: typeof woken) => all.map(({ key, at }) => `${at} ${key}`).sort();
        assert.deepEqual(sorted(woken), sorted(expected));
        assert.deepEqual(
          woken.map(({ at }) => at),
          woken.map(({ at }) => at).sort((a, b) => a - b),
        );
        assert.equal(clock.armedFor, null);
      }),
    );
  });

  it('one that sets itself again when it wakes is woken again', () => {
    const clock = new FakeClock();
    const deadlines = new Deadlines(clock);
    const times: number[] = [];
    const begun = clock.now().mono;
    const again = () => {
      times.push(clock.now().mono - begun);
      if (times.length < 5) deadlines.after(10, again);
    };
    deadlines.after(10, again);
    while (clock.step(begun + 1000));
    assert.deepEqual(times, [10, 20, 30, 40, 50]);
  });
});
