/**
 * Signals that wait over an exec in place: a program that has just begun has no handlers yet, and most signals would end it. What is blocked
 * stays blocked over the exec, and what comes meanwhile comes when it is let through.
 */
import { constants } from 'node:os';
import { errnoName, type Libc } from './libc.ts';
import { OsError } from './os-error.ts';

const SIG_BLOCK = 0;
const SIG_UNBLOCK = 1;
/** `sigset_t` of glibc and musl: a bit a signal, the first one is signal 1. */
const SET_BYTES = 128;

/** Those that a daemon answers. Throws `OsError`. */
export function holdSignals(libc: Libc): void {
  change(libc, SIG_BLOCK);
}

export function letSignalsThrough(libc: Libc): void {
  change(libc, SIG_UNBLOCK);
}

const held = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** Of the main thread, which is the only one that takes them. */
function change(libc: Libc, how: number): void {
  const set = Buffer.alloc(SET_BYTES);
  for (const name of held) {
    const bit = constants.signals[name] - 1;
    set.writeUInt8(set.readUInt8(bit >> 3) | (1 << (bit & 7)), bit >> 3);
  }
  const answer = libc.sigprocmask(how, set, null);
  if (answer < 0) throw new OsError('sigprocmask', errnoName(answer), '');
}
