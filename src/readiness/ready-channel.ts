/**
 * What a generation is given to tell by itself that it is ready, where its check wants that: a descriptor or a socket. Opened for its start,
 * closed when it has gone.
 */
import type { CarriedChild } from '../core/carried.ts';
import type { ProcessSpec } from '../core/spec.ts';
import type { Os } from '../os/os.ts';
import { Notifications } from './notifications.ts';
import { ReadyFd } from './ready-fd.ts';

export interface Regaining {
  readonly isSameProcess: boolean;
  /** null: it throws an `OsError`, and has said so. */
  readonly attempt: <T>(open: () => T) => T | null;
}

export class ReadyChannel {
  readonly readyFd: ReadyFd | null;
  readonly notifications: Notifications | null;
  /** The child's descriptors for it -> ours. */
  readonly fds: ReadonlyMap<number, number>;
  /** For the child's environment. */
  readonly variables: ReadonlyMap<string, string>;

  private constructor(readyFd: ReadyFd | null, fd: number, notifications: Notifications | null) {
    this.readyFd = readyFd;
    this.fds = new Map(readyFd === null ? [] : [[fd, readyFd.childFd]]);
    this.notifications = notifications;
    this.variables = new Map(this.notifications === null ? [] : [['NOTIFY_SOCKET', this.notifications.path]]);
  }

  /** For a start. Throws `OsError`. */
  static open(os: Os, { group, name, uid, reload: { readyCheck } }: ProcessSpec): ReadyChannel {
    const fd = readyCheck.kind === 'fd' ? readyCheck.fd : -1;
    const readyFd = fd < 0 ? null : new ReadyFd(os.createLogPipe(`${group}-${name}-ready`, uid));
    const socket = readyCheck.kind === 'notify' ? os.createNotifySocket(uid) : null;
    return new ReadyChannel(readyFd, fd, socket && new Notifications({ os, uid: uid ?? os.uid, socket }));
  }

  /** Of a generation that an earlier daemon started; what can not be had again is not there. */
  static regain(
    os: Os,
    { uid }: ProcessSpec,
    { notify, readyPipe }: Pick<CarriedChild, 'notify' | 'readyPipe'>,
    { isSameProcess, attempt }: Regaining,
  ): ReadyChannel {
    const pipe = readyPipe === null ? null : attempt(() => os.reopenLogPipe(readyPipe));
    const socket =
      notify === null ? null : attempt(() => os.regainNotifySocket(notify.path, isSameProcess ? notify.fd : null, uid));
    return new ReadyChannel(
      pipe && new ReadyFd(pipe),
      -1,
      socket && new Notifications({ os, uid: uid ?? os.uid, socket }),
    );
  }

  get carried(): Pick<CarriedChild, 'notify' | 'readyPipe'> {
    const { notifications, readyFd } = this;
    return {
      notify: notifications === null ? null : { path: notifications.path, fd: notifications.fd },
      readyPipe: readyFd?.path ?? null,
    };
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
