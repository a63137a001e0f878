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
  MissingFacility,
  NotifySocket,
  Os,
  PathGuard,
  Probe,
  Serving,
  UserInfo,
  WatchRequest,
} from '../../src/os/os.ts';
import { OsError } from '../../src/os/os-error.ts';
import { FakeNotifySocket } from './fake-notify-socket.ts';
import { FakeProbe } from './fake-probe.ts';
import { FakeProcesses } from './fake-processes.ts';

export class FakeOs extends FakeProcesses implements Os {
  missing: MissingFacility[] = [];
  uid = 0;
  users: UserInfo[] = [
    { name: 'root', uid: 0, gid: 0, home: '/root', shell: '/bin/sh' },
    { name: 'www-data', uid: 33, gid: 33, home: '/var/www', shell: '/usr/sbin/nologin' },
    { name: 'nobody', uid: 65534, gid: 65534, home: '/nonexistent', shell: '/usr/sbin/nologin' },
  ];
  /** Hard limits; `ensureLimit` refuses what is above. */
  hardLimits: Record<LimitedResource, number> = { NOFILE: 1_000_000, NPROC: 1_000_000 };
  readonly notifySockets: FakeNotifySocket[] = [];
  readonly sockets: FakeSocket[] = [];
  readonly guards: Array<{ readonly path: string; released: boolean }> = [];
  /** Who answers at an address (`tcp://127.0.0.1:8000`), and what; where nobody does, connections are refused. */
  readonly answers = new Map<string, HttpAnswer>();
  /** Every GET that was not over a probe, in order. */
  readonly asked: Array<HttpQuestion & { readonly address: string }> = [];
  readonly watches: Array<{ readonly request: WatchRequest; closed: boolean }> = [];
  /** `whoServes` may not look at other processes. */
  hidesServers = false;

  /** Sockets of a daemon that is no more. */
  readonly #left = new Set<number>();

  // What the test does.

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
    for (const child of this.spawned) if (!stays && child.ppid === this.pid) child.ppid = 1;
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
    this.countCalls();
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

  ensureLimit(resource: LimitedResource, wanted: number): EnsureLimit {
    const hard = this.hardLimits[resource];
    return wanted <= hard ? { ok: true, raised: false } : { ok: false, hard };
  }

  regainSocket({ inode }: HeldSocket): HeldSocket | null {
    if (this.fault('regainSocket') !== null) return null;
    const found = this.sockets.find((socket) => (socket.open || this.#isLeft(socket)) && socket.inode === inode);
    if (found !== undefined) found.open = true;
    return found ?? null;
  }

  regainNotifySocket(_path: string, _fd: number | null, ownerUid: number | null): NotifySocket {
    this.throwFault('regainNotifySocket', '');
    return this.#addNotifySocket(ownerUid);
  }

  duplicate(fd: number): number {
    return fd;
  }

  bootId(): string {
    return 'fake';
  }

  createNotifySocket(ownerUid: number | null): NotifySocket {
    this.throwFault('createNotifySocket', '');
    return this.#addNotifySocket(ownerUid);
  }

  #addNotifySocket(ownerUid: number | null): NotifySocket {
    const path = `/run/fake/notify.${this.notifySockets.length}`;
    const socket = new FakeNotifySocket(path, ownerUid, (what) => this.post(what));
    this.notifySockets.push(socket);
    return socket;
  }

  listen(address: SocketAddress, options: ListenOptions): HeldSocket {
    this.throwFault('listen', addressText(address));
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
    const fault = this.fault('borrowListeners');
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
    this.throwFault('guardSocketPath', path);
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
    this.throwFault('createProbe', '');
    const fd = this.newFd();
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
    this.post(() => {
      for (const { request, closed } of this.watches) {
        const isSeen = request.roots.some((root) => path === root || path.startsWith(`${root}/`));
        if (!closed && isSeen && !request.isIgnored(path, false)) request.onChange(path);
      }
    });
  }

  peer(): null {
    return null;
  }

  userById(uid: number): UserInfo | null {
    return this.users.find((user) => user.uid === uid) ?? null;
  }

  userByName(name: string): UserInfo | null {
    return this.users.find((user) => user.name === name) ?? null;
  }

  #addSocket(address: SocketAddress, options: ListenOptions | null): FakeSocket {
    const fd = this.newFd();
    const socket: FakeSocket = { fd, inode: fd, address, options, waiting: 0, dropped: 0, open: true };
    this.sockets.push(socket);
    return socket;
  }

  /** Not ours any more, and somebody has it still. */
  #isLeft({ fd }: FakeSocket): boolean {
    return this.#left.has(fd) && this.held(fd);
  }

  #socket({ fd }: HeldSocket): FakeSocket {
    const found = this.sockets.find((socket) => socket.fd === fd);
    if (found === undefined) throw new Error(`${fd} is not a socket of ours`);
    return found;
  }
}

function keep<T>(rows: T[], wanted: (row: T) => boolean): void {
  rows.splice(0, rows.length, ...rows.filter(wanted));
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
