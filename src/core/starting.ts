/**
 * From the wish to RUNNING, or to BACKOFF and FATAL: supervisord's arithmetic (compat 3.2, 3.3) to the letter, and the ready check, which
 * supervisord does not have, as a second condition for RUNNING.
 */

import type { Generation } from './generation.ts';
import { ownTexts, processTexts as text } from './log-texts.ts';
import type { Gate, Life } from './process.ts';
import { gatesStart } from './ready-check.ts';
import type { Turn } from './turn.ts';

/** A client's wish, an autostart or a retry. Where one is running or on its way already, only a line in the log. */
export function start(turn: Turn): void {
  switch (turn.process.life.state) {
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
    case 'BACKOFF':
      enterSpawning(turn);
      turn.spawn(null);
      return;
    case 'SPAWNING':
    case 'STARTING':
    case 'FAILING':
    case 'RUNNING':
    case 'STOPPING':
    case 'LINGERING':
    case 'UNKNOWN':
      turn.log(text.alreadyRunning(turn.spec.name));
      return;
  }
}

/** What the last run left behind is forgotten; the next one is on its way. */
export function enterSpawning(turn: Turn): void {
  forget(turn, turn.now.wall);
  turn.enter({ state: 'SPAWNING' });
}

function forget({ process }: Turn, startedAt: number): void {
  process.exitCode = 0;
  process.spawnError = '';
  process.startedAt = startedAt;
}

export function spawned(turn: Turn, generation: Generation): void {
  turn.log(text.spawned(turn.spec.name, generation.pid));
  if (turn.process.life.state !== 'SPAWNING') {
    turn.retire(generation, true); // whoever wanted it has changed their mind meanwhile
    return;
  }
  const gated = gatesStart(turn.spec.reload.readyCheck);
  const readyBy = turn.after(turn.spec.reload.readyTimeoutSecs);
  awaitGate(turn, generation, gated ? { kind: 'ready', readyBy, lastAnswer: '' } : { kind: 'startsecs' });
  if (gated) turn.checkReady(generation, false);
}

/** This generation is the process now, and STARTING until its gate opens. */
export function awaitGate(turn: Turn, current: Generation, gate: Gate): void {
  forget(turn, current.startedAt);
  const runningAt = current.since + turn.spec.startSecs * 1000;
  turn.enter({ state: 'STARTING', current, runningAt, gate });
  openGate(turn);
}

/** To RUNNING, if nothing but the time was missing and that has passed. */
export function openGate(turn: Turn): void {
  const { life } = turn.process;
  if (life.state === 'STARTING' && life.gate.kind === 'startsecs' && turn.due(life.runningAt)) {
    running(turn, life.current);
  }
}

export function running(turn: Turn, current: Generation): void {
  turn.process.backoff = 0;
  turn.enter({ state: 'RUNNING', current });
  turn.log(text.success(turn.spec.name, turn.spec.startSecs));
}

export function ready(turn: Turn, generation: number): void {
  const { life } = turn.process;
  if (life.state !== 'STARTING' || life.current.number !== generation || life.gate.kind !== 'ready') return;
  turn.process.life = { ...life, gate: { kind: 'startsecs' } };
  openGate(turn);
}

/** The check's last answer, for the message if nothing better comes. */
export function checked(turn: Turn, generation: number, lastAnswer: string): void {
  const { life } = turn.process;
  if (life.state !== 'STARTING' || life.current.number !== generation || life.gate.kind !== 'ready') return;
  turn.process.life = { ...life, gate: { ...life.gate, lastAnswer } };
}

/** More time; never less than it had. */
export function extended(turn: Turn, generation: number, byMs: number): void {
  const { life } = turn.process;
  if (life.state !== 'STARTING' || life.current.number !== generation || life.gate.kind !== 'ready') return;
  const readyBy = Math.max(life.gate.readyBy, turn.now.mono + byMs);
  turn.process.life = { ...life, gate: { ...life.gate, readyBy } };
}

/** A start whose ready check is not passed: it is stopped, and counts as a failed start when it has gone. */
export function notReady(turn: Turn, generation: number, why: string): void {
  const { life } = turn.process;
  if (life.state !== 'STARTING' || life.current.number !== generation || life.gate.kind !== 'ready') return;
  turn.do({ effect: 'end-check', generation });
  turn.log(ownTexts.notReady(turn.spec.name, life.current.pid, why));
  turn.tellToStop(life.current);
  turn.enter({ state: 'FAILING', current: life.current, killAt: turn.killAt(life.current), why });
}

/** The ready check's time is up. */
export function gateTimedOut(turn: Turn): void {
  const { life } = turn.process;
  if (life.state !== 'STARTING' || life.gate.kind !== 'ready' || !turn.due(life.gate.readyBy)) return;
  const { current, gate } = life;
  notReady(turn, current.number, tooLate((gate.readyBy - current.since) / 1000, gate.lastAnswer));
}

export function tooLate(timeoutSecs: number, lastAnswer: string): string {
  return `not ready within ${Math.round(timeoutSecs * 1000) / 1000} s${lastAnswer === '' ? '' : ` (${lastAnswer})`}`;
}

/** What a process that ends now is told as its failure to start, or null when it had started. */
export function startFailure(turn: Turn, life: Life): string | null {
  if (life.state === 'FAILING') return life.why;
  if (life.state !== 'STARTING') return null;
  if (!turn.due(life.runningAt)) return 'Exited too quickly (process log may have details)';
  return life.gate.kind === 'ready' ? 'Exited before it was ready (process log may have details)' : null;
}

export function spawnFailed(turn: Turn, message: string): void {
  turn.log(text.spawnError(message));
  if (turn.process.life.state !== 'SPAWNING') return;
  backOff(turn, message);
  giveUpOrWait(turn);
}

export function backOff(turn: Turn, spawnError: string): void {
  const { process } = turn;
  process.spawnError = spawnError;
  process.exitCode = 0;
  process.backoff += 1;
  turn.enter({ state: 'BACKOFF', retryAt: turn.after(process.backoff) });
}

/** FATAL when that was the last try, or when nothing is to be started any more. */
export function giveUpOrWait(turn: Turn): void {
  if (turn.process.backoff <= turn.spec.startRetries && turn.restarts) return;
  giveUp(turn);
  turn.log(text.gaveUp(turn.spec.name));
}

export function giveUp(turn: Turn): void {
  turn.process.backoff = 0;
  turn.enter({ state: 'FATAL' });
}
