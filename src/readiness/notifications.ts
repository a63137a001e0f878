/**
 * What a generation has told by sd_notify, and who listens to it. A socket of its own: what a predecessor or a neighbour says can not be mistaken
 * for it. Only its own processes are believed.
 */
import type { Datagram, NotifySocket, Os } from '../os/os.ts';
import { type Notice, parseNotice } from './notify-message.ts';

export interface NotificationsOptions {
  readonly os: Os;
  /** Who the program runs as. */
  readonly uid: number;
  readonly socket: NotifySocket;
}

export class Notifications {
  readonly #os: Os;
  readonly #uid: number;
  readonly #socket: NotifySocket;
  readonly #listeners = new Set<(notice: Notice, sender: number) => void>();
  #mainPid: number | null = null;
  #warned = false;

  constructor({ os, uid, socket }: NotificationsOptions) {
    this.#os = os;
    this.#uid = uid;
    this.#socket = socket;
  }

  get path(): string {
    return this.#socket.path;
  }

  get fd(): number {
    return this.#socket.fd;
  }

  /** The process that it has named as its main one last, if any. */
  get mainPid(): number | null {
    return this.#mainPid;
  }

  /** `pid`: the generation's. `report` is told once of a sender that is not believed. */
  begin(pid: number, report: (text: string) => void): void {
    this.#socket.listen((datagram) => {
      if (isOwn(this.#os, pid, datagram, this.#uid)) this.#hear(parseNotice(datagram.data), datagram.pid);
      else if (!this.#warned) {
        this.#warned = true;
        report(
          `what process ${datagram.pid} (uid ${datagram.uid}) notifies is ignored: it is none of process ${pid}'s`,
        );
      }
    });
  }

  /** From now on; the result ends it. `sender`: 0 where hupd can not see it. */
  subscribe(listener: (notice: Notice, sender: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  drain(): void {
    this.#socket.drain();
  }

  end(): void {
    this.#listeners.clear();
    this.#socket.close();
  }

  #hear(notice: Notice, sender: number): void {
    if (notice.mainPid !== null) this.#mainPid = notice.mainPid;
    for (const listener of [...this.#listeners]) listener(notice, sender);
  }
}

/**
 * The sender is that process or descends from it. Of one that is gone already, or an orphan, nobody can tell; it is believed if it has the
 * program's user, who could do to the program whatever he likes anyway.
 */
function isOwn(os: Os, generation: number, sender: Datagram, uid: number): boolean {
  for (let pid = sender.pid; pid !== generation; ) {
    if (pid === 1 && pid !== os.pid) return false;
    const parent = pid === os.pid || pid === 0 ? null : os.stat(pid);
    if (parent === null) return sender.uid === uid || sender.uid === os.uid;
    pid = parent.ppid;
  }
  return true;
}
