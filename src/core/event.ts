/**
 * Events: what happened, as plain data, and how a listener gets to see it. The payloads are supervisord's to the letter, since listeners take
 * them apart by blanks and colons.
 */
import type { ReloadFact } from './reload/facts.ts';
import type { ReloadStrategy } from './spec.ts';
import type { StateName } from './states.ts';

interface OfProcess {
  readonly process: string;
  readonly group: string;
}
interface FromState extends OfProcess {
  readonly fromState: StateName;
}

export type SupervisorEvent =
  /** `tries`: failed starts in a row. */
  | (FromState & { readonly type: 'PROCESS_STATE_STARTING' | 'PROCESS_STATE_BACKOFF'; readonly tries: number })
  /** `pid`: 0 where a process in BACKOFF was stopped. */
  | (FromState & {
      readonly type: 'PROCESS_STATE_RUNNING' | 'PROCESS_STATE_STOPPING' | 'PROCESS_STATE_STOPPED';
      readonly pid: number;
    })
  | (FromState & { readonly type: 'PROCESS_STATE_EXITED'; readonly expected: boolean; readonly pid: number })
  | (FromState & { readonly type: 'PROCESS_STATE_FATAL' | 'PROCESS_STATE_UNKNOWN' })
  /** `data`: as `decodeOrRepr` makes it of a chunk. */
  | (OfProcess & {
      readonly type: 'PROCESS_LOG_STDOUT' | 'PROCESS_LOG_STDERR';
      readonly pid: number;
      readonly data: string;
    })
  | (OfProcess & {
      readonly type: 'PROCESS_COMMUNICATION_STDOUT' | 'PROCESS_COMMUNICATION_STDERR';
      readonly pid: number;
      readonly data: string;
    })
  | { readonly type: 'REMOTE_COMMUNICATION'; readonly remoteType: string; readonly data: string }
  | { readonly type: 'SUPERVISOR_STATE_CHANGE_RUNNING' | 'SUPERVISOR_STATE_CHANGE_STOPPING' }
  /** `when`: the beginning of the time slice, seconds since 1970. */
  | { readonly type: 'TICK_5' | 'TICK_60' | 'TICK_3600'; readonly when: number }
  | { readonly type: 'PROCESS_GROUP_ADDED' | 'PROCESS_GROUP_REMOVED'; readonly group: string }
  | (OfProcess & { readonly type: 'PROCESS_RELOAD_STARTED'; readonly strategy: ReloadStrategy; readonly pid: number })
  | (OfProcess & { readonly type: 'PROCESS_RELOAD_READY'; readonly pid: number; readonly afterSecs: number })
  | (OfProcess & { readonly type: 'PROCESS_RELOAD_COMPLETED'; readonly pid: number; readonly tookSecs: number })
  | (OfProcess & { readonly type: 'PROCESS_RELOAD_FAILED'; readonly reason: string });

export type EventType = SupervisorEvent['type'];

