/**
 * `Os` with Node alone, for a machine where koffi can not be loaded and so the C library not be called: what supervisord's configurations
 * need most (programs, logs, stdin, signals, users) works, and what lives on handing sockets over is refused with a sentence.
 * FIFOs come from coreutils' `mkfifo`.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { constants as numbers } from 'node:os';
import type { ExitStatus } from '../core/exit-status.ts';
import { signalNumbers } from '../core/signals.ts';
import type { SocketAddress } from '../core/spec.ts';
import { httpGet, tryConnect } from './ask.ts';
import { SystemClock } from './clock.ts';
import { createFifo, reopenFifo } from './fifo.ts';
import { errnoOf } from './libc.ts';
import type {
  Borrowed,
  Clock,
  EnsureLimit,
  Errno,
  Fd,
  FileWatch,
  HeldSocket,
  HttpAnswer,
  HttpQuestion,
  LogPipe,
  MissingFacility,
  NotifySocket,
  Os,
  PathGuard,
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
import { spawnPlainly } from './plain-spawn.ts';
import { lookAt } from './process-look.ts';
import { readDescendants, readStat } from './process-table.ts';
import { sendSignal } from './send-signal.ts';
import { whoServes } from './serving.ts';
import { addressText } from './socket-address.ts';
import { guardSocketPath } from './socket-path.ts';
import { pipeBetween } from './stdin-pipe.ts';
import { readUsage } from './usage.ts';
import { userById, userByName } from './users.ts';
import { watchFiles } from './watch.ts';

const OFF =
  'so sockets are neither kept nor handed over (socket=, fcgi-program and ready_check=notify do not start, reload_strategy=rolling hands over none), ' +
  'orphans of programs go to init, and minfds and minprocs are not applied';

export class PlainOs implements Os {
  readonly clock: Clock = new SystemClock();
  readonly missing: readonly MissingFacility[];
  readonly pid = process.pid;
  readonly #problem: string;
  readonly #runtimeDirectory: string;
  #onExit: (pid: number, status: ExitStatus) => void = () => {};

  /** `problem`: why the C library can not be called. */
  constructor(problem: string, runtimeDirectory: string) {
    this.#problem = problem;
    this.#runtimeDirectory = runtimeDirectory;
    this.missing = [{ facility: 'koffi', text: `${problem}; ${OFF}` }];
  }

  get uid(): number {
    return process.geteuid?.() ?? 0;
  }

  spawn(request: SpawnRequest): SpawnResult {
    return spawnPlainly(this.uid, request, (pid, child) => {
      child.on('exit', (code, signal) => this.#onExit(pid, statusOf(code, signal)));
    });
  }

  kill(target: number, signal: number, group: boolean): 'ok' | Errno {
    return sendSignal(target, signal, group);
  }

  onExit(listener: (pid: number, status: ExitStatus) => void): void {
    this.#onExit = listener;
  }

  becomeSubreaper(): 'ok' | Errno {
    return 'ENOSYS';
  }

  ensureLimit(): EnsureLimit {
    return { ok: true, raised: false };
  }

  createLogPipe(label: string, ownerUid: number | null): LogPipe {
    return createFifo({ mkfifo }, this.#runtimeDirectory, label, ownerUid);
  }

  reopenLogPipe(path: string): LogPipe {
    return reopenFifo(path);
  }

  createInputPipe(): StdinPipe {
    return this.createStdinPipe();
  }

  reopenInputPipe(path: string): StdinPipe {
    throw new OsError('open', 'ENOSYS', path);
  }

  follow(): { readonly ok: false; readonly errno: Errno } {
    return { ok: false, errno: 'ENOSYS' };
  }

  /** A FIFO whose name is gone as soon as both of its ends are open. */
  createStdinPipe(): StdinPipe {
    const path = `${this.#runtimeDirectory}/stdin`;
    if (existsSync(path)) unlinkSync(path);
    const answer = mkfifo(path, 0o600);
    if (answer < 0) throw new OsError('mkfifo', 'EIO', path);
    const opener = openSync(path, constants.O_RDWR | constants.O_NONBLOCK); // else each end would wait for the other
    const childFd = openSync(path, constants.O_RDONLY);
    const ownFd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    closeSync(opener);
    unlinkSync(path);
    return pipeBetween({ write }, childFd, ownFd);
  }

  createNotifySocket(): NotifySocket {
    throw new OsError('socket', 'ENOSYS', 'for notifications');
  }

  regainNotifySocket(): NotifySocket {
    throw new OsError('socket', 'ENOSYS', 'for notifications');
  }

  regainSocket(): null {
    return null;
  }

  duplicate(fd: Fd): Fd {
    throw new OsError('fcntl', 'ENOSYS', `descriptor ${fd}`);
  }

  holdOpen(): null {
    return null;
  }

  letGo(): void {}

  findWriter(): null {
    return null;
  }

  bootId(): string {
    return '';
  }

  listen(address: SocketAddress): HeldSocket {
    throw new OsError('listen', 'ENOSYS', addressText(address));
  }

  borrowListeners(): Borrowed {
    return { sockets: [], ownEach: [], problem: this.#problem };
  }

  acceptQueue(): null {
    return null;
  }

  listenDrops(): number {
    return 0;
  }

  whoServes(pid: number): Serving {
    return whoServes(pid, null);
  }

  closeSocket(socket: HeldSocket): void {
    closeSync(socket.fd);
  }

  guardSocketPath(path: string): PathGuard {
    return guardSocketPath(path);
  }

  createProbe(): Probe {
    throw new OsError('socket', 'ENOSYS', 'for a probe');
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

  peer(): null {
    return null;
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
    return userById(null, uid);
  }

  userByName(name: string): UserInfo | null {
    return userByName(null, name);
  }
}

/** Node knows neither the core bit nor the real-time signals, which it takes for an exit with 0. */
function statusOf(code: number | null, signal: NodeJS.Signals | null): ExitStatus {
  if (signal === null) return { kind: 'exit', code: code ?? -1 };
  return { kind: 'signal', signal: signalNumbers.get(signal) ?? 0, coreDumped: false };
}

/** By coreutils. Answers as `Libc.mkfifo` does. */
function mkfifo(path: string, mode: number): number {
  if (existsSync(path)) return -numbers.errno.EEXIST;
  try {
    execFileSync('mkfifo', ['-m', mode.toString(8), '--', path], { stdio: 'ignore' });
    return 0;
  } catch (error) {
    return -(errnoOf(error) === 'ENOENT' ? numbers.errno.ENOSYS : numbers.errno.EIO);
  }
}

/** Answers as `Libc.write` does. */
function write(fd: Fd, data: Uint8Array | bigint | null, size: number): number {
  try {
    return data instanceof Uint8Array ? writeSync(fd, data, 0, size) : -numbers.errno.EINVAL;
  } catch (error) {
    return (error as NodeJS.ErrnoException).errno ?? -numbers.errno.EIO;
  }
}
