import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  newRollout,
  type Rollout,
  type RolloutEffect,
  type RolloutEvent,
  rolloutDeadline,
  rolloutStep,
} from '../../../src/core/reload/rollout.ts';
import type { ReloadSpec } from '../../../src/core/spec.ts';
import { buildSpec } from '../../support/spec-builder.ts';

type Given = Parameters<typeof newRollout>[0][number];

function program(name: string, count: number, reload: Partial<ReloadSpec> = {}, group = name, priority = 999): Given[] {
  const groupPriority = group === 'early' ? 1 : 999;
  return Array.from({ length: count }, (_, index) => {
    const process = count === 1 ? name : `${name}_${index}`;
    return {
      group,
      groupPriority,
      name: process,
      spec: buildSpec({ group, name: process, program: name, priority, reload }),
    };
  });
}

/** Drives a rollout and writes down what it does: `web:web_0` for a reload, `ok` or `failed: REASON` for the end. */
class Drive {
  rollout: Rollout;
  mono = 1000;

  constructor(processes: Given[]) {
    this.rollout = newRollout(processes);
  }

  tell(event: RolloutEvent): string[] {
    const { rollout, effects } = rolloutStep(this.rollout, event, { mono: this.mono, wall: this.mono });
    assert.deepEqual(JSON.parse(JSON.stringify(rollout)), rollout, 'the state is plain JSON');
    this.rollout = rollout;
    return effects.map(word);
  }

  begin = () => this.tell({ event: 'begin' });
  ok = (namespec: string) => this.#ended(namespec, true, '');
  failed = (namespec: string, reason = 'not ready') => this.#ended(namespec, false, reason);

  at(mono: number): string[] {
    this.mono = mono;
    return this.tell({ event: 'time' });
  }

  #ended(namespec: string, ok: boolean, reason: string): string[] {
    const [group = '', name = group] = namespec.split(':');
    return this.tell({ event: 'ended', group, name, ok, reason });
  }
}

function word(effect: RolloutEffect): string {
  if (effect.effect === 'reload') return `${effect.group}:${effect.name}`;
  return effect.ok ? `ok${effect.reason}` : `failed: ${effect.reason}`;
}

describe('a reload of many processes', () => {
  test('of one process ends as that process does', () => {
    const good = new Drive(program('web', 1));
    assert.deepEqual(good.begin(), ['web:web']);
    assert.deepEqual(good.ok('web'), ['ok']);
    const bad = new Drive(program('web', 1));
    bad.begin();
    assert.deepEqual(bad.failed('web', 'not ready within 60 s'), ['failed: not ready within 60 s']);
  });

  test('of nothing is done at once', () => {
    assert.deepEqual(new Drive([]).begin(), ['ok']);
  });

  test('reloads one process of a program at a time', () => {
    const drive = new Drive(program('web', 3));
    assert.deepEqual(drive.begin(), ['web:web_0']);
    assert.deepEqual(drive.ok('web:web_0'), ['web:web_1']);
    assert.deepEqual(drive.ok('web:web_1'), ['web:web_2']);
    assert.deepEqual(drive.ok('web:web_2'), ['ok']);
  });

  test('with reload_parallelism=2 reloads two at a time, and the next two when both have ended', () => {
    const drive = new Drive(program('web', 3, { parallelism: 2 }));
    assert.deepEqual(drive.begin(), ['web:web_0', 'web:web_1']);
    assert.deepEqual(drive.ok('web:web_1'), []);
    assert.deepEqual(drive.ok('web:web_0'), ['web:web_2']);
    assert.deepEqual(drive.ok('web:web_2'), ['ok']);
  });

  test('pauses reload_delay seconds between the batches of a program, and not after its last', () => {
    const drive = new Drive([...program('web', 2, { delaySecs: 5 }), ...program('worker', 1)]);
    assert.deepEqual(drive.begin(), ['web:web_0']);
    assert.equal(rolloutDeadline(drive.rollout), null);
    assert.deepEqual(drive.ok('web:web_0'), []);
    assert.equal(rolloutDeadline(drive.rollout), 6000);
    assert.deepEqual(drive.at(5999), []);
    assert.deepEqual(drive.at(6000), ['web:web_1']);
    assert.equal(rolloutDeadline(drive.rollout), null);
    assert.deepEqual(drive.ok('web:web_1'), ['worker:worker']);
  });

  test('goes through the groups by priority and name, and in a group through the programs by priority and name', () => {
    const drive = new Drive([
      ...program('zeta', 1, {}, 'm', 20),
      ...program('last', 2, {}, 'm', 30),
      ...program('beta', 1, {}, 'm', 20),
      ...program('alone', 1, {}, 'a', 50),
      ...program('first', 1, {}, 'early', 60),
    ]);
    const order = drive.begin();
    for (let last = order.at(-1); last?.includes(':'); last = order.at(-1)) order.push(...drive.ok(last));
    assert.deepEqual(order, ['early:first', 'a:alone', 'm:beta', 'm:zeta', 'm:last_0', 'm:last_1', 'ok']);
  });

  test('gives a process that is named twice one turn', () => {
    const drive = new Drive([...program('web', 1), ...program('web', 1)]);
    assert.deepEqual(drive.begin(), ['web:web']);
    assert.deepEqual(drive.ok('web'), ['ok']);
  });

  test('stops at the first failure and says how many it left alone', () => {
    const drive = new Drive([...program('web', 2), ...program('worker', 1)]);
    drive.begin();
    assert.deepEqual(drive.failed('web:web_0'), ['failed: web:web_0: not ready; 2 of 3 not reloaded because of it']);
    assert.deepEqual(drive.begin(), []);
    assert.deepEqual(drive.ok('web:web_0'), []);
  });

  test('lets the rest of a batch end before it gives up', () => {
    const drive = new Drive(program('web', 4, { parallelism: 2 }));
    drive.begin();
    assert.deepEqual(drive.failed('web:web_0', 'A'), []);
    assert.deepEqual(drive.failed('web:web_1', 'B'), [
      'failed: web:web_0: A; web:web_1: B; 2 of 4 not reloaded because of it',
    ]);
  });

  test('with reload_on_failure=continue goes on, and has failed at the end', () => {
    const drive = new Drive([...program('web', 2, { onFailure: 'continue' }), ...program('worker', 1)]);
    drive.begin();
    assert.deepEqual(drive.failed('web:web_0'), ['web:web_1']);
    assert.deepEqual(drive.ok('web:web_1'), ['worker:worker']);
    assert.deepEqual(drive.ok('worker'), ['failed: web:web_0: not ready']);
  });

  test('an earlier failure that was gone past does not stop a program without `continue`', () => {
    const drive = new Drive([...program('web', 1, { onFailure: 'continue' }), ...program('worker', 2)]);
    drive.begin();
    assert.deepEqual(drive.failed('web'), ['worker:worker_0']);
    assert.deepEqual(drive.ok('worker:worker_0'), ['worker:worker_1']);
  });

  test('ignores ends of processes that are not under way', () => {
    const drive = new Drive(program('web', 2));
    assert.deepEqual(drive.ok('web:web_0'), []);
    drive.begin();
    assert.deepEqual(drive.ok('web:web_1'), []);
    assert.deepEqual(drive.failed('other:web_0'), []);
  });
});

