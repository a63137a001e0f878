/** A FakeOs's notify socket: what is sent waits until the next flush, or a drain. */
import type { Datagram, NotifySocket } from '../../src/os/os.ts';
import type { Post } from './fake-pipes.ts';

export class FakeNotifySocket implements NotifySocket {
  readonly fd = -1;
  readonly path: string;
  readonly ownerUid: number | null;
  closed = false;
  readonly #post: Post;
  #waiting: Datagram[] = [];
  #onDatagram: ((datagram: Datagram) => void) | null = null;

  constructor(path: string, ownerUid: number | null, post: Post) {
    this.path = path;
    this.ownerUid = ownerUid;
    this.#post = post;
  }

  send(text: string, pid: number, uid = 0): void {
    if (this.closed) return;
    this.#waiting.push({ data: Buffer.from(text), pid, uid });
    this.#post(() => this.drain());
  }

  listen(onDatagram: (datagram: Datagram) => void): void {
    this.#onDatagram = onDatagram;
    this.#post(() => this.drain());
  }

  drain(): void {
    while (this.#onDatagram !== null && !this.closed) {
      const datagram = this.#waiting.shift();
      if (datagram === undefined) return;
      this.#onDatagram(datagram);
    }
  }

  close(): void {
    this.closed = true;
  }
}
