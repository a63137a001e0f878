/** What must hold in every history of a process, whatever happens in whatever order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { currentGeneration, isAtRest, newProcess, type Process, stateName } from '../../src/core/process.ts';
import { step } from '../../src/core/process-step.ts';
import type { ProcessSpec } from '../../src/core/spec.ts';
import { ProcessWorld } from '../support/process-world.ts';
import { buildSpec } from '../support/spec-builder.ts';

const spec = fc
  .record({
    autorestart: fc.constantFrom(true, false, 'unexpected' as const),
    startSecs: fc.constantFrom(0, 1, 3),
    startRetries: fc.constantFrom(0, 2),
    stopWaitSecs: fc.constantFrom(0, 2),
    killAsGroup: fc.boolean(),
    reload: fc.record({
      strategy: fc.constantFrom('rolling', 'rolling', 'hup', 'restart'),
      handover: fc.constantFrom('auto', 'signal'),
      order: fc.constantFrom('start_first', 'start_first', 'stop_first'),
      test: fc.constantFrom(null, null, 'test'),
      timeoutSecs: fc.constantFrom(1, 5),
      overlapSecs: fc.constantFrom(0, 0.5),
      readyTimeoutSecs: fc.constantFrom(1, 5),
      readyCheck: fc.constantFrom({ kind: 'auto' } as const, { kind: 'accept' } as const),
    }),
  })
  .map(buildSpec);

const history = fc.array(fc.tuple(fc.nat({ max: 99 }), fc.nat({ max: 9999 })), {
  minLength: 10,
  maxLength: 60,
  size: 'max',
});
const runs = { seed: 4711, numRuns: 1500 };

/** Most histories begin with a process that is up: what is interesting comes later. */
function lived(spec: ProcessSpec, actions: ReadonlyArray<[number, number]>): ProcessWorld {
  const world = new ProcessWorld(spec);
  if (actions.length % 4 !== 0) world.run();
  for (const [kind, choice] of actions) world.act(kind, choice);
  return world;
}

test('in every history the invariants of the world hold, a reload ends, and a stop brings the process to rest', () => {
  const run = fc.property(spec, history, (spec, actions) => {
    const world = lived(spec, actions);
    const { begun } = world.process.reload ?? {};
    for (let turn = 0; world.process.reload !== null && world.process.reload.begun === begun; turn += 1) {
      assert.ok(turn < 50, `the reload does not end: ${JSON.stringify(world.process)}`);
      world.settle();
    }
    world.tell({ event: 'stop' });
    for (let turn = 0; !isAtRest(world.process); turn += 1) {
      assert.ok(turn < 20, `it does not stop: ${JSON.stringify(world.process)}`);
      world.settle();
    }
    assert.ok(['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN'].includes(stateName(world.process)));
    if (world.process.life.state !== 'UNKNOWN') assert.equal(currentGeneration(world.process), null);
  });
  fc.assert(run, runs);
});

test('recorded events, told again, lead to the same effects and the same end', () => {
  const run = fc.property(spec, history, (spec, actions) => {
    const world = lived(spec, actions);
    let process: Process = newProcess;
    for (const { event, context, effects } of world.log) {
      const again = step(process, event, context);
      assert.deepEqual(again.effects, effects);
      process = again.process;
    }
    assert.deepEqual(process, world.process);
  });
  fc.assert(run, { ...runs, numRuns: 200 });
});

test('a process that stays up serves through any number of rolling reloads', () => {
  const run = fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }), (goods) => {
    const world = new ProcessWorld(buildSpec({ reload: { strategy: 'rolling' } }));
    world.run();
    for (const good of goods) {
      const before = currentGeneration(world.process)?.pid;
      world.tell({ event: 'reload' });
      world.answerSpawn(true);
      const generation = world.process.generations;
      if (good) world.tell({ event: 'ready', generation });
      else world.tell({ event: 'not-ready', generation, reason: 'never' });
      while (world.process.reload !== null || world.process.retiring.length > 0) world.settle();
      assert.equal(currentGeneration(world.process)?.pid !== before, good);
      assert.equal(world.alive.size, 1);
      assert.equal(stateName(world.process), 'RUNNING');
    }
  });
  fc.assert(run, { ...runs, numRuns: 200 });
});
