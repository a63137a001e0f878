/**
 * supervisord's process states (compat 3.2 to 3.4) without its once-a-second evaluation: time passes by `time` events at
 * `deadline(process)`. How a process comes up is in `starting.ts`; here is how it goes down, and which event leads where. Knows nothing of
 * reloads: `reload/step.ts` builds on it and looks at each event first.
 */
import { type ExitStatus, exitCode } from './exit-status.ts';
import type { Generation } from './generation.ts';
import { ownTexts, processTexts as text } from './log-texts.ts';
import { hasOthers } from './process.ts';
import {
  backOff,
  checked,
  extended,
  gateTimedOut,
  giveUp,
  giveUpOrWait,
  notReady,
  openGate,
  ready,
  running,
  spawned,
  spawnFailed,
  start,
  startFailure,
} from './starting.ts';
import type { ProcessEvent, Turn } from './turn.ts';

const SIGKILL = 9;

export function handle(turn: Turn, event: ProcessEvent): void {
  switch (event.event) {
    case 'start':
      return start(turn);
    case 'stop':
      return stop(turn);
    case 'spawned':
      return spawned(turn, turn.generation(event.generation, event.pid));
    case 'spawn-failed':
      spawnFailed(turn, event.message);
      return restIfAlone(turn);
    case 'adopted':
      // Nobody waits for it any more. It may be the only one that serves, but whoever asked for it was told that it failed, or wants it stopped.
      turn.retire(turn.generation(event.generation, event.pid), true);
      return;
    case 'not-adopted':
      return restIfAlone(turn);
    case 'succeeded':
      return succeeded(turn, turn.generation(event.generation, event.pid));
    case 'exited':
      return exited(turn, event.pid, event.status);
    case 'kill-failed':
      return killFailed(turn, event.pid, event.errno);
    case 'ready':
      return ready(turn, event.generation);
    case 'checked':
      return checked(turn, event.generation, event.answer);
    case 'extended':
      return extended(turn, event.generation, event.byMs);
    case 'not-ready':
      return notReady(turn, event.generation, event.reason);
    case 'time':
      return time(turn);
    case 'reload':
    case 'reload-tested':
      return;
  }
}

export function stop(turn: Turn): void {
  const { process, spec } = turn;
  switch (process.life.state) {
    case 'STARTING':
    case 'FAILING':
    case 'RUNNING': {
      const { current } = process.life;
      turn.do({ effect: 'end-check', generation: current.number });
      turn.enter({ state: 'STOPPING', current, killAt: turn.killAt(current) });
      turn.tellToStop(current);
      return;
    }
    case 'BACKOFF':
      turn.log(text.killingInBackoff(spec.name));
      if (turn.restarts) rest(turn, 0);
      else giveUp(turn);
      return;
    case 'SPAWNING':
      return rest(turn, 0); // `spawned` is on its way, finds no one who wants it, and stops it
    case 'STOPPED':
    case 'STOPPING':
    case 'LINGERING':
    case 'EXITED':
    case 'FATAL':
    case 'UNKNOWN':
      return;
  }
}

/** STOPPED, as soon as nothing else of the process is left. The count of failed starts begins anew. */
function rest(turn: Turn, pid: number): void {
  turn.process.backoff = 0;
  if (hasOthers(turn.process)) turn.enter({ state: 'LINGERING', pid }, { pid });
  else turn.enter({ state: 'STOPPED' }, { pid });
}

function restIfAlone(turn: Turn): void {
  const { life } = turn.process;
  if (life.state === 'LINGERING') rest(turn, life.pid);
}

/** It goes on as its own successor: another pid, and no state that anybody would notice. */
function succeeded(turn: Turn, successor: Generation): void {
  const { process, current } = turn;
  process.generations = Math.max(process.generations, successor.number);
  if (current === null || (process.life.state !== 'RUNNING' && process.life.state !== 'STARTING')) {
    return turn.retire(successor, true);
  }
  turn.do({ effect: 'end-check', generation: current.number });
  turn.log(ownTexts.succeeded(turn.spec.name, current.pid, successor.pid));
  process.retiring = [...process.retiring, { generation: current, killAt: null, broken: false }];
  process.startedAt = successor.startedAt;
  turn.enter({ ...process.life, current: successor });
  if (process.life.state === 'STARTING' && process.life.gate.kind === 'ready') turn.checkReady(successor, false);
}

