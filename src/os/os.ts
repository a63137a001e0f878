/**
 * The operating system as the daemon sees it: one interface, implemented by `LinuxOs` (koffi and node), by `PlainOs` (node alone, where koffi can not be loaded) and by the tests' `FakeOs`
 * (a virtual clock, processes that are rows of a table). Nothing outside this folder touches a process, a signal, a descriptor or a
 * listening socket in any other way.
 */
import type { ExitStatus } from '../core/exit-status.ts';
import type { SocketAddress } from '../core/spec.ts';
import type { Now } from '../core/time.ts';

export interface Clock {
  now(): Now;
  /** Calls back once, at or after `mono`. Arming again replaces. null: disarm. */
  arm(mono: number | null, wake: () => void): void;
}

/** A symbolic errno: `ENOENT`. */
export type Errno = string;

/** An open descriptor of this process, as the kernel numbers it. */
export type Fd = number;

/** A listening socket that hupd holds. It serves as long as one process has it open. An abstract unix name begins with `@`. */
export interface HeldSocket {
  readonly fd: Fd;
  /** What tells it from all others, whoever has it open. */
  readonly inode: number;
  readonly address: SocketAddress;
}

/** A log pipe: a FIFO that the child holds open read-write, so that it outlives the daemon. */
export interface LogPipe {
  /** For a later daemon to open again. */
  readonly path: string;
  /** The child's end, open read-write; to be closed by `closeChildEnd` once the child has it. -1 after `reopenLogPipe`. */
  readonly childFd: Fd;
  closeChildEnd(): void;
  /** Starts to deliver; `end` comes once, from the event loop, when the last writer has gone or after `close`. */
  read(onChunk: OnChunk, onEnd: () => void, pace?: Pace): void;
  /** Delivers, at once and in order, what is readable now. Called when the child was reaped, before its exit is told. */
  drain(): void;
  /** Stops reading and removes the FIFO. */
  close(): void;
}

/** Prompt, the default: as soon as there is something, and little at once. Gathered: while there is much, some milliseconds later and up to a megabyte at once. */
export type Pace = 'prompt' | 'gathered';

/** The chunk is dealt with when this returns: only then has it left the pipe for good. */
export type OnChunk = (chunk: Chunk) => void;

/** What was read. Good until its receiver returns. */
export interface Chunk {
  readonly size: number;
  /** All of it, the receiver's own. Not after `last`. */
  bytes(): Buffer;
  /** The end of it, so many bytes at most; good until the receiver returns. */
  last(most: number): Buffer;
  /**
   * Moves the first of what is left of it, so many bytes at most, to the end of a file, so that they are never in both and never in neither. How
   * many bytes it was; what was not moved is the receiver's to write.
   */
  moveTo(file: Fd, most: number): number;
}

/** The parent's end of a child's stdin: written without blocking; what does not fit is kept and written later. */
export interface StdinPipe {
  /** For a later daemon to open again; null: it ends with this one. */
  readonly path: string | null;
  /** -1 after `reopenInputPipe`. */
  readonly childFd: Fd;
  closeChildEnd(): void;
  /** `EPIPE` and the like as a value. `ok` means taken, not read. */
  write(data: Buffer): 'ok' | Errno;
  /** Bytes that wait because the pipe is full. */
  readonly pending: number;
  /** When the pipe was last written to, as the kernel has it; a number to compare only. */
  changed(): string;
  close(): void;
}

/** The process that made a connection to a unix socket. */
export interface Peer {
  /** It may have ended since. */
  readonly pid: number;
  readonly uid: number;
}

/** What somebody sent, and who, as the kernel says. */
export interface Datagram {
  readonly data: Buffer;
  /** 0: it lives where hupd can not see it. */
  readonly pid: number;
  readonly uid: number;
}

/** Where one generation's notifications (sd_notify) arrive. */
export interface NotifySocket {
  readonly fd: Fd;
  /** For NOTIFY_SOCKET. */
  readonly path: string;
  /** Starts to deliver, from the event loop. */
  listen(onDatagram: (datagram: Datagram) => void): void;
  /** Delivers, at once and in order, what has arrived. */
  drain(): void;
  close(): void;
}

export interface SpawnRequest {
  /** Absolute, or relative to `directory`; executed as it is, no search. */
  readonly file: string;
  /** argv[0] first, as the user wrote it. */
  readonly args: readonly string[];
  /** `NAME=value`, complete: nothing is inherited. Bytes, since an environment need not be UTF-8. */
  readonly env: readonly Buffer[];
  /** Entered after the credentials have changed. null: the daemon's own. */
  readonly directory: string | null;
  readonly umask: number | null;
  /** null: unchanged. Otherwise uid, primary gid and all supplementary groups of that user. */
  readonly uid: number | null;
  /** Child descriptor number -> ours. All others are closed in the child. 0, 1 and 2 must be there. */
  readonly fds: ReadonlyMap<number, Fd>;
  /** Put the child's own pid into `LISTEN_PID` (through a `/bin/sh` that execs). */
  readonly listenPid: boolean;
}

