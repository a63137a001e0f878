import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Changes } from '../../src/runtime/changes.ts';
import { Deadlines } from '../../src/runtime/deadlines.ts';
import { FakeClock } from '../support/fake-clock.ts';

const web = { group: 'web', name: 'web' };
const job = { group: 'job', name: 'job' };

function world() {
  const clock = new FakeClock();
  return { clock, changes: new Changes(new Deadlines(clock)) };
}

async function isOpen(promise: Promise<void>): Promise<boolean> {
  let open = true;
  void promise.then(() => {
    open = false;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return open;
}

test('whoever knows nothing yet is told everything at once, and afterwards only what changed', async () => {
  const { changes } = world();
  assert.ok(changes.isAllNew(0));
  assert.equal(await isOpen(changes.changed(0, 1000)), false);
  const known = changes.version;
  assert.ok(!changes.isNew(web, known));
  changes.touch(web);
  assert.deepEqual(
    [changes.isAllNew(known), changes.isNew(web, known), changes.isNew(job, known)],
    [false, true, false],
  );
  assert.ok(!changes.isNew(web, changes.version));
});

test('who waits is woken by the next change, and by nothing else before the time is up', async () => {
  const { clock, changes } = world();
  const first = changes.changed(changes.version, 5000);
  assert.ok(await isOpen(first));
  changes.touch(web);
  assert.equal(await isOpen(first), false);
  const second = changes.changed(changes.version, 5000);
  clock.step(clock.now().mono + 4999);
  assert.ok(await isOpen(second));
  clock.step(clock.now().mono + 1);
  assert.equal(await isOpen(second), false);
  assert.equal(clock.armedFor, null, 'nothing is left to be woken for');
});

test('when processes come or go, everybody is told everything again', () => {
  const { changes } = world();
  changes.touch(web);
  const known = changes.version;
  changes.touchAll();
  assert.ok(changes.isAllNew(known) && changes.isNew(job, known));
  assert.ok(!changes.isAllNew(changes.version));
});

test("a version that never was is an earlier daemon's: it is answered at once, with everything", async () => {
  const { changes } = world();
  assert.ok(changes.isAllNew(4711));
  assert.equal(await isOpen(changes.changed(4711, 1000)), false);
});

test('a ready check that says the same again is no change', () => {
  const { changes } = world();
  const versions = ['', 'refused', 'refused', '1 of 2', '', ''].map((answer) => {
    changes.stepped(web, answer);
    return changes.version - 1;
  });
  assert.deepEqual(versions, [0, 1, 1, 2, 3, 3]);
});

test('whoever keeps what it has seen sees by the epoch that something may have changed', () => {
  const { changes } = world();
  const deeds = [
    () => changes.touch(web),
    () => changes.touchAll(),
    () => changes.regrouped(),
    () => changes.stepped(web, ''),
    () => changes.stepped(web, 'refused'),
  ];
  for (const deed of deeds) {
    const { epoch } = changes;
    deed();
    assert.notEqual(changes.epoch, epoch);
  }
});
