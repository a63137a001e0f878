/**
 * The daemon's mood, and its way down at a shutdown or a restart: group after group, as the pure plan says, until nothing is left. Event listeners
 * come last, and get a moment to answer what they have been sent: a listener that mails crashes must hear of the last one.
 */
import { daemonTexts, type LogText } from '../core/log-texts.ts';
import { planShutdown } from '../core/shutdown.ts';
import type { DaemonStateName } from '../core/states.ts';
import type { Clock } from '../os/os.ts';
import type { Deadlines } from './deadlines.ts';
import type { EventBus } from './event-bus.ts';
import type { Groups } from './groups.ts';
import type { Member } from './member.ts';

const sayEveryMs = 3000;
/** How long listeners may hold up the way down, all of them together. */
const listeningMs = 1000;

export interface LeavingOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly groups: Groups;
  readonly events: EventBus;
  readonly say: (line: LogText) => void;
  /** The mood is another one now. */
  readonly moodChanged: () => void;
  readonly stop: (member: Member) => void;
  /** Somebody who has been told to go is still there, besides the processes. */
  readonly isBusy: () => boolean;
  /** Called once, when all processes are down. */
  readonly done: () => void;
}

/** To the end, or to another life. */
type WayDown = 'SHUTDOWN' | 'RESTARTING';

export class Leaving {
  readonly #options: LeavingOptions;
  readonly #sayKey = {};
  readonly #listenKey = {};
  #mood: 'RUNNING' | WayDown = 'RUNNING';
  #isDown = false;
  #sayAgainAt = 0;
  #looksSoon = false;
  #listenUntil: number | null = null;
  #resolveEnded: (how: 'shutdown' | 'restart') => void = () => {};
  /** Resolves when all processes are down. */
  readonly ended: Promise<'shutdown' | 'restart'>;

  constructor(options: LeavingOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get mood(): DaemonStateName {
    return this.#mood;
  }

  /** The last word holds, as long as something is still there. */
  go(mood: WayDown): void {
    if (this.#mood === mood) return;
    if (this.#mood === 'RUNNING') this.#options.events.notify({ type: 'SUPERVISOR_STATE_CHANGE_STOPPING' });
    this.#mood = mood;
    this.#options.moodChanged();
    this.continue();
  }

  /**
   * To be called whenever a process has moved, a listener has answered or a side command has gone. Looks once for all that happens in the
   * same moment: a look goes over every process, and a thousand that end together are one moment.
   */
  continue(): void {
    if (!this.#isUnderWay() || this.#looksSoon) return;
    this.#looksSoon = true;
    queueMicrotask(() => {
      this.#looksSoon = false;
      if (this.#isUnderWay()) this.#look();
    });
  }

  #isUnderWay(): boolean {
    return this.#mood !== 'RUNNING' && !this.#isDown;
  }

  #look(): void {
    const { groups, stop } = this.#options;
    const plan = planShutdown(
      groups.all().map(({ spec, members }) => ({
        name: spec.name,
        processes: members.map((member) => ({ name: member.spec.name, process: member.process })),
        isListening: this.#mayListen() && this.#options.events.isListening(spec.name),
      })),
    );
    if (plan.waitingFor.length === 0) {
      if (!this.#options.isBusy()) this.#end();
      return;
    }
    this.#sayWaiting(plan.waitingFor);
    if (plan.isHeldBack) this.#listen();
    for (const { group, name } of plan.stop) {
      const member = groups.find(group, name);
      if (member !== null) stop(member);
    }
  }

  #mayListen(): boolean {
    return this.#listenUntil === null || this.#now() < this.#listenUntil;
  }

  #listen(): void {
    if (this.#listenUntil !== null) return;
    this.#listenUntil = this.#now() + listeningMs;
    this.#options.deadlines.set(this.#listenKey, this.#listenUntil, () => this.continue());
  }

  /** At once, and then every three seconds while somebody is still there. */
  #sayWaiting(names: readonly string[]): void {
    const now = this.#now();
    if (now < this.#sayAgainAt) return;
    this.#sayAgainAt = now + sayEveryMs;
    this.#options.say(daemonTexts.waitingToDie(names));
    this.#options.deadlines.set(this.#sayKey, this.#sayAgainAt, () => this.continue());
  }

  #end(): void {
    this.#isDown = true;
    for (const key of [this.#sayKey, this.#listenKey]) this.#options.deadlines.set(key, null, () => {});
    this.#options.done();
    this.#resolveEnded(this.#mood === 'SHUTDOWN' ? 'shutdown' : 'restart');
  }

  #now(): number {
    return this.#options.clock.now().mono;
  }
}
