/**
 * supervisord's process states and arithmetic (compat 3.2 to 3.4) to the letter, without its once-a-second evaluation: time passes by
 * `time` events at `deadline(process)`. Knows nothing of reloads: `reload/step.ts` builds on it and looks at each event first.
 */
import { type ExitStatus, exitCode } from './exit-status.ts';
import { processTexts as text } from './log-texts.ts';
import type { Gate, Generation } from './process.ts';
import type { ProcessEvent, Turn } from './turn.ts';

const SIGKILL = 9;
const tooQuick = 'Exited too quickly (process log may have details)';

export function handle(turn: Turn, event: ProcessEvent): void {
  switch (event.event) {
    case 'start':
      return start(turn);
    case 'stop':
      return stop(turn);
    case 'spawned':
      return spawned(turn, turn.generation(event.generation, event.pid));
    case 'spawn-failed':
      return spawnFailed(turn, event.message);
    case 'exited':
      return exited(turn, event.pid, event.status);
    case 'kill-failed':
      return killFailed(turn, event.pid, event.errno);
    case 'ready':
      return ready(turn, event.generation);
    case 'not-ready':
      return notReady(turn, event.generation, event.reason);
    case 'time':
      return time(turn);
    case 'checked':
    case 'reload':
    case 'reload-tested':
      return;
  }
}

/** A client's wish, an autostart or a retry. Where one is running or on its way already, only a line in the log. */
export function start(turn: Turn): void {
  const { process } = turn;
  switch (process.life.state) {
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
    case 'BACKOFF':
      process.exitCode = 0;
      process.spawnError = '';
      process.startedAt = turn.now.wall;
      turn.enter({ state: 'SPAWNING' });
      turn.spawn(null);
      return;
    case 'SPAWNING':
    case 'STARTING':
    case 'FAILING':
    case 'RUNNING':
    case 'STOPPING':
    case 'UNKNOWN':
      turn.log(text.alreadyRunning(turn.spec.name));
      return;
  }
}

function spawned(turn: Turn, generation: Generation): void {
  turn.log(text.spawned(turn.spec.name, generation.pid));
  if (turn.process.life.state !== 'SPAWNING') {
    turn.retire(generation, true); // whoever wanted it has changed their mind meanwhile
    return;
  }
  const { kind } = turn.spec.reload.readyCheck;
  const gated = kind !== 'auto' && kind !== 'startsecs';
  const readyBy = turn.after(turn.spec.reload.readyTimeoutSecs);
  awaitGate(turn, generation, gated ? { kind: 'ready', readyBy, lastAnswer: '' } : { kind: 'startsecs' });
  if (gated) turn.checkReady(generation, false);
}

/** This generation is the process now, and STARTING until its gate opens. */
export function awaitGate(turn: Turn, current: Generation, gate: Gate): void {
  const runningAt = current.since + turn.spec.startSecs * 1000;
  turn.process.startedAt = current.startedAt;
  turn.enter({ state: 'STARTING', current, runningAt, gate });
  openGate(turn);
}

function openGate(turn: Turn): void {
  const { life } = turn.process;
  if (life.state === 'STARTING' && life.gate.kind === 'startsecs' && turn.due(life.runningAt))
    running(turn, life.current);
}

function running(turn: Turn, current: Generation): void {
  turn.process.backoff = 0;
  turn.enter({ state: 'RUNNING', current });
  turn.log(text.success(turn.spec.name, turn.spec.startSecs));
}

function spawnFailed(turn: Turn, message: string): void {
  turn.log(text.spawnError(message));
  if (turn.process.life.state !== 'SPAWNING') return;
  turn.process.spawnError = message;
  backOff(turn);
}

/** BACKOFF, and FATAL when that was the last try or nothing is to be restarted any more. */
function backOff(turn: Turn): void {
  const { process, spec } = turn;
  process.backoff += 1;
  turn.enter({ state: 'BACKOFF', retryAt: turn.after(process.backoff) });
  if (process.backoff > spec.startRetries || !turn.restarts) giveUp(turn);
}

function giveUp(turn: Turn): void {
  turn.process.backoff = 0;
  turn.enter({ state: 'FATAL' });
  turn.log(text.gaveUp(turn.spec.name));
}

function exited(turn: Turn, pid: number, status: ExitStatus): void {
  const { process, current } = turn;
  if (current?.pid === pid) {
    currentExited(turn, current, status);
  } else {
    process.retiring = process.retiring.filter((retiring) => retiring.generation.pid !== pid);
  }
}

