/** `Os` on a real Linux: nothing but the joining of the other files of this folder. */
import { readdirSync, readFileSync } from 'node:fs';
import type { ExitStatus } from '../core/exit-status.ts';
import type { SocketAddress } from '../core/spec.ts';
import { Arrivals } from './arrivals.ts';
import { httpGet, tryConnect } from './ask.ts';
import { borrowListeners } from './borrow-sockets.ts';
import { SystemClock } from './clock.ts';
import { createFifo, holdOpen, reopenFifo } from './fifo.ts';
import { type Followed, follow } from './follow.ts';
import { errnoName, type Libc, loadLibc } from './libc.ts';
import { Limits } from './limits.ts';
import { acceptQueueOf, listenOn, readListenDrops } from './listen-socket.ts';
import { findMissing } from './missing.ts';
import { createNotifySocket, regainNotifySocket } from './notify-socket.ts';
import type {
  AcceptQueue,
  Borrowed,
  Clock,
  EnsureLimit,
  Errno,
  Fd,
  FileWatch,
  HeldSocket,
  HttpAnswer,
  HttpQuestion,
  LimitedResource,
  ListenOptions,
  LogPipe,
  MissingFacility,
  NotifySocket,
  Os,
  PathGuard,
  Peer,
  Probe,
  ProcessLook,
  ProcessStat,
  Serving,
  SpawnRequest,
  SpawnResult,
  StdinPipe,
  Usage,
  UserInfo,
  WatchRequest,
} from './os.ts';
import { OsError } from './os-error.ts';
import { Peeking } from './peek.ts';
import { peerOf } from './peer.ts';
import { Poller } from './poller.ts';
import { createProbe } from './probe.ts';
import { lookAt } from './process-look.ts';
import { readDescendants, readStat } from './process-table.ts';
import { Reaper } from './reaper.ts';
import { findWriter, regainSocket } from './regain.ts';
import { sendSignal } from './send-signal.ts';
import { whoServes } from './serving.ts';
import { guardSocketPath } from './socket-path.ts';
import { spawn } from './spawn.ts';
import { createInputFifo, createStdinPipe, reopenInputFifo } from './stdin-pipe.ts';
import { readUsage } from './usage.ts';
import { userById, userByName } from './users.ts';
import { watchFiles } from './watch.ts';

const F_SETFD = 2;
const FD_CLOEXEC = 1;
const F_DUPFD_CLOEXEC = 1030;
const PR_SET_CHILD_SUBREAPER = 36;

export interface LinuxOsOptions {
  /** Where the log pipes are made: an existing directory of the daemon's own, mode 0700. */
  readonly runtimeDirectory: string;
  /** The soft limit of open files before node raised it. null: looked up in the parent's. */
  readonly originalFileLimit: number | null;
}

export type OpenedOs = { readonly ok: true; readonly os: LinuxOs } | { readonly ok: false; readonly problem: string };

/** The operating system, or in words why the C library can not be called on this machine. */
export function openLinuxOs(options: LinuxOsOptions): OpenedOs {
  const loaded = loadLibc();
  return loaded.ok ? { ok: true, os: new LinuxOs(loaded.libc, options) } : loaded;
}

export class LinuxOs implements Os {
  readonly clock: Clock = new SystemClock();
  readonly missing: readonly MissingFacility[];
  readonly pid = process.pid;
  readonly #libc: Libc;
  readonly #runtimeDirectory: string;
  readonly #limits: Limits;
  readonly #reaper: Reaper;
  readonly #arrivals: Arrivals;
  readonly #poller: Poller;
  readonly #peeking: Peeking;

  constructor(libc: Libc, options: LinuxOsOptions) {
    this.#libc = libc;
    this.#runtimeDirectory = options.runtimeDirectory;
    this.#limits = new Limits(libc, options.originalFileLimit);
    this.#reaper = new Reaper(libc);
    this.#arrivals = new Arrivals(libc);
    this.#poller = new Poller(libc);
    this.#peeking = new Peeking(libc, this.#poller);
    this.missing = findMissing(libc);
    closeOnExec(libc);
  }

  /** Asked each time: the daemon drops root for `[supervisord] user=` after it has started. */
  get uid(): number {
    return process.geteuid?.() ?? 0;
  }

