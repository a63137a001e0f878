import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  notWatching,
  type Watching,
  type WatchingEvent,
  watchingDeadline,
  watchingStep,
} from '../../src/core/watching.ts';

const delayMs = 1000;

/** A watch and what it did, with the time in milliseconds. */
class Driver {
  watching: Watching = notWatching;
  mono = 0;
  readonly acts: number[] = [];
  readonly told: string[] = [];

  tell(event: WatchingEvent): void {
    const { watching, effects } = watchingStep(this.watching, event, delayMs, this.mono);
    this.watching = watching;
    for (const effect of effects) {
      if (effect.effect === 'act') this.acts.push(this.mono);
      else this.told.push(effect.text);
    }
  }
  change(path = '/a'): void {
    this.tell({ event: 'changed', path });
  }
  end(): void {
    this.tell({ event: 'ended' });
  }
  pass(ms: number): void {
    const to = this.mono + ms;
    for (let at = watchingDeadline(this.watching); at !== null && at <= to; at = watchingDeadline(this.watching)) {
      this.mono = Math.max(this.mono, at);
      this.tell({ event: 'time' });
    }
    this.mono = to;
  }
}

describe('changes of files and what comes of them', () => {
  it('one reload, when the files have been quiet for the delay', () => {
    const watch = new Driver();
    watch.pass(5000);
    for (let i = 0; i < 5000; i++) {
      watch.change(`/file${i}`);
      watch.pass(1);
    }
    assert.deepEqual(watch.acts, []);
    watch.pass(998);
    assert.deepEqual(watch.acts, []);
    watch.pass(1);
    assert.deepEqual(watch.acts, [10_999]);
    watch.end();
    watch.pass(100_000);
    assert.equal(watch.acts.length, 1);
  });

  it('a change during a reload is for the next one, after that has ended', () => {
    const watch = new Driver();
    watch.change();
    watch.pass(1000);
    watch.change();
    watch.pass(5000);
    assert.equal(watch.acts.length, 1);
    watch.end();
    watch.pass(0);
    assert.deepEqual(watch.acts, [1000, 6000]);
  });

  it('files that never come to rest are told once, and reloaded for when they do', () => {
    const watch = new Driver();
    for (let i = 0; i < 500; i++) {
      watch.change('/app/log');
      watch.pass(500);
    }
    assert.deepEqual(watch.acts, []);
    assert.deepEqual(watch.told, ['/app/log and others have been changing for 60 s; waiting until they do not']);
    watch.pass(1000);
    assert.equal(watch.acts.length, 1);
  });

  for (const [what, echo] of [
    [
      'during the reload',
      (watch: Driver) => {
        watch.change('/app/db');
        watch.pass(100);
        watch.end();
      },
    ],
    [
      'right after it',
      (watch: Driver) => {
        watch.end();
        watch.pass(500);
        watch.change('/app/db');
      },
    ],
  ] as const) {
    it(`files that the reload itself changes, ${what}, do not turn it into a loop`, () => {
      const watch = new Driver();
      watch.change();
      let handled = 0;
      for (let i = 0; i < 300; i++) {
        watch.pass(500);
        if (watch.acts.length > handled) {
          handled = watch.acts.length;
          echo(watch);
        }
      }
      // 150 seconds: six at once, then one a minute.
      assert.ok(watch.acts.length >= 6 && watch.acts.length <= 9, `${watch.acts.length}`);
      assert.deepEqual(watch.told, ['/app/db changes whenever this is done; waiting for 60 s without a change']);
    });
  }

  it('whatever happens, the last change is followed by a reload', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('change' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
      fc.record({ what: fc.constant('end' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const watch = new Driver();
        let lastChange = -1;
        for (const { what, ms } of steps) {
          if (what === 'change') {
            watch.change();
            lastChange = watch.mono;
          } else watch.end();
          watch.pass(ms);
        }
        watch.end();
        watch.pass(200_000);
        const [last = -1] = watch.acts.slice(-1);
        assert.ok(lastChange === -1 ? last === -1 : last >= lastChange);
      }),
    );
  });
});