function currentExited(turn: Turn, generation: Generation, status: ExitStatus): void {
  const { process, spec, now } = turn;
  const { life } = process;
  turn.do({ effect: 'end-check', generation: generation.number });
  process.stoppedAt = now.wall;
  if (life.state === 'STOPPING') {
    stopped(turn, generation, status);
  } else if (life.state === 'FAILING' || (life.state === 'STARTING' && !turn.due(life.runningAt))) {
    process.spawnError = life.state === 'FAILING' ? life.why : tooQuick;
    process.exitCode = 0;
    turn.log(text.exited(spec.name, status, false));
    backOff(turn);
  } else {
    if (life.state === 'STARTING') running(turn, generation);
    leave(turn, generation, status);
    const { life: now } = turn.process;
    const wanted = spec.autorestart === 'unexpected' ? now.state === 'EXITED' && !now.expected : spec.autorestart;
    if (turn.restarts && wanted) start(turn);
  }
}

function stopped(turn: Turn, generation: Generation, status: ExitStatus): void {
  const { process, spec } = turn;
  turn.log(text.stopped(spec.name, status, spec.exitCodes));
  const [next] = process.retiring;
  if (next !== undefined) {
    // Another generation is still on its way out: the process is stopped when all of them are gone.
    process.retiring = process.retiring.slice(1);
    process.life = { state: 'STOPPING', current: next.generation, killAt: next.killAt };
    return;
  }
  process.exitCode = exitCode(status);
  turn.enter({ state: 'STOPPED' }, { pid: generation.pid });
}

/** RUNNING to EXITED. */
export function leave(turn: Turn, generation: Generation, status: ExitStatus): void {
  const { process, spec } = turn;
  const code = exitCode(status);
  const expected = spec.exitCodes.includes(code);
  process.backoff = 0;
  process.exitCode = code;
  process.spawnError = expected ? '' : `Bad exit code ${code}`;
  turn.enter({ state: 'EXITED', expected }, { pid: generation.pid, expected });
  turn.log(text.exited(spec.name, status, expected));
}

export function stop(turn: Turn): void {
  const { process } = turn;
  switch (process.life.state) {
    case 'STARTING':
    case 'FAILING':
    case 'RUNNING': {
      const { current } = process.life;
      turn.do({ effect: 'end-check', generation: current.number });
      turn.enter({ state: 'STOPPING', current, killAt: turn.after(turn.spec.stopWaitSecs) });
      turn.tellToStop(current.pid);
      return;
    }
    case 'BACKOFF':
      process.backoff = 0;
      if (turn.restarts) turn.enter({ state: 'STOPPED' });
      else giveUp(turn);
      return;
    case 'SPAWNING':
      turn.enter({ state: 'STOPPED' }); // `spawned` is on its way, finds no one who wants it, and stops it
      return;
    case 'STOPPED':
    case 'STOPPING':
    case 'EXITED':
    case 'FATAL':
    case 'UNKNOWN':
      return;
  }
}

function killFailed(turn: Turn, pid: number, errno: string): void {
  const { current } = turn;
  turn.log(text.killProblem(turn.spec.name, pid, errno));
  if (current?.pid === pid) turn.enter({ state: 'UNKNOWN', current });
}

function ready(turn: Turn, generation: number): void {
  const { life } = turn.process;
  if (life.state !== 'STARTING' || life.current.number !== generation) return;
  turn.process.life = { ...life, gate: { kind: 'startsecs' } };
  openGate(turn);
}

/** A start whose ready check is not passed: it is stopped, and counts as a failed start when it has gone. */
function notReady(turn: Turn, generation: number, why: string): void {
  const { life } = turn.process;
  if (life.state !== 'STARTING' || life.current.number !== generation) return;
  turn.do({ effect: 'end-check', generation });
  turn.tellToStop(life.current.pid);
  turn.enter({ state: 'FAILING', current: life.current, killAt: turn.after(turn.spec.stopWaitSecs), why });
}

function time(turn: Turn): void {
  const { process, spec } = turn;
  const { life } = process;
  openGate(turn);
  if (life.state === 'STARTING' && life.gate.kind === 'ready' && turn.due(life.gate.readyBy)) {
    notReady(turn, life.current.number, tooLate(spec.reload.readyTimeoutSecs, life.gate.lastAnswer));
  }
  if (life.state === 'BACKOFF' && turn.due(life.retryAt)) {
    if (turn.restarts) start(turn);
    else giveUp(turn);
  }
  const again = turn.after(Math.max(1, spec.stopWaitSecs));
  if ((life.state === 'STOPPING' || life.state === 'FAILING') && turn.due(life.killAt)) {
    kill(turn, life.current, spec.killAsGroup);
    process.life = { ...life, killAt: again };
  }
  process.retiring = process.retiring.map((retiring) => {
    if (!turn.due(retiring.killAt)) return retiring;
    kill(turn, retiring.generation, spec.killAsGroup || retiring.broken);
    return { ...retiring, killAt: again };
  });
}

export function tooLate(timeoutSecs: number, lastAnswer: string): string {
  return `not ready within ${timeoutSecs} s${lastAnswer === '' ? '' : ` (${lastAnswer})`}`;
}

function kill(turn: Turn, { pid }: Generation, group: boolean): void {
  turn.log(text.killingWithSigkill(turn.spec.name, pid));
  turn.do({ effect: 'kill', pid, signal: SIGKILL, group });
}