  spawn(request: SpawnRequest): SpawnResult {
    return spawn(this.#libc, this.#limits, this.uid, request);
  }

  kill(target: number, signal: number, group: boolean): 'ok' | Errno {
    return sendSignal(target, signal, group);
  }

  onExit(listener: (pid: number, status: ExitStatus) => void): void {
    this.#reaper.onExit(listener);
  }

  follow(pid: number, startTime: number, onExit: (status: ExitStatus | null) => void): Followed {
    return follow(this.#libc, this.#poller, pid, startTime, onExit);
  }

  becomeSubreaper(): 'ok' | Errno {
    const answer = this.#libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    return answer < 0 ? errnoName(answer) : 'ok';
  }

  ensureLimit(resource: LimitedResource, wanted: number): EnsureLimit {
    return this.#limits.ensure(resource, wanted);
  }

  createLogPipe(label: string, ownerUid: number | null): LogPipe {
    return createFifo(this.#libc, this.#runtimeDirectory, label, ownerUid, this.#peeking.reader);
  }

  reopenLogPipe(path: string): LogPipe {
    return reopenFifo(path, this.#peeking.reader);
  }

  createStdinPipe(): StdinPipe {
    return createStdinPipe(this.#libc);
  }

  createInputPipe(label: string, ownerUid: number | null): StdinPipe {
    return createInputFifo(this.#libc, this.#runtimeDirectory, label, ownerUid);
  }

  reopenInputPipe(path: string): StdinPipe {
    return reopenInputFifo(this.#libc, path);
  }

  createNotifySocket(ownerUid: number | null): NotifySocket {
    return createNotifySocket(this.#libc, this.#arrivals, this.#runtimeDirectory, ownerUid);
  }

  listen(address: SocketAddress, options: ListenOptions): HeldSocket {
    return listenOn(this.#libc, address, options);
  }

  borrowListeners(pid: number): Borrowed {
    return borrowListeners(this.#libc, pid);
  }

  acceptQueue(socket: HeldSocket): AcceptQueue | null {
    return acceptQueueOf(this.#libc, socket);
  }

  listenDrops(): number {
    return readListenDrops();
  }

  whoServes(pid: number, sockets: readonly HeldSocket[]): Serving {
    return whoServes(pid, sockets.length === 0 ? null : new Set(sockets.map(({ inode }) => inode)));
  }

  closeSocket(socket: HeldSocket): void {
    this.#libc.close(socket.fd);
  }

  guardSocketPath(path: string): PathGuard {
    return guardSocketPath(path);
  }

  createProbe(): Probe {
    return createProbe(this.#libc);
  }

  regainSocket(lost: HeldSocket, pids: readonly number[]): HeldSocket | null {
    return regainSocket(this.#libc, lost, pids);
  }

  regainNotifySocket(path: string, fd: Fd | null, ownerUid: number | null): NotifySocket {
    return regainNotifySocket(this.#libc, this.#arrivals, path, fd, ownerUid);
  }

  duplicate(fd: Fd): Fd {
    const copy = this.#libc.fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) throw new OsError('fcntl', errnoName(copy), `descriptor ${fd}`);
    return copy;
  }

  holdOpen(path: string, end: 'read' | 'write'): Fd | null {
    return holdOpen(path, end);
  }

  letGo(fd: Fd): void {
    this.#libc.close(fd);
  }

  findWriter(fifo: string): number | null {
    return findWriter(fifo);
  }

  bootId(): string {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  }

  get(address: SocketAddress, question: HttpQuestion): Promise<HttpAnswer> {
    return httpGet(address, question);
  }

  tryConnect(address: SocketAddress, timeoutMs: number): Promise<'ok' | Errno> {
    return tryConnect(address, timeoutMs);
  }

  watch(request: WatchRequest): FileWatch {
    return watchFiles(request);
  }

  peer(fd: number): Peer | null {
    return peerOf(this.#libc, fd);
  }

  stat(pid: number): ProcessStat | null {
    return readStat(pid);
  }

  descendants(pid: number): readonly number[] {
    return readDescendants(pid);
  }

  look(pid: number): ProcessLook | null {
    return lookAt(pid);
  }

  usage(pids: readonly number[]): Promise<ReadonlyMap<number, Usage>> {
    return readUsage(pids);
  }

  userById(uid: number): UserInfo | null {
    return userById(this.#libc, uid);
  }

  userByName(name: string): UserInfo | null {
    return userByName(this.#libc, name);
  }

  /** Stops reaping. What was made by this object is closed by its owners. */
  close(): void {
    this.clock.arm(null, () => {});
    this.#reaper.close();
    this.#arrivals.close();
    this.#poller.close();
    this.#peeking.close();
  }
}

/** What the daemon was started with (a shell's fd 9, a service manager's sockets) is not for its children unless it is given to them. */
function closeOnExec(libc: Libc): void {
  for (const name of readdirSync('/proc/self/fd')) {
    if (Number(name) > 2) libc.fcntl(Number(name), F_SETFD, FD_CLOEXEC);
  }
}
