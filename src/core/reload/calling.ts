/**
 * A handover by signal: the process makes its own successor (nginx's, gunicorn's and unicorn's USR2, tableflip) and hands its sockets over
 * itself. Nothing is started here; the shell follows the process and says which pid the successor has. From then on it is a generation like
 * any other: waited for, promoted, or given up.
 */
import { describeExit, type ExitStatus } from '../exit-status.ts';
import type { Generation } from '../generation.ts';
import type { Turn } from '../turn.ts';
import { done, fail, secsSince, tell } from './ending.ts';
import type { In, Reload } from './reload.ts';
import { retirePredecessor } from './rolling.ts';

export function callSuccessor(turn: Turn, { strategy, begun }: Reload, current: Generation): void {
  const { signal, timeoutSecs } = turn.spec.reload;
  if (turn.process.life.state !== 'RUNNING')
    return fail(turn, 'it is not running yet, so it is not sent the signal', null);
  turn.follow(current.pid);
  const generation = turn.process.generations;
  turn.process.reload = { strategy, begun, phase: 'calling', generation, until: turn.after(timeoutSecs) };
  turn.do({ effect: 'kill', pid: current.pid, signal, group: false });
  tell(turn, { fact: 'signalled', pid: current.pid, signal });
}

/** It is there, and waited for as long as is left of `reload_timeout`. */
export function successorAdopted(turn: Turn, { strategy, begun, until }: In<'calling'>, successor: Generation): void {
  tell(turn, { fact: 'spawned', pid: successor.pid, generation: successor.number });
  turn.process.reload = { strategy, begun, phase: 'waiting', successor, adopted: true, until, lastAnswer: '' };
  turn.checkReady(successor, false);
}

/** It was gone before it could be found. */
export function successorFailed(turn: Turn): void {
  const { pid = 0, number = null } = turn.current ?? {};
  fail(turn, `the successor that pid ${pid} has made ended at once`, number);
}

export function nobodyCame(turn: Turn, { generation }: In<'calling'>): void {
  const { life } = turn.process;
  const { timeoutSecs } = turn.spec.reload;
  const { pid = 0, number = null } = turn.current ?? {};
  turn.do({ effect: 'end-follow', generation });
  const reason =
    life.state === 'UNKNOWN' ? 'it could not be signalled' : `pid ${pid} has made no successor within ${timeoutSecs} s`;
  fail(turn, reason, number);
}

/**
 * It made a successor and ended well: it thinks it ready, and nobody else can be asked any more. False: it ended badly, which says nothing
 * about the successor.
 */
export function leftByItself(turn: Turn, { successor }: In<'waiting'>, status: ExitStatus): boolean {
  const { process, current: predecessor, spec } = turn;
  const expected = status.kind === 'exit' && spec.exitCodes.includes(status.code);
  if (predecessor === null || process.life.state !== 'RUNNING' || !expected) return false;
  turn.do({ effect: 'end-check', generation: successor.number });
  tell(turn, { fact: 'ready', pid: successor.pid, afterSecs: secsSince(turn, successor.since) });
  process.startedAt = successor.startedAt;
  turn.enter({ state: 'RUNNING', current: successor });
  turn.do({ effect: 'promoted', generation: successor.number });
  tell(turn, { fact: 'promoted', pid: successor.pid, overlapSecs: 0 });
  tell(turn, { fact: 'stopped', pid: predecessor.pid, status: describeExit(status) });
  done(turn);
  return true;
}

/** The overlap is over: those that end by themselves are given the time that a stop would be given. */
export function afterOverlap(turn: Turn, reload: In<'overlapping'>): void {
  const { strategy, begun, predecessor, adopted } = reload;
  if (!adopted || !turn.leaving.byItself) return retirePredecessor(turn, reload, predecessor);
  turn.process.reload = { strategy, begun, phase: 'leaving', predecessor, until: turn.killAt(predecessor) };
}
