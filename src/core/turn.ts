/**
 * One turn of a process's machine while it is being computed: the process as it changes, and the effects as they pile up. Lives from the
 * start of a `step` to its end and is seen by nobody else.
 */
import type { ExitStatus } from './exit-status.ts';
import type { Generation } from './generation.ts';
import type { LogText } from './log-texts.ts';
import { currentGeneration, type Life, type Process, stateName } from './process.ts';
import type { ReloadFact } from './reload/facts.ts';
import type { ProcessSpec, ReloadStrategy } from './spec.ts';
import type { StateName } from './states.ts';
import type { Now } from './time.ts';

/** What happens to a process. Each is told once; the outcome of an effect comes back as a later event. */
export type ProcessEvent =
  | { readonly event: 'start' }
  | { readonly event: 'stop' }
  /** `strategy`: another one than the program's, for this once. */
  | { readonly event: 'reload'; readonly strategy?: ReloadStrategy }
  | { readonly event: 'spawned'; readonly generation: number; readonly pid: number }
  | { readonly event: 'spawn-failed'; readonly generation: number; readonly message: string }
  /** The process has made its own successor, which `follow` was to find. */
  | { readonly event: 'adopted'; readonly generation: number; readonly pid: number }
  /** It has made none, and will not: it has ended, or is not looked at any more. `failed`: it has made one, which did not live. */
  | { readonly event: 'not-adopted'; readonly generation: number; readonly failed?: boolean }
  /** The process has made its own successor although nobody here asked for it, and has ended: `exited` follows. */
  | { readonly event: 'succeeded'; readonly generation: number; readonly pid: number }
  | { readonly event: 'exited'; readonly pid: number; readonly status: ExitStatus }
  /** `kill` answered with something that is neither success nor ESRCH. */
  | { readonly event: 'kill-failed'; readonly pid: number; readonly errno: string }
  | { readonly event: 'ready'; readonly generation: number }
  /** The check was asked and answered no, or not yet. */
  | { readonly event: 'checked'; readonly generation: number; readonly answer: string }
  /** It asks for so much more time to become ready, from now on. */
  | { readonly event: 'extended'; readonly generation: number; readonly byMs: number }
  /** The check cannot succeed any more; `reason` is its last answer. */
  | { readonly event: 'not-ready'; readonly generation: number; readonly reason: string }
  | { readonly event: 'reload-tested'; readonly ok: boolean; readonly reason: string }
  /** A deadline has passed. */
  | { readonly event: 'time' };

/** What the shell has to do, in this order. */
export type ProcessEffect =
  /** Answered by `spawned` or `spawn-failed`. The predecessor's sockets go to a successor. */
  | { readonly effect: 'spawn'; readonly generation: number; readonly predecessor: number | null }
  /** It is about to be signalled: what it has said so far explains nothing that comes of that. */
  | { readonly effect: 'before-signal'; readonly generation: number }
  /** Looks for a successor that the process is about to make. Answered by `adopted` or `not-adopted`, at the latest when it has ended. */
  | { readonly effect: 'follow'; readonly generation: number; readonly predecessor: number }
  /** Looks a last time, and answers. */
  | { readonly effect: 'end-follow'; readonly generation: number }
  | { readonly effect: 'kill'; readonly pid: number; readonly signal: number; readonly group: boolean }
  /** Answered by `ready` or `not-ready`, or by nothing: the time limit is the machine's. */
  | { readonly effect: 'check-ready'; readonly generation: number; readonly pid: number; readonly afterSignal: boolean }
  | { readonly effect: 'end-check'; readonly generation: number }
  /** The successor has passed its check and is the process: its private probe is sealed, what was put aside for its sake is let go. */
  | { readonly effect: 'promoted'; readonly generation: number }
  | { readonly effect: 'run-reload-test'; readonly command: string }
  | { readonly effect: 'end-reload-test' }
  | { readonly effect: 'log'; readonly line: LogText }
  /** For PROCESS_STATE events. `expected` only with EXITED. */
  | {
      readonly effect: 'state';
      readonly from: StateName;
      readonly to: StateName;
      readonly pid: number;
      readonly tries: number;
      readonly expected: boolean;
    }
  | { readonly effect: 'reload-fact'; readonly fact: ReloadFact; readonly outputOf: OutputOf }
  | { readonly effect: 'reload-ended'; readonly ok: boolean; readonly reason: string };

/** Whose last lines the shell adds to a failure: a generation's, the reload test's, nobody's. */
export type OutputOf = number | 'reload-test' | null;

