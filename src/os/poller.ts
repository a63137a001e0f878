/**
 * Tells when descriptors are readable that node can not watch without reading them, or not at all: log pipes, which are read only when what
 * was read is safe, and pidfds. One epoll set holds them all, and node's loop watches that set.
 *
 *     descriptor ─► epoll set ─► libuv ─► koffi's callback ─► setImmediate ─► each one's `ready`
 *
 * The callback of koffi's `node.poll` runs outside of node's callback scope: promises made in there would not be run on, and an exception
 * would end the process. So it does one thing, which is safe there: it asks for a turn of the loop.
 */
import { callApart } from './call-apart.ts';
import { errnoName, type Libc, type WatchedDescriptor } from './libc.ts';
import type { Fd } from './os.ts';
import { OsError } from './os-error.ts';

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
/** `struct epoll_event`: packed on x86-64 only. */
const EVENT_BYTES = process.arch === 'x64' ? 12 : 16;
const FD_OFFSET = process.arch === 'x64' ? 4 : 8;
/** Few enough that a turn with a full pipe each takes no more than some milliseconds. */
const PER_TURN = 8;

export class Poller {
  readonly #libc: Libc;
  readonly #ready = new Map<Fd, () => void>();
  readonly #events = Buffer.alloc(EVENT_BYTES * PER_TURN);
  #open: { readonly fd: Fd; readonly handle: WatchedDescriptor } | null = null;
  #turnAsked = false;

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** From now on `ready` is called from the event loop, again and again, while there is something to read or the other end has gone. Throws `OsError`. */
  watch(fd: Fd, ready: () => void): void {
    const { fd: epoll, handle } = this.#opened();
    const answer = this.#libc.epollControl(epoll, EPOLL_CTL_ADD, fd, this.#event(fd));
    if (answer < 0) throw new OsError('epoll_ctl', errnoName(answer), `descriptor ${fd}`);
    this.#ready.set(fd, ready);
    handle.ref();
  }

  /** Before the descriptor is closed. */
  forget(fd: Fd): void {
    if (this.#open === null || !this.#ready.delete(fd)) return;
    this.#libc.epollControl(this.#open.fd, EPOLL_CTL_DEL, fd, this.#event(fd));
    if (this.#ready.size === 0) this.#open.handle.unref();
  }

  close(): void {
    this.#open?.handle.close();
    if (this.#open !== null) this.#libc.close(this.#open.fd);
    this.#open = null;
    this.#ready.clear();
  }

  #opened(): { readonly fd: Fd; readonly handle: WatchedDescriptor } {
    if (this.#open !== null) return this.#open;
    const fd = this.#libc.epollCreate(EPOLL_CLOEXEC);
    if (fd < 0) throw new OsError('epoll_create1', errnoName(fd), '');
    const handle = this.#libc.watchReadable(fd, () => {
      if (this.#turnAsked) return;
      this.#turnAsked = true;
      setImmediate(this.#turn);
    });
    this.#open = { fd, handle };
    return this.#open;
  }

  #event(fd: Fd): Buffer {
    const event = Buffer.alloc(EVENT_BYTES);
    event.writeUInt32LE(EPOLLIN, 0);
    event.writeInt32LE(fd, FD_OFFSET);
    return event;
  }

  readonly #turn = (): void => {
    this.#turnAsked = false;
    if (this.#open === null) return;
    const count = this.#libc.epollWait(this.#open.fd, this.#events, PER_TURN, 0);
    const ready = Array.from({ length: Math.max(0, count) }, (_, index) =>
      this.#events.readInt32LE(index * EVENT_BYTES + FD_OFFSET),
    );
    for (const fd of ready) {
      const call = this.#ready.get(fd); // one that was called before it may have forgotten it
      if (call !== undefined) callApart(call);
    }
  };
}
