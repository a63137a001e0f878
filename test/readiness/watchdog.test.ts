import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Notifications } from '../../src/readiness/notifications.ts';
import { Watchdog } from '../../src/readiness/watchdog.ts';
import { Deadlines } from '../../src/runtime/deadlines.ts';
import { FakeOs } from '../support/fake-os.ts';

function world(intervalMs: number | null) {
  const os = new FakeOs();
  const deadlines = new Deadlines(os.clock);
  const socket = os.createNotifySocket(null);
  const notifications = new Notifications({ os, uid: 0, socket });
  notifications.begin(7, () => {});
  const missed: string[] = [];
  const watchdog = new Watchdog({
    notifications,
    intervalMs,
    after: (ms, wake) => deadlines.after(ms, wake),
    missed: (text) => missed.push(text),
  });
  const say = (text: string) => {
    os.notifySockets[0]?.send(text, 7);
    os.flush();
  };
  return { os, missed, say, watchdog };
}

test('a program that says WATCHDOG=1 often enough is left alone, and one that is late is told of each interval', () => {
  const { os, missed, say } = world(1000);
  say('READY=1');
  for (let n = 0; n < 5; n++) {
    os.advance(999);
    say('WATCHDOG=1');
  }
  assert.deepEqual(missed, []);
  os.advance(1000);
  assert.deepEqual(missed, ['no WATCHDOG=1 within 1 s']);
  os.advance(1000);
  assert.equal(missed.length, 2);
});

test('it is on from READY=1 to STOPPING=1', () => {
  const { os, missed, say } = world(1000);
  say('WATCHDOG=1');
  os.advance(5000);
  say('READY=1');
  os.advance(900);
  say('READY=1'); // not a sign of life
  say('STOPPING=1');
  os.advance(5000);
  assert.deepEqual(missed, []);
  say('READY=1');
  os.advance(1000);
  assert.equal(missed.length, 1);
});

test('the program may set the interval itself, with or without one in its environment', () => {
  for (const before of [null, 500]) {
    const { os, missed, say } = world(before);
    say('READY=1');
    say('WATCHDOG_USEC=3000000');
    os.advance(2999);
    assert.deepEqual(missed, []);
    os.advance(1);
    assert.deepEqual(missed, ['no WATCHDOG=1 within 3 s']);
  }
});

test('without an interval nothing is missed, but it may still give itself up', () => {
  const { os, missed, say } = world(null);
  say('READY=1');
  os.advance(1_000_000);
  say('WATCHDOG=trigger');
  assert.deepEqual(missed, ['it said WATCHDOG=trigger']);
});

test('one that has ended is not heard of', () => {
  const { os, missed, say, watchdog } = world(1000);
  say('READY=1');
  watchdog.end();
  os.advance(5000);
  say('WATCHDOG=trigger');
  assert.deepEqual(missed, []);
  assert.equal(os.clock.armedFor, null);
});
