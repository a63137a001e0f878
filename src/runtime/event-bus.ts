/**
 * Events on their way from where they happen to the event listeners: the pure pools of `core/event-pools.ts` with the listeners' pipes, the main log
 * and the clock around them. Whatever a listener does, nobody else waits for it.
 */
import type { Carried, Sending } from '../core/carried.ts';
import { type SupervisorEvent, stateEvent } from '../core/event.ts';
import type { PoolEffect } from '../core/event-pool.ts';
import { EventPools, type SavedPools } from '../core/event-pools.ts';
import { processTexts } from '../core/log-texts.ts';
import { resultHandler } from '../core/result-handler.ts';
import type { GroupSpec, ProcessSpec } from '../core/spec.ts';
import { startTicks, type TickState, tick, untilNextTick } from '../core/ticks.ts';
import type { ProcessEffect } from '../core/turn.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import type { Clock, StdinPipe } from '../os/os.ts';
import { decodeOrRepr } from '../util/utf8.ts';
import type { Carry } from './carry.ts';
import type { Child } from './child.ts';
import type { Deadlines } from './deadlines.ts';
import type { Member } from './member.ts';
import type { OutputListeners } from './process-logs.ts';
import type { Channel, EventPoolView } from './supervision.ts';

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
  readonly carry: Carry | null;
  /** What an earlier daemon has left. */
  readonly carried: Pick<Carried, 'pools' | 'poolChanges' | 'sending' | 'heard'> | null;
}

export class EventBus implements OutputListeners {
  readonly #options: EventBusOptions;
  readonly #pools: EventPools;
  /** Where the events of each listener process go. */
  readonly #stdin = new Map<number, StdinPipe>();
  /** By pid of a listener: when its input was last written to before the last event was sent to it. */
  readonly #sending: Map<number, Sending>;
  /** By pid: what an earlier daemon has heard last, and may have left in the pipe. */
  readonly #heardBefore: Map<number, string>;
  /** What happened to the pools of an earlier daemon after they were saved; empty once they are here. */
  #changesBefore: Carried['poolChanges'];
  #ticks: TickState | null = null;

  constructor(options: EventBusOptions) {
    const { carried, firstSerial } = options;
    this.#options = options;
    this.#changesBefore = carried?.poolChanges ?? [];
    const serials = this.#changesBefore.map(({ change }) => (change.change === 'accept' ? change.serial + 1 : 0));
    const nextSerial = serials.reduce((a, b) => Math.max(a, b), Math.max(firstSerial, carried?.pools?.nextSerial ?? 0));
    this.#pools = new EventPools({ nextSerial, pools: carried?.pools?.pools ?? [] });
    this.#sending = new Map(carried?.sending);
    this.#heardBefore = new Map(carried?.heard);
  }

  save(): SavedPools {
    return this.#pools.save();
  }

  get sending(): ReadonlyMap<number, Sending> {
    return this.#sending;
  }

  get nextSerial(): number {
    return this.#pools.nextSerial;
  }

