/** The table of processes of `FakeOs`, and their pipes: who is whose parent, what signals do, how ends are told, who still holds what. */
import type { ExitStatus } from '../../src/core/exit-status.ts';
import type {
  Errno,
  LogPipe,
  Os,
  ProcessLook,
  ProcessStat,
  SpawnRequest,
  SpawnResult,
  StdinPipe,
  Usage,
} from '../../src/os/os.ts';
import { OsError } from '../../src/os/os-error.ts';
import { FakeKernel } from './fake-kernel.ts';
import { FakeLogPipe, FakeStdinPipe } from './fake-pipes.ts';
import type { FakeProbe } from './fake-probe.ts';
import { FakeProcess } from './fake-process.ts';

const FIRST_PID = 1000;
const FIRST_FD = 100;
const OWN_PID = 999;

export class FakeProcesses extends FakeKernel {
  readonly pid = OWN_PID;
  /** Called for each child before `spawn` returns. */
  onSpawn: (child: FakeProcess) => void = () => {};
  /** Every process there ever was, in order of its start. */
  readonly spawned: FakeProcess[] = [];
  /** Every signal asked for, in order, those that met nobody included. */
  readonly signals: Array<{ target: number; signal: number; group: boolean }> = [];
  isSubreaper = false;
  readonly followed: Array<{ readonly pid: number; readonly onExit: (status: ExitStatus) => void; ended: boolean }> =
    [];
  readonly logPipes: FakeLogPipe[] = [];
  readonly stdinPipes: FakeStdinPipe[] = [];
  readonly probes: FakeProbe[] = [];
  /** Descriptors of `holdOpen`. */
  readonly heldOpen = new Set<number>();
  /** What each process of the table uses alone; its descendants' is added by `usage`. */
  readonly used = new Map<number, { cpuSecs: number; rssBytes: number }>();

  #onExit: (pid: number, status: ExitStatus) => void = () => {};
  #nextPid = FIRST_PID;
  #nextFd = FIRST_FD;

  // What the test does.

  /** The process started last. */
  get last(): FakeProcess {
    const child = this.spawned.at(-1);
    if (child === undefined) throw new Error('nothing was spawned');
    return child;
  }

  /** A process by pid, dead or alive. */
  process(pid: number): FakeProcess {
    const found = this.spawned.find((child) => child.pid === pid);
    if (found === undefined) throw new Error(`there never was a process ${pid}`);
    return found;
  }

  get living(): FakeProcess[] {
    return this.spawned.filter((child) => child.life === 'running');
  }

  /** A process that nobody here spawned: a worker, a successor that the process forked itself. It shares the parent's group and pipes. */
  fork(parent: number): FakeProcess {
    const { request, pgid, image, sockets } = this.process(parent);
    const child = this.add(request, parent, pgid);
    child.image = image;
    child.sockets.push(...sockets);
    return child;
  }

  /** Ends a process: an exit code, or the status. Its children become orphans. Told on the next flush if it is a child of ours. */
  exit(pid: number, status: number | ExitStatus): void {
    const dead = this.process(pid);
    if (dead.life !== 'running') throw new Error(`${pid} is dead already`);
    dead.life = 'zombie';
    for (const child of this.spawned) if (child.ppid === pid) child.ppid = this.isSubreaper ? OWN_PID : 1;
    for (const pipe of this.logPipes) if (pipe.writers.delete(pid)) pipe.writersChanged();
    for (const pipe of this.stdinPipes) if (dead.holds(pipe.childFd) && !this.held(pipe.childFd)) pipe.broken = 'EPIPE';
    const told: ExitStatus = typeof status === 'number' ? { kind: 'exit', code: status } : status;
    this.post(() => {
      dead.life = 'gone';
      for (const row of this.followed.filter((candidate) => candidate.pid === pid && !candidate.ended)) {
        row.ended = true;
        row.onExit(told);
      }
      if (dead.ppid === OWN_PID) this.#onExit(pid, told);
    });
  }

  // What the code under test calls.

  spawn(request: SpawnRequest): SpawnResult {
    const fault = this.fault('spawn');
    if (fault !== null) return { ok: false, step: fault.step, errno: fault.errno, reason: fault.errno };
    for (const fd of [0, 1, 2]) if (!request.fds.has(fd)) throw new Error(`spawn without descriptor ${fd}`);
    const child = this.add(request, OWN_PID, null);
    this.onSpawn(child);
    return { ok: true, pid: child.pid };
  }

  kill(target: number, signal: number, group: boolean): 'ok' | Errno {
    const fault = this.fault('kill');
    if (fault !== null) return fault.errno;
    if (signal !== 0) this.signals.push({ target, signal, group });
    const met = this.spawned.filter(
      (child) => child.life !== 'gone' && (group ? child.pgid === target : child.pid === target),
    );
    if (met.length === 0) return 'ESRCH';
    if (signal === 0) return 'ok';
    for (const child of met) {
      if (child.life !== 'running') continue;
      child.received.push(signal);
      const status = child.answerTo(signal);
      if (status !== null) this.exit(child.pid, status);
    }
    return 'ok';
  }

  onExit(listener: (pid: number, status: ExitStatus) => void): void {
    this.#onExit = listener;
  }

  becomeSubreaper(): 'ok' | Errno {
    const fault = this.fault('becomeSubreaper');
    this.isSubreaper = fault === null;
    return fault?.errno ?? 'ok';
  }

