/**
 * A world around the machine of one process: it spawns, reaps, checks and lets time pass as the effects ask and as chance will, and after
 * every step looks whether what must always hold still holds.
 */
import assert from 'node:assert/strict';
import type { ExitStatus } from '../../src/core/exit-status.ts';
import {
  aliveGenerations,
  currentGeneration,
  deadline,
  isAtRest,
  newProcess,
  type Process,
  stateName,
} from '../../src/core/process.ts';
import { step } from '../../src/core/process-step.ts';
import type { ProcessSpec } from '../../src/core/spec.ts';
import { isStoppedState, type StateName } from '../../src/core/states.ts';
import type { ProcessEffect, ProcessEvent, StepContext } from '../../src/core/turn.ts';

const SIGKILL = 9;

interface Child {
  /** When it was told to stop first (mono), or null. */
  toldAt: number | null;
  /** A kill of it failed. */
  stuck: boolean;
}

/** What clients may see one after the other. */
const transitions: ReadonlySet<string> = new Set(
  [
    'STOPPED>STARTING STARTING>RUNNING STARTING>BACKOFF STARTING>STOPPING STARTING>UNKNOWN RUNNING>EXITED RUNNING>STOPPING',
    'RUNNING>UNKNOWN BACKOFF>STARTING BACKOFF>FATAL BACKOFF>STOPPED EXITED>STARTING FATAL>STARTING STOPPING>STOPPED',
    'STOPPING>UNKNOWN UNKNOWN>EXITED',
    // A reload's: the second generation changes it.
    'BACKOFF>STOPPING UNKNOWN>RUNNING',
  ].flatMap((line) => line.split(' ')),
);

export class ProcessWorld {
  readonly spec: ProcessSpec;
  process: Process = newProcess;
  mono = 1000;
  restarts = true;
  readonly alive = new Map<number, Child>();
  readonly log: Array<{ event: ProcessEvent; context: StepContext; effects: readonly ProcessEffect[] }> = [];
  #testing = false;
  /** Whose successor is looked for, and under which number. */
  #following: { readonly generation: number; readonly predecessor: number } | null = null;
  #endsFollowing = false;
  #reloading = false;
  #seen: StateName = 'STOPPED';
  #stoppingPid = 0;
  #failures = 0;
  #lastPid = 100;
  /** Has ended, which is told next. */
  #leaves = 0;
  /** In a rolling reload with start_first whose predecessor was RUNNING, and nobody but the reload has touched it or its successor since. */
  #undisturbed = false;

  constructor(spec: ProcessSpec) {
    this.spec = spec;
  }

