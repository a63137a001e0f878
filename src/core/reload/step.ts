/**
 * A reload's part of its process's machine, drawn in `reload.ts`. It looks at each event before the lifecycle does (`intercept`), keeps what
 * is the reload's own business, and looks at the outcome afterwards (`observe`). The lifecycle knows nothing of it.
 */
import { describeExit, type ExitStatus } from '../exit-status.ts';
import type { Generation } from '../generation.ts';
import { stop } from '../lifecycle.ts';
import type { Process } from '../process.ts';
import type { ReloadStrategy } from '../spec.ts';
import { start, tooLate } from '../starting.ts';
import type { ProcessEvent, Turn } from '../turn.ts';
import { afterOverlap, callSuccessor, leftByItself, nobodyCame, successorAdopted, successorFailed } from './calling.ts';
import { done, fail, secsSince, tell } from './ending.ts';
import { observeWatch, passed, signal, watchTimedOut } from './hup.ts';
import type { In, Reload } from './reload.ts';
import {
  demote,
  observeRetirement,
  promote,
  retirePredecessor,
  rollBack,
  spawnSuccessor,
  successorSpawned,
  takeOver,
} from './rolling.ts';

/** Why a process can not be reloaded now, or null. */
export function reloadRefusal({ life, reload }: Pick<Process, 'life' | 'reload'>): string | null {
  if (reload !== null) return 'a reload is under way already';
  switch (life.state) {
    case 'STOPPING':
    case 'LINGERING':
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
  if (reload !== null) return interceptDuring(turn, reload, event);
  if (event.event === 'reload') begin(turn, event.strategy ?? turn.spec.reload.strategy);
  return event.event === 'reload';
}

function interceptDuring(turn: Turn, reload: Reload, event: ProcessEvent): boolean {
  switch (event.event) {
    case 'reload':
      return true; // the one under way will end for both who asked
    case 'stop':
      cancel(turn, reload);
      return false;
    case 'spawned':
      return spawned(turn, reload, turn.generation(event.generation, event.pid));
    case 'spawn-failed':
      if (reload.phase !== 'spawning') return false;
      fail(turn, event.message, null);
      return turn.process.life.state !== 'SPAWNING'; // else it is not only the reload's start that failed
    case 'adopted':
      if (reload.phase !== 'calling') return false;
      successorAdopted(turn, reload, turn.generation(event.generation, event.pid));
      return true;
    case 'not-adopted':
      if (reload.phase === 'calling' && event.failed === true) successorFailed(turn);
      return false;
    case 'exited':
      return exited(turn, reload, event.pid, event.status);
    case 'ready':
      return ready(turn, reload, event.generation);
    case 'checked':
      return checked(turn, reload, event.generation, event.answer);
    case 'extended':
      return extended(turn, reload, event.generation, event.byMs);
    case 'not-ready':
      return notReady(turn, reload, event.generation, event.reason);
    case 'reload-tested':
      if (reload.phase !== 'testing') return true;
      if (event.ok) proceed(turn, reload);
      else fail(turn, event.reason, 'reload-test');
      return true;
    case 'time':
      time(turn, reload);
      return false;
    case 'start':
    case 'succeeded':
    case 'kill-failed':
      return false;
  }
}

/** After the lifecycle: phases that wait for the process itself. */
export function observe(turn: Turn): void {
  const { reload, life } = turn.process;
  switch (reload?.phase) {
    case 'stopping':
      if (life.state === 'STOPPED') startAnew(turn, reload);
      else if (life.state === 'UNKNOWN') fail(turn, 'it could not be stopped', null);
      return;
    case 'starting':
      return observeStart(turn);
    case 'retiring':
      return observeRetirement(turn, reload);
    case 'watching':
      return observeWatch(turn, reload);
    case 'calling':
      if (life.state === 'UNKNOWN') nobodyCame(turn, reload);
      return;
    case 'testing':
    case 'spawning':
    case 'waiting':
    case 'overlapping':
    case 'leaving':
    case undefined:
      return;
  }
}

function begin(turn: Turn, strategy: ReloadStrategy): void {
  const refusal = refused(turn);
  if (refusal !== null) return fail(turn, refusal, null);
  const { test } = turn.spec.reload;
  const until = turn.after(turn.spec.reload.timeoutSecs);
  const reload = { strategy, begun: turn.now.mono, phase: 'testing' as const, until };
  turn.process.reload = reload;
  tell(turn, { fact: 'started', strategy, pid: turn.current?.pid ?? 0, generation: turn.current?.number ?? 0 });
  if (test === null) return proceed(turn, reload);
  tell(turn, { fact: 'testing', command: test });
  turn.do({ effect: 'run-reload-test', command: test });
}

function refused({ process: { life }, restarts }: Turn): string | null {
  return reloadRefusal({ life, reload: null }) ?? (restarts ? null : 'hupd is shutting down');
}

/** The test was passed, or there is none. */
function proceed(turn: Turn, reload: In<'testing'>): void {
  const { process, spec, current } = turn;
  const { strategy } = reload;
  const { order, handover } = spec.reload;
  const refusal = refused(turn);
  if (refusal !== null) return fail(turn, refusal, null); // it may have changed while the test ran
  if (current === null) return startAnew(turn, reload);
  if (strategy === 'hup') return signal(turn, reload, current);
  if (strategy === 'rolling' && order === 'start_first') {
    return handover === 'signal' ? callSuccessor(turn, reload, current) : spawnSuccessor(turn, reload, current);
  }
  process.reload = { strategy, begun: reload.begun, phase: 'stopping' };
  tell(turn, { fact: 'stopping', pid: current.pid, signal: turn.startedFrom(current).stopSignal });
  stop(turn);
}

function startAnew(turn: Turn, { strategy, begun }: Reload): void {
  if (!turn.restarts) return fail(turn, 'hupd is shutting down', null);
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
  const { current } = turn;
  if (reload.phase === 'waiting' && reload.successor.number === generation) {
    promote(turn, reload);
    return true;
  }
  if (reload.phase === 'watching' && reload.generation === generation) passed(turn, reload);
  if (reload.phase === 'starting' && current?.number === generation) {
    tell(turn, { fact: 'ready', pid: current.pid, afterSecs: secsSince(turn, current.since) });
    if (reload.strategy === 'rolling') turn.do({ effect: 'promoted', generation });
  }
  return false;
}

function checked(turn: Turn, reload: Reload, generation: number, lastAnswer: string): boolean {
  if (reload.phase === 'waiting' && reload.successor.number === generation) {
    turn.process.reload = { ...reload, lastAnswer };
  }
  if (reload.phase === 'watching' && reload.generation === generation) {
    turn.process.reload = { ...reload, lastAnswer };
  }
  return false;
}

function extended(turn: Turn, reload: Reload, generation: number, byMs: number): boolean {
  const waits = reload.phase === 'waiting' && reload.successor.number === generation;
  const watches = reload.phase === 'watching' && reload.generation === generation && !reload.ready;
  if (waits || watches) turn.process.reload = { ...reload, until: Math.max(reload.until, turn.now.mono + byMs) };
  return false;
}

function notReady(turn: Turn, reload: Reload, generation: number, reason: string): boolean {
  if (reload.phase === 'waiting' && reload.successor.number === generation) rollBack(turn, reload, reason);
  if (reload.phase === 'watching' && reload.generation === generation && !reload.ready) fail(turn, reason, generation);
  return false;
}

function exited(turn: Turn, reload: Reload, pid: number, status: ExitStatus): boolean {
  const { current } = turn;
  const isCurrent = current?.pid === pid;
  const how = describeExit(status);
  switch (reload.phase) {
    case 'testing':
      return false;
    case 'spawning':
      if (isCurrent) takeOver(turn, reload, status);
      return isCurrent;
    case 'waiting':
      if (reload.successor.pid === pid) {
        turn.do({ effect: 'end-check', generation: reload.successor.number });
        fail(turn, `the successor ended before it was ready (${how})`, reload.successor.number);
        return true;
      }
      if (!isCurrent) return false;
      if (!reload.adopted || !leftByItself(turn, reload, status)) takeOver(turn, reload, status);
      return true;
    case 'calling':
      if (isCurrent) fail(turn, `it ended after the signal (${how})`, current.number);
      return false;
    case 'leaving':
      if (isCurrent) {
        turn.retire(reload.predecessor, false);
        fail(turn, `the successor ended just after it was ready (${how})`, current.number);
      }
      if (reload.predecessor.pid !== pid) return false;
      tell(turn, { fact: 'stopped', pid, status: how });
      done(turn);
      return true;
    case 'overlapping':
      if (isCurrent) demote(turn, reload, status);
      if (reload.predecessor.pid !== pid) return isCurrent;
      tell(turn, { fact: 'stopped', pid, status: how });
      done(turn);
      return true;
    case 'retiring':
      if (reload.predecessor.pid === pid) tell(turn, { fact: 'stopped', pid, status: how });
      if (isCurrent) fail(turn, `the successor ended just after it was ready (${how})`, current.number);
      return false;
    case 'stopping':
      if (isCurrent) tell(turn, { fact: 'stopped', pid, status: how });
      return false;
    case 'starting':
      if (isCurrent) fail(turn, `it ended before it was running (${how})`, current.number);
      return false;
    case 'watching':
      if (isCurrent) fail(turn, `it ended after the signal (${how})`, reload.generation);
      return false;
  }
}

function time(turn: Turn, reload: Reload): void {
  if (!turn.due('until' in reload ? reload.until : Number.POSITIVE_INFINITY)) return;
  const { timeoutSecs } = turn.spec.reload;
  switch (reload.phase) {
    case 'testing':
      turn.do({ effect: 'end-reload-test' });
      return fail(turn, `the reload test did not end within ${timeoutSecs} s`, 'reload-test');
    case 'waiting':
      return rollBack(turn, reload, tooLate((reload.until - reload.successor.since) / 1000, reload.lastAnswer));
    case 'overlapping':
      return afterOverlap(turn, reload);
    case 'leaving':
      return retirePredecessor(turn, reload, reload.predecessor);
    case 'calling':
      return nobodyCame(turn, reload);
    case 'watching':
      return watchTimedOut(turn, reload);
    case 'spawning':
    case 'retiring':
    case 'stopping':
    case 'starting':
      return;
  }
}

/** Somebody wants the process stopped: both generations go. */
function cancel(turn: Turn, reload: Reload): void {
  if (reload.phase === 'waiting') turn.retire(reload.successor, true);
  if (reload.phase === 'overlapping' || reload.phase === 'leaving') turn.retire(reload.predecessor, false);
  if (reload.phase === 'testing') turn.do({ effect: 'end-reload-test' });
  const { current } = turn;
  const isPredecessor = reload.phase === 'testing' || reload.phase === 'spawning' || reload.phase === 'waiting';
  if (current !== null && isPredecessor)
    tell(turn, { fact: 'stopping', pid: current.pid, signal: turn.startedFrom(current).stopSignal });
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
    case 'LINGERING':
    case 'BACKOFF':
    case 'EXITED':
    case 'FATAL':
    case 'UNKNOWN':
      return fail(turn, spawnError === '' ? 'it did not start' : spawnError, turn.process.generations);
  }
}
