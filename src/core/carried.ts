/**
 * What one daemon leaves to the next: after a crash, an upgrade in place, or a take-over. Plain data in lines of JSON, so that a change costs one
 * line however much else there is: the last line of a key counts, and the reader folds them into `Carried`. The first line says who wrote it,
 * and in which format; anything that the reader does not know (`carried-shape.ts`) is refused with words, since half a state would be worse than
 * none.
 *
 * A resource is carried as what it takes to get it again: the path of a FIFO, the inode of a socket (and its descriptor, of use to the same
 * process only), the pid and start time of a process.
 */

import { isRecord } from '../util/shape.ts';
import { headShape, identityShape, recordShape } from './carried-shape.ts';
import type { SupervisorEvent } from './event.ts';
import type { SavedPools } from './event-pools.ts';
import { makeNamespec } from './namespec.ts';
import type { Process } from './process.ts';
import type { ReloadFact, ReloadOutcome } from './reload/facts.ts';
import type { Rollout } from './reload/rollout.ts';
import type { GroupSpec, ReloadStrategy, ServerSpec, SocketAddress } from './spec.ts';
import type { OlderDefinition } from './turn.ts';

/** Grows when a hupd of before could not read what this one writes. */
export const carriedFormat = 1;

/** A pid alone proves nothing. Clock ticks since boot. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: number;
}

export interface CarriedHead extends ProcessIdentity {
  readonly record: 'hupd';
  readonly format: number;
  readonly version: string;
  /** The kernel's boot id: after a reboot nothing of all this is left. */
  readonly boot: string;
}

/** A listening socket. `fd`: what it was in the process that wrote this. */
export interface CarriedSocket {
  readonly fd: number;
  readonly inode: number;
  readonly address: SocketAddress;
}

export interface CarriedPipes {
  readonly stdout: string;
  /** null: it goes with stdout. */
  readonly stderr: string | null;
  /** null: it has a socket there, or ends with the daemon. */
  readonly stdin: string | null;
}

export interface CarriedChild extends ProcessIdentity {
  readonly generation: number;
  readonly pipes: CarriedPipes;
  /** The command line, split. */
  readonly words: readonly string[];
  /** What it was handed over. */
  readonly sockets: readonly CarriedSocket[];
  readonly ownEach: readonly SocketAddress[];
  readonly predecessor: number | null;
  /** The process that has made it itself, and with which it shares its pipes; null: hupd has. */
  readonly maker: number | null;
  readonly toldReady: boolean;
  /** Where it serves. */
  readonly addresses: readonly SocketAddress[];
  /** Of its own, for notifications. */
  readonly notify: { readonly path: string; readonly fd: number } | null;
  readonly readyPipe: string | null;
}

/** A child before it is there. */
export type CarriedLaunch = Omit<CarriedChild, keyof ProcessIdentity>;

export interface CarriedProcess {
  readonly process: Process;
  readonly older: OlderDefinition | null;
  readonly nextReloadBy: ReloadStrategy | null;
  /** '' where there is none. */
  readonly logs: { readonly stdout: string; readonly stderr: string };
  readonly children: readonly CarriedChild[];
  /** Written before a start: if no child of that generation is told of, one may have come into being all the same. */
  readonly launching: CarriedLaunch | null;
  /** Those of `socket=` that are open, and the descriptor 0 of an fcgi-program. */
  readonly configured: readonly CarriedSocket[];
  readonly borrowed: readonly CarriedSocket[];
  /** A generation has proved to serve on the borrowed ones. */
  readonly proven: boolean;
  readonly fcgi: CarriedSocket | null;
}

export interface CarriedReload {
  readonly id: number;
  readonly target: string;
  readonly startedAt: number;
  readonly facts: readonly ReloadFact[];
  readonly outcome: ReloadOutcome | null;
  readonly rollout: Rollout;
}

/** What happened to a pool of event listeners since it was last written as a whole; it is what its state was made of. */
export type PoolChange =
  | { readonly change: 'accept'; readonly event: SupervisorEvent; readonly serial: number }
  | { readonly change: 'spawned'; readonly name: string; readonly pid: number }
  | { readonly change: 'eligible'; readonly pid: number; readonly eligible: boolean }
  /** Latin-1, one character a byte. */
  | { readonly change: 'output'; readonly pid: number; readonly piece: string }
  | { readonly change: 'exited'; readonly pid: number }
  | { readonly change: 'sendFailed'; readonly pid: number };

/** `inputChanged`: when the listener's input was written to before, as the kernel counts. */
export interface Sending {
  readonly serial: number;
  readonly inputChanged: string;
}

