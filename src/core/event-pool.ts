/**
 * One pool of event listeners: the processes of one `[eventlistener:x]`, and the events that wait for them. An event goes to one listener of the
 * pool, the first in process order that is RUNNING and READY; meanwhile it waits in a buffer, and when that is full the oldest goes.
 *
 *   accept ─► buffer ─► the first idle listener ─► accepted: forgotten
 *               ▲                               └─► rejected, or the listener died: back to the head of the buffer
 *               └──────────────────────────────────────┘
 *
 * Pure but for its own memory: nothing is written, logged or waited for here. Every method answers with what there is to do, in order; the
 * caller does it, and says so when a write failed. `save` gives the whole pool as plain JSON.
 */
import { Deque } from '../util/deque.ts';
import type { PoolChange } from './carried.ts';
import { type EventType, envelope, type SupervisorEvent } from './event.ts';
import { subscription } from './event-type.ts';
import { busyListener, type ListenerEffect, type ListenerState, listen, newListener } from './listener.ts';
import { eventTexts, type LogText } from './log-texts.ts';
import type { ResultHandler } from './result-handler.ts';

/** An event within one pool. `serial` counts for the daemon, `poolSerial` for the pool; both stay when it is sent again. */
export interface PooledEvent {
  readonly event: SupervisorEvent;
  readonly serial: number;
  readonly poolSerial: number;
}

export type PoolEffect =
  /** To that process's stdin. If that works, `sent` is to be logged; if it fails, `sendFailed` is to be called. */
  | {
      readonly effect: 'send';
      readonly pid: number;
      readonly serial: number;
      readonly data: string;
      readonly sent: LogText;
    }
  | { readonly effect: 'log'; readonly line: LogText }
  /** To the daemon's standard output. */
  | { readonly effect: 'print'; readonly text: string };

/** A listener process. During a reload there are two of one name. */
interface Listener {
  readonly pid: number;
  readonly name: string;
  /** It is the process, and RUNNING: it may be sent events. */
  eligible: boolean;
  /** Its stdin is closed: it cannot be sent any more, though it lives. */
  deaf: boolean;
  state: ListenerState;
  /** What it is busy with. */
  event: PooledEvent | null;
}

export interface SavedPool {
  readonly nextSerial: number;
  readonly dropped: number;
  readonly buffer: readonly PooledEvent[];
  readonly listeners: ReadonlyArray<Readonly<Listener>>;
}

export interface PoolOptions {
  readonly name: string;
  /** The daemon's identifier. */
  readonly server: string;
  readonly bufferSize: number;
  /** Type names as written in `events=`. */
  readonly events: readonly string[];
  readonly handler: ResultHandler;
  /** The pool's processes, in order. */
  readonly processes: readonly string[];
}

export class EventPool {
  readonly name: string;
  /** The types that this pool gets. */
  readonly types: ReadonlySet<EventType>;
  readonly #options: PoolOptions;
  readonly #buffer: Deque<PooledEvent>;
  /** In process order. */
  #listeners: Listener[];
  #nextSerial: number;
  #dropped: number;

  constructor(options: PoolOptions, saved: SavedPool | null = null) {
    this.name = options.name;
    this.#options = options;
    this.types = subscription(options.events);
    this.#buffer = new Deque(saved?.buffer);
    this.#listeners = (saved?.listeners ?? []).map((listener) => ({ ...listener }));
    this.#nextSerial = saved?.nextSerial ?? 0;
    this.#dropped = saved?.dropped ?? 0;
  }

  save(): SavedPool {
    return {
      nextSerial: this.#nextSerial,
      dropped: this.#dropped,
      buffer: this.#buffer.toArray(),
      listeners: this.#listeners.map((listener) => ({ ...listener })),
    };
  }

  /** Events that were thrown away because the buffer was full. */
  get dropped(): number {
    return this.#dropped;
  }

  get bufferSize(): number {
    return this.#options.bufferSize;
  }

  get waiting(): number {
    return this.#buffer.length;
  }

