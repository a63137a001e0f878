/**
 * Finds the successor that a process makes itself (`reload_handover=signal`). While one is waited for, by looking at the process's relatives: at
 * once when a notification names the main process, and again and again, since nobody tells of a grandchild's exec. And once more when the
 * process has ended, whether or not anybody had asked: what it has left is hupd's child then, as hupd is a subreaper.
 */
import type { ExitStatus } from '../core/exit-status.ts';
import type { Reload } from '../core/reload/reload.ts';
import type { SocketAddress } from '../core/spec.ts';
import { type PidFile, readPidFile } from '../handover/pid-file.ts';
import { pidFilesOf } from '../handover/server-files.ts';
import { findSuccessor, socketsOf } from '../handover/successor.ts';
import type { Os, ProcessLook } from '../os/os.ts';
import type { Child } from './child.ts';
import type { Deadlines } from './deadlines.ts';
import type { Member } from './member.ts';

const firstLookMs = 20;
const longestPauseMs = 250;
const settledMs = 5000;
/** A reload in one of the others has its own successor. */
const phasesWithout: ReadonlyArray<Reload['phase']> = ['testing', 'stopping', 'starting', 'watching'];

/** A successor, and what it said by sd_notify before it was found. */
export interface Found {
  readonly pid: number;
  readonly startTime: number;
  readonly toldReady: boolean;
  /** Where its predecessor listens. */
  readonly addresses: readonly SocketAddress[];
}

export interface FollowerOptions {
  readonly os: Os;
  readonly deadlines: Deadlines;
  /** It is a generation already. */
  isKnown(pid: number): boolean;
  found(member: Member, generation: number, predecessor: number, found: Found): void;
  /** None is looked for any more. `failed`: there was one, which has ended already. */
  none(member: Member, generation: number, failed: boolean): void;
}

interface Followed {
  readonly generation: number;
  readonly child: Child;
  readonly addresses: readonly SocketAddress[];
  /** As the process was when it was signalled. */
  readonly seen: ProcessLook | null;
  readonly namedBefore: ReadonlySet<number>;
  readonly pidFiles: readonly PidFile[];
  readonly toldReady: Set<number>;
  stop(): void;
}