/** The text that follows the header line. */
export function payload(event: SupervisorEvent): string {
  switch (event.type) {
    case 'PROCESS_STATE_STARTING':
    case 'PROCESS_STATE_BACKOFF':
      return `${fromState(event)} tries:${event.tries}`;
    case 'PROCESS_STATE_RUNNING':
    case 'PROCESS_STATE_STOPPING':
    case 'PROCESS_STATE_STOPPED':
      return `${fromState(event)} pid:${event.pid}`;
    case 'PROCESS_STATE_EXITED':
      return `${fromState(event)} expected:${event.expected ? 1 : 0} pid:${event.pid}`;
    case 'PROCESS_STATE_FATAL':
    case 'PROCESS_STATE_UNKNOWN':
      return fromState(event);
    case 'PROCESS_LOG_STDOUT':
      return `${ofProcess(event)} pid:${event.pid} channel:stdout\n${event.data}`;
    case 'PROCESS_LOG_STDERR':
      return `${ofProcess(event)} pid:${event.pid} channel:stderr\n${event.data}`;
    case 'PROCESS_COMMUNICATION_STDOUT':
    case 'PROCESS_COMMUNICATION_STDERR':
      return `${ofProcess(event)} pid:${event.pid}\n${event.data}`;
    case 'REMOTE_COMMUNICATION':
      return `type:${event.remoteType}\n${event.data}`;
    case 'SUPERVISOR_STATE_CHANGE_RUNNING':
    case 'SUPERVISOR_STATE_CHANGE_STOPPING':
      return '';
    case 'TICK_5':
    case 'TICK_60':
    case 'TICK_3600':
      return `when:${event.when}`;
    case 'PROCESS_GROUP_ADDED':
    case 'PROCESS_GROUP_REMOVED':
      return `groupname:${event.group}\n`;
    case 'PROCESS_RELOAD_STARTED':
      return `${ofProcess(event)} strategy:${event.strategy} pid:${event.pid}`;
    case 'PROCESS_RELOAD_READY':
      return `${ofProcess(event)} pid:${event.pid} after:${event.afterSecs}`;
    case 'PROCESS_RELOAD_COMPLETED':
      return `${ofProcess(event)} pid:${event.pid} took:${event.tookSecs}`;
    case 'PROCESS_RELOAD_FAILED':
      return `${ofProcess(event)}\n${event.reason}`;
  }
}

function ofProcess({ process, group }: OfProcess): string {
  return `processname:${process} groupname:${group}`;
}

function fromState(event: FromState): string {
  return `${ofProcess(event)} from_state:${event.fromState}`;
}

/** The event of a process's change of state. */
export function stateEvent(
  { process, group }: OfProcess,
  change: {
    readonly from: StateName;
    readonly to: StateName;
    readonly pid: number;
    readonly tries: number;
    readonly expected: boolean;
  },
): SupervisorEvent {
  const base = { process, group, fromState: change.from };
  const { to, pid, tries, expected } = change;
  switch (to) {
    case 'STARTING':
    case 'BACKOFF':
      return { type: `PROCESS_STATE_${to}`, ...base, tries };
    case 'RUNNING':
    case 'STOPPING':
    case 'STOPPED':
      return { type: `PROCESS_STATE_${to}`, ...base, pid };
    case 'EXITED':
      return { type: 'PROCESS_STATE_EXITED', ...base, expected, pid };
    case 'FATAL':
    case 'UNKNOWN':
      return { type: `PROCESS_STATE_${to}`, ...base };
  }
}

/** The event that a reload's fact makes; most make none. */
export function reloadEvent(fact: ReloadFact): SupervisorEvent | null {
  const base = { process: fact.name, group: fact.group };
  switch (fact.fact) {
    case 'started':
      return { type: 'PROCESS_RELOAD_STARTED', ...base, strategy: fact.strategy, pid: fact.pid };
    case 'ready':
      return { type: 'PROCESS_RELOAD_READY', ...base, pid: fact.pid, afterSecs: fact.afterSecs };
    case 'done':
      return { type: 'PROCESS_RELOAD_COMPLETED', ...base, pid: fact.pid, tookSecs: fact.tookSecs };
    case 'failed':
      return { type: 'PROCESS_RELOAD_FAILED', ...base, reason: fact.reason };
    case 'testing':
    case 'handover':
    case 'spawned':
    case 'signalled':
    case 'waiting':
    case 'promoted':
    case 'stopping':
    case 'stopped':
    case 'predecessor-died':
    case 'rolled-back':
      return null;
  }
}

export interface EnvelopeFields {
  /** The daemon's `identifier`. */
  readonly server: string;
  readonly serial: number;
  readonly pool: string;
  readonly poolSerial: number;
}

/** What is written to a listener's stdin. `len` counts code points, as supervisord's does: its listeners read characters, not bytes. */
export function envelope(event: SupervisorEvent, { server, serial, pool, poolSerial }: EnvelopeFields): string {
  const body = payload(event);
  const head = `ver:3.0 server:${server} serial:${serial} pool:${pool} poolserial:${poolSerial}`;
  return `${head} eventname:${event.type} len:${codePoints(body)}\n${body}`;
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) count--;
  }
  return count;
}