  /** One thing that may happen, chosen by numbers. */
  act(kind: number, choice: number): void {
    const pids = [...this.alive.keys()];
    const pid = pids[choice % Math.max(1, pids.length)];
    const generation = choice % (this.process.generations + 2);
    if (kind < 5) this.tell({ event: 'start' });
    else if (kind < 8) this.tell({ event: 'stop' });
    else if (kind < 22) this.tell({ event: 'reload' });
    else if (kind < 46) this.answerSpawn(choice % 10 !== 0);
    else if (kind < 48) this.succeed();
    else if (kind < 53 && pid !== undefined) this.exit(pid, choice % 3 === 0 ? 1 : 0);
    else if (kind < 68)
      this.tell({ event: 'ready', generation: choice % 4 === 0 ? generation : this.process.generations });
    else if (kind < 70) this.tell({ event: 'not-ready', generation, reason: 'never' });
    else if (kind < 72) this.tell({ event: 'checked', generation, answer: 'no' });
    else if (kind < 73) this.tell({ event: 'extended', generation, byMs: choice });
    else if (kind < 80 && this.#testing) this.answerTest(choice % 4 !== 0);
    else if (kind < 81 && pid !== undefined && this.alive.get(pid)?.toldAt !== null) this.failKill(pid);
    else if (kind < 82 && choice % 8 === 0) this.restarts = false;
    else if (kind < 90) this.pass(choice % 1500);
    else this.passToDeadline();
  }

  /** Up and RUNNING, the usual way. */
  run(): this {
    this.tell({ event: 'start' });
    this.answerSpawn(true);
    this.tell({ event: 'ready', generation: 1 });
    this.passToDeadline();
    return this;
  }

  answerSpawn(ok: boolean): void {
    const generation = this.process.spawning;
    if (generation === null) return;
    if (this.#following !== null) return this.answerFollow(ok);
    if (!ok) return this.tell({ event: 'spawn-failed', generation, message: 'no such file' });
    this.#lastPid += 1;
    this.alive.set(this.#lastPid, { toldAt: null, stuck: false });
    this.tell({ event: 'spawned', generation, pid: this.#lastPid });
  }

  answerFollow(ok: boolean): void {
    const generation = this.#following?.generation;
    if (generation === undefined) return;
    this.#following = null;
    if (!ok) return this.tell({ event: 'not-adopted', generation });
    this.#lastPid += 1;
    this.alive.set(this.#lastPid, { toldAt: null, stuck: false });
    this.tell({ event: 'adopted', generation, pid: this.#lastPid });
  }

  /** It makes its own successor, unasked, and ends. */
  succeed(): void {
    const { reload, life } = this.process;
    const current = currentGeneration(this.process);
    if (current === null || !['RUNNING', 'STARTING'].includes(life.state)) return;
    if (this.spec.reload.handover !== 'signal' || this.#following !== null) return;
    if (reload !== null && reload.phase !== 'testing') return;
    this.#lastPid += 1;
    this.alive.set(this.#lastPid, { toldAt: null, stuck: false });
    this.#leaves = current.pid;
    this.tell({ event: 'succeeded', generation: this.process.generations + 1, pid: this.#lastPid });
    this.#leaves = 0;
    this.exit(current.pid, 0);
  }

  answerTest(ok: boolean): void {
    this.#testing = false;
    this.tell({ event: 'reload-tested', ok, reason: ok ? '' : 'bad' });
  }

  exit(pid: number, code: number): void {
    if (this.#following?.predecessor === pid) this.answerFollow(this.mono % 2 === 0);
    if (this.alive.get(pid)?.toldAt === null && currentGeneration(this.process)?.pid === pid) this.#undisturbed = false;
    this.alive.delete(pid);
    const status: ExitStatus = { kind: 'exit', code };
    this.tell({ event: 'exited', pid, status });
  }

  failKill(pid: number): void {
    const child = this.alive.get(pid);
    if (child !== undefined) child.stuck = true;
    this.#undisturbed = false;
    this.tell({ event: 'kill-failed', pid, errno: 'EPERM' });
  }

  pass(ms: number): void {
    this.mono += ms;
    if ((deadline(this.process) ?? Number.POSITIVE_INFINITY) <= this.mono) this.tell({ event: 'time' });
  }

  passToDeadline(): void {
    this.pass(Math.max(0, (deadline(this.process) ?? this.mono) - this.mono));
  }

  /** What the rest of the world does anyway: spawns and tests are answered, what was told to stop goes (the stubborn only when killed), time passes. */
  settle(): void {
    if (this.process.spawning !== null) this.answerSpawn(true);
    if (this.#testing) this.answerTest(true);
    for (const [pid, { toldAt, stuck }] of this.alive) if (toldAt !== null && !stuck) this.exit(pid, 0);
    this.passToDeadline();
  }

  tell(event: ProcessEvent): void {
    if (event.event === 'stop') this.#undisturbed = false;
    const begins = event.event === 'reload' && this.process.reload === null;
    const wasRunning = this.process.life.state === 'RUNNING';
    const context = { spec: this.spec, now: { mono: this.mono, wall: this.mono }, restarts: this.restarts };
    const { process, effects } = step(this.process, event, context);
    this.log.push({ event, context, effects });
    this.process = JSON.parse(JSON.stringify(process));
    if (begins) {
      this.#reloading = true;
      const { strategy, order } = this.spec.reload;
      this.#undisturbed = wasRunning && strategy === 'rolling' && order === 'start_first';
    }
    for (const effect of effects) this.#carryOut(effect, event);
    this.#look();
    this.#mustMove();
    if (!this.#endsFollowing) return;
    this.#endsFollowing = false;
    this.answerFollow(this.mono % 3 === 0);
  }

  #carryOut(effect: ProcessEffect, event: ProcessEvent): void {
    switch (effect.effect) {
      case 'spawn':
        assert.equal(effect.generation, this.process.generations, 'a new number for every generation');
        assert.ok(this.restarts || event.event === 'start', 'nothing starts by itself in a shutdown');
        return;
      case 'follow':
        assert.equal(effect.generation, this.process.generations, 'a new number for every generation');
        assert.ok(this.alive.has(effect.predecessor), 'who is followed lives');
        assert.equal(this.#following, null);
        this.#following = effect;
        return;
      case 'end-follow':
        this.#endsFollowing = this.#following !== null;
        return;
      case 'kill':
        return this.#killed(effect);
      case 'check-ready':
        assert.ok(this.alive.has(effect.pid), 'who is checked lives');
        return;
      case 'state':
        return this.#stateChanged(effect);
      case 'run-reload-test':
        assert.ok(!this.#testing, 'one test at a time');
        this.#testing = true;
        return;
      case 'end-reload-test':
        assert.ok(this.#testing, 'a test runs');
        this.#testing = false;
        return;
      case 'reload-ended':
        assert.ok(this.#reloading, 'a reload ends once');
        this.#reloading = false;
        return;
      case 'before-signal':
      case 'end-check':
      case 'promoted':
      case 'log':
      case 'reload-fact':
        return;
    }
  }

  #killed({ pid, signal }: ProcessEffect & { effect: 'kill' }): void {
    const child = this.alive.get(pid);
    assert.ok(child, 'who is signalled was spawned and is not reaped');
    if (signal === this.spec.stopSignal) child.toldAt ??= this.mono;
    if (signal !== SIGKILL) return;
    assert.ok(
      child.toldAt !== null && this.mono >= child.toldAt + this.spec.stopWaitSecs * 1000,
      'not killed too early',
    );
  }

  #stateChanged({ from, to, pid, tries }: ProcessEffect & { effect: 'state' }): void {
    assert.equal(from, this.#seen);
    assert.ok(transitions.has(`${from}>${to}`), `${from}>${to}`);
    this.#seen = to;
    if (to === 'BACKOFF') this.#failures += 1;
    if (to === 'BACKOFF' || to === 'STARTING') assert.equal(tries, this.#failures, 'tries');
    else this.#failures = 0;
    if (to === 'STOPPING') this.#stoppingPid = pid;
    if (to === 'STOPPED')
      assert.equal(pid, from === 'STOPPING' ? this.#stoppingPid : 0, 'the pid that was to stop has stopped');
  }

  #look(): void {
    const { process } = this;
    const known = aliveGenerations(process).map(({ pid }) => pid);
    assert.deepEqual(
      known.sort(),
      [...this.alive.keys()].sort(),
      'every pid is known until it is reaped, and no other',
    );
    assert.equal(this.#seen, stateName(process), 'clients hear of every state');
    assert.equal(this.#reloading, process.reload !== null, 'a reload that is over has ended');
    assert.equal(this.#testing, process.reload?.phase === 'testing', 'a test runs while it is waited for');
    const wanted = [...this.alive].filter(
      ([pid, { toldAt, stuck }]) => toldAt === null && !stuck && pid !== this.#leaves,
    ).length;
    assert.ok(wanted <= (process.reload === null ? 1 : 2), 'two generations are wanted only in a reload');
    if (isAtRest(process)) {
      assert.equal(process.spawning, null);
      const down = process.life.state !== 'UNKNOWN' && isStoppedState(stateName(process));
      for (const { stuck } of this.alive.values()) assert.ok(stuck || !down, 'what is at rest has nothing alive');
    }
    if (process.reload !== null && this.#undisturbed) {
      const serving = this.alive.get(currentGeneration(process)?.pid ?? 0);
      assert.equal(serving?.toldAt, null, 'a generation that nobody told to stop serves');
      assert.equal(stateName(process), 'RUNNING');
    }
  }

  /** No busy loop: a deadline lies ahead, or the time changes something that puts it there. */
  #mustMove(): void {
    let { process } = this;
    const context = { spec: this.spec, now: { mono: this.mono, wall: this.mono }, restarts: this.restarts };
    for (let tries = 0; (deadline(process) ?? Number.POSITIVE_INFINITY) <= this.mono; tries += 1) {
      assert.ok(tries < 4, `the time goes in circles: ${JSON.stringify(process)}`);
      process = step(process, { event: 'time' }, context).process;
    }
  }
}