function exited(turn: Turn, pid: number, status: ExitStatus): void {
  const { process, current, spec } = turn;
  if (current?.pid === pid) return currentExited(turn, current, status);
  const left = process.retiring.filter(({ generation }) => generation.pid !== pid);
  if (left.length === process.retiring.length) return;
  process.retiring = left;
  if (process.life.state === 'LINGERING') turn.log(text.stopped(spec.name, status, spec.exitCodes));
  restIfAlone(turn);
}

function currentExited(turn: Turn, generation: Generation, status: ExitStatus): void {
  const { process, spec } = turn;
  if (process.life.state === 'STOPPING') return stopped(turn, generation, status);
  const known = process.life.state !== 'UNKNOWN';
  ended(turn, generation, status);
  const { life } = turn.process;
  if (life.state === 'BACKOFF') giveUpOrWait(turn);
  // One that could not be killed was meant to go: it is not started again.
  if (life.state !== 'EXITED' || !turn.restarts || !known) return;
  if (spec.autorestart === 'unexpected' ? !life.expected : spec.autorestart) start(turn);
}

function stopped(turn: Turn, generation: Generation, status: ExitStatus): void {
  const { process, spec, now } = turn;
  process.stoppedAt = now.wall;
  process.exitCode = exitCode(status);
  turn.log(text.stopped(spec.name, status, spec.exitCodes));
  rest(turn, generation.pid);
}

/** The generation that is the process has ended by itself: to BACKOFF when it had not come up, else to EXITED. What follows is the caller's. */
export function ended(turn: Turn, generation: Generation, status: ExitStatus): void {
  const { process, spec, now } = turn;
  turn.do({ effect: 'end-check', generation: generation.number });
  process.stoppedAt = now.wall;
  const failure = startFailure(turn, process.life);
  if (failure !== null) {
    turn.log(text.exited(spec.name, status, false));
    return backOff(turn, failure);
  }
  if (process.life.state === 'STARTING') running(turn, generation);
  const code = exitCode(status);
  const expected = spec.exitCodes.includes(code);
  process.backoff = 0;
  process.exitCode = code;
  process.spawnError = expected ? '' : `Bad exit code ${code}`;
  turn.enter({ state: 'EXITED', expected }, { pid: generation.pid, expected });
  turn.log(text.exited(spec.name, status, expected));
}

/** What can not be killed is UNKNOWN if it is the process, and no longer waited for if it is another generation. */
function killFailed(turn: Turn, pid: number, errno: string): void {
  const { process, current } = turn;
  turn.log(text.killProblem(turn.spec.name, pid, errno));
  if (current?.pid === pid) turn.enter({ state: 'UNKNOWN', current });
  process.retiring = process.retiring.map((retiring) =>
    retiring.generation.pid === pid ? { ...retiring, killAt: null } : retiring,
  );
  restIfAlone(turn);
}

function time(turn: Turn): void {
  openGate(turn);
  gateTimedOut(turn);
  retry(turn);
  killOverdue(turn);
}

function retry(turn: Turn): void {
  const { life } = turn.process;
  if (life.state !== 'BACKOFF' || !turn.due(life.retryAt)) return;
  if (turn.restarts) start(turn);
  else giveUp(turn);
}

/** SIGKILL to whatever was told to stop and did not within stopwaitsecs; and again each time that stopwaitsecs have passed. */
function killOverdue(turn: Turn): void {
  const { process } = turn;
  const { life } = process;
  if ((life.state === 'STOPPING' || life.state === 'FAILING') && turn.due(life.killAt)) {
    process.life = { ...life, killAt: kill(turn, life.current, false) };
  }
  process.retiring = process.retiring.map((retiring) => {
    if (retiring.killAt === null || !turn.due(retiring.killAt)) return retiring;
    return { ...retiring, killAt: kill(turn, retiring.generation, retiring.broken) };
  });
}

/** Returns when to do it again. */
function kill(turn: Turn, generation: Generation, wholeGroup: boolean): number {
  const { killAsGroup, stopWaitSecs } = turn.startedFrom(generation);
  const { pid } = generation;
  turn.log(text.killingWithSigkill(turn.spec.name, pid));
  turn.do({ effect: 'kill', pid, signal: SIGKILL, group: killAsGroup || wholeGroup });
  return turn.after(Math.max(1, stopWaitSecs));
}
