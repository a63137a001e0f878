/**
 * A reload by signal: the process stays the same one, so it is only watched. It has to stay up for startsecs and, if it has a ready check, to
 * pass it again.
 */
import type { Generation } from '../generation.ts';
import { gatesSignal } from '../ready-check.ts';
import { tooLate } from '../starting.ts';
import type { Turn } from '../turn.ts';
import { done, fail, secsSince, tell } from './ending.ts';
import type { In, Reload } from './reload.ts';

export function signal(turn: Turn, { strategy, begun }: Reload, current: Generation): void {
  const { number, pid } = current;
  const { reload, startSecs } = turn.spec;
  const checks = gatesSignal(reload.readyCheck);
  const until = turn.after(checks ? reload.timeoutSecs : startSecs);
  const watch = { generation: number, since: turn.now.mono, ready: !checks, until, lastAnswer: '' };
  turn.process.reload = { strategy, begun, phase: 'watching', ...watch };
  turn.do({ effect: 'before-signal', generation: number });
  turn.do({ effect: 'kill', pid, signal: reload.signal, group: false });
  tell(turn, { fact: 'signalled', pid, signal: reload.signal });
  if (checks) turn.checkReady(current, true);
}

/** Its check is passed; what is left of startsecs has to pass as well. */
export function passed(turn: Turn, reload: In<'watching'>): void {
  const until = Math.max(turn.now.mono, reload.since + turn.spec.startSecs * 1000);
  turn.process.reload = { ...reload, ready: true, until };
  tell(turn, { fact: 'ready', pid: turn.current?.pid ?? 0, afterSecs: secsSince(turn, reload.since) });
  if (turn.due(until)) done(turn);
}

export function watchTimedOut(turn: Turn, reload: In<'watching'>): void {
  if (reload.ready) done(turn);
  else fail(turn, tooLate((reload.until - reload.since) / 1000, reload.lastAnswer), reload.generation);
}

/** However it came about: the process that was signalled is not what it was. */
export function observeWatch(turn: Turn, reload: In<'watching'>): void {
  if (turn.process.life.state === 'UNKNOWN') fail(turn, 'it could not be signalled', null);
  else if (turn.current?.number !== reload.generation) fail(turn, 'it did not survive the signal', reload.generation);
}
