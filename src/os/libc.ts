/**
 * The C library, called from here and nowhere else. Every function is declared once, and every one answers the way the kernel does:
 * zero or more for success, minus the errno for failure; nothing throws. koffi is loaded on first use, so that a program that
 * never spawns (hupctl) does not pay for it, and a machine without it gets a sentence instead of a stack trace.
 */
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import type { Errno } from './os.ts';

type Koffi = typeof import('koffi').default;
type Call<Args extends unknown[]> = (...args: Args) => number;
/** Memory that the call reads or writes; an address; or NULL. */
type Memory = Uint8Array | bigint | null;

export interface Libc {
  readonly pipe2: Call<[fds: Memory, flags: number]>;
  readonly mkfifo: Call<[path: string, mode: number]>;
  readonly read: Call<[fd: number, buffer: Memory, size: number]>;
  readonly write: Call<[fd: number, buffer: Memory, size: number]>;
  readonly close: Call<[fd: number]>;
  readonly fcntl: Call<[fd: number, command: number, value: number]>;
  readonly fchmod: Call<[fd: number, mode: number]>;
  readonly execve: Call<[path: string, argv: Memory, envp: Memory]>;
  readonly waitpid: Call<[pid: number, status: Memory, options: number]>;
  readonly prctl: Call<[option: number, a: number, b: number, c: number, d: number]>;
  readonly getrlimit: Call<[resource: number, limit: Memory]>;
  readonly setrlimit: Call<[resource: number, limit: Memory]>;
  readonly syscall: Call<[number: number, a: number, b: number, c: number, d: number]>;
  readonly syscallWithMemory: Call<[number: number, a: number, memory: Memory]>;
  readonly getresuid: Call<[ruid: Memory, euid: Memory, suid: Memory]>;
  readonly getresgid: Call<[rgid: Memory, egid: Memory, sgid: Memory]>;
  readonly getgroups: Call<[size: number, groups: Memory]>;
  readonly getgrouplist: Call<[user: string, gid: number, groups: Memory, count: Memory]>;

  readonly socket: Call<[domain: number, type: number, protocol: number]>;
  readonly bind: Call<[fd: number, address: Memory, size: number]>;
  readonly listen: Call<[fd: number, backlog: number]>;
  readonly connect: Call<[fd: number, address: Memory, size: number]>;
  readonly getsockname: Call<[fd: number, address: Memory, size: Memory]>;
  readonly getsockopt: Call<[fd: number, level: number, name: number, value: Memory, size: Memory]>;
  readonly setsockopt: Call<[fd: number, level: number, name: number, value: Memory, size: number]>;

  readonly madvise: Call<[from: Memory, size: number, advice: number]>;
  /** null: a C library that has none (musl), and keeps less. */
  readonly mallocTrim: Call<[pad: number]> | null;
  readonly getrandom: Call<[buffer: Memory, size: number, flags: number]>;
  readonly recvmsg: Call<[fd: number, message: Memory, flags: number]>;

  readonly tee: Call<[from: number, to: number, size: number, flags: number]>;
  /** Offsets are the descriptors' own. */
  readonly splice: Call<[from: number, to: number, size: number, flags: number]>;
  readonly lseek: Call<[fd: number, offset: number, whence: number]>;
  readonly ioctl: Call<[fd: number, request: number, argument: Memory]>;
  readonly epollCreate: Call<[flags: number]>;
  readonly epollControl: Call<[epoll: number, operation: number, fd: number, event: Memory]>;
  readonly epollWait: Call<[epoll: number, events: Memory, most: number, timeoutMs: number]>;
  /** Calls back whenever that descriptor is readable, outside of node's own callbacks: nothing but `setImmediate` may be called in it. */
  watchReadable(fd: number, callback: () => void): WatchedDescriptor;

  readonly spawn: Call<[pid: Memory, file: string, actions: Memory, attributes: Memory, argv: Memory, envp: Memory]>;
  readonly actionsInit: Call<[actions: Memory]>;
  readonly actionsDestroy: Call<[actions: Memory]>;
  readonly actionsDup2: Call<[actions: Memory, fd: number, childFd: number]>;
  readonly actionsClose: Call<[actions: Memory, childFd: number]>;
  /** null: a C library older than glibc 2.29. */
  readonly actionsChdir: Call<[actions: Memory, path: string]> | null;
  /** null: a C library older than glibc 2.34. */
  readonly actionsCloseFrom: Call<[actions: Memory, childFd: number]> | null;
  readonly attributesInit: Call<[attributes: Memory]>;
  readonly attributesDestroy: Call<[attributes: Memory]>;
  readonly attributesFlags: Call<[attributes: Memory, flags: number]>;
  readonly attributesGroup: Call<[attributes: Memory, pgid: number]>;
  readonly attributesDefaultSignals: Call<[attributes: Memory, set: Memory]>;
  readonly attributesSignalMask: Call<[attributes: Memory, set: Memory]>;

