/**
 * What a generation is given to tell by itself that it is ready, where its check wants that: a descriptor or a socket. Opened for its start,
 * closed when it has gone.
 */
import type { ProcessSpec } from '../core/spec.ts';
import type { Os } from '../os/os.ts';
import { Notifications } from './notifications.ts';
import { ReadyFd } from './ready-fd.ts';

export class ReadyChannel {
  readonly readyFd: ReadyFd | null;
  readonly notifications: Notifications | null;
  /** The child's descriptors for it -> ours. */
  readonly fds: ReadonlyMap<number, number>;
  /** For the child's environment. */
  readonly variables: ReadonlyMap<string, string>;

  /** Throws `OsError`. */
  constructor(os: Os, { group, name, uid, reload: { readyCheck } }: ProcessSpec) {
    const fds = new Map<number, number>();
    this.fds = fds;
    this.readyFd = null;
    if (readyCheck.kind === 'fd') {
      this.readyFd = new ReadyFd(os.createLogPipe(`${group}-${name}-ready`, uid));
      fds.set(readyCheck.fd, this.readyFd.childFd);
    }
    this.notifications =
      readyCheck.kind === 'notify'
        ? new Notifications({ os, uid: uid ?? os.uid, socket: os.createNotifySocket(uid) })
        : null;
    this.variables = new Map(this.notifications === null ? [] : [['NOTIFY_SOCKET', this.notifications.path]]);
  }

  /** The child was spawned. `report`: what the log should have. */
  begin(pid: number, report: (text: string) => void): void {
    this.readyFd?.begin();
    this.notifications?.begin(pid, report);
  }

  /** What it has told so far is heard now. */
  drain(): void {
    this.readyFd?.drain();
    this.notifications?.drain();
  }

  end(): void {
    this.readyFd?.end();
    this.notifications?.end();
  }
}
