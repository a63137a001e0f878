/** What this machine can not do, found once at start, each with what it means and what helps. */
import { errnoName, type Libc } from './libc.ts';
import type { MissingFacility } from './os.ts';
import { OsError } from './os-error.ts';
import { createProbe } from './probe.ts';

export const SYS_PIDFD_OPEN = 434;
export const SYS_PIDFD_GETFD = 438;
const PR_GET_CHILD_SUBREAPER = 37;

export function findMissing(libc: Libc): MissingFacility[] {
  const missing: MissingFacility[] = [];
  const pidfd = pidfdProblem(libc);
  if (pidfd !== null) {
    missing.push({
      facility: 'pidfd_getfd',
      text: `listening sockets can not be taken over from a running process (pidfd_getfd: ${pidfd}; Linux 5.6 or a less strict seccomp profile would do); programs with reload_strategy=rolling need socket=`,
    });
  }
  if (libc.actionsCloseFrom === null) {
    missing.push({
      facility: 'closefrom',
      text: 'descriptors are kept from children by their close-on-exec mark only (glibc is older than 2.34)',
    });
  }
  if (libc.actionsChdir === null) {
    missing.push({
      facility: 'chdir',
      text: "the daemon itself enters a program's directory while it starts it (glibc is older than 2.29)",
    });
  }
  const answer = Buffer.alloc(4);
  if (libc.prctl(PR_GET_CHILD_SUBREAPER, Number(libc.address(answer)), 0, 0, 0) < 0) {
    missing.push({
      facility: 'subreaper',
      text: 'orphans of programs go to init instead of hupd (Linux 3.4 would do)',
    });
  }
  const probe = probeProblem(libc);
  if (probe !== null) {
    missing.push({
      facility: 'socket-filter',
      text: `no private probe can be made (${probe}; CONFIG_TCP_MD5SIG in the kernel or CAP_NET_ADMIN would do), so ready_check=auto and accept look from outside whether the program waits for connections; http: or exec: ask it`,
    });
  }
  return missing;
}

/** Asked of ourselves, which needs no right over anybody: what is refused here is refused for every process. */
function pidfdProblem(libc: Libc): string | null {
  const own = libc.syscall(SYS_PIDFD_OPEN, process.pid, 0, 0, 0);
  if (own < 0) return errnoName(own);
  const copy = libc.syscall(SYS_PIDFD_GETFD, own, own, 0, 0);
  libc.close(own);
  if (copy < 0) return errnoName(copy);
  libc.close(copy);
  return null;
}

function probeProblem(libc: Libc): string | null {
  try {
    createProbe(libc).close();
    return null;
  } catch (error) {
    return error instanceof OsError ? error.message : String(error);
  }
}