  /** The address of a buffer's first byte: good as long as the buffer is referenced. */
  address(memory: Uint8Array): bigint;
  readonly passwdByName: (name: string) => PasswdEntry | null;
  readonly passwdById: (uid: number) => PasswdEntry | null;
  /** `::1` for the 16 bytes. */
  ipv6Text(bytes: Buffer): string;
  /** Socket addresses for a host and a port, the C library's own order; or why there is none. */
  resolve(host: string | null, port: number): { readonly addresses: readonly Buffer[] } | { readonly error: string };
}

/** `unref`: it does not keep node running. */
export interface WatchedDescriptor {
  ref(): void;
  unref(): void;
  close(): void;
}

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export type LoadedLibc = { readonly ok: true; readonly libc: Libc } | { readonly ok: false; readonly problem: string };

let loaded: LoadedLibc | null = null;

/** The C library, or in words why it can not be called on this machine. The same answer each time. */
export function loadLibc(): LoadedLibc {
  loaded ??= load();
  return loaded;
}

const ERRNO_NAMES: ReadonlyMap<number, Errno> = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

/** The name of a failed call's answer (minus the errno): `ENOENT`. */
export function errnoName(answer: number): Errno {
  return ERRNO_NAMES.get(-answer) ?? `errno ${-answer}`;
}

/** The name in an exception that one of node's own calls threw. */
export function errnoOf(error: unknown): Errno {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';
}

function load(): LoadedLibc {
  try {
    const koffi: Koffi = createRequire(import.meta.url)('koffi');
    return { ok: true, libc: declare(koffi) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      problem: `the C library can not be called: ${why.split('\n')[0]}; reinstall hupd with its optional packages (koffi has none for ${process.platform} ${process.arch}, or they were left out)`,
    };
  }
}

function declare(koffi: Koffi): Libc {
  const library = koffi.load(null);
  /** -1 and errno. */
  const call = <Args extends unknown[]>(declaration: string): Call<Args> => {
    const native = library.func(declaration);
    return (...args) => {
      const answer = native(...args) as number;
      return answer === -1 ? -koffi.errno() : answer;
    };
  };
  /** posix_spawn's family returns the errno itself. */
  const direct = <Args extends unknown[]>(declaration: string): Call<Args> => {
    const native = library.func(declaration);
    return (...args) => -(native(...args) as number);
  };
  const optional = <Args extends unknown[]>(declaration: string): Call<Args> | null => {
    try {
      return direct<Args>(declaration);
    } catch {
      return null; // koffi throws when the library has no such symbol
    }
  };

  return {
    pipe2: call('int pipe2(void *fds, int flags)'),
    mkfifo: call('int mkfifo(const char *path, uint mode)'),
    read: call('long read(int fd, void *buffer, size_t size)'),
    write: call('long write(int fd, void *buffer, size_t size)'),
    close: call('int close(int fd)'),
    fcntl: call('int fcntl(int fd, int command, long value)'),
    fchmod: call('int fchmod(int fd, uint mode)'),
    execve: call('int execve(const char *path, void *argv, void *envp)'),
    waitpid: call('int waitpid(int pid, void *status, int options)'),
    prctl: call('int prctl(int option, long a, long b, long c, long d)'),
    getrlimit: call('int getrlimit(int resource, void *limit)'),
    setrlimit: call('int setrlimit(int resource, void *limit)'),
    syscall: call('long syscall(long number, long a, long b, long c, long d)'),
    syscallWithMemory: call('long syscall(long number, long a, void *memory)'),
    getresuid: call('int getresuid(void *ruid, void *euid, void *suid)'),
    getresgid: call('int getresgid(void *rgid, void *egid, void *sgid)'),
    getgroups: call('int getgroups(int size, void *groups)'),
    getgrouplist: call('int getgrouplist(const char *user, uint gid, void *groups, void *count)'),

    socket: call('int socket(int domain, int type, int protocol)'),
    bind: call('int bind(int fd, void *address, uint size)'),
    listen: call('int listen(int fd, int backlog)'),
    connect: call('int connect(int fd, void *address, uint size)'),
    getsockname: call('int getsockname(int fd, void *address, void *size)'),
    getsockopt: call('int getsockopt(int fd, int level, int name, void *value, void *size)'),
    setsockopt: call('int setsockopt(int fd, int level, int name, void *value, uint size)'),
    madvise: call('int madvise(void *from, size_t size, int advice)'),
    mallocTrim: optional('int malloc_trim(size_t pad)'),
    getrandom: call('long getrandom(void *buffer, size_t size, uint flags)'),
    recvmsg: call('long recvmsg(int fd, void *message, int flags)'),

    tee: call('long tee(int from, int to, size_t size, uint flags)'),
    splice: (
      (splice) => (from, to, size, flags) =>
        splice(from, null, to, null, size, flags)
    )(
      call<[number, null, number, null, number, number]>(
        'long splice(int from, void *fromOffset, int to, void *toOffset, size_t size, uint flags)',
      ),
    ),
    lseek: call('long lseek(int fd, long offset, int whence)'),
    ioctl: call('int ioctl(int fd, ulong request, void *argument)'),
    epollCreate: call('int epoll_create1(int flags)'),
    epollControl: call('int epoll_ctl(int epoll, int operation, int fd, void *event)'),
    epollWait: call('int epoll_wait(int epoll, void *events, int most, int timeoutMs)'),
    watchReadable: (fd, callback) => koffi.node.poll(fd, { readable: true }, callback),

    spawn: direct(
      'int posix_spawn(void *pid, const char *file, void *actions, void *attributes, void *argv, void *envp)',
    ),
    actionsInit: direct('int posix_spawn_file_actions_init(void *actions)'),
    actionsDestroy: direct('int posix_spawn_file_actions_destroy(void *actions)'),
    actionsDup2: direct('int posix_spawn_file_actions_adddup2(void *actions, int fd, int childFd)'),
    actionsClose: direct('int posix_spawn_file_actions_addclose(void *actions, int childFd)'),
    actionsChdir: optional('int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)'),
    actionsCloseFrom: optional('int posix_spawn_file_actions_addclosefrom_np(void *actions, int childFd)'),
    attributesInit: direct('int posix_spawnattr_init(void *attributes)'),
    attributesDestroy: direct('int posix_spawnattr_destroy(void *attributes)'),
    attributesFlags: direct('int posix_spawnattr_setflags(void *attributes, short flags)'),
    attributesGroup: direct('int posix_spawnattr_setpgroup(void *attributes, int pgid)'),
    attributesDefaultSignals: direct('int posix_spawnattr_setsigdefault(void *attributes, void *set)'),
    attributesSignalMask: direct('int posix_spawnattr_setsigmask(void *attributes, void *set)'),

    address: (memory) => koffi.address(memory),
    ...declareDatabases(koffi, library),
  };
}

