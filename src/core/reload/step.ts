/**
 * A reload's part of its process's machine, drawn in `reload.ts`. It looks at each event before the lifecycle does (`intercept`), keeps what
 * is the reload's own business, and looks at the outcome afterwards (`observe`). The lifecycle knows nothing of it.
 */
import { describeExit, type ExitStatus } from '../exit-status.ts';
import { start, stop, tooLate } from '../lifecycle.ts';
import type { Generation, Process } from '../process.ts';
import type { ProcessEvent, Turn } from '../turn.ts';
import { done, fail, secsSince, tell } from './ending.ts';
import type { Reload } from './reload.ts';
import { commit, demote, promote, rollBack, successorSpawned, takeOver } from './rolling.ts';

/** Why a process can not be reloaded now, or null. */
export function reloadRefusal(process: Process): string | null {
  if (process.reload !== null) return 'a reload is under way already';
  switch (process.life.state) {
    case 'STOPPING':
      return 'it is being stopped';
    case 'FAILING':
      return 'it is being stopped, as its start failed';
    case 'UNKNOWN':
      return 'it is in an unknown state';
    case 'STOPPED':
    case 'SPAWNING':
    case 'STARTING':
    case 'RUNNING':
    case 'BACKOFF':
    case 'EXITED':
    case 'FATAL':
      return null;
  }
}

/** True: the event was the reload's own and the lifecycle must not see it. */
export function intercept(turn: Turn, event: ProcessEvent): boolean {
  const { reload } = turn.process;
  if (event.event === 'reload') {
    if (reloadRefusal(turn.process) === null) begin(turn);
    return true;
  }
  return reload !== null && interceptDuring(turn, reload, event);
}

function interceptDuring(turn: Turn, reload: Reload, event: Exclude<ProcessEvent, { event: 'reload' }>): boolean {
  switch (event.event) {
    case 'stop':
      cancel(turn, reload);
      return false;
    case 'spawned':
      return spawned(turn, reload, turn.generation(event.generation, event.pid));
    case 'spawn-failed':
      if (reload.phase !== 'spawning') return false;
      fail(turn, event.message, null);
      return true;
    case 'exited':
      return exited(turn, reload, event.pid, event.status);
    case 'ready':
      return ready(turn, reload, event.generation);
    case 'checked':
      return checked(turn, reload, event.generation, event.answer);
    case 'not-ready':
      return notReady(turn, reload, event.generation, event.reason);
    case 'reload-tested':
      if (reload.phase !== 'testing') return true;
      if (event.ok) proceed(turn, reload);
      else fail(turn, event.reason, null);
      return true;
    case 'time':
      time(turn, reload);
      return false;
    case 'start':
    case 'kill-failed':
      return false;
  }
}

/** After the lifecycle: phases that wait for the process itself. */
export function observe(turn: Turn): void {
  const { reload, life, retiring } = turn.process;
  switch (reload?.phase) {
    case 'stopping':
      if (life.state === 'STOPPED') startAnew(turn, reload);
      return;
    case 'starting':
      return observeStart(turn);
    case 'retiring':
      if (!retiring.some(({ generation }) => generation.number === reload.predecessor.number)) done(turn);
      return;
    case 'watching':
      if (turn.current?.number !== reload.generation) {
        fail(turn, 'it did not survive the signal', reload.generation);
      }
      return;
    case 'testing':
    case 'spawning':
    case 'waiting':
    case 'overlapping':
    case undefined:
      return;
  }
}

function begin(turn: Turn): void {
  const { strategy, test } = turn.spec.reload;
  turn.process.reload = { strategy, begun: turn.now.mono, phase: 'testing' };
  tell(turn, { fact: 'started', strategy, pid: turn.current?.pid ?? 0, generation: turn.current?.number ?? 0 });
  if (test === null) {
    proceed(turn, { strategy, begun: turn.now.mono, phase: 'testing' });
  } else {
    tell(turn, { fact: 'testing', command: test });
    turn.do({ effect: 'run-reload-test', command: test });
  }
}

/** The test was passed, or there is none. */
function proceed(turn: Turn, { strategy, begun }: Reload): void {
  const { process, current, spec } = turn;
  const { state } = process.life;
  const base = { strategy, begun };
  if (current === null || (state !== 'RUNNING' && state !== 'STARTING')) {
    startAnew(turn, { ...base, phase: 'starting' });
  } else if (strategy === 'hup') {
    const check = spec.reload.readyCheck.kind;
    const checks = check !== 'auto' && check !== 'startsecs';
    const until = turn.after(checks ? spec.reload.timeoutSecs : spec.startSecs);
    process.reload = { ...base, phase: 'watching', generation: current.number, ready: !checks, until, lastAnswer: '' };
    turn.do({ effect: 'kill', pid: current.pid, signal: spec.reload.signal, group: false });
    tell(turn, { fact: 'signalled', pid: current.pid, signal: spec.reload.signal });
    if (checks) turn.checkReady(current, true);
  } else if (strategy === 'restart' || spec.reload.order === 'stop_first') {
    process.reload = { ...base, phase: 'stopping' };
    tell(turn, { fact: 'stopping', pid: current.pid, signal: spec.stopSignal });
    stop(turn);
  } else {
    process.reload = { ...base, phase: 'spawning' };
    turn.spawn(current.pid);
  }
}