/** Generations before that number were started from another definition, and are stopped as that one says. */
export interface OlderDefinition {
  readonly before: number;
  readonly spec: ProcessSpec;
}

/** How a predecessor leaves after a rolling reload, as far as its server is known. */
export interface Leaving {
  /** Ends it when what is under way is done. null: the stop signal does. */
  readonly signal: number | null;
  /** Keeps it from taking more while its successor serves beside it; a second one is the way back. null: there is none. */
  readonly pause: number | null;
  /** One that has made its own successor ends by itself. */
  readonly byItself: boolean;
}

export interface StepContext {
  readonly spec: ProcessSpec;
  readonly older?: OlderDefinition | null;
  readonly leaving?: Leaving;
  readonly now: Now;
  /** False while the daemon shuts down or restarts: nothing is started, retried or restarted by itself. */
  readonly restarts: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Turn {
  readonly process: Mutable<Process>;
  readonly effects: ProcessEffect[] = [];
  readonly spec: ProcessSpec;
  readonly now: Now;
  readonly restarts: boolean;
  readonly leaving: Leaving;
  readonly #older: OlderDefinition | null;

  constructor(process: Process, { spec, now, restarts, older, leaving }: StepContext) {
    this.process = { ...process };
    this.spec = spec;
    this.leaving = leaving ?? { signal: null, pause: null, byItself: true };
    this.#older = older ?? null;
    this.now = now;
    this.restarts = restarts;
  }

  get current(): Generation | null {
    return currentGeneration(this.process);
  }

  do(effect: ProcessEffect): void {
    this.effects.push(effect);
  }

  log(line: LogText): void {
    this.do({ effect: 'log', line });
  }

  /** Moves to another life; clients and listeners hear of it when the state they know changes. `pid`: the one the event names. */
  enter(life: Life, detail: { pid?: number; expected?: boolean } = {}): void {
    const from = stateName(this.process);
    this.process.life = life;
    const to = stateName(this.process);
    if (from === to) return;
    const pid = detail.pid ?? this.current?.pid ?? 0;
    this.do({ effect: 'state', from, to, pid, tries: this.process.backoff, expected: detail.expected ?? false });
  }

  after(secs: number): number {
    return this.now.mono + secs * 1000;
  }

  due(at: number): boolean {
    return this.now.mono >= at;
  }

  /** What that generation was started from. */
  startedFrom({ number }: Generation): ProcessSpec {
    return this.#older !== null && number < this.#older.before ? this.#older.spec : this.spec;
  }

  /** Sends the stop signal; the caller remembers until when it waits. */
  tellToStop(generation: Generation): void {
    const { stopSignal, stopAsGroup } = this.startedFrom(generation);
    this.do({ effect: 'kill', pid: generation.pid, signal: stopSignal, group: stopAsGroup });
  }

  tellToLeave(generation: Generation): void {
    const { stopAsGroup } = this.startedFrom(generation);
    this.do({ effect: 'kill', pid: generation.pid, signal: this.leavingSignal(generation), group: stopAsGroup });
  }

  /** When a generation that is told to stop now is to be killed. */
  killAt(generation: Generation): number {
    return this.after(this.startedFrom(generation).stopWaitSecs);
  }

  checkReady({ number, pid }: Generation, afterSignal: boolean): void {
    this.do({ effect: 'check-ready', generation: number, pid, afterSignal });
  }

  /** Asks for a new generation; its number is taken now, so that no two starts share one. */
  spawn(predecessor: number | null): void {
    this.process.generations += 1;
    this.process.spawning = this.process.generations;
    this.do({ effect: 'spawn', generation: this.process.generations, predecessor });
  }

  /** As `spawn`, of a successor that the process makes itself. */
  follow(predecessor: number): void {
    this.process.generations += 1;
    this.process.spawning = this.process.generations;
    this.do({ effect: 'follow', generation: this.process.generations, predecessor });
  }

  generation(number: number, pid: number): Generation {
    return { number, pid, since: this.now.mono, startedAt: this.now.wall };
  }

  /** What ends a predecessor gracefully. */
  leavingSignal(generation: Generation): number {
    return this.leaving.signal ?? this.startedFrom(generation).stopSignal;
  }

  /** The generation is no longer the process nor its successor: it is told to stop and only waited for. */
  retire(generation: Generation, broken: boolean): void {
    this.do({ effect: 'end-check', generation: generation.number });
    if (broken) this.tellToStop(generation);
    else this.tellToLeave(generation);
    this.process.retiring = [...this.process.retiring, { generation, killAt: this.killAt(generation), broken }];
  }
}
