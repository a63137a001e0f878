/**
 * Leaving the terminal without fork: the parent starts the daemon as a child in a session of its own and stays until that one is up, or has
 * said what is wrong. So `hupd && hupctl status` works, and an error has an exit status.
 *
 *   parent ── spawn, detached, fd 3 = pipe, fd 4 = environment ──► child: everything up to listening ── "up" on fd 3 ──► /dev/null on 0, 1, 2
 *     └─ exits 0 on "up"; with the child's status when it ends first; its stderr is the child's until then
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { ownCommand } from '../os/own-command.ts';
import type { Environment } from '../runtime/environment.ts';
import { ownEnvironment, readyMark } from './own-environment.ts';

const readyFd = 3;
/** The parent's environment as the kernel has it: node would hand on only what is UTF-8. */
const environmentFd = 4;

/** The parent's part. Resolves with the exit status. */
export function startDaemon(): Promise<number> {
  const { NODE_OPTIONS: _notForUs, ...env } = process.env;
  const environment = openSync('/proc/self/environ', 'r');
  const { file, argv0, args } = ownCommand();
  const child = spawn(file, args, {
    ...{ detached: true, argv0 },
    env: { ...env, [readyMark]: `${readyFd}` },
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', environment],
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

/** The child's part, first thing: the parent's environment. null: this process was not started by `startDaemon`. */
export function inheritFromParent(): Environment | null {
  if (process.env[readyMark] === undefined) return null;
  try {
    const environment = ownEnvironment(environmentFd);
    closeSync(environmentFd);
    // Nothing can be read of a parent that was killed meanwhile.
    return environment.size === 0 ? ownEnvironment() : environment;
  } catch {
    return null; // the mark was in somebody's environment by accident
  }
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
