/**
 * Leaving the terminal without fork: the parent starts the daemon as a child in a session of its own and stays until that one is up, or has
 * said what is wrong. So `hupd && hupctl status` works, and an error has an exit status.
 *
 *   parent ── spawn, detached, fd 3 = pipe ──► child: everything up to listening ── "up" on fd 3 ──► /dev/null on 0, 1, 2
 *     └─ exits 0 on "up"; with the child's status when it ends first; its stderr is the child's until then
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';

/** Marks the child; not passed on to programs. */
export const daemonMark = 'HUPD_DAEMON_READY_FD';
const readyFd = 3;

/** The parent's part. Never returns but by the exit status. */
export function startDaemon(): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    env: { ...process.env, [daemonMark]: `${readyFd}` },
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  return new Promise((resolve) => {
    child.stdio[readyFd]?.once('data', () => {
      child.unref();
      resolve(0);
    });
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', (error) => {
      writeSync(2, `Error: could not start the daemon: ${error.message}\n`);
      resolve(1);
    });
  });
}

/** The child's part, when it is up. */
export function tellParent(): void {
  for (const fd of [0, 1, 2]) {
    closeSync(fd);
    openSync('/dev/null', 'r+'); // gets the lowest free number, which is the one just closed
  }
  try {
    writeSync(readyFd, 'up');
    closeSync(readyFd);
  } catch {
    // the parent was killed meanwhile; the daemon is up all the same
  }
}
