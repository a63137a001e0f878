/**
 * Drives the machine of one process and says in short words what it does, for tables:
 *
 *   STARTING | STOPPED>STARTING tries:0, spawn 1
 *
 * first the life (and `/phase` of a reload), then the effects, or `same` when nothing changes and nothing is to be done; log lines and the
 * facts of a reload are kept apart. Generation n has pid 100 + n.
 */
import assert from 'node:assert/strict';
import type { ExitStatus } from '../../src/core/exit-status.ts';
import { deadline, newProcess, type Process } from '../../src/core/process.ts';
import { step } from '../../src/core/process-step.ts';
import type { ReloadFact } from '../../src/core/reload/facts.ts';
import { signalName } from '../../src/core/signals.ts';
import type { ProcessSpec } from '../../src/core/spec.ts';
import type { Leaving, ProcessEffect, ProcessEvent } from '../../src/core/turn.ts';
import { buildSpec, type SpecOverrides } from './spec-builder.ts';

/** Wall time is far from mono, so that a mix-up shows. */
export const wallAhead = 1_700_000_000_000;

export const exit = (code: number): ExitStatus => ({ kind: 'exit', code });
export const killedBy = (signal: number): ExitStatus => ({ kind: 'signal', signal, coreDumped: false });

export class ProcessDriver {
  readonly spec: ProcessSpec;
  leaving: Leaving | undefined;
  process: Process = newProcess;
  mono = 0;
  restarts = true;
  readonly lines: string[] = [];
  readonly facts: ReloadFact[] = [];
  /** Whose last output a failed reload shows. */
  readonly outputOf: Array<number | 'reload-test'> = [];
  /** The words of all that was told. */
  readonly words: string[] = [];

  constructor(overrides: SpecOverrides = {}) {
    this.spec = buildSpec(overrides);
  }

  tell(event: ProcessEvent): string {
    const now = { mono: this.mono, wall: wallAhead + this.mono };
    const before = JSON.stringify(this.process);
    const { spec, restarts, leaving } = this;
    const { process, effects } = step(this.process, event, {
      ...{ spec, now, restarts },
      ...(leaving === undefined ? {} : { leaving }),
    });
    assert.equal(JSON.stringify(this.process), before, 'the old state stands');
    assert.deepEqual(JSON.parse(JSON.stringify(process)), process, 'the state is plain JSON');
    this.process = process;
    const words = effects.flatMap((effect) => this.#note(effect));
    this.words.push(...words);
    if (words.length > 0) return `${this.state()} | ${words.join(', ')}`;
    return JSON.stringify(process) === before ? 'same' : this.state();
  }

  /** `STARTING?` is one that waits for its ready check. */
  state(): string {
    const { life, reload } = this.process;
    const gated = life.state === 'STARTING' && life.gate.kind === 'ready' ? '?' : '';
    return `${life.state}${gated}${reload === null ? '' : `/${reload.phase}`}`;
  }

  start = () => this.tell({ event: 'start' });
  stop = () => this.tell({ event: 'stop' });
  reload = () => this.tell({ event: 'reload' });
  spawned = (generation: number) => this.tell({ event: 'spawned', generation, pid: 100 + generation });
  spawnFailed = (generation: number, message = "can't find command '/x'") =>
    this.tell({ event: 'spawn-failed', generation, message });
  adopted = (generation: number) => this.tell({ event: 'adopted', generation, pid: 100 + generation });
  notAdopted = (generation: number) => this.tell({ event: 'not-adopted', generation });
  succeeded = (generation: number) => this.tell({ event: 'succeeded', generation, pid: 100 + generation });
  exited = (pid: number, status: ExitStatus = exit(0)) => this.tell({ event: 'exited', pid, status });
  killFailed = (pid: number) => this.tell({ event: 'kill-failed', pid, errno: 'EPERM' });
  ready = (generation: number) => this.tell({ event: 'ready', generation });
  checked = (generation: number, answer: string) => this.tell({ event: 'checked', generation, answer });
  extended = (generation: number, byMs: number) => this.tell({ event: 'extended', generation, byMs });
  notReady = (generation: number, reason = 'refused') => this.tell({ event: 'not-ready', generation, reason });
  tested = (ok: boolean, reason = ok ? '' : 'syntax error') => this.tell({ event: 'reload-tested', ok, reason });

  /** Lets so many seconds pass, and tells it so. */
  after(secs: number): string {
    this.mono += Math.round(secs * 1000);
    return this.tell({ event: 'time' });
  }

  /** Lets the time pass up to its deadline; with `earlier`, so many milliseconds less. */
  atDeadline(earlier = 0): string {
    this.mono = Math.max(this.mono, (deadline(this.process) ?? this.mono + 3_600_000) - earlier);
    return this.tell({ event: 'time' });
  }

  /** Up and RUNNING, by the time alone. */
  run(): this {
    this.start();
    this.spawned(this.process.generations);
    if (this.process.life.state === 'STARTING' && this.process.life.gate.kind === 'ready') {
      this.ready(this.process.generations);
    }
    this.after(this.spec.startSecs);
    assert.equal(this.process.life.state, 'RUNNING');
    return this;
  }

  #note(effect: ProcessEffect): string[] {
    if (effect.effect === 'log') this.lines.push(`${effect.line.level} ${effect.line.text}`);
    if (effect.effect === 'reload-fact') {
      this.facts.push(effect.fact);
      if (effect.outputOf !== null) this.outputOf.push(effect.outputOf);
    }
    const word = effectWord(effect);
    return word === null ? [] : [word];
  }
}

/** A state event with what supervisord's payload of that event has, and no more. */
export function effectWord(effect: ProcessEffect): string | null {
  switch (effect.effect) {
    case 'state':
      return `${effect.from}>${effect.to}${payload(effect)}`;
    case 'spawn':
      return `spawn ${effect.generation}${effect.predecessor === null ? '' : ` beside ${effect.predecessor}`}`;
    case 'follow':
      return `follow ${effect.predecessor} for ${effect.generation}`;
    case 'end-follow':
      return `end follow ${effect.generation}`;
    case 'kill':
      return `${signalName(effect.signal)} ${effect.group ? 'group ' : ''}${effect.pid}`;
    case 'before-signal':
      return `forget ${effect.generation}`;
    case 'check-ready':
      return `check ${effect.generation}${effect.afterSignal ? ' after signal' : ''}`;
    case 'end-check':
      return `uncheck ${effect.generation}`;
    case 'promoted':
      return `promote ${effect.generation}`;
    case 'run-reload-test':
      return `test ${effect.command}`;
    case 'end-reload-test':
      return 'end test';
    case 'reload-ended':
      return effect.ok ? 'reloaded' : `reload failed: ${effect.reason}`;
    case 'log':
    case 'reload-fact':
      return null;
  }
}

function payload({ to, tries, pid, expected }: ProcessEffect & { effect: 'state' }): string {
  switch (to) {
    case 'STARTING':
    case 'BACKOFF':
      return ` tries:${tries}`;
    case 'RUNNING':
    case 'STOPPING':
    case 'STOPPED':
      return ` pid:${pid}`;
    case 'EXITED':
      return ` expected:${Number(expected)} pid:${pid}`;
    case 'FATAL':
    case 'UNKNOWN':
      return '';
  }
}