/** Calls whose answers are structures in the library's own memory: copied out at once. */
function declareDatabases(
  koffi: Koffi,
  library: ReturnType<Koffi['load']>,
): Pick<Libc, 'passwdByName' | 'passwdById' | 'ipv6Text' | 'resolve'> {
  // The same layout in glibc and musl.
  const passwd = koffi.struct({
    name: 'str',
    password: 'str',
    uid: 'uint',
    gid: 'uint',
    gecos: 'str',
    home: 'str',
    shell: 'str',
  });
  const addrinfo = koffi.struct({
    flags: 'int',
    family: 'int',
    socktype: 'int',
    protocol: 'int',
    size: 'uint',
    address: 'void *',
    canonname: 'str',
    next: 'void *',
  });
  const getpwnam = library.func('getpwnam', 'void *', ['str']);
  const getpwuid = library.func('getpwuid', 'void *', ['uint']);
  const getaddrinfo = library.func('getaddrinfo', 'int', ['str', 'str', 'void *', 'void *']);
  const freeaddrinfo = library.func('freeaddrinfo', 'void', ['void *']);
  const inetNtop = library.func('inet_ntop', 'void *', ['int', 'void *', 'void *', 'uint']);
  const gaiStrerror = library.func('gai_strerror', 'str', ['int']);
  const entry = (pointer: unknown): PasswdEntry | null => {
    if (pointer === null) return null;
    const { name, uid, gid, home, shell } = koffi.decode(pointer, passwd) as PasswdEntry;
    return { name, uid, gid, home, shell };
  };

  return {
    passwdByName: (name) => entry(getpwnam(name)),
    passwdById: (uid) => entry(getpwuid(uid)),
    ipv6Text(bytes) {
      const text = Buffer.alloc(64);
      inetNtop(10, bytes, text, text.length); // AF_INET6
      return text.subarray(0, text.indexOf(0)).toString();
    },
    resolve(host, port) {
      const hints = Buffer.alloc(koffi.sizeof(addrinfo));
      hints.writeInt32LE(host === null ? 1 : 0, 0); // AI_PASSIVE
      hints.writeInt32LE(host === null ? 2 : 0, 4); // every IPv4 interface, as supervisord understands "no host"
      hints.writeInt32LE(1, 8); // SOCK_STREAM
      const head = Buffer.alloc(8);
      const answer = getaddrinfo(host, String(port), hints, head) as number;
      if (answer !== 0) return { error: gaiStrerror(answer) as string };
      const first = head.readBigUInt64LE(0);
      const addresses: Buffer[] = [];
      for (let at: bigint | null = first; at !== null && at !== 0n; ) {
        const row = koffi.decode(at, addrinfo) as { size: number; address: bigint; next: bigint | null };
        addresses.push(Buffer.from(new Uint8Array(koffi.view(row.address, row.size))));
        at = row.next;
      }
      freeaddrinfo(first);
      return { addresses };
    },
  };
}
