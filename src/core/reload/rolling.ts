/**
 * The steps of a rolling reload that change which generation is the process. A successor serves beside its predecessor from the moment it is
 * ready; the predecessor is told to stop only after the overlap, and until then there is a way back.
 */
import { describeExit, type ExitStatus } from '../exit-status.ts';
import type { Generation } from '../generation.ts';
import { ended } from '../lifecycle.ts';
import { awaitGate, enterSpawning, running } from '../starting.ts';
import type { Turn } from '../turn.ts';
import { done, fail, secsSince, tell } from './ending.ts';
import type { In, Reload } from './reload.ts';

export function spawnSuccessor(turn: Turn, { strategy, begun }: Reload, predecessor: Generation): void {
  turn.process.reload = { strategy, begun, phase: 'spawning' };
  turn.spawn(predecessor.pid);
}

/** From here on the successor is waited for, at most `reload_timeout`; as the process itself if its predecessor has gone meanwhile. */
export function successorSpawned(turn: Turn, { strategy, begun }: In<'spawning'>, successor: Generation): void {
  const until = turn.after(turn.spec.reload.timeoutSecs);
  if (turn.process.life.state === 'SPAWNING') {
    turn.process.reload = { strategy, begun, phase: 'starting' };
    awaitGate(turn, successor, { kind: 'ready', readyBy: until, lastAnswer: '' });
  } else {
    turn.process.reload = { strategy, begun, phase: 'waiting', successor, adopted: false, until, lastAnswer: '' };
  }
  turn.checkReady(successor, false);
}

/** The successor is the process from here on; clients see another pid and nothing else. */
export function promote(turn: Turn, reload: In<'waiting'>): void {
  const { process, current: predecessor } = turn;
  const { successor, adopted, strategy, begun } = reload;
  tell(turn, { fact: 'ready', pid: successor.pid, afterSecs: secsSince(turn, successor.since) });
  if (predecessor === null) return;
  const goesBack = process.life.state === 'RUNNING';
  const overlapSecs = goesBack ? turn.spec.reload.overlapSecs : 0;
  process.startedAt = successor.startedAt;
  if (goesBack) turn.enter({ state: 'RUNNING', current: successor });
  else running(turn, successor);
  turn.do({ effect: 'promoted', generation: successor.number });
  tell(turn, { fact: 'promoted', pid: successor.pid, overlapSecs });
  if (!goesBack) return retirePredecessor(turn, reload, predecessor);
  if (turn.leaving.pause !== null) signalTo(turn, predecessor, turn.leaving.pause);
  process.reload = { strategy, begun, phase: 'overlapping', predecessor, adopted, until: turn.after(overlapSecs) };
}

/** From here on there is no way back, and none is needed. */
export function retirePredecessor(turn: Turn, { strategy, begun }: Reload, predecessor: Generation): void {
  turn.process.reload = { strategy, begun, phase: 'retiring', predecessor };
  tell(turn, { fact: 'stopping', pid: predecessor.pid, signal: turn.leavingSignal(predecessor) });
  turn.retire(predecessor, false);
}

/** Done, when the predecessor has gone. */
export function observeRetirement(turn: Turn, { predecessor }: In<'retiring'>): void {
  const retiring = turn.process.retiring.find(({ generation }) => generation.number === predecessor.number);
  if (retiring === undefined) done(turn);
  else if (retiring.killAt === null) fail(turn, `the predecessor ${predecessor.pid} can not be stopped`, null);
}

/** The predecessor ended by itself: the successor is the process, STARTING until it is ready, and nothing else is started. */
export function takeOver(turn: Turn, reload: In<'spawning'> | In<'waiting'>, status: ExitStatus): void {
  const { current } = turn;
  if (current === null) return;
  const { strategy, begun } = reload;
  tell(turn, { fact: 'predecessor-died', pid: current.pid, status: describeExit(status) });
  ended(turn, current, status);
  if (reload.phase === 'spawning') return enterSpawning(turn);
  turn.process.reload = { strategy, begun, phase: 'starting' };
  awaitGate(turn, reload.successor, { kind: 'ready', readyBy: reload.until, lastAnswer: reload.lastAnswer });
}

/** The promoted successor died while its predecessor still serves: the predecessor is the process again. */
export function demote(turn: Turn, { predecessor }: In<'overlapping'>, status: ExitStatus): void {
  const { current: successor } = turn;
  if (successor === null) return;
  turn.process.startedAt = predecessor.startedAt;
  turn.enter({ state: 'RUNNING', current: predecessor });
  if (turn.leaving.pause !== null) signalTo(turn, predecessor, turn.leaving.pause);
  tell(turn, { fact: 'rolled-back', pid: successor.pid, servingPid: predecessor.pid });
  fail(turn, `the successor ended just after it was ready (${describeExit(status)})`, successor.number);
}

/** The successor is of no use: it goes, and the predecessor goes on as if nothing had happened. */
export function rollBack(turn: Turn, { successor }: In<'waiting'>, reason: string): void {
  turn.retire(successor, true);
  tell(turn, { fact: 'rolled-back', pid: successor.pid, servingPid: turn.current?.pid ?? 0 });
  fail(turn, reason, successor.number);
}

function signalTo(turn: Turn, { pid }: Generation, signal: number): void {
  turn.do({ effect: 'kill', pid, signal, group: false });
}
