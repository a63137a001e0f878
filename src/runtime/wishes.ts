/** What a client wishes of one process, and how it turns out: start, stop, signal, input. Names are namespecs, as faults quote them. */
import { type LogText, processTexts } from '../core/log-texts.ts';
import { makeNamespec } from '../core/namespec.ts';
import { isRunningState, isSignallableState, isStoppedState } from '../core/states.ts';
import type { Os } from '../os/os.ts';
import type { Deadlines } from './deadlines.ts';
import type { Engine } from './engine.ts';
import type { Wish } from './history.ts';
import type { Launcher } from './launcher.ts';
import type { Member } from './member.ts';
import { refusal } from './refusal.ts';
import type { Outcome } from './supervision.ts';

export interface WishesOptions {
  readonly os: Os;
  readonly engine: Engine;
  readonly launcher: Launcher;
  readonly deadlines: Deadlines;
  readonly say: (line: LogText) => void;
  /** The wish is about to be carried out; a signal has been sent. */
  readonly asked: (member: Member, wish: Wish) => void;
}

export class Wishes {
  readonly #options: WishesOptions;

  constructor(options: WishesOptions) {
    this.#options = options;
  }

  async start(member: Member | null, namespec: string, wait: boolean): Promise<Outcome> {
    if (member === null) return refusal('BAD_NAME', namespec);
    if (member.state === 'STOPPING') {
      // Two wishes meet: the start is kept until the stop is done (supervisord loses it).
      const stopped = until(member, () => member.state !== 'STOPPING');
      if (!wait) {
        void stopped.then(() => this.start(member, namespec, false));
        return { ok: true };
      }
      await stopped;
    }
    // Clients are refused by then, but this wish may be older: it has waited for the end of a stop.
    if (!this.#options.engine.restarts) return refusal('SHUTDOWN_STATE', namespec);
    const command = this.#options.launcher.resolve(member.spec);
    if (!command.ok) return refusal(command.fault, command.message);
    if (isRunningState(member.state)) return refusal('ALREADY_STARTED', namespec);
    if (member.state === 'UNKNOWN') return refusal('FAILED', `${namespec} is in an unknown process state`);
    this.#options.asked(member, { wish: 'start', signal: 0 });
    this.#options.engine.post(member, { event: 'start' });
    if (wait) await until(member, () => member.state !== 'STARTING');
    if (member.state === 'RUNNING' || member.state === 'STARTING') return { ok: true };
    return refusal(member.process.spawnError === '' ? 'ABNORMAL_TERMINATION' : 'SPAWN_ERROR', namespec);
  }

  /** Starts those that start by themselves. */
  autostart(members: readonly Member[]): void {
    for (const member of members) {
      if (!member.spec.autostart) continue;
      const { group, name } = member.spec;
      if (member.state === 'STOPPING') void this.start(member, makeNamespec(group, name), false);
      else if (!isRunningState(member.state)) this.#options.engine.post(member, { event: 'start' });
    }
  }

  async stop(member: Member | null, namespec: string, wait: boolean): Promise<Outcome> {
    if (member === null) return refusal('BAD_NAME', namespec);
    if (!isRunningState(member.state)) return refusal('NOT_RUNNING', namespec);
    this.#options.asked(member, { wish: 'stop', signal: 0 });
    this.#options.engine.post(member, { event: 'stop' });
    const { name } = member.spec;
    if (member.state === 'UNKNOWN') return refusal('FAILED', `unknown problem killing ${name}`);
    if (!wait || isStoppedState(member.state)) return { ok: true };
    const callOff = this.#sayWaiting(name);
    await until(member, () => isStoppedState(member.state));
    callOff();
    return { ok: true };
  }

  /** A line at once and every two seconds, for whoever reads the log and wonders. */
  #sayWaiting(name: string): () => void {
    const { say, deadlines } = this.#options;
    let callOff = () => {};
    const again = () => {
      say(processTexts.waitingToStop(name));
      callOff = deadlines.after(2000, again);
    };
    again();
    return () => callOff();
  }

  signal(member: Member | null, namespec: string, signal: number): Outcome {
    if (member === null) return refusal('BAD_NAME', namespec);
    const { os, say } = this.#options;
    const { current, spec } = member;
    if (current === null || !isSignallableState(member.state)) return refusal('NOT_RUNNING', namespec);
    say(processTexts.signalling(spec.name, current.pid, signal));
    const answer = os.kill(current.pid, signal, false);
    if (answer === 'ok') {
      this.#options.asked(member, { wish: 'signal', signal });
      return { ok: true };
    }
    if (answer === 'ESRCH') {
      say(processTexts.signalJustExited(spec.name, current.pid));
      return { ok: true };
    }
    this.#options.engine.post(member, { event: 'kill-failed', pid: current.pid, errno: answer });
    return refusal('FAILED', `unknown problem sending sig ${spec.name} (${current.pid}):${answer}`);
  }

  sendStdin(member: Member | null, namespec: string, data: Buffer): Outcome {
    if (member === null) return refusal('BAD_NAME', namespec);
    const { current } = member;
    if (current === null || member.state === 'STOPPING') return refusal('NOT_RUNNING', namespec);
    if (current.stdin === null || current.stdin.write(data) !== 'ok') return refusal('NO_FILE', namespec);
    return { ok: true };
  }
}

/** Resolves when it holds after a step of that process, or at once if it holds now. */
function until(member: Member, holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    member.watchers.add(() => {
      if (!holds()) return false;
      resolve();
      return true;
    });
  });
}
