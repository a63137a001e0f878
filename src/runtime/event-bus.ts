/**
 * Events on their way from where they happen to the event listeners: the pure pools of `core/event-pools.ts` with the listeners' pipes, the main log
 * and the clock around them. Whatever a listener does, nobody else waits for it.
 */
import { type SupervisorEvent, stateEvent } from '../core/event.ts';
import type { PoolEffect } from '../core/event-pool.ts';
import { EventPools } from '../core/event-pools.ts';
import { processTexts } from '../core/log-texts.ts';
import { resultHandler } from '../core/result-handler.ts';
import type { GroupSpec, ProcessSpec } from '../core/spec.ts';
import { startTicks, type TickState, tick, untilNextTick } from '../core/ticks.ts';
import type { ProcessEffect } from '../core/turn.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import type { Clock, StdinPipe } from '../os/os.ts';
import { decodeOrRepr } from '../util/utf8.ts';
import type { Child } from './child.ts';
import type { Deadlines } from './deadlines.ts';
import type { Member } from './member.ts';
import type { OutputListeners } from './process-logs.ts';
import type { Channel } from './supervision.ts';

export interface EventBusOptions {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly log: DaemonLog;
  /** The daemon's identifier, for the envelope. */
  readonly server: string;
  /** Serials go on from here. */
  readonly firstSerial: number;
  /** A listener said something. */
  readonly heard: () => void;
}

export class EventBus implements OutputListeners {
  readonly #options: EventBusOptions;
  readonly #pools: EventPools;
  /** Where the events of each listener process go. */
  readonly #stdin = new Map<number, StdinPipe>();
  #ticks: TickState | null = null;

  constructor(options: EventBusOptions) {
    this.#options = options;
    this.#pools = new EventPools({ nextSerial: options.firstSerial, pools: [] });
  }

  get nextSerial(): number {
    return this.#pools.nextSerial;
  }

  notify(event: SupervisorEvent): void {
    if (!this.#pools.wants(event.type)) return;
    for (const [pool, effects] of this.#pools.notify(event)) this.#carryOut(pool, effects);
  }

  /** The group's listeners have events that they have not answered yet, and can. */
  isListening(group: string): boolean {
    return this.#pools.pool(group)?.isListening ?? false;
  }

  /** Before the group is told of: a pool hears that it was added itself. */
  addPool(spec: GroupSpec): void {
    if (spec.kind !== 'eventlistener') return;
    const { name, bufferSize, events, processes } = spec;
    const handler = resultHandler(spec.resultHandler);
    const inOrder = processes.map((process) => process.name);
    this.#pools.add({ name, server: this.#options.server, bufferSize, events, handler, processes: inOrder });
    this.#setTicking();
  }

  removePool(name: string): void {
    this.#pools.remove(name);
    this.#setTicking();
  }

  /** A process was started; of interest if it is a listener. */
  spawned({ spec }: Member, { pid, stdin }: Child): void {
    if (spec.kind !== 'eventlistener' || stdin === null) return;
    this.#stdin.set(pid, stdin);
    this.#pools.pool(spec.group)?.spawned(spec.name, pid);
  }

  /** It was reaped, and all that it wrote has been read. */
  exited({ spec }: Member, pid: number): void {
    if (!this.#stdin.delete(pid)) return;
    this.#carryOut(spec.group, this.#pools.pool(spec.group)?.exited(pid) ?? []);
  }

  /** A process changed its state. A listener's own change counts before the event of it is sent. */
  stateChanged(member: Member, change: ProcessEffect & { effect: 'state' }): void {
    this.stepped(member);
    const { name, group } = member.spec;
    if (this.#pools.wants(`PROCESS_STATE_${change.to}`)) this.notify(stateEvent({ process: name, group }, change));
  }

  /** Of the processes of a listener, only the one that counts gets events, and only while it is RUNNING. */
  stepped(member: Member): void {
    const { spec, state, current } = member;
    if (spec.kind !== 'eventlistener') return;
    const pool = this.#pools.pool(spec.group);
    for (const child of member.children.values()) {
      this.#carryOut(spec.group, pool?.setEligible(child.pid, state === 'RUNNING' && child === current) ?? []);
    }
  }

  onLogEvent({ name, group }: ProcessSpec, channel: Channel, pid: number, data: Buffer): void {
    const type = channel === 'stdout' ? 'PROCESS_LOG_STDOUT' : 'PROCESS_LOG_STDERR';
    if (this.#pools.wants(type)) this.notify({ type, process: name, group, pid, data: decodeOrRepr(data) });
  }

  onCommunication({ name, group }: ProcessSpec, channel: Channel, pid: number, data: Buffer): void {
    const type = channel === 'stdout' ? 'PROCESS_COMMUNICATION_STDOUT' : 'PROCESS_COMMUNICATION_STDERR';
    if (this.#pools.wants(type)) this.notify({ type, process: name, group, pid, data: decodeOrRepr(data) });
    this.#options.log.say(processTexts.commEvent(name, channel));
  }

  /** A listener said something. */
  onProtocol({ group }: ProcessSpec, pid: number, data: Buffer): void {
    this.#carryOut(group, this.#pools.pool(group)?.output(pid, data) ?? []);
    this.#options.heard();
  }

  #carryOut(pool: string, effects: readonly PoolEffect[]): void {
    const { log } = this.#options;
    for (const effect of effects) {
      switch (effect.effect) {
        case 'send':
          if (this.#stdin.get(effect.pid)?.write(Buffer.from(effect.data)) === 'ok') log.say(effect.sent);
          else this.#carryOut(pool, this.#pools.pool(pool)?.sendFailed(effect.pid) ?? []);
          break;
        case 'log':
          log.say(effect.line);
          break;
        case 'print':
          log.print(effect.text);
          break;
      }
    }
  }

  /** The clock is watched only while somebody wants ticks. */
  #setTicking(): void {
    const wanted = this.#pools.wants('TICK_5') || this.#pools.wants('TICK_60') || this.#pools.wants('TICK_3600');
    if (wanted === (this.#ticks !== null)) return;
    this.#ticks = wanted ? startTicks(this.#options.clock.now().wall) : null;
    this.#armTicks();
  }

  #armTicks(): void {
    const { clock, deadlines } = this.#options;
    const { mono, wall } = clock.now();
    const at = this.#ticks === null ? null : mono + untilNextTick(wall);
    deadlines.set(this, at, () => this.#tick());
  }

  #tick(): void {
    if (this.#ticks === null) return;
    const { state, events } = tick(this.#ticks, this.#options.clock.now().wall);
    this.#ticks = state;
    for (const event of events) this.notify(event);
    this.#armTicks();
  }
}