export class Follower {
  readonly #options: FollowerOptions;
  readonly #followed = new Map<Member, Followed>();
  /** Each process as it was when it began to run: a fork of it and an exec are told apart by that when it has gone. */
  readonly #seen = new WeakMap<Child, ProcessLook>();

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Looks for a successor of that process until it is found or `end` is called. */
  follow(member: Member, generation: number, predecessor: number): void {
    const { os, deadlines } = this.#options;
    const child = member.childOfPid(predecessor);
    if (child === null) return this.#options.none(member, generation, false);
    child.forgetOutput(); // what it prints from now on may be its successor's
    let pauseMs = firstLookMs;
    let callOff = () => {};
    const look = () => {
      callOff();
      if (this.#look(member)) return;
      pauseMs = Math.min(longestPauseMs, pauseMs * 1.5);
      callOff = deadlines.after(pauseMs, look);
    };
    const toldReady = new Set<number>();
    const unsubscribe = child.ready.notifications?.subscribe((notice, sender) => {
      if (notice.ready) toldReady.add(notice.mainPid ?? sender);
      if (notice.mainPid !== null || notice.ready) look();
    });
    const borrowed = os.borrowListeners(predecessor);
    for (const socket of borrowed.sockets) os.closeSocket(socket);
    this.#followed.set(member, {
      generation,
      child,
      addresses: [...borrowed.sockets.map(({ address }) => address), ...borrowed.ownEach],
      seen: os.look(predecessor),
      namedBefore: this.#named(member, child),
      pidFiles: this.#pidFiles(member, child),
      toldReady,
      stop: () => {
        callOff();
        unsubscribe?.();
      },
    });
    callOff = deadlines.after(pauseMs, look);
  }

  /** Looks a last time. */
  end(member: Member, generation: number): void {
    const followed = this.#followed.get(member);
    if (followed?.generation !== generation || this.#look(member)) return;
    this.#stop(member, followed);
    this.#options.none(member, generation, false);
  }

  /** Called when the process may have begun to run; it is looked at again later, as a script may still have to execute the program. */
  remember(member: Member): void {
    const { current } = member;
    if (member.spec.reload.handover !== 'signal' || member.state !== 'RUNNING') return;
    if (current === null || this.#seen.has(current)) return;
    this.#remember(current);
    this.#options.deadlines.after(settledMs, () => {
      if (member.current === current) this.#remember(current);
    });
  }

  #remember(child: Child): void {
    const look = this.#options.os.look(child.pid);
    if (look !== null) this.#seen.set(child, look);
  }

  /** It has ended, and that has not been told yet. What is found: a successor that nobody asked for. */
  ended(member: Member, child: Child, status: ExitStatus): Found | null {
    const followed = this.#followed.get(member);
    if (followed?.child === child) {
      this.end(member, followed.generation);
      return null;
    }
    if (member.spec.reload.handover !== 'signal' || member.current !== child) return null;
    const { reload } = member.process;
    if (reload !== null && !phasesWithout.includes(reload.phase)) return null;
    const named = this.#named(member, child);
    const orphans = this.#candidates(child, pipesOf(child), named);
    const kin = { server: child.handover.server, candidates: orphans, named };
    const successor =
      findSuccessor({ ...kin, predecessor: this.#seen.get(child) ?? null }) ?? daemonOf(member, orphans, status);
    if (successor === null) return null;
    return { pid: successor.pid, startTime: successor.startTime, toldReady: false, addresses: [] };
  }

  /** True: it is over. */
  #look(member: Member): boolean {
    const followed = this.#followed.get(member);
    if (followed === undefined) return true;
    const { child, generation, seen, namedBefore, addresses, toldReady } = followed;
    const signs = [...pipesOf(child), ...(seen === null ? [] : socketsOf(seen))];
    const named = new Set([...this.#named(member, child)].filter((pid) => !namedBefore.has(pid)));
    const successor = findSuccessor({
      predecessor: seen,
      server: child.handover.server,
      candidates: this.#candidates(child, signs, named),
      named,
    });
    if (successor === null && !this.#wasPutBack(member, followed)) return false;
    this.#stop(member, followed);
    if (successor === null) this.#options.none(member, generation, true);
    else {
      const { pid, startTime } = successor;
      this.#options.found(member, generation, child.pid, { pid, startTime, toldReady: toldReady.has(pid), addresses });
    }
    return true;
  }

  /** Its pid file was moved for a successor's, and is its own again: nginx and unicorn do that when they see the successor die. */
  #wasPutBack(member: Member, { child, pidFiles }: Followed): boolean {
    const before = pidFiles.find(({ pid }) => pid === child.pid);
    const now = this.#pidFiles(member, child).find(({ pid }) => pid === child.pid);
    return before !== undefined && now !== undefined && before.changedMs !== now.changedMs;
  }

  #stop(member: Member, followed: Followed): void {
    followed.stop();
    this.#followed.delete(member);
  }

  /** Its children; and orphans, which hupd has inherited, that have something of it or that it has named. */
  #candidates(child: Child, signs: readonly string[], named: ReadonlySet<number>): readonly ProcessLook[] {
    const { os, isKnown } = this.#options;
    const looks = os.descendants(os.pid).flatMap((pid) => {
      const parent = isKnown(pid) ? null : (os.stat(pid)?.ppid ?? null);
      if (parent !== child.pid && parent !== os.pid) return [];
      return os.look(pid) ?? [];
    });
    return looks.filter(
      ({ pid, ppid, files }) => ppid === child.pid || named.has(pid) || signs.some((sign) => files.has(sign)),
    );
  }

  #named(member: Member, child: Child): ReadonlySet<number> {
    const pids = this.#pidFiles(member, child).map(({ pid }) => pid);
    const { mainPid = null } = child.ready.notifications ?? {};
    return new Set(mainPid === null ? pids : [...pids, mainPid]);
  }

  #pidFiles({ spec }: Member, { handover, words }: Child): readonly PidFile[] {
    return pidFilesOf(handover.server, words, spec.directory).flatMap((file) => readPidFile(file) ?? []);
  }
}

function pipesOf({ ends }: Child): readonly string[] {
  return ends.channels.map(({ pipe }) => pipe.path);
}

/** It has left the foreground: a start that ends at once, well, and leaves one process behind, which is the program. */
function daemonOf(member: Member, orphans: readonly ProcessLook[], status: ExitStatus): ProcessLook | null {
  const [only, ...others] = orphans;
  const left = member.state === 'STARTING' && status.kind === 'exit' && status.code === 0;
  return left && only !== undefined && others.length === 0 ? only : null;
}
