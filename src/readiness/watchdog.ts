/**
 * sd_notify's watchdog: a program that was given an interval (WATCHDOG_USEC in its environment, or said by itself) has to say WATCHDOG=1 at
 * least that often, from READY=1 to STOPPING=1. Says when it has not; what becomes of it is the owner's business.
 */
import type { Notifications } from './notifications.ts';
import type { Notice } from './notify-message.ts';

export interface WatchdogOptions {
  readonly notifications: Notifications;
  /** null: none, until it says so itself. */
  readonly intervalMs: number | null;
  after(ms: number, wake: () => void): () => void;
  /** May be called again, an interval later. */
  missed(text: string): void;
}

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #unsubscribe: () => void;
  #intervalMs: number | null;
  /** From READY=1 to STOPPING=1. */
  #isOn = false;
  #callOff: () => void = () => {};

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#intervalMs = options.intervalMs;
    this.#unsubscribe = options.notifications.subscribe((notice) => this.#hear(notice));
  }

  end(): void {
    this.#unsubscribe();
    this.#callOff();
  }

  #hear(notice: Notice): void {
    const begins = notice.ready && !this.#isOn;
    if (notice.ready) this.#isOn = true;
    if (notice.stopping) this.#isOn = false;
    if (notice.watchdogMs !== null) this.#intervalMs = notice.watchdogMs;
    if (begins || notice.stopping || notice.watchdogMs !== null || notice.watchdog === 'alive') this.#wind();
    if (notice.watchdog === 'trigger') this.#options.missed('it said WATCHDOG=trigger');
  }

  #wind(): void {
    this.#callOff();
    const interval = this.#intervalMs;
    if (interval === null || !this.#isOn) return;
    this.#callOff = this.#options.after(interval, () => {
      this.#wind();
      this.#options.missed(`no WATCHDOG=1 within ${interval / 1000} s`);
    });
  }
}
