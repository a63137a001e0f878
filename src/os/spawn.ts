/**
 * Starting a child by posix_spawn, in supervisord's order: own process group, descriptors, user, directory, umask, exec of exactly
 * that file. Everything the child is to inherit and posix_spawn can not set (user, umask, limit of open files) is set on ourselves
 * around the call, in one synchronous stretch. Arguments and environment go over as bytes.
 */
import { accessSync, constants } from 'node:fs';
import { type AsUser, asUser } from './credentials.ts';
import { errnoName, errnoOf, type Libc } from './libc.ts';
import type { Limits } from './limits.ts';
import type { Errno, Fd, SpawnRequest, SpawnResult } from './os.ts';
import { userById } from './users.ts';

const SETPGROUP = 2;
const SETSIGDEF = 4;
const SETSIGMASK = 8;
/** Larger than glibc's (80 and 336 bytes) and musl's structures. */
const OPAQUE_BYTES = 512;
const SIGSET_BYTES = 128;
const F_DUPFD_CLOEXEC = 1030;

const EVERY_SIGNAL = Buffer.alloc(SIGSET_BYTES, 0xff);
const NO_SIGNAL = Buffer.alloc(SIGSET_BYTES, 0);

type Failure = Extract<SpawnResult, { ok: false }>;

/** What a child that only tells on its stderr why it could not be started is made of; it exits 127, as supervisord's fork does. */
export function explainingChild(text: string): Pick<SpawnRequest, 'file' | 'args' | 'uid' | 'directory'> {
  return {
    file: '/bin/sh',
    args: ['sh', '-c', 'printf %s "$1" >&2; exit 127', 'sh', text],
    uid: null,
    directory: null,
  };
}

/** Starts the child. The caller keeps its own descriptors. */
export function spawn(libc: Libc, limits: Limits, ownUid: number, asked: SpawnRequest): SpawnResult {
  const request = asked.listenPid ? withListenPid(asked) : asked;
  if (hasNul(request)) return failure('exec', 'EINVAL');
  const run = () => underUmask(request.umask, () => limits.asForChildren(() => execute(libc, request)));
  if (request.uid === null || request.uid === ownUid) return run();

  if (ownUid !== 0) return failure('setuid', 'EPERM', "Can't drop privilege as nonroot user");
  const user = userById(libc, request.uid);
  if (user === null) return failure('setuid', 'ENOENT', `Can't find uid ${request.uid}`);
  const outcome: AsUser<SpawnResult> = asUser(libc, user, run);
  return outcome.ok ? outcome.value : failure('setuid', outcome.errno, outcome.reason);
}

/** `$$` is the shell's pid and, since it execs, the program's. */
export function withListenPid(request: SpawnRequest): SpawnRequest {
  const script = 'export LISTEN_PID=$$; exec "$@"';
  return { ...request, file: '/bin/sh', args: ['sh', '-c', script, 'sh', request.file, ...request.args.slice(1)] };
}

function execute(libc: Libc, request: SpawnRequest): SpawnResult {
  const spare: Fd[] = [];
  const actions = Buffer.alloc(OPAQUE_BYTES);
  const attributes = Buffer.alloc(OPAQUE_BYTES);
  libc.actionsInit(actions);
  libc.attributesInit(attributes);
  try {
    addDescriptors(libc, actions, request.fds, spare);
    libc.attributesFlags(attributes, SETPGROUP | SETSIGDEF | SETSIGMASK);
    libc.attributesGroup(attributes, 0);
    libc.attributesDefaultSignals(attributes, EVERY_SIGNAL);
    libc.attributesSignalMask(attributes, NO_SIGNAL);
    return inDirectory(libc, actions, request.directory, () => {
      const pid = Buffer.alloc(4);
      const argv = stringTable(
        libc,
        request.args.map((arg) => Buffer.from(arg)),
      );
      const envp = stringTable(libc, request.env);
      const answer = libc.spawn(pid, request.file, actions, attributes, argv, envp);
      if (answer === 0) return { ok: true, pid: pid.readInt32LE(0) };
      return whichStep(request.directory, errnoName(answer));
    });
  } finally {
    libc.actionsDestroy(actions);
    libc.attributesDestroy(attributes);
    for (const fd of spare) libc.close(fd);
  }
}

/**
 * Ours that stand where a child's is to be put are moved up first, so that no dup2 overwrites the source of a later one (and an old C
 * library's dup2 of a descriptor onto itself does not leave it marked close-on-exec).
 */
function addDescriptors(libc: Libc, actions: Buffer, fds: ReadonlyMap<number, Fd>, spare: Fd[]): void {
  const end = Math.max(...fds.keys()) + 1;
  for (const [childFd, ours] of fds) {
    let source = ours;
    if (ours < end) {
      source = libc.fcntl(ours, F_DUPFD_CLOEXEC, end);
      if (source >= 0) spare.push(source);
    }
    libc.actionsDup2(actions, source, childFd);
  }
  for (let gap = 0; gap < end; gap += 1) if (!fds.has(gap)) libc.actionsClose(actions, gap);
  libc.actionsCloseFrom?.(actions, end);
}

/** An old C library can not change the directory in the child: then the daemon itself goes there and back. */
function inDirectory(libc: Libc, actions: Buffer, directory: string | null, run: () => SpawnResult): SpawnResult {
  if (directory === null) return run();
  if (libc.actionsChdir !== null) {
    libc.actionsChdir(actions, directory);
    return run();
  }
  const before = process.cwd();
  try {
    process.chdir(directory);
  } catch (error) {
    return failure('chdir', errnoOf(error));
  }
  try {
    return run();
  } finally {
    process.chdir(before);
  }
}

/** posix_spawn tells an errno and no step. Asked with the child's credentials still on: could it have entered the directory? */
function whichStep(directory: string | null, errno: Errno): Failure {
  if (errno === 'EAGAIN' || errno === 'ENOMEM') return failure('fork', errno);
  if (directory !== null) {
    try {
      accessSync(`${directory}/.`, constants.X_OK);
    } catch (error) {
      return failure('chdir', errnoOf(error));
    }
  }
  return failure('exec', errno);
}

export function underUmask<T>(umask: number | null, body: () => T): T {
  if (umask === null) return body();
  const before = process.umask(umask);
  try {
    return body();
  } finally {
    process.umask(before);
  }
}

export function hasNul({ file, directory, args, env }: SpawnRequest): boolean {
  return [file, directory ?? '', ...args].some((text) => text.includes('\0')) || env.some((entry) => entry.includes(0));
}

export function failure(step: Failure['step'], errno: Errno, reason: string = errno): Failure {
  return { ok: false, step, errno, reason };
}

/**
 * `char *table[]`: a NULL-terminated table of addresses, and behind it the strings. All in one buffer, so that handing it to the call
 * keeps the strings alive as well.
 */
export function stringTable(libc: Libc, strings: readonly Buffer[]): Buffer {
  const nul = Buffer.alloc(1);
  const table = Buffer.alloc(8 * (strings.length + 1));
  const block = Buffer.concat([table, ...strings.flatMap((string) => [string, nul])]);
  let at = libc.address(block) + BigInt(table.length);
  strings.forEach((string, index) => {
    block.writeBigUInt64LE(at, index * 8);
    at += BigInt(string.length + 1);
  });
  return block;
}
