/**
 * One process and all its generations, as plain data. `lifecycle.ts` moves its life, `reload/step.ts` its reload; nobody else changes it.
 *
 *            start            spawned          startsecs (and ready)
 *   STOPPED ──────► SPAWNING ────────► STARTING ─────────────────────► RUNNING
 *   EXITED            │ ▲                │  │ not ready in time           │ │
 *   FATAL             │ │ retry          │  └────────► FAILING ──┐        │ │ exit
 *     ▲      failed   ▼ │                │ exit                  │ exit   │ ▼
 *     └────────────  BACKOFF ◄───────────┴───────────────────────┘        │ EXITED ──► SPAWNING (autorestart)
 *      too many                                                            │ stop
 *                          STOPPED ◄──── LINGERING ◄──── STOPPING ◄────────┘
 *                              nothing is left   the process has gone
 *
 * The protocol knows SPAWNING and FAILING as STARTING, LINGERING as STOPPING. A `kill` that fails leads to UNKNOWN, an exit out of it.
 *
 * A reload adds a second generation beside the first: `reload` carries the successor until it is promoted, then the predecessor until it is
 * told to stop; from then on a generation is only waited for, in `retiring`.
 */
import type { Generation } from './generation.ts';
import type { Reload } from './reload/reload.ts';
import { isStoppedState, type StateName } from './states.ts';

/** What holds a starting process back from RUNNING. */
export type Gate =
  /** Nothing but the time. */
  | { readonly kind: 'startsecs' }
  /** Its ready check as well, at most until `readyBy` (mono). */
  | { readonly kind: 'ready'; readonly readyBy: number; readonly lastAnswer: string };

export type Life =
  | { readonly state: 'STOPPED' }
  | { readonly state: 'SPAWNING' }
  | { readonly state: 'STARTING'; readonly current: Generation; readonly runningAt: number; readonly gate: Gate }
  | { readonly state: 'FAILING'; readonly current: Generation; readonly killAt: number; readonly why: string }
  | { readonly state: 'RUNNING'; readonly current: Generation }
  | { readonly state: 'BACKOFF'; readonly retryAt: number }
  | { readonly state: 'STOPPING'; readonly current: Generation; readonly killAt: number }
  /** The process (`pid`; 0: never known) has gone; other generations, or a spawn that is no longer wanted, are still waited for. */
  | { readonly state: 'LINGERING'; readonly pid: number }
  | { readonly state: 'EXITED'; readonly expected: boolean }
  | { readonly state: 'FATAL' }
  | { readonly state: 'UNKNOWN'; readonly current: Generation };

/** Told to stop and not yet reaped; SIGKILL at `killAt` (mono), for a broken successor to its whole process group: nothing of it may stay. */
export interface Retiring {
  readonly generation: Generation;
  /** null: it can not be killed, and nobody waits for it any more. */
  readonly killAt: number | null;
  readonly broken: boolean;
}

export interface Process {
  readonly life: Life;
  readonly reload: Reload | null;
  readonly retiring: readonly Retiring[];
  /** The generation that was asked for and neither came nor failed yet. Never two. */
  readonly spawning: number | null;
  /** Generations so far, failed spawns included; the next one is this plus one. */
  readonly generations: number;
  /** Failed starts in a row: the `tries` of the events. */
  readonly backoff: number;
  /** Wall milliseconds, 0: never. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** Of the last exit; 0 while running and after an exit that was too quick, -1 after a death by signal. */
  readonly exitCode: number;
  /** '' when there is none. */
  readonly spawnError: string;
}

export const newProcess: Process = {
  life: { state: 'STOPPED' },
  reload: null,
  retiring: [],
  spawning: null,
  generations: 0,
  backoff: 0,
  startedAt: 0,
  stoppedAt: 0,
  exitCode: 0,
  spawnError: '',
};

/** The state that clients and events see. */
export function stateName(process: Process): StateName {
  const { state } = process.life;
  switch (state) {
    case 'SPAWNING':
    case 'FAILING':
      return 'STARTING';
    case 'LINGERING':
      return 'STOPPING';
    case 'STOPPED':
    case 'STARTING':
    case 'RUNNING':
    case 'BACKOFF':
    case 'STOPPING':
    case 'EXITED':
    case 'FATAL':
    case 'UNKNOWN':
      return state;
  }
}

/** In a stopped state, and nothing of it is left to wait for. */
export function isAtRest(process: Process): boolean {
  return isStoppedState(stateName(process)) && !hasOthers(process) && process.reload === null;
}

/** Besides the generation that is the process, one that is on its way out or on its way in. A reload's own do not count. */
export function hasOthers({ retiring, spawning }: Pick<Process, 'retiring' | 'spawning'>): boolean {
  return spawning !== null || retiring.some(({ killAt }) => killAt !== null);
}

/** The generation that is the process, or null when it is down. */
export function currentGeneration(process: Process): Generation | null {
  return 'current' in process.life ? process.life.current : null;
}

/** Every generation that has not been reaped, the one that is the process first. */
export function aliveGenerations(process: Process): readonly AliveGeneration[] {
  const current = currentGeneration(process);
  const alive = current === null ? [] : [inRole(current, 'current')];
  if (process.reload?.phase === 'waiting') alive.push(inRole(process.reload.successor, 'successor'));
  if (process.reload?.phase === 'overlapping' || process.reload?.phase === 'leaving')
    alive.push(inRole(process.reload.predecessor, 'retiring'));
  for (const { generation } of process.retiring) alive.push(inRole(generation, 'retiring'));
  return alive;
}

export interface AliveGeneration extends Generation {
  readonly role: 'current' | 'successor' | 'retiring';
}

/** Member by member: a spread costs ten times as much, and views are made of each process for each call. */
function inRole({ number, pid, since, startedAt }: Generation, role: AliveGeneration['role']): AliveGeneration {
  return { number, pid, since, startedAt, role };
}

/** Not one that it knows to have ended: alive, or so new that the process has not heard of it yet. */
export function mayBeAlive(process: Process, generation: number): boolean {
  const { spawning, generations } = process;
  if (generation === spawning || generation > generations) return true;
  return aliveGenerations(process).some(({ number }) => number === generation);
}

/** When the process wants to be woken with a `time` event (mono), or null. */
export function deadline(process: Process): number | null {
  const times = process.retiring.flatMap(({ killAt }) => killAt ?? []);
  const { life, reload } = process;
  switch (life.state) {
    case 'STARTING':
      times.push(life.gate.kind === 'ready' ? life.gate.readyBy : life.runningAt);
      break;
    case 'BACKOFF':
      times.push(life.retryAt);
      break;
    case 'FAILING':
    case 'STOPPING':
      times.push(life.killAt);
      break;
    case 'STOPPED':
    case 'SPAWNING':
    case 'RUNNING':
    case 'LINGERING':
    case 'EXITED':
    case 'FATAL':
    case 'UNKNOWN':
      break;
  }
  if (reload !== null && 'until' in reload) times.push(reload.until);
  return times.length === 0 ? null : Math.min(...times);
}
