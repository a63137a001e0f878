/**
 * `Os` without an operating system: processes are rows, pipes are arrays, time stands still until the test moves it, and everything
 * that the kernel would tell "from the event loop" waits in a queue until `flush`.
 *
 *     const os = new FakeOs();
 *     os.onSpawn = (child) => child.obeys(15);        // dies on TERM; by default a signal does nothing
 *     ...                                             // the code under test spawns
 *     os.last.write(1, 'hello\n'); os.flush();        // output arrives
 *     os.advance(1000);                               // the armed wake fires
 *     os.exit(os.last.pid, 3); os.flush();            // reaped
 *     assert.deepEqual(os.leaks(), []);
 */
import type { ExitStatus } from '../../src/core/exit-status.ts';
import type { SocketAddress } from '../../src/core/spec.ts';
import type {
  AcceptQueue,
  Borrowed,
  EnsureLimit,
  Errno,
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
} from '../../src/os/os.ts';
import { OsError } from '../../src/os/os-error.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeNotifySocket } from './fake-notify-socket.ts';
import { FakeLogPipe, FakeStdinPipe } from './fake-pipes.ts';
import { FakeProbe } from './fake-probe.ts';

export type FallibleCall =
  | 'spawn'
  | 'kill'
  | 'becomeSubreaper'
  | 'createLogPipe'
  | 'reopenLogPipe'
  | 'reopenInputPipe'
  | 'regainSocket'
  | 'regainNotifySocket'
  | 'follow'
  | 'findWriter'
  | 'holdOpen'
  | 'stat'
  | 'createStdinPipe'
  | 'createNotifySocket'
  | 'listen'
  | 'borrowListeners'
  | 'createProbe'
  | 'guardSocketPath';
type SpawnStep = Extract<SpawnResult, { ok: false }>['step'];

const FIRST_PID = 1000;
const FIRST_FD = 100;
const OWN_PID = 999;

export class FakeOs implements Os {
  readonly clock = new FakeClock();
  missing: MissingFacility[] = [];
  readonly pid = OWN_PID;
  uid = 0;
  users: UserInfo[] = [
    { name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/sh' },
    { name: 'www-data', uid: 33, gid: 33, home: '/var/www', shell: '/usr/sbin/nologin' },
    { name: 'nobody', uid: 65534, gid: 65534, home: '/nonexistent', shell: '/usr/sbin/nologin' },
  ];
  /** Hard limits; `ensureLimit` refuses what is above. */
  hardLimits: Record<LimitedResource, number> = { NOFILE: 1_000_000, NPROC: 1_000_000 };
  /** Called for each child before `spawn` returns. */
  onSpawn: (child: FakeProcess) => void = () => {};

  /** Every process there ever was, in order of its start. */
  readonly spawned: FakeProcess[] = [];
  /** Every signal asked for, in order, those that met nobody included. */
  readonly signals: Array<{ target: number; signal: number; group: boolean }> = [];
  readonly logPipes: FakeLogPipe[] = [];
  readonly stdinPipes: FakeStdinPipe[] = [];
  readonly notifySockets: FakeNotifySocket[] = [];
  readonly probes: FakeProbe[] = [];
  readonly sockets: FakeSocket[] = [];
  readonly guards: Array<{ readonly path: string; released: boolean }> = [];
  /** Who answers at an address (`tcp://127.0.0.1:8000`), and what; where nobody does, connections are refused. */
  readonly answers = new Map<string, HttpAnswer>();
  /** Every GET that was not over a probe, in order. */
  readonly asked: Array<HttpQuestion & { readonly address: string }> = [];
  readonly watches: Array<{ readonly request: WatchRequest; closed: boolean }> = [];
  isSubreaper = false;
  readonly followed: Array<{ readonly pid: number; readonly onExit: (status: ExitStatus) => void; ended: boolean }> =
    [];
  /** `whoServes` may not look at other processes. */
  hidesServers = false;
  /** Descriptors of `holdOpen`. */
  readonly heldOpen = new Set<number>();

  #queue: Array<() => void> = [];
  /** Sockets of a daemon that is no more. */
  readonly #left = new Set<number>();
  #faults: Array<{ call: FallibleCall; errno: Errno; step: SpawnStep; after: number }> = [];
  #counted: FallibleCall[] = [];
  #numbered: { left: number; readonly errno: Errno } | null = null;
  #onExit: (pid: number, status: ExitStatus) => void = () => {};
  #nextPid = FIRST_PID;
  #nextFd = FIRST_FD;

  // What the test does.

  /** Delivers what waits to be told (output, ends, exits), and what comes of it, until nothing does. */
  flush(): void {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) next();
  }

