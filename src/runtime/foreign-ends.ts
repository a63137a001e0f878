/**
 * The end of a child that its maker may have to reap, and not hupd: it is seen from outside, with its status where the kernel tells it. Should
 * hupd become the parent meanwhile, the reaper tells of the end; should both, the second is told to nobody.
 */
import type { ExitStatus } from '../core/exit-status.ts';
import type { Errno, Os } from '../os/os.ts';
import type { Child } from './child.ts';
import type { Deadlines } from './deadlines.ts';

export interface ForeignEndsOptions {
  readonly os: Os;
  readonly deadlines: Deadlines;
  /** It has ended, and nobody knows how; `exited` follows. */
  readonly unknown: (pid: number) => void;
  /** It lives, and its end can not be heard of now; told once of each. */
  readonly deaf: (pid: number, errno: Errno) => void;
  readonly exited: (pid: number, status: ExitStatus) => void;
}

/** Until it can be followed after all. */
const againMs = 1000;

export class ForeignEnds {
  readonly #options: ForeignEndsOptions;
  /** Reaped by somebody else, or not reaped yet: their end was told already. */
  readonly #told = new Set<number>();

  constructor(options: ForeignEndsOptions) {
    this.#options = options;
  }

  follow(child: Child): void {
    const held = { end: () => {} };
    child.accompany({ end: () => held.end() });
    this.#follow(child, held, true);
  }

  /** One that only can not be followed now is alive: to take it for ended would start a second one beside it. */
  #follow(child: Child, held: { end: () => void }, isFirst: boolean): void {
    const { os, deadlines, deaf } = this.#options;
    const { pid, startTime } = child;
    const followed = os.follow(pid, startTime, (status) => this.#ended(pid, status));
    if (followed.ok) {
      held.end = () => followed.following.end();
      return;
    }
    const isGone = followed.errno === 'ESRCH' || os.kill(pid, 0, false) === 'ESRCH';
    if (isGone) return void deadlines.after(0, () => this.#ended(pid, null));
    if (isFirst) deaf(pid, followed.errno);
    held.end = deadlines.after(againMs, () => this.#follow(child, held, false));
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
