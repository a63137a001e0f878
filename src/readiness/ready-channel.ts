/** What a generation is given to tell by itself that it is ready, where its check wants that; opened for its start, closed when it has gone. */
import type { ProcessSpec } from '../core/spec.ts';
import type { Os } from '../os/os.ts';
import { ReadyFd } from './ready-fd.ts';

export class ReadyChannel {
  readonly readyFd: ReadyFd | null;
  /** The child's descriptors for it -> ours. */
  readonly fds: ReadonlyMap<number, number>;

  /** Throws `OsError`. */
  constructor(os: Os, { group, name, uid, reload: { readyCheck } }: ProcessSpec) {
    this.readyFd = readyCheck.kind === 'fd' ? new ReadyFd(os.createLogPipe(`${group}-${name}-ready`, uid)) : null;
    this.fds = new Map(
      readyCheck.kind === 'fd' && this.readyFd !== null ? [[readyCheck.fd, this.readyFd.childFd]] : [],
    );
  }

  /** The child was spawned. */
  begin(): void {
    this.readyFd?.begin();
  }

  /** What it has told so far is heard now. */
  drain(): void {
    this.readyFd?.drain();
  }

  end(): void {
    this.readyFd?.end();
  }
}
