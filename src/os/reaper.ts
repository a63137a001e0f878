/**
 * The one place where the daemon's children are waited for: its own, adopted ones, and as pid 1 or a subreaper the orphans. Nothing
 * else in the daemon, where this one runs, may use `child_process`: it would lose its children to this loop.
 *
 *     SIGCHLD ─► event loop ─► waitpid(-1, WNOHANG) until empty ─► listener(pid, status)
 *
 * The kernel keeps a dead child until it is waited for and the waiting happens only from the event loop, so a child that dies before
 * its `spawn` has returned is told after its pid is known. Signals that arrive together are one; that is why it goes on until empty.
 */
import type { ExitStatus } from '../core/exit-status.ts';
import type { Libc } from './libc.ts';

const WNOHANG = 1;
/** After so many the event loop gets a turn: a fork bomb's orphans must not keep the daemon from answering. */
const PER_TURN = 500;

export class Reaper {
  readonly #libc: Libc;
  readonly #status = Buffer.alloc(4);
  #listener: ((pid: number, status: ExitStatus) => void) | null = null;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** One listener: the last one given. Children that died before are told on the next turn. */
  onExit(listener: (pid: number, status: ExitStatus) => void): void {
    if (this.#listener === null) process.on('SIGCHLD', this.#reap);
    this.#listener = listener;
    setImmediate(this.#reap);
  }

  close(): void {
    process.off('SIGCHLD', this.#reap);
    this.#listener = null;
  }

  readonly #reap = (): void => {
    for (let count = 0; this.#listener !== null; count += 1) {
      if (count === PER_TURN) {
        setImmediate(this.#reap);
        return;
      }
      const pid = this.#libc.waitpid(-1, this.#status, WNOHANG);
      if (pid <= 0) return; // 0: none is dead; ECHILD: there is none
      this.#tell(this.#listener, pid, decodeStatus(this.#status.readUInt32LE(0)));
    }
  };

  /** A listener that throws loses this exit by its own fault; the children behind it are still reaped. */
  #tell(listener: (pid: number, status: ExitStatus) => void, pid: number, status: ExitStatus): void {
    let told = false;
    try {
      listener(pid, status);
      told = true;
    } finally {
      if (!told) setImmediate(this.#reap);
    }
  }
}

/** wait(2)'s raw word. Real-time signals and the core bit included, which node's own decoding loses. */
export function decodeStatus(raw: number): ExitStatus {
  const signal = raw & 0x7f;
  if (signal === 0) return { kind: 'exit', code: (raw >> 8) & 0xff };
  return { kind: 'signal', signal, coreDumped: (raw & 0x80) !== 0 };
}