function startAnew(turn: Turn, { strategy, begun }: Reload): void {
  turn.process.reload = { strategy, begun, phase: 'starting' };
  if (turn.process.life.state !== 'SPAWNING') start(turn);
}

function spawned(turn: Turn, reload: Reload, generation: Generation): boolean {
  if (reload.phase !== 'spawning' && reload.phase !== 'starting') return false;
  tell(turn, { fact: 'spawned', pid: generation.pid, generation: generation.number });
  if (reload.phase === 'starting') return false;
  successorSpawned(turn, reload, generation);
  return true;
}

function ready(turn: Turn, reload: Reload, generation: number): boolean {
  if (reload.phase === 'waiting' && reload.successor.number === generation) {
    promote(turn, reload);
    return true;
  }
  if (reload.phase === 'watching' && reload.generation === generation) {
    const since = turn.current?.since ?? 0;
    turn.process.reload = {
      ...reload,
      ready: true,
      until: Math.max(turn.now.mono, reload.begun + turn.spec.startSecs * 1000),
    };
    tell(turn, {
      fact: 'ready',
      pid: turn.current?.pid ?? 0,
      afterSecs: secsSince(turn, Math.max(since, reload.begun)),
    });
    if (turn.due(turn.process.reload.until)) done(turn);
    return true;
  }
  const { current } = turn;
  if (reload.phase === 'starting' && current?.number === generation) {
    tell(turn, { fact: 'ready', pid: current.pid, afterSecs: secsSince(turn, current.since) });
  }
  return false;
}

function exited(turn: Turn, reload: Reload, pid: number, status: ExitStatus): boolean {
  const isCurrent = turn.current?.pid === pid;
  switch (reload.phase) {
    case 'waiting':
      if (reload.successor.pid === pid) {
        turn.do({ effect: 'end-check', generation: reload.successor.number });
        fail(turn, `the successor ended before it was ready (${describeExit(status)})`, reload.successor.number);
        return true;
      }
      if (isCurrent) takeOver(turn, reload, status);
      return isCurrent;
    case 'overlapping':
      if (isCurrent) demote(turn, reload, status);
      if (reload.predecessor.pid !== pid) return isCurrent;
      tell(turn, { fact: 'stopped', pid, status: describeExit(status) });
      done(turn);
      return true;
    case 'retiring':
      if (reload.predecessor.pid === pid) tell(turn, { fact: 'stopped', pid, status: describeExit(status) });
      return false;
    case 'stopping':
    case 'starting':
      if (isCurrent && reload.phase === 'stopping') tell(turn, { fact: 'stopped', pid, status: describeExit(status) });
      return false;
    case 'watching':
      if (isCurrent) fail(turn, `it ended after the signal (${describeExit(status)})`, reload.generation);
      return false;
    case 'testing':
    case 'spawning':
      return false;
  }
}

function checked(turn: Turn, reload: Reload, generation: number, answer: string): boolean {
  const { life } = turn.process;
  if (reload.phase === 'waiting' && reload.successor.number === generation) {
    turn.process.reload = { ...reload, lastAnswer: answer };
  } else if (reload.phase === 'watching' && reload.generation === generation) {
    turn.process.reload = { ...reload, lastAnswer: answer };
  } else if (life.state === 'STARTING' && life.gate.kind === 'ready') {
    turn.process.life = { ...life, gate: { ...life.gate, lastAnswer: answer } };
  }
  return true;
}

function notReady(turn: Turn, reload: Reload, generation: number, reason: string): boolean {
  if (reload.phase === 'waiting' && reload.successor.number === generation) {
    rollBack(turn, reload, reason);
    return true;
  }
  if (reload.phase === 'watching' && reload.generation === generation) {
    fail(turn, reason, generation);
    return true;
  }
  return false;
}

function time(turn: Turn, reload: Reload): void {
  if (!('until' in reload) || !turn.due(reload.until)) return;
  const { timeoutSecs } = turn.spec.reload;
  if (reload.phase === 'overlapping') commit(turn, reload);
  else if (reload.phase === 'waiting') rollBack(turn, reload, tooLate(timeoutSecs, reload.lastAnswer));
  else if (reload.ready) done(turn);
  else fail(turn, tooLate(timeoutSecs, reload.lastAnswer), reload.generation);
}

/** Somebody wants the process stopped: both generations go. */
function cancel(turn: Turn, reload: Reload): void {
  if (reload.phase === 'waiting') turn.retire(reload.successor, true);
  if (reload.phase === 'overlapping') turn.retire(reload.predecessor, false);
  if (reload.phase === 'testing') turn.do({ effect: 'end-reload-test' });
  fail(turn, 'a stop was asked for', null);
}

function observeStart(turn: Turn): void {
  const { life, spawnError } = turn.process;
  switch (life.state) {
    case 'SPAWNING':
    case 'STARTING':
      return;
    case 'RUNNING':
      return done(turn);
    case 'FAILING':
      return fail(turn, life.why, life.current.number);
    case 'STOPPED':
    case 'STOPPING':
    case 'BACKOFF':
    case 'EXITED':
    case 'FATAL':
    case 'UNKNOWN':
      return fail(turn, spawnError === '' ? 'it did not start' : spawnError, turn.process.generations);
  }
}
