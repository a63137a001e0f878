/**
 * The end of a child that its maker may have to reap, and not hupd: it is seen from outside, with its status where the kernel tells it. Should
 * hupd become the parent meanwhile, the reaper tells of the end; should both, the second is told to nobody.
 */
import type { ExitStatus } from '../core/exit-status.ts';
import type { Os } from '../os/os.ts';
import type { Child } from './child.ts';
import type { Deadlines } from './deadlines.ts';

export interface ForeignEndsOptions {
  readonly os: Os;
  readonly deadlines: Deadlines;
  /** It has ended, and nobody knows how; `exited` follows. */
  readonly unknown: (pid: number) => void;
  readonly exited: (pid: number, status: ExitStatus) => void;
}

export class ForeignEnds {
  readonly #options: ForeignEndsOptions;
  /** Reaped by somebody else, or not reaped yet: their end was told already. */
  readonly #told = new Set<number>();

  constructor(options: ForeignEndsOptions) {
    this.#options = options;
  }

  follow(child: Child): void {
    const { os, deadlines } = this.#options;
    const { pid, startTime } = child;
    const followed = os.follow(pid, startTime, (status) => this.#ended(pid, status));
    if (followed.ok) child.accompany(followed.following);
    else deadlines.after(0, () => this.#ended(pid, null));
  }

  /** Whether the end that the reaper tells of was told before; forgets it. */
  takeTold(pid: number): boolean {
    return this.#told.delete(pid);
  }

  #ended(pid: number, status: ExitStatus | null): void {
    const { os, unknown, exited } = this.#options;
    if (os.stat(pid)?.ppid === os.pid) return; // ours by now, and told by the reaper
    if (status === null) unknown(pid);
    exited(pid, status ?? { kind: 'unknown' });
    this.#told.add(pid);
  }
}