  /** Somebody is busy with an event, or will be as soon as it says READY. */
  get isListening(): boolean {
    const able = this.#listeners.filter((l) => l.eligible && !l.deaf && l.state.name !== 'UNKNOWN');
    return able.some(({ event }) => event !== null || this.#buffer.length > 0);
  }

  /** A new event, of a type that this pool gets. */
  accept(event: SupervisorEvent, serial: number): readonly PoolEffect[] {
    const effects: PoolEffect[] = [];
    this.#makeRoom(effects);
    this.#buffer.push({ event, serial, poolSerial: this.#nextSerial++ });
    this.#dispatch(effects);
    return effects;
  }

  /** A listener process was started. */
  spawned(name: string, pid: number): void {
    const order = (listener: { name: string }) => this.#options.processes.indexOf(listener.name);
    this.#listeners.push({ pid, name, eligible: false, deaf: false, state: newListener, event: null });
    this.#listeners.sort((a, b) => order(a) - order(b));
  }

  /** null: it is no listener of this pool. */
  isEligible(pid: number): boolean | null {
    return this.#find(pid)?.eligible ?? null;
  }

  /** What the listeners are busy with, to be sent again where it has not arrived. */
  unanswered(): ReadonlyArray<{ readonly pid: number; readonly serial: number; readonly data: string }> {
    return this.#listeners.flatMap(({ pid, event, state }) =>
      event === null || state.name !== 'BUSY' ? [] : [{ pid, serial: event.serial, data: this.#envelope(event) }],
    );
  }

  /** Takes a change that was written down, as it was taken then: what there was to do has been done. */
  replay(change: PoolChange): void {
    switch (change.change) {
      case 'accept':
        return void this.accept(change.event, change.serial);
      case 'spawned':
        return this.spawned(change.name, change.pid);
      case 'eligible':
        return void this.setEligible(change.pid, change.eligible);
      case 'output':
        return void this.output(change.pid, Buffer.from(change.piece, 'latin1'));
      case 'exited':
        return void this.exited(change.pid);
      case 'sendFailed':
        return void this.sendFailed(change.pid);
    }
  }

  /** That process is RUNNING and the one that counts, or is not any more. */
  setEligible(pid: number, eligible: boolean): readonly PoolEffect[] {
    const listener = this.#find(pid);
    if (listener === undefined) return [];
    listener.eligible = eligible;
    const effects: PoolEffect[] = [];
    this.#dispatch(effects);
    return effects;
  }

  /** A piece of what that process wrote to its standard output. */
  output(pid: number, piece: Buffer): readonly PoolEffect[] {
    const listener = this.#find(pid);
    if (listener === undefined) return [];
    const { state, effects: said } = listen(listener.state, piece, listener.name, this.#options.handler);
    listener.state = state;
    const effects: PoolEffect[] = [];
    for (const effect of said) this.#afterListening(listener, effect, effects);
    this.#dispatch(effects);
    return effects;
  }

  /** That process was reaped. What it was busy with goes to another one. */
  exited(pid: number): readonly PoolEffect[] {
    const listener = this.#find(pid);
    if (listener === undefined) return [];
    this.#listeners = this.#listeners.filter((other) => other !== listener);
    const effects: PoolEffect[] = [];
    this.#giveBack(listener, effects);
    this.#dispatch(effects);
    return effects;
  }

  /** A `send` did not arrive: the listener has closed its stdin. The event goes to the next one; this one gets none until it is started again. */
  sendFailed(pid: number): readonly PoolEffect[] {
    const listener = this.#find(pid);
    if (listener === undefined) return [];
    const { event } = listener;
    const effects: PoolEffect[] = [];
    listener.deaf = true;
    if (event !== null) {
      effects.push({ effect: 'log', line: eventTexts.epipe(event.serial, listener.name) });
      listener.event = null;
      listener.state = { name: 'READY' };
      this.#buffer.unshift(event);
      this.#dispatch(effects);
    }
    return effects;
  }

  #find(pid: number): Listener | undefined {
    return this.#listeners.find((listener) => listener.pid === pid);
  }

  #afterListening(listener: Listener, effect: ListenerEffect, effects: PoolEffect[]): void {
    switch (effect.effect) {
      case 'log':
      case 'print':
        effects.push(effect);
        break;
      case 'accepted':
        listener.event = null;
        break;
      case 'rejected':
        this.#giveBack(listener, effects);
        break;
    }
  }

  /** Only to this pool, whatever other pools there are. */
  #giveBack(listener: Listener, effects: PoolEffect[]): void {
    const { event } = listener;
    if (event === null) return;
    listener.event = null;
    this.#logRebuffering(event, effects);
    this.#makeRoom(effects);
    this.#buffer.unshift(event);
  }

  #dispatch(effects: PoolEffect[]): void {
    let wasIdle = false;
    for (let next = this.#buffer.peek(); next !== undefined; next = this.#buffer.peek()) {
      const idle = this.#listeners.find((l) => l.eligible && !l.deaf && l.state.name === 'READY');
      if (idle === undefined) break;
      wasIdle = true;
      this.#buffer.shift();
      this.#send(next, idle, effects);
    }
    const left = this.#buffer.peek();
    if (wasIdle && left !== undefined) this.#logRebuffering(left, effects, this.#buffer.length - 1);
  }

  #send(pooled: PooledEvent, listener: Listener, effects: PoolEffect[]): void {
    listener.state = busyListener;
    listener.event = pooled;
    const data = this.#envelope(pooled);
    const { serial } = pooled;
    effects.push({ effect: 'send', pid: listener.pid, serial, data, sent: eventTexts.sent(serial, listener.name) });
  }

  #envelope({ event, serial, poolSerial }: PooledEvent): string {
    return envelope(event, { server: this.#options.server, serial, pool: this.name, poolSerial });
  }

  #makeRoom(effects: PoolEffect[]): void {
    if (this.#buffer.length < this.#options.bufferSize) return;
    const oldest = this.#buffer.shift();
    if (oldest === undefined) return;
    this.#dropped++;
    effects.push({ effect: 'log', line: eventTexts.overflow(this.name, oldest.serial) });
  }

  #logRebuffering({ serial }: PooledEvent, effects: PoolEffect[], size = this.#buffer.length): void {
    const line = eventTexts.rebuffering(serial, this.name, size, this.#options.bufferSize);
    effects.push({ effect: 'log', line });
  }
}