/** Which step failed, as supervisord names them: the parent reports it on the child's stderr and the start counts as exit 127. */
export type SpawnResult =
  | { readonly ok: true; readonly pid: number }
  | {
      readonly ok: false;
      readonly step: 'setuid' | 'chdir' | 'exec' | 'fork';
      readonly errno: Errno;
      readonly reason: string;
    };

/** A GET. */
export interface HttpQuestion {
  readonly path: string;
  /** Of the Host header. */
  readonly host: string;
  readonly timeoutMs: number;
}

/** The status and the start of the body, or an errno or `timeout`. */
export type HttpAnswer = { readonly status: number; readonly body: string } | { readonly error: string };

/** A listener that one generation alone gets, on 127.0.0.1, closed to all but hupd's own connections. */
export interface Probe {
  readonly fd: Fd;
  readonly port: number;
  /** Connects; `accepted` turns true once the generation has accepted it. Throws `OsError`. */
  connect(): ProbeConnection;
  /** A GET over the probe. Never rejects. */
  get(question: HttpQuestion): Promise<HttpAnswer>;
  /** After promotion: nobody can reach the generation this way any more. */
  seal(): void;
  close(): void;
}

export interface ProbeConnection {
  /** Reads the accept queue's length from the kernel; no request is sent. */
  accepted(): boolean;
  close(): void;
}

/** The accept queue of a listening socket. */
export interface AcceptQueue {
  /** Connections that wait to be accepted. */
  readonly waiting: number;
  /** null where the kernel does not tell (unix sockets). */
  readonly limit: number | null;
  /** Connection attempts turned away since the socket was made, because the queue was full. */
  readonly dropped: number;
}

export interface Borrowed {
  readonly sockets: readonly HeldSocket[];
  /** Where it listens with SO_REUSEPORT: not borrowed, since each generation binds its own and a kept one would swallow connections. */
  readonly ownEach: readonly SocketAddress[];
  /** Why there may be more than these, and the remedy. */
  readonly problem: string | null;
}

export interface PathGuard {
  /** The server has just been told to stop: looks without a pause, for some milliseconds, so that the path is missing for no longer than that takes. */
  watchClosely(): void;
  release(): void;
}

export interface Serving {
  readonly pids: readonly number[];
  /** Some process could not be looked at. */
  readonly refused: boolean;
}

/** What this machine can not do, each with the remedy, found once at start. */
export interface MissingFacility {
  readonly facility: 'pidfd_getfd' | 'closefrom' | 'chdir' | 'subreaper' | 'socket-filter' | 'koffi';
  readonly text: string;
}

export interface ProcessStat {
  readonly ppid: number;
  readonly pgid: number;
  /** Clock ticks since boot: with the pid, the identity of a process. */
  readonly startTime: number;
  readonly state: string;
}

/** What can be seen of a process from outside; what hupd may not look at is empty. */
export interface ProcessLook extends ProcessStat {
  readonly pid: number;
  /** The file that it executes. */
  readonly program: string;
  /** Its command line, or what it has put there. */
  readonly words: readonly string[];
  /** As it was given to it. */
  readonly environment: ReadonlyMap<string, string>;
  /** The same for a process and its forks, another one after an exec. */
  readonly image: string;
  /** What its descriptors lead to: paths, and `socket:[inode]`. */
  readonly files: ReadonlySet<string>;
}

/** Of a process and all that descends from it. Memory that they share counts for each of them. */
export interface Usage {
  /** Since its start, reaped children included. */
  readonly cpuSecs: number;
  readonly rssBytes: number;
  /** How many they are. */
  readonly processes: number;
}

export interface UserInfo {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** Of open files (`minfds`) and of processes (`minprocs`). */
export type LimitedResource = 'NOFILE' | 'NPROC';

export type EnsureLimit =
  /** `raised`: it was less before. */
  | { readonly ok: true; readonly raised: boolean }
  /** `hard`: all that the environment allows. */
  | { readonly ok: false; readonly hard: number };

export interface Os {
  readonly clock: Clock;
  readonly missing: readonly MissingFacility[];
  readonly pid: number;
  /** Own effective uid. */
  readonly uid: number;

  spawn(request: SpawnRequest): SpawnResult;
  /** `target` a pid, or a process group when `group`. Signal 0 only asks. `ESRCH` is a normal answer. */
  kill(target: number, signal: number, group: boolean): 'ok' | Errno;
  /** Every child reaped, adopted orphans included. Called back from the event loop, never from inside a call. One listener. */
  onExit(listener: (pid: number, status: ExitStatus) => void): void;
  /**
   * Tells once, from the event loop, when a process that is not our child has ended; null: the kernel does not say how. `startTime` says which
   * process is meant. Answers `ESRCH` when it has gone.
   */
  follow(
    pid: number,
    startTime: number,
    onExit: (status: ExitStatus | null) => void,
  ): { readonly ok: true; readonly following: Following } | { readonly ok: false; readonly errno: Errno };
  /** Orphaned grandchildren become children of ours instead of init's. */
  becomeSubreaper(): 'ok' | Errno;
  /** Children have at least that much from here on; supervisord's rule (never lowered, never above what is wanted). */
  ensureLimit(resource: LimitedResource, wanted: number): EnsureLimit;