  notify(event: SupervisorEvent): void {
    if (!this.#pools.wants(event.type)) return;
    const { carry } = this.#options;
    const written = (pool: string, serial: number) => carry?.pool(pool, { change: 'accept', event, serial });
    for (const [pool, effects] of this.#pools.notify(event, written)) this.#carryOut(pool, effects);
  }

  /** The group's listeners have events that they have not answered yet, and can. */
  isListening(group: string): boolean {
    return this.#pools.pool(group)?.isListening ?? false;
  }

  /** null: the group has no pool. */
  pool(group: string): EventPoolView | null {
    return this.#pools.pool(group);
  }

  /** Before the group is told of: a pool hears that it was added itself. */
  addPool(spec: GroupSpec): void {
    if (spec.kind !== 'eventlistener') return;
    const { name, bufferSize, events, processes } = spec;
    const handler = resultHandler(spec.resultHandler);
    const inOrder = processes.map((process) => process.name);
    const { server } = this.#options;
    const pool = this.#pools.add({ name, server, bufferSize, events, handler, processes: inOrder });
    for (const change of this.#changesBefore) if (change.pool === name) pool.replay(change.change);
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
    this.#options.carry?.pool(spec.group, { change: 'spawned', name: spec.name, pid });
    this.#pools.pool(spec.group)?.spawned(spec.name, pid);
  }

  /** A process that an earlier daemon started; its pool knows it, unless that one died just then. */
  adopted(member: Member, child: Child): void {
    const { spec } = member;
    if (spec.kind !== 'eventlistener' || child.stdin === null) return;
    this.#stdin.set(child.pid, child.stdin);
    if (this.#pools.pool(spec.group)?.isEligible(child.pid) === null) this.spawned(member, child);
  }

  /** Once all listeners are there: what an earlier daemon was about to send is sent. */
  resume(): void {
    this.#changesBefore = [];
    this.#pools.restored();
    for (const pool of this.#pools.all()) {
      for (const { pid, serial, data } of pool.unanswered()) {
        const last = this.#sending.get(pid);
        const wasSent = last?.serial === serial && last.inputChanged !== this.#stdin.get(pid)?.changed();
        if (!wasSent) this.#send(pid, serial, data);
      }
    }
  }

  /** It was reaped, and all that it wrote has been read. */
  exited({ spec }: Member, pid: number): void {
    this.#stdin.delete(pid);
    this.#sending.delete(pid);
    this.#heardBefore.delete(pid);
    const pool = this.#pools.pool(spec.group);
    // Not asked by its stdin: of one that an earlier daemon started, and that has died meanwhile, there is none.
    if (pool === null || pool.isEligible(pid) === null) return;
    this.#options.carry?.pool(spec.group, { change: 'exited', pid });
    this.#carryOut(spec.group, pool.exited(pid));
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
    for (const { pid } of member.children.values()) {
      const eligible = state === 'RUNNING' && pid === current?.pid;
      if (pool === null || pool.isEligible(pid) === eligible) continue;
      this.#options.carry?.pool(spec.group, { change: 'eligible', pid, eligible });
      this.#carryOut(spec.group, pool.setEligible(pid, eligible));
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

  /** A listener said something: written down before it leaves its pipe. */
  onProtocolRead({ group }: ProcessSpec, pid: number, data: Buffer): void {
    const piece = this.#notHeard(pid, data).toString('latin1');
    if (piece !== '') this.#options.carry?.pool(group, { change: 'output', pid, piece });
  }

  onProtocol({ group }: ProcessSpec, pid: number, data: Buffer): void {
    const piece = this.#notHeard(pid, data);
    this.#heardBefore.delete(pid);
    this.#carryOut(group, this.#pools.pool(group)?.output(pid, piece) ?? []);
    this.#options.heard();
  }

  /** An earlier daemon may have heard the beginning of it, and died before it was out of the pipe. */
  #notHeard(pid: number, data: Buffer): Buffer {
    const before = this.#heardBefore.get(pid) ?? '';
    return data.toString('latin1').startsWith(before) ? data.subarray(before.length) : data;
  }

  #carryOut(pool: string, effects: readonly PoolEffect[]): void {
    const { log, carry } = this.#options;
    for (const effect of effects) {
      switch (effect.effect) {
        case 'send':
          if (this.#send(effect.pid, effect.serial, effect.data)) log.say(effect.sent);
          else {
            carry?.pool(pool, { change: 'sendFailed', pid: effect.pid });
            this.#carryOut(pool, this.#pools.pool(pool)?.sendFailed(effect.pid) ?? []);
          }
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

  #send(pid: number, serial: number, data: string): boolean {
    const stdin = this.#stdin.get(pid);
    if (stdin === undefined) return false;
    this.#heardBefore.delete(pid); // what it says from here on is an answer to this
    if (this.#options.carry !== null) {
      const sending = { serial, inputChanged: stdin.changed() };
      this.#sending.set(pid, sending);
      this.#options.carry.sending(pid, sending);
    }
    return stdin.write(Buffer.from(data)) === 'ok';
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