/** A control server's listener. */
export interface HandedServer {
  readonly section: string;
  /** A path, or host and port. */
  readonly address: string;
  readonly fd: number;
  readonly inode: number;
}

/** As `HandedServer` has it: what tells whether a listener is still the one that is wanted. */
export function serverAddress(spec: ServerSpec): string {
  return spec.kind === 'unix' ? spec.file : `${spec.host}:${spec.port}`;
}

/** What a daemon hands to itself over an exec, by descriptor. */
export interface HandedDescriptors {
  /** The control servers' listeners, by section. */
  readonly servers: readonly HandedServer[];
  /** Kept open until everything is adopted, and then closed. */
  readonly holders: readonly number[];
}

export type CarriedRecord =
  | CarriedHead
  | { readonly record: 'group'; readonly name: string; readonly spec: GroupSpec | null }
  | { readonly record: 'process'; readonly group: string; readonly name: string; readonly state: CarriedProcess }
  | { readonly record: 'reload'; readonly reload: CarriedReload }
  | { readonly record: 'fact'; readonly id: number; readonly fact: ReloadFact }
  | {
      readonly record: 'rollout';
      readonly id: number;
      readonly at: Rollout['at'];
      readonly failures: Rollout['failures'];
      readonly outcome: ReloadOutcome | null;
    }
  | { readonly record: 'pools'; readonly saved: SavedPools }
  | { readonly record: 'pool'; readonly pool: string; readonly change: PoolChange }
  /** Before an event is written to a listener: the time of the last change of its stdin, by which it is known whether it was. */
  | { readonly record: 'sending'; readonly pid: number; readonly sending: Sending }
  /** The daemon is on its way down: what has stopped was stopped for that. */
  | { readonly record: 'leaving' }
  | { readonly record: 'handed'; readonly descriptors: HandedDescriptors };

export interface Carried {
  readonly head: CarriedHead;
  readonly groups: ReadonlyMap<string, GroupSpec>;
  /** By `group:name`. */
  readonly processes: ReadonlyMap<string, CarriedProcess>;
  /** In the order in which they began. */
  readonly reloads: ReadonlyMap<number, CarriedReload>;
  readonly pools: SavedPools | null;
  readonly poolChanges: ReadonlyArray<{ readonly pool: string; readonly change: PoolChange }>;
  /** By pid of the listener. */
  readonly sending: ReadonlyMap<number, Sending>;
  /** By pid: what a listener has said last, unless it was sent something since. */
  readonly heard: ReadonlyMap<number, string>;
  readonly leaving: boolean;
  readonly handed: HandedDescriptors | null;
}

export type ReadCarried =
  | { readonly ok: true; readonly carried: Carried }
  /** In words; `torn`: the file was never written whole. */
  | { readonly ok: false; readonly why: string };

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends ReadonlyMap<infer A, infer B>
    ? Map<A, B>
    : T[K] extends ReadonlyArray<infer E>
      ? E[]
      : T[K];
};

/** A last line that is not whole was being written when its writer died: what it was to say did not happen. */
export function readCarried(text: string): ReadCarried {
  const lines = text.split('\n');
  lines.pop();
  const first = lines[0] === undefined ? null : parse(lines[0]);
  const head = first === null ? null : readHead(first);
  if (head === null) return refused('it does not begin as the state of a hupd does');
  if (typeof head === 'string') return refused(head);
  const carried: Mutable<Carried> = {
    head,
    groups: new Map(),
    processes: new Map(),
    reloads: new Map(),
    pools: null,
    poolChanges: [],
    sending: new Map(),
    heard: new Map(),
    leaving: false,
    handed: null,
  };
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const why = take(carried, parse(line));
    if (why !== null) return refused(`line ${index + 1}: ${why}`);
  }
  return { ok: true, carried };
}

/** Children that a state tells of, whatever else it says, with the names of their processes: of one that is refused they go on without a daemon. */
export function childrenIn(state: string): ReadonlyArray<ProcessIdentity & { readonly name: string }> {
  const found = new Map<number, ProcessIdentity & { readonly name: string }>();
  for (const line of state.split('\n')) {
    const value = parse(line);
    if (!isRecord(value) || !isRecord(value.state) || !Array.isArray(value.state.children)) continue;
    const name = makeNamespec(`${value.group}`, `${value.name}`);
    for (const child of value.state.children)
      if (identityShape(child) === null) found.set(child.pid, { ...child, name });
  }
  return [...found.values()];
}

