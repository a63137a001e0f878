/**
 * What one generation is handed over, and what has to be kept in place for its sake until its predecessor has gone: the listening sockets,
 * the private probe, the paths of unix sockets, the pid file.
 */
import { wantsProbe } from '../core/ready-check.ts';
import type { ProcessSpec, ReadyCheck, SocketAddress } from '../core/spec.ts';
import type { HeldSocket, Os, PathGuard, Probe } from '../os/os.ts';
import { OsError } from '../os/os-error.ts';
import { commandFor } from './command-line.ts';
import { describeHandover } from './describe.ts';
import { dialectsOf, socketFds, socketVariables } from './dialects.ts';
import { findPidFileAside, type PidFileAside, putPidFileAside } from './pid-file.ts';
import type { ServerProfile } from './profiles/profile.ts';
import { pidFileOf } from './server-files.ts';

/** What there is to hand over. */
export interface Offered {
  /** Held by the caller and not closed here. */
  readonly sockets: readonly HeldSocket[];
  /** Where the predecessor listens with sockets of its own that can not be shared; its successor binds the same beside it. */
  readonly ownEach: readonly SocketAddress[];
  /** Why there are none, or not all, where that is not for want of any. */
  readonly problem: string | null;
}

export interface HandoverRequest extends Offered {
  readonly os: Os;
  readonly spec: ProcessSpec;
  readonly words: readonly string[];
  readonly server: ServerProfile | null;
  readonly generation: number;
  /** The predecessor of a rolling reload, or null at any other start. */
  readonly predecessor: number | null;
  /** The generation is alive already: an earlier daemon has handed this over. */
  readonly regained?: boolean;
}

/** What a generation has by way of a handover, whoever made it. */
export interface HandedOver {
  /** Held by hupd. */
  readonly sockets: readonly HeldSocket[];
  /** Where it serves from its start on, and others may too. */
  readonly addresses: readonly SocketAddress[];
  readonly ownEach: readonly SocketAddress[];
  readonly server: ServerProfile | null;
  readonly probe: Probe | null;
  readonly predecessor: number | null;
  /** In words, for the reload's progress. */
  describe(): string;
  promoted(): void;
  /** The predecessor has just been told to stop. */
  predecessorTold(): void;
  /** The predecessor has been reaped. `pid`: our generation's. */
  predecessorGone(pid: number): void;
  /** The generation itself has been reaped. */
  end(): void;
}

export class Handover implements HandedOver {
  readonly sockets: readonly HeldSocket[];
  readonly addresses: readonly SocketAddress[];
  readonly ownEach: readonly SocketAddress[];
  readonly server: ServerProfile | null;
  readonly probe: Probe | null;
  readonly fds: ReadonlyMap<number, number>;
  readonly variables: ReadonlyMap<string, string>;
  /** The command line as this generation gets it. */
  readonly words: readonly string[];
  /** Why something that was wanted could not be had. */
  readonly problems: readonly string[];
  readonly predecessor: number | null;
  readonly #whyNone: string | null;
  readonly #guards: readonly PathGuard[];
  #pidFile: PidFileAside | null;

  constructor(request: HandoverRequest) {
    const { os, spec, words, server, generation, predecessor, sockets, ownEach, problem, regained = false } = request;
    const problems: string[] = problem === null || sockets.length === 0 ? [] : [problem];
    const addresses = sockets.map(({ address }) => address);
    const { readyCheck } = spec.reload;
    this.sockets = sockets;
    this.addresses = addresses;
    this.ownEach = ownEach;
    this.server = server;
    this.predecessor = predecessor;
    this.#whyNone = spec.reload.handover === 'none' ? 'as reload_handover says' : problem;
    const probed =
      !regained &&
      wantsProbe(readyCheck, addresses, predecessor !== null) &&
      canHaveProbe(server, readyCheck, os, predecessor);
    this.probe = probed ? createProbe(os, problems) : null;
    this.fds = socketFds(this.probe === null ? sockets : [...sockets, this.probe]);
    this.variables = socketVariables(dialectsOf(server), addresses, addressOf(this.probe), generation);
    this.words = commandFor(words, server, [...this.fds.keys()].slice(0, sockets.length), generation);
    this.problems = problems;
    const paths =
      predecessor === null ? [] : sockets.flatMap(({ address }) => (address.kind === 'unix' ? [address.path] : []));
    this.#guards = paths.flatMap((path) => guard(os, path, regained));
    const pidFile = predecessor === null || server === null ? null : pidFileOf(server, words, spec.directory);
    const aside = regained ? findPidFileAside : putPidFileAside;
    this.#pidFile = pidFile === null ? null : aside(pidFile, generation);
  }

  describe(): string {
    const { addresses, server, ownEach } = this;
    return describeHandover({ server, addresses, ownEach, probe: this.probe !== null, whyNone: this.#whyNone });
  }

  promoted(): void {
    this.probe?.seal();
  }

  predecessorTold(): void {
    for (const guard of this.#guards) guard.watchClosely();
  }

  /** Nobody unlinks the sockets' paths any more, and the predecessor's pid file names nobody. */
  predecessorGone(pid: number): void {
    this.#pidFile?.drop(pid);
    this.#pidFile = null;
    for (const guard of this.#guards) guard.release();
  }

  end(): void {
    this.#pidFile?.putBack();
    this.#pidFile = null;
    for (const guard of this.#guards) guard.release();
    this.probe?.close();
  }
}

/**
 * A known server serves it or does not. Of a program that is not known an additional socket may be one too many: it is given one only when
 * somebody asked for a check that needs it, or when its processes can not be looked at.
 */
export function canHaveProbe(
  server: ServerProfile | null,
  { kind }: ReadyCheck,
  os: Pick<Os, 'whoServes'>,
  predecessor: number | null,
): boolean {
  const serves = server?.servesProbe ?? null;
  if (serves !== null) return serves;
  return kind !== 'auto' || (predecessor !== null && os.whoServes(predecessor, []).refused);
}

function addressOf(probe: Probe | null): SocketAddress | null {
  return probe === null ? null : { kind: 'tcp', host: '127.0.0.1', port: probe.port };
}

/** Of one that is handed over already, a path that has gone for good is no reason to give up the generation. */
function guard(os: Os, path: string, regained: boolean): PathGuard[] {
  try {
    return [os.guardSocketPath(path)];
  } catch (error) {
    if (!regained || !(error instanceof OsError)) throw error;
    return [];
  }
}

function createProbe(os: Os, problems: string[]): Probe | null {
  try {
    return os.createProbe();
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    problems.push(`no private probe: ${error.message}`);
    return null;
  }
}