  /** `owner`: the uid that may open `/dev/stdout` again. Throws `OsError`. */
  createLogPipe(label: string, ownerUid: number | null): LogPipe;
  /** The daemon's end of a log pipe that an earlier daemon made; it has no child's end. Throws `OsError`. */
  reopenLogPipe(path: string): LogPipe;
  /** Throws `OsError`. */
  createStdinPipe(): StdinPipe;
  /** A stdin that the child holds open read-write, so that the daemon's death is no end of it. Throws `OsError`. */
  createInputPipe(label: string, ownerUid: number | null): StdinPipe;
  /** The daemon's end of one that an earlier daemon made. Throws `OsError`. */
  reopenInputPipe(path: string): StdinPipe;
  /** `owner`: the only user, besides root, that may send to it. Throws `OsError`. */
  createNotifySocket(ownerUid: number | null): NotifySocket;

  /** Binds and listens. Throws `OsError`. Unix: an old socket is replaced, anything else refused. */
  listen(address: SocketAddress, options: ListenOptions): HeldSocket;
  /**
   * A second descriptor, held by us, of each listening socket of that process (or of its descendants, where it has none itself). Probes
   * that it was given are not among them.
   */
  borrowListeners(pid: number): Borrowed;
  /** null where the kernel does not tell. */
  acceptQueue(socket: HeldSocket): AcceptQueue | null;
  /** Connections that any listener of this network namespace turned away so far. */
  listenDrops(): number;
  /** Of that process and its descendants those that wait for connections on one of these sockets; with none given, on any socket. */
  whoServes(pid: number, sockets: readonly HeldSocket[]): Serving;
  closeSocket(socket: HeldSocket): void;
  /**
   * Keeps a unix socket's path alive while generations change: puts it back when a leaving server unlinks it. Release it before the
   * last server is told to stop. Throws `OsError`.
   */
  guardSocketPath(path: string): PathGuard;
  /** Throws `OsError`. */
  createProbe(): Probe;

  /** The same listening socket as an earlier daemon held: its own descriptor after an exec in place, else from one of these processes or their descendants. */
  regainSocket(lost: HeldSocket, pids: readonly number[]): HeldSocket | null;
  /** As `createNotifySocket`, at the path of an earlier daemon's; `fd`: the socket itself, if it is still open. Throws `OsError`. */
  regainNotifySocket(path: string, fd: Fd | null, ownerUid: number | null): NotifySocket;
  /** Another descriptor of the same. Throws `OsError`. */
  duplicate(fd: Fd): Fd;
  /** A descriptor of a pipe, so that what is in it stays until somebody reads it, or that its reader does not see its end; null: it has gone. */
  holdOpen(path: string, end: 'read' | 'write'): Fd | null;
  letGo(fd: Fd): void;
  /** The process, leading a group of its own, that was started with that FIFO as its output. Throws `OsError` where nobody can look. */
  findWriter(fifo: string): number | null;
  /** A new one with each start of the machine. */
  bootId(): string;

  /** Asks whoever listens there. Never rejects. */
  get(address: SocketAddress, question: HttpQuestion): Promise<HttpAnswer>;
  /** Whether a connection is taken there; else an errno or `timeout`. Nothing is sent. Never rejects. */
  tryConnect(address: SocketAddress, timeoutMs: number): Promise<'ok' | Errno>;

  /** Begins soon after the call. */
  watch(request: WatchRequest): FileWatch;

  /** Of a connection to a unix socket of ours; null: it is none, or the kernel can not be asked. */
  peer(fd: Fd): Peer | null;
  stat(pid: number): ProcessStat | null;
  descendants(pid: number): readonly number[];
  look(pid: number): ProcessLook | null;
  /** By pid; one that is gone has no entry. One look at the whole table of processes, whatever the number of pids. */
  usage(pids: readonly number[]): Promise<ReadonlyMap<number, Usage>>;
  userById(uid: number): UserInfo | null;
  userByName(name: string): UserInfo | null;
}

/** Of a process that is not our child. */
export interface Following {
  /** Nothing is told any more. */
  end(): void;
}

export interface WatchRequest {
  /** Files or directories, absolute; directories with everything in them. */
  readonly roots: readonly string[];
  /** Neither the path nor what is under it is of interest. */
  readonly isIgnored: (path: string, isDirectory: boolean) => boolean;
  /** Something came, went or changed. Called from the event loop. */
  readonly onChange: (path: string) => void;
  /** From here on nothing is missed. */
  readonly onReady: () => void;
  /** Not everything can be watched; the rest still is. */
  readonly onError: (text: string) => void;
}

export interface FileWatch {
  close(): void;
}

export interface ListenOptions {
  /** null: the kernel's maximum. */
  readonly backlog: number | null;
  readonly mode: number | null;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}