/** The lines that say the same with as little as possible. */
export function writeCarried(carried: Carried): readonly CarriedRecord[] {
  const { head, groups, processes, reloads, pools, poolChanges, sending, leaving, handed } = carried;
  const records: CarriedRecord[] = [head];
  for (const [name, spec] of groups) records.push({ record: 'group', name, spec });
  for (const [key, state] of processes) {
    const at = key.indexOf(':');
    records.push({ record: 'process', group: key.slice(0, at), name: key.slice(at + 1), state });
  }
  for (const reload of reloads.values()) records.push({ record: 'reload', reload });
  if (pools !== null) records.push({ record: 'pools', saved: pools });
  for (const { pool, change } of poolChanges) records.push({ record: 'pool', pool, change });
  for (const [pid, each] of sending) records.push({ record: 'sending', pid, sending: each });
  if (leaving) records.push({ record: 'leaving' });
  if (handed !== null) records.push({ record: 'handed', descriptors: handed });
  return records;
}

export function lineOf(record: CarriedRecord): string {
  return `${JSON.stringify(record)}\n`;
}

export function processKey({ group, name }: { readonly group: string; readonly name: string }): string {
  return `${group}:${name}`;
}

/** null: understood and taken. */
function take(carried: Mutable<Carried>, value: unknown): string | null {
  if (!isRecord(value)) return 'it is no record';
  const wrong = recordShape(value);
  if (wrong !== null) return `${JSON.stringify(value.record)}${wrong}`;
  const record = value as CarriedRecord;
  switch (record.record) {
    case 'hupd':
      return 'a second beginning';
    case 'group':
      if (record.spec !== null) carried.groups.set(record.name, record.spec);
      else {
        carried.groups.delete(record.name);
        for (const key of [...carried.processes.keys()])
          if (key.startsWith(`${record.name}:`)) carried.processes.delete(key);
        forgetPool(carried, record.name);
      }
      return null;
    case 'process':
      carried.processes.set(processKey(record), record.state);
      return null;
    case 'reload':
      carried.reloads.set(record.reload.id, record.reload);
      return null;
    case 'fact':
    case 'rollout':
      return takeOfReload(carried, record);
    case 'pools':
      carried.pools = record.saved;
      carried.poolChanges = [];
      carried.sending.clear();
      carried.heard.clear();
      return null;
    case 'pool':
      carried.poolChanges.push({ pool: record.pool, change: record.change });
      if (record.change.change === 'output') carried.heard.set(record.change.pid, record.change.piece);
      return null;
    case 'sending':
      carried.sending.set(record.pid, record.sending);
      carried.heard.delete(record.pid);
      return null;
    case 'leaving':
      carried.leaving = true;
      return null;
    case 'handed':
      carried.handed = record.descriptors;
      return null;
  }
}

/** One that is added later by that name is another. No serial comes twice for that. */
function forgetPool(carried: Mutable<Carried>, name: string): void {
  const { pools, poolChanges } = carried;
  const next = ({ change }: (typeof poolChanges)[number]) => (change.change === 'accept' ? change.serial + 1 : 0);
  const nextSerial = poolChanges.reduce((most, each) => Math.max(most, next(each)), pools?.nextSerial ?? 0);
  carried.pools = { nextSerial, pools: (pools?.pools ?? []).filter(([pool]) => pool !== name) };
  carried.poolChanges = poolChanges.filter(({ pool }) => pool !== name);
}

function takeOfReload(
  carried: Mutable<Carried>,
  record: Extract<CarriedRecord, { record: 'fact' | 'rollout' }>,
): string | null {
  const reload = carried.reloads.get(record.id);
  if (reload === undefined) return null; // forgotten meanwhile, as the oldest ones are
  if (record.record === 'fact') carried.reloads.set(record.id, { ...reload, facts: [...reload.facts, record.fact] });
  else {
    const { at, failures, outcome } = record;
    carried.reloads.set(record.id, { ...reload, rollout: { ...reload.rollout, at, failures }, outcome });
  }
  return null;
}

function readHead(value: unknown): CarriedHead | string | null {
  if (!isRecord(value) || value.record !== 'hupd') return null;
  const { format, version } = value;
  if (typeof format === 'number' && typeof version === 'string' && format !== carriedFormat)
    return `it is of format ${format}, written by hupd ${version}; this hupd reads format ${carriedFormat}`;
  return headShape(value) === null ? (value as unknown as CarriedHead) : null;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function refused(why: string): ReadCarried {
  return { ok: false, why };
}
