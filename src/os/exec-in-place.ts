/**
 * Another program in this same process: the pid, the children and the descriptors named here stay, all else of ours is gone. Node marks
 * every descriptor close-on-exec when it starts, 0 to 2 included, so what is to stay has to be unmarked.
 */
import { errnoName, type Libc } from './libc.ts';
import type { Errno, Fd } from './os.ts';
import { stringTable } from './spawn.ts';

const F_SETFD = 2;
const FD_CLOEXEC = 1;

export interface Execution {
  /** Absolute. */
  readonly file: string;
  readonly args: readonly string[];
  /** `NAME=value`, complete. */
  readonly env: readonly Buffer[];
  readonly keep: readonly Fd[];
}

/** Returns only when it failed; nothing is changed then. */
export function execInPlace(libc: Libc, { file, args, env, keep }: Execution): Errno {
  const argv = stringTable(
    libc,
    args.map((arg) => Buffer.from(arg)),
  );
  const envp = stringTable(libc, env);
  for (const fd of keep) libc.fcntl(fd, F_SETFD, 0);
  const answer = libc.execve(file, argv, envp);
  for (const fd of keep) libc.fcntl(fd, F_SETFD, FD_CLOEXEC);
  return errnoName(answer);
}
