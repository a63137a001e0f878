import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Generation } from '../../src/core/generation.ts';
import { newProcess, type Process } from '../../src/core/process.ts';
import { planShutdown, type ShutdownGroup } from '../../src/core/shutdown.ts';

const generation: Generation = { number: 1, pid: 7, since: 0, startedAt: 0 };
const states = {
  stopped: newProcess,
  exited: { ...newProcess, life: { state: 'EXITED', expected: true } },
  fatal: { ...newProcess, life: { state: 'FATAL' } },
  unknown: { ...newProcess, life: { state: 'UNKNOWN', current: generation } },
  backoff: { ...newProcess, life: { state: 'BACKOFF', retryAt: 0 } },
  running: { ...newProcess, life: { state: 'RUNNING', current: generation } },
  starting: {
    ...newProcess,
    life: { state: 'STARTING', current: generation, runningAt: 0, gate: { kind: 'startsecs' } },
  },
  lingering: {
    ...newProcess,
    life: { state: 'LINGERING', pid: 7 },
    retiring: [{ generation, killAt: 0, broken: false }],
  },
  stopping: { ...newProcess, life: { state: 'STOPPING', current: generation, killAt: 0 } },
  stuck: { ...newProcess, retiring: [{ generation, killAt: null, broken: false }] },
  retiring: { ...newProcess, retiring: [{ generation, killAt: 0, broken: false }] },
  restarted: {
    ...newProcess,
    life: { state: 'STOPPING', current: generation, killAt: 0 },
    reload: { strategy: 'restart', begun: 0, phase: 'stopping' },
  },
  tested: { ...newProcess, reload: { strategy: 'restart', begun: 0, phase: 'testing', until: 0 } },
} satisfies Record<string, Process>;

/** `{a: ['running', 'stopped']}`: group a with the processes a0 and a1. */
function plan(groups: Record<string, ReadonlyArray<keyof typeof states>>, listening: readonly string[] = []) {
  const given: ShutdownGroup[] = Object.entries(groups).map(([name, members]) => ({
    name,
    isListening: listening.includes(name),
    processes: members.map((state, index) => ({ name: `${name}${index}`, process: states[state] })),
  }));
  const { stop, waitingFor } = planShutdown(given);
  return { stop: stop.map(({ group, name }) => `${group}:${name}`), waitingFor };
}

describe('at shutdown', () => {
  test('the last group goes first, all of it at once, the last process first', () => {
    assert.deepEqual(plan({ a: ['running'], b: ['running', 'starting', 'backoff'] }), {
      stop: ['b:b2', 'b:b1', 'b:b0'],
      waitingFor: ['a0', 'b0', 'b1', 'b2'],
    });
  });

  test('a group is told nothing until the one after it is down entirely', () => {
    assert.deepEqual(plan({ a: ['running'], b: ['stopped', 'stopping'] }), { stop: [], waitingFor: ['a0', 'b1'] });
    assert.deepEqual(plan({ a: ['running'], b: ['stopped', 'retiring'] }), { stop: [], waitingFor: ['a0', 'b1'] });
    assert.deepEqual(plan({ a: ['running'], b: ['lingering'] }), { stop: [], waitingFor: ['a0', 'b0'] });
    assert.deepEqual(plan({ a: ['running'], b: ['stuck'] }), { stop: ['a:a0'], waitingFor: ['a0'] });
    assert.deepEqual(plan({ a: ['running'], b: ['stopped', 'exited', 'fatal', 'unknown'] }), {
      stop: ['a:a0'],
      waitingFor: ['a0'],
    });
  });

  test('a process that a reload would start again is told too', () => {
    assert.deepEqual(plan({ a: ['restarted', 'tested'] }), { stop: ['a:a1', 'a:a0'], waitingFor: ['a0', 'a1'] });
  });

  test('with everything down nothing is left to wait for', () => {
    assert.deepEqual(plan({ a: ['stopped'], b: ['exited'], c: [] }), { stop: [], waitingFor: [] });
    assert.deepEqual(plan({}), { stop: [], waitingFor: [] });
  });

  test('listeners that have not answered yet are left alone, and nobody else is told anything meanwhile', () => {
    assert.deepEqual(plan({ a: ['running'], b: ['running'] }, ['b']), { stop: [], waitingFor: ['a0', 'b0'] });
    assert.deepEqual(plan({ a: ['running'], b: ['running'] }, ['a']).stop, ['b:b0']);
    const told: ShutdownGroup = { name: 'a', isListening: true, processes: [{ name: 'a0', process: states.stopping }] };
    assert.equal(planShutdown([told]).isHeldBack, false);
    const untold = { ...told, processes: [{ name: 'a0', process: states.running }] };
    assert.equal(planShutdown([untold]).isHeldBack, true);
  });
});