  /** Lets time pass; fires each deadline at its moment, with what is queued delivered before and after. */
  advance(ms: number): void {
    const target = this.clock.now().mono + ms;
    this.flush();
    while (this.clock.step(target)) this.flush();
  }

  /** As `advance`, but the event loop turns at every step: for code that goes on in promises or a mailbox. */
  async elapse(ms: number): Promise<void> {
    const target = this.clock.now().mono + ms;
    await this.settle();
    while (this.clock.step(target)) await this.settle();
  }

  /** Flushes and lets the event loop turn until the queue stays empty. */
  async settle(): Promise<void> {
    do {
      this.flush();
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#queue.length > 0);
  }

  /** The call's next use fails. `step`: for `spawn` only. Faults of one call are used up in order. */
  failNext(call: FallibleCall, errno: Errno, step: SpawnStep = 'exec'): void {
    this.failAfter(0, call, errno, step);
  }

  /** As `failNext`, but so many uses succeed before. */
  failAfter(uses: number, call: FallibleCall, errno: Errno, step: SpawnStep = 'exec'): void {
    this.#faults.push({ call, errno, step, after: uses });
  }

  /** Every call from here on that can fail, by name, as they come. */
  countCalls(): readonly FallibleCall[] {
    this.#counted = [];
    return this.#counted;
  }

  /** Of the calls from here on that can fail, the one with that number (from 0) does, once. */
  failCall(index: number, errno: Errno): void {
    this.#numbered = { left: index, errno };
  }

  forgetFaults(): void {
    this.#faults = [];
    this.#numbered = null;
  }

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
    const child = this.#add(request, parent, pgid);
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
    for (const pipe of this.stdinPipes)
      if (dead.holds(pipe.childFd) && !this.#held(pipe.childFd)) pipe.broken = 'EPIPE';
    const told: ExitStatus = typeof status === 'number' ? { kind: 'exit', code: status } : status;
    this.#post(() => {
      dead.life = 'gone';
      for (const row of this.followed.filter((candidate) => candidate.pid === pid && !candidate.ended)) {
        row.ended = true;
        row.onExit(told);
      }
      if (dead.ppid === OWN_PID) this.#onExit(pid, told);
    });
  }

  /**
   * The daemon is no more, and its processes run on: what it had open is closed, and can be had again as far as they have it too. `stays`: it is the
   * same process that goes on, as after an exec, and they are its children still.
   */
  die(stays: boolean): void {
    this.flush();
    for (const pipe of this.logPipes) pipe.abandon();
    for (const pipe of this.stdinPipes) pipe.close();
    for (const socket of [...this.notifySockets, ...this.probes]) socket.close();
    for (const socket of this.sockets.filter(({ open }) => open)) {
      socket.open = false;
      this.#left.add(socket.fd);
    }
    for (const row of this.followed) row.ended = true;
    for (const child of this.spawned) if (!stays && child.ppid === OWN_PID) child.ppid = 1;
    this.isSubreaper = stays;
  }

  /** So that a test can look at what the code under test keeps. */
  forgetWhatIsOver(): void {
    keep(this.spawned, ({ life }) => life !== 'gone');
    keep(this.logPipes, ({ closed }) => !closed);
    keep(this.stdinPipes, ({ closed }) => !closed);
    keep(this.notifySockets, ({ closed }) => !closed);
    keep(this.probes, ({ closed }) => !closed);
    keep(this.sockets, ({ open }) => open);
    keep(this.guards, ({ released }) => !released);
    keep(this.watches, ({ closed }) => !closed);
    keep(this.followed, ({ ended }) => !ended);
    this.signals.length = 0;
    this.asked.length = 0;
    this.#counted = [];
  }

  /** What is still open and should have an owner that closes it; empty in a good test's end. */
  leaks(): string[] {
    return [
      ...this.logPipes.flatMap((pipe) => [
        ...(pipe.closed ? [] : [`log pipe ${pipe.label}`]),
        ...(pipe.childEndOpen ? [`child's end of log pipe ${pipe.label}`] : []),
      ]),
      ...this.stdinPipes.flatMap((pipe) => [
        ...(pipe.closed ? [] : [`stdin pipe with child fd ${pipe.childFd}`]),
        ...(pipe.childEndOpen ? [`child's end ${pipe.childFd} of a stdin pipe`] : []),
      ]),
      ...this.sockets.filter(({ open }) => open).map(({ address }) => `socket ${addressText(address)}`),
      ...this.probes.flatMap((probe) => [
        ...(probe.closed ? [] : [`probe on port ${probe.port}`]),
        ...probe.connections.filter(({ closed }) => !closed).map(() => `connection to the probe on port ${probe.port}`),
      ]),
      ...this.notifySockets.filter(({ closed }) => !closed).map(({ path }) => `notify socket ${path}`),
      ...this.watches.filter(({ closed }) => !closed).map(({ request }) => `watch of ${request.roots.join(' ')}`),
      ...this.followed.filter(({ ended }) => !ended).map(({ pid }) => `following of ${pid}`),
      ...[...this.heldOpen].map((fd) => `log pipe held open by ${fd}`),
      ...this.guards.filter(({ released }) => !released).map(({ path }) => `guard of ${path}`),
    ];
  }

  // What the code under test calls.

  spawn(request: SpawnRequest): SpawnResult {
    const fault = this.#fault('spawn');
    if (fault !== null) return { ok: false, step: fault.step, errno: fault.errno, reason: fault.errno };
    for (const fd of [0, 1, 2]) if (!request.fds.has(fd)) throw new Error(`spawn without descriptor ${fd}`);
    const child = this.#add(request, OWN_PID, null);
    this.onSpawn(child);
    return { ok: true, pid: child.pid };
  }

  kill(target: number, signal: number, group: boolean): 'ok' | Errno {
    const fault = this.#fault('kill');
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
    const fault = this.#fault('becomeSubreaper');
    this.isSubreaper = fault === null;
    return fault?.errno ?? 'ok';
  }

  ensureLimit(resource: LimitedResource, wanted: number): EnsureLimit {
    const hard = this.hardLimits[resource];
    return wanted <= hard ? { ok: true, raised: false } : { ok: false, hard };
  }

  createLogPipe(label: string, ownerUid: number | null): LogPipe {
    this.#throwFault('createLogPipe', label);
    const path = `/run/fake/${label}.${this.logPipes.length}`;
    const pipe = new FakeLogPipe(path, label, ownerUid, this.#newFd(), (what) => this.#post(what));
    this.logPipes.push(pipe);
    return pipe;
  }

  reopenLogPipe(path: string): LogPipe {
    this.#throwFault('reopenLogPipe', path);
    const pipe = new FakeLogPipe(path, path, null, -1, (what) => this.#post(what));
    const made = this.logPipes.find((other) => other.path === path && other.childFd >= 0);
    for (const writer of made?.writers ?? []) pipe.writers.add(writer);
    this.logPipes.push(pipe);
    return pipe;
  }

  createStdinPipe(): StdinPipe {
    this.#throwFault('createStdinPipe', '');
    const pipe = new FakeStdinPipe(this.#newFd());
    this.stdinPipes.push(pipe);
    return pipe;
  }

  createInputPipe(label: string): StdinPipe {
    this.#throwFault('createStdinPipe', label);
    const pipe = new FakeStdinPipe(this.#newFd(), `/run/fake/${label}.${this.stdinPipes.length}`);
    this.stdinPipes.push(pipe);
    return pipe;
  }

  reopenInputPipe(path: string): StdinPipe {
    this.#throwFault('reopenInputPipe', path);
    const made = this.stdinPipes.find((pipe) => pipe.path === path && pipe.childFd >= 0);
    if (made !== undefined && !this.#held(made.childFd)) throw new OsError('open', 'ENXIO', path);
    const pipe = new FakeStdinPipe(-1, path);
    this.stdinPipes.push(pipe);
    return pipe;
  }

  /** Of processes that are not its children there are none. */
  follow(pid: number, startTime: number, onExit: (status: ExitStatus) => void): ReturnType<Os['follow']> {
    const fault = this.#fault('follow');
    if (fault !== null) return { ok: false, errno: fault.errno };
    if (this.#row(pid)?.startTime !== startTime) return { ok: false, errno: 'ESRCH' };
    const row = { pid, onExit, ended: false };
    this.followed.push(row);
    const end = () => {
      row.ended = true;
    };
    return { ok: true, following: { end } };
  }

  regainSocket({ inode }: HeldSocket): HeldSocket | null {
    if (this.#fault('regainSocket') !== null) return null;
    const found = this.sockets.find((socket) => (socket.open || this.#isLeft(socket)) && socket.inode === inode);
    if (found !== undefined) found.open = true;
    return found ?? null;
  }

  regainNotifySocket(_path: string, _fd: number | null, ownerUid: number | null): NotifySocket {
    this.#throwFault('regainNotifySocket', '');
    return this.#addNotifySocket(ownerUid);
  }

  duplicate(fd: number): number {
    return fd;
  }

  holdOpen(): number | null {
    if (this.#fault('holdOpen') !== null) return null;
    const fd = this.#newFd();
    this.heldOpen.add(fd);
    return fd;
  }

  letGo(fd: number): void {
    this.heldOpen.delete(fd);
  }

  findWriter(fifo: string): number | null {
    this.#throwFault('findWriter', '/proc');
    const made = this.logPipes.find(({ path, childFd }) => path === fifo && childFd >= 0);
    return this.living.find(({ pid, pgid }) => pid === pgid && made?.writers.has(pid))?.pid ?? null;
  }

  bootId(): string {
    return 'fake';
  }

  createNotifySocket(ownerUid: number | null): NotifySocket {
    this.#throwFault('createNotifySocket', '');
    return this.#addNotifySocket(ownerUid);
  }

  #addNotifySocket(ownerUid: number | null): NotifySocket {
    const path = `/run/fake/notify.${this.notifySockets.length}`;
    const socket = new FakeNotifySocket(path, ownerUid, (what) => this.#post(what));
    this.notifySockets.push(socket);
    return socket;
  }

  listen(address: SocketAddress, options: ListenOptions): HeldSocket {
    this.#throwFault('listen', addressText(address));
    const text = addressText(address);
    if (
      address.kind === 'tcp' &&
      this.sockets.some((other) => (other.open || this.#isLeft(other)) && addressText(other.address) === text)
    ) {
      throw new OsError('bind', 'EADDRINUSE', text);
    }
    return this.#addSocket(address, options);
  }

  borrowListeners(pid: number): Borrowed {
    const fault = this.#fault('borrowListeners');
    if (fault !== null) return { sockets: [], ownEach: [], problem: `pidfd_getfd: ${fault.errno}; use socket=` };
    const family = [pid, ...this.descendants(pid)].map((member) => this.process(member).listening);
    const addresses = family.find((listening) => listening.length > 0) ?? [];
    return { sockets: addresses.map((address) => this.#addSocket(address, null)), ownEach: [], problem: null };
  }

  acceptQueue(socket: HeldSocket): AcceptQueue | null {
    const { address, waiting, dropped } = this.#socket(socket);
    return { waiting, limit: address.kind === 'unix' ? null : 128, dropped };
  }

  listenDrops(): number {
    return this.sockets.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  whoServes(pid: number, _sockets: readonly HeldSocket[]): Serving {
    const family = [pid, ...this.descendants(pid)];
    return { pids: family.filter((member) => this.process(member).serves), refused: this.hidesServers };
  }

  closeSocket(socket: HeldSocket): void {
    const found = this.#socket(socket);
    if (!found.open) throw new Error(`socket ${found.fd} closed twice`);
    found.open = false;
  }

  guardSocketPath(path: string): PathGuard {
    this.#throwFault('guardSocketPath', path);
    const guard = { path, released: false };
    this.guards.push(guard);
    return {
      watchClosely: () => {},
      release: () => {
        guard.released = true;
      },
    };
  }

  createProbe(): Probe {
    this.#throwFault('createProbe', '');
    const fd = this.#newFd();
    const probe = new FakeProbe(fd, 40_000 + fd, this.clock);
    this.probes.push(probe);
    return probe;
  }

  async get(address: SocketAddress, question: HttpQuestion): Promise<HttpAnswer> {
    this.asked.push({ address: addressText(address), ...question });
    return this.answers.get(addressText(address)) ?? { error: 'ECONNREFUSED' };
  }

  async tryConnect(address: SocketAddress): Promise<'ok' | Errno> {
    const answer = this.answers.get(addressText(address)) ?? { error: 'ECONNREFUSED' };
    return 'error' in answer ? answer.error : 'ok';
  }

  watch(request: WatchRequest): FileWatch {
    const watch = { request, closed: false };
    this.watches.push(watch);
    return {
      close: () => {
        watch.closed = true;
      },
    };
  }

  /** A file changes: told on the next flush to whoever watches it. */
  changeFile(path: string): void {
    this.#post(() => {
      for (const { request, closed } of this.watches) {
        const isSeen = request.roots.some((root) => path === root || path.startsWith(`${root}/`));
        if (!closed && isSeen && !request.isIgnored(path, false)) request.onChange(path);
      }
    });
  }

  peer(): null {
    return null;
  }

  stat(pid: number): ProcessStat | null {
    return this.#fault('stat') === null ? this.#row(pid) : null;
  }

  #row(pid: number): ProcessStat | null {
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
    const stat = this.#row(pid);
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

  /** What each process of the table uses alone; its descendants' is added by `usage`. */
  readonly used = new Map<number, { cpuSecs: number; rssBytes: number }>();

  async usage(pids: readonly number[]): Promise<ReadonlyMap<number, Usage>> {
    const alive = pids.filter((pid) => this.#row(pid) !== null);
    return new Map(
      alive.map((pid) => {
        const family = [pid, ...this.descendants(pid)];
        const sum = (of: 'cpuSecs' | 'rssBytes') =>
          family.reduce((total, member) => total + (this.used.get(member)?.[of] ?? 0), 0);
        return [pid, { cpuSecs: sum('cpuSecs'), rssBytes: sum('rssBytes'), processes: family.length }];
      }),
    );
  }

  userById(uid: number): UserInfo | null {
    return this.users.find((user) => user.uid === uid) ?? null;
  }

  userByName(name: string): UserInfo | null {
    return this.users.find((user) => user.name === name) ?? null;
  }

  #add(request: SpawnRequest, ppid: number, pgid: number | null): FakeProcess {
    const pid = this.#nextPid++;
    const child = new FakeProcess(this, request, pid, ppid, pgid ?? pid);
    this.spawned.push(child);
    for (const pipe of this.logPipes) if (child.holds(pipe.childFd)) pipe.writers.add(pid);
    return child;
  }

  #addSocket(address: SocketAddress, options: ListenOptions | null): FakeSocket {
    const fd = this.#newFd();
    const socket: FakeSocket = { fd, inode: fd, address, options, waiting: 0, dropped: 0, open: true };
    this.sockets.push(socket);
    return socket;
  }

  /** Not ours any more, and somebody has it still. */
  #isLeft({ fd }: FakeSocket): boolean {
    return this.#left.has(fd) && this.#held(fd);
  }

  #socket({ fd }: HeldSocket): FakeSocket {
    const found = this.sockets.find((socket) => socket.fd === fd);
    if (found === undefined) throw new Error(`${fd} is not a socket of ours`);
    return found;
  }

  #held(fd: number): boolean {
    return this.living.some((child) => child.holds(fd));
  }

  #newFd(): number {
    return this.#nextFd++;
  }

  #post(what: () => void): void {
    this.#queue.push(what);
  }

  #fault(call: FallibleCall): { errno: Errno; step: SpawnStep } | null {
    this.#counted.push(call);
    if (this.#numbered !== null && this.#numbered.left-- === 0) return { errno: this.#numbered.errno, step: 'fork' };
    const fault = this.#faults.find((candidate) => candidate.call === call);
    if (fault === undefined) return null;
    fault.after -= 1;
    if (fault.after >= 0) return null;
    this.#faults = this.#faults.filter((candidate) => candidate !== fault);
    return fault;
  }

  #throwFault(call: FallibleCall, what: string): void {
    const fault = this.#fault(call);
    if (fault !== null) throw new OsError(call, fault.errno, what);
  }
}

function keep<T>(rows: T[], wanted: (row: T) => boolean): void {
  rows.splice(0, rows.length, ...rows.filter(wanted));
}

/** A row of the table of processes. */
export class FakeProcess {
  readonly request: SpawnRequest;
  readonly pid: number;
  ppid: number;
  readonly pgid: number;
  readonly startTime: number;
  /** `zombie`: dead and not yet told. */
  life: 'running' | 'zombie' | 'gone' = 'running';
  /** Signals that reached it, in order. */
  readonly received: number[] = [];
  /** What `borrowListeners` finds. */
  listening: SocketAddress[] = [];
  /** What `whoServes` finds. */
  serves = false;
  /** Changes with an exec. */
  image: string;
  /** As `look` names them. */
  readonly sockets: string[] = [];
  readonly #os: FakeOs;
  readonly #answers = new Map<number, ExitStatus>();

  constructor(os: FakeOs, request: SpawnRequest, pid: number, ppid: number, pgid: number) {
    this.#os = os;
    this.request = request;
    this.pid = pid;
    this.ppid = ppid;
    this.pgid = pgid;
    this.startTime = pid * 10;
    this.image = `image of ${pid}`;
  }

  /** These signals end it: by the signal, or with `code` when one is given. */
  obeys(signals: number | readonly number[], code: number | null = null): void {
    for (const signal of [signals].flat()) {
      this.#answers.set(signal, code === null ? { kind: 'signal', signal, coreDumped: false } : { kind: 'exit', code });
    }
  }

  ignores(signal: number): void {
    this.#answers.delete(signal);
  }

  answerTo(signal: number): ExitStatus | null {
    return this.#answers.get(signal) ?? null;
  }

  /** Whether it was given that descriptor of ours. */
  holds(fd: number): boolean {
    return [...this.request.fds.values()].includes(fd);
  }

  /** Prints on its descriptor 1 or 2. */
  write(fd: number, text: string | Buffer): void {
    const ours = this.request.fds.get(fd);
    const pipe = this.#os.logPipes.find(({ childFd }) => childFd === ours);
    if (pipe === undefined) throw new Error(`descriptor ${fd} of ${this.pid} is not a log pipe`);
    pipe.write(text);
  }

  /** Its stdin. */
  get stdin(): FakeStdinPipe {
    const ours = this.request.fds.get(0);
    const pipe = this.#os.stdinPipes.find(({ childFd }) => childFd === ours);
    if (pipe === undefined) throw new Error(`stdin of ${this.pid} is not a stdin pipe`);
    return pipe;
  }

  /** The probe that it was given, if any. */
  get probe(): FakeProbe | null {
    return this.#os.probes.find(({ fd }) => this.holds(fd)) ?? null;
  }

  /** `NAME` of its environment. */
  env(name: string): string | null {
    const entry = this.request.env.map(String).find((candidate) => candidate.startsWith(`${name}=`));
    return entry?.slice(name.length + 1) ?? null;
  }
}

interface FakeSocket extends HeldSocket {
  readonly options: ListenOptions | null;
  /** Connections in the accept queue. */
  waiting: number;
  dropped: number;
  open: boolean;
}

function addressText(address: SocketAddress): string {
  return address.kind === 'tcp' ? `tcp://${address.host}:${address.port}` : `unix://${address.path}`;
}
