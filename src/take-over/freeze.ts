/**
 * Stops supervisord (SIGSTOP) at a moment when it has nothing in its hands: it waits in poll, so all that it has read of its children's output is
 * in their logs. From then on what they print waits in the pipes.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { blockedIn } from '../os/blocked-in.ts';
import type { Os } from '../os/os.ts';

const SIGCONT = 18;
const SIGSTOP = 19;
const freezeTries = 500;
const lookAgainMs = 2;
const stopTries = 500;

/** null: frozen. Otherwise why not, and it runs on. */
export async function freezeAtRest(os: Os, pid: number): Promise<string | null> {
  for (let tries = 0; tries < freezeTries; tries += 1) {
    const stopped = os.kill(pid, SIGSTOP, false);
    if (stopped !== 'ok') return `it can not be stopped: ${stopped}`;
    if (!(await isStopped(os, pid))) return `it did not stop within ${(stopTries * lookAgainMs) / 1000} s`;
    if (blockedIn(pid)?.waits === 'poll') return null;
    thaw(os, pid);
    await wait(lookAgainMs);
  }
  return `it was never at rest in ${freezeTries} looks: it is too busy, or /proc/${pid}/syscall can not be read`;
}

export function thaw(os: Os, pid: number): void {
  os.kill(pid, SIGCONT, false);
}

/** A stranger's stop is told by nobody: the kernel carries it out within the moment, and is asked. */
async function isStopped(os: Os, pid: number): Promise<boolean> {
  for (let tries = 0; tries < stopTries; tries += 1) {
    if (os.stat(pid)?.state === 'T') return true;
    await wait(lookAgainMs);
  }
  return false;
}
