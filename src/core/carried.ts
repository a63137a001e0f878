/**
 * What one daemon leaves to the next: after a crash, an upgrade in place, or a take-over. Plain data in lines of JSON, so that a change costs one
 * line however much else there is: the last line of a key counts, and the reader folds them into `Carried`. The first line says who wrote it,
 * and in which format; anything that the reader does not know (`carried-shape.ts`) is refused with words, since half a state would be worse than
 * none.
 *
 * A resource is carried as what it takes to get it again: the path of a FIFO, the inode of a socket (and its descriptor, of use to the same
 * process only), the pid and start time of a process.
 */

import type { SupervisorEvent } from './event.ts';
import type { SavedPools } from './event-pools.ts';
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

/** The key of `Carried`'s processes. */
export function processKey({ group, name }: { readonly group: string; readonly name: string }): string {
  return `${group}:${name}`;
}

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
