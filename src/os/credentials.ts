/**
 * Starting a child as another user, although posix_spawn has no such attribute: the kernel keeps credentials by thread, so this thread
 * becomes the user, spawns, and becomes root again, in one synchronous stretch.
 *
 *     setgroups ─► setresgid(g, g, 0) ─► setresuid(u, u, 0) ─► body ─► setresuid ─► setresgid ─► setgroups
 *
 * The raw system calls are used because libc's wrappers change every thread of the process. The saved uid 0 is the way back; exec
 * overwrites it in the child, which is left with no capability.
 */
import { errnoName, type Libc } from './libc.ts';
import type { Errno, UserInfo } from './os.ts';
import { groupsOf } from './users.ts';

interface SyscallNumbers {
  readonly setgroups: number;
  readonly setresgid: number;
  readonly setresuid: number;
}

const GENERIC: SyscallNumbers = { setgroups: 159, setresgid: 149, setresuid: 147 };
const NUMBERS: Readonly<Record<string, SyscallNumbers>> = {
  x64: { setgroups: 116, setresgid: 119, setresuid: 117 },
  arm64: GENERIC,
  riscv64: GENERIC,
  loong64: GENERIC,
};

const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4;

export type AsUser<T> =
  | { readonly ok: true; readonly value: T }
  /** `reason` as supervisord words it. */
  | { readonly ok: false; readonly errno: Errno; readonly reason: string };

/** Runs `body`, which must not wait for anything, with this thread's credentials changed. If a step fails, `body` is not run. */
export function asUser<T>(libc: Libc, user: UserInfo, body: () => T): AsUser<T> {
  const numbers = NUMBERS[process.arch];
  if (numbers === undefined) {
    return { ok: false, errno: 'ENOSYS', reason: `hupd can not switch users on ${process.arch}` };
  }
  const before = currentCredentials(libc);
  const changed = change(libc, numbers, user, groupsOf(libc, user));
  try {
    return changed === null ? { ok: true, value: body() } : changed;
  } finally {
    restore(libc, numbers, before);
  }
}

function change(libc: Libc, numbers: SyscallNumbers, user: UserInfo, groups: readonly number[]) {
  const refused = (answer: number, reason: string) => ({ ok: false, errno: errnoName(answer), reason }) as const;
  // A root daemon may have been given ambient capabilities, which would outlive the exec because the saved uid is still 0.
  libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  const setgroups = libc.syscallWithMemory(numbers.setgroups, groups.length, wordsOf(groups));
  if (setgroups < 0) return refused(setgroups, 'Could not set groups of effective user');
  const setresgid = libc.syscall(numbers.setresgid, user.gid, user.gid, 0, 0);
  if (setresgid < 0) return refused(setresgid, 'Could not set group id of effective user');
  const setresuid = libc.syscall(numbers.setresuid, user.uid, user.uid, 0, 0);
  if (setresuid < 0) return refused(setresuid, `Could not set user id: ${errnoName(setresuid)}`);
  return null;
}

interface ThreadCredentials {
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
}

function currentCredentials(libc: Libc): ThreadCredentials {
  const words = [Buffer.alloc(4), Buffer.alloc(4), Buffer.alloc(4)] as const;
  libc.getresuid(...words);
  const uids = words.map((word) => word.readUInt32LE(0));
  libc.getresgid(...words);
  const gids = words.map((word) => word.readUInt32LE(0));
  const groups = Buffer.alloc(4 * Math.max(0, libc.getgroups(0, null)));
  const count = libc.getgroups(groups.length / 4, groups);
  return { uids, gids, groups: Array.from({ length: count }, (_, index) => groups.readUInt32LE(index * 4)) };
}

function restore(libc: Libc, numbers: SyscallNumbers, { uids, gids, groups }: ThreadCredentials): void {
  const [ruid = 0, euid = 0, suid = 0] = uids;
  const [rgid = 0, egid = 0, sgid = 0] = gids;
  const answers = [
    libc.syscall(numbers.setresuid, ruid, euid, suid, 0),
    libc.syscall(numbers.setresgid, rgid, egid, sgid, 0),
    libc.syscallWithMemory(numbers.setgroups, groups.length, wordsOf(groups)),
  ];
  const failed = answers.find((answer) => answer < 0);
  // A daemon that is half another user must not go on as if it were itself.
  if (failed !== undefined) throw new Error(`the daemon's own credentials could not be restored: ${errnoName(failed)}`);
}

function wordsOf(numbers: readonly number[]): Buffer {
  const words = Buffer.alloc(4 * Math.max(1, numbers.length));
  numbers.forEach((number, index) => {
    words.writeUInt32LE(number, index * 4);
  });
  return words;
}