test('a rollout ends, gives each process one turn, never has more than reload_parallelism of one program under way', () => {
  const programs = fc.array(
    fc.record({
      group: fc.constantFrom('a', 'b'),
      count: fc.integer({ min: 1, max: 5 }),
      parallelism: fc.integer({ min: 1, max: 4 }),
      delaySecs: fc.constantFrom(0, 3),
      onFailure: fc.constantFrom('rollback', 'continue'),
      priority: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 4 },
  );
  const run = fc.property(programs, fc.infiniteStream(fc.nat({ max: 9 })), (rows, choices) => {
    const given = rows.flatMap((row, index) => program(`p${index}`, row.count, row, row.group, row.priority));
    const parallelism = new Map(rows.map((row, index) => [`p${index}`, row.parallelism]));
    const drive = new Drive(given);
    const underWay = new Set<string>();
    const turns: string[] = [];
    let effects = drive.begin();
    let failed = false;
    for (let turn = 0; turn < 100; turn += 1) {
      for (const effect of effects.filter((one) => one.includes(':') && !one.startsWith('failed'))) {
        underWay.add(effect);
        turns.push(effect);
      }
      const programsUnderWay = new Set([...underWay].map((one) => one.replace(/_\d+$/, '')));
      assert.ok(programsUnderWay.size <= 1, 'one program at a time');
      for (const one of programsUnderWay) {
        const name = one.split(':')[1] ?? '';
        assert.ok(underWay.size <= (parallelism.get(name) ?? 0));
      }
      const last = effects.at(-1);
      if (last === 'ok' || last?.startsWith('failed')) {
        assert.equal(underWay.size, 0);
        assert.equal(last === 'ok', !failed);
        assert.equal(new Set(turns).size, turns.length);
        if (!failed) assert.equal(turns.length, given.length);
        return;
      }
      const deadline = rolloutDeadline(drive.rollout);
      assert.equal(deadline === null, underWay.size > 0, 'it waits for processes or for the time');
      const choice = choices.next().value ?? 0;
      const next = [...underWay][choice % Math.max(1, underWay.size)];
      if (next !== undefined) {
        underWay.delete(next);
        failed ||= choice === 9;
        effects = choice === 9 ? drive.failed(next) : drive.ok(next);
      } else {
        effects = drive.at(deadline ?? 0);
      }
    }
    assert.fail('it never ended');
  });
  fc.assert(run, { seed: 4711, numRuns: 1000 });
});