  /** Of processes that are not its children there are none. */
  follow(pid: number, startTime: number, onExit: (status: ExitStatus) => void): ReturnType<Os['follow']> {
    const fault = this.fault('follow');
    if (fault !== null) return { ok: false, errno: fault.errno };
    if (this.row(pid)?.startTime !== startTime) return { ok: false, errno: 'ESRCH' };
    const row = { pid, onExit, ended: false };
    this.followed.push(row);
    const end = () => {
      row.ended = true;
    };
    return { ok: true, following: { end } };
  }

  stat(pid: number): ProcessStat | null {
    return this.fault('stat') === null ? this.row(pid) : null;
  }

  protected row(pid: number): ProcessStat | null {
    if (pid === OWN_PID) return { ppid: 1, pgid: OWN_PID, startTime: OWN_PID * 10, state: 'R' };
    const found = this.spawned.find((child) => child.pid === pid && child.life !== 'gone');
    if (found === undefined) return null;
    const { ppid, pgid, startTime, life } = found;
    return { ppid, pgid, startTime, state: life === 'zombie' ? 'Z' : 'S' };
  }

  descendants(pid: number): readonly number[] {
    const children = this.spawned.filter((child) => child.ppid === pid && child.life !== 'gone').map((row) => row.pid);
    return [...children, ...children.flatMap((child) => this.descendants(child))];
  }

  look(pid: number): ProcessLook | null {
    const stat = this.row(pid);
    if (stat === null) return null;
    const { request, image, sockets } = this.process(pid);
    const environment = new Map(
      request.env.map(String).map((entry) => {
        const at = entry.indexOf('=');
        return [entry.slice(0, at), entry.slice(at + 1)] as const;
      }),
    );
    const pipes = this.logPipes.filter(({ childFd }) => [...request.fds.values()].includes(childFd));
    const files = new Set([...pipes.map(({ path }) => path), ...sockets]);
    return { ...stat, pid, program: request.file, words: request.args, environment, image, files };
  }

  async usage(pids: readonly number[]): Promise<ReadonlyMap<number, Usage>> {
    const alive = pids.filter((pid) => this.row(pid) !== null);
    return new Map(
      alive.map((pid) => {
        const family = [pid, ...this.descendants(pid)];
        const sum = (of: 'cpuSecs' | 'rssBytes') =>
          family.reduce((total, member) => total + (this.used.get(member)?.[of] ?? 0), 0);
        return [pid, { cpuSecs: sum('cpuSecs'), rssBytes: sum('rssBytes'), processes: family.length }];
      }),
    );
  }

  createLogPipe(label: string, ownerUid: number | null): LogPipe {
    this.throwFault('createLogPipe', label);
    const path = `/run/fake/${label}.${this.logPipes.length}`;
    const pipe = new FakeLogPipe(path, label, ownerUid, this.newFd(), (what) => this.post(what));
    this.logPipes.push(pipe);
    return pipe;
  }

  reopenLogPipe(path: string): LogPipe {
    this.throwFault('reopenLogPipe', path);
    const pipe = new FakeLogPipe(path, path, null, -1, (what) => this.post(what));
    const made = this.logPipes.find((other) => other.path === path && other.childFd >= 0);
    for (const writer of made?.writers ?? []) pipe.writers.add(writer);
    this.logPipes.push(pipe);
    return pipe;
  }

  createStdinPipe(): StdinPipe {
    this.throwFault('createStdinPipe', '');
    const pipe = new FakeStdinPipe(this.newFd());
    this.stdinPipes.push(pipe);
    return pipe;
  }

  createInputPipe(label: string): StdinPipe {
    this.throwFault('createStdinPipe', label);
    const pipe = new FakeStdinPipe(this.newFd(), `/run/fake/${label}.${this.stdinPipes.length}`);
    this.stdinPipes.push(pipe);
    return pipe;
  }

  reopenInputPipe(path: string): StdinPipe {
    this.throwFault('reopenInputPipe', path);
    const made = this.stdinPipes.find((pipe) => pipe.path === path && pipe.childFd >= 0);
    if (made !== undefined && !this.held(made.childFd)) throw new OsError('open', 'ENXIO', path);
    const pipe = new FakeStdinPipe(-1, path);
    this.stdinPipes.push(pipe);
    return pipe;
  }

  holdOpen(): number | null {
    if (this.fault('holdOpen') !== null) return null;
    const fd = this.newFd();
    this.heldOpen.add(fd);
    return fd;
  }

  letGo(fd: number): void {
    this.heldOpen.delete(fd);
  }

  findWriter(fifo: string): number | null {
    this.throwFault('findWriter', '/proc');
    const made = this.logPipes.find(({ path, childFd }) => path === fifo && childFd >= 0);
    return this.living.find(({ pid, pgid }) => pid === pgid && made?.writers.has(pid))?.pid ?? null;
  }

  protected add(request: SpawnRequest, ppid: number, pgid: number | null): FakeProcess {
    const pid = this.#nextPid++;
    const child = new FakeProcess(this, request, pid, ppid, pgid ?? pid);
    this.spawned.push(child);
    for (const pipe of this.logPipes) if (child.holds(pipe.childFd)) pipe.writers.add(pid);
    return child;
  }

  /** Some process that lives was given that descriptor. */
  protected held(fd: number): boolean {
    return this.living.some((child) => child.holds(fd));
  }

  protected newFd(): number {
    return this.#nextFd++;
  }
}
