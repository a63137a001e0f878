/**
 * Tells when something has arrived on a descriptor that node can not watch: a datagram on a unix socket, which neither `net` nor `dgram` takes,
 * and whose sender only `recvmsg` tells. The kernel sends a signal (fcntl's F_SETOWN, F_SETSIG, O_ASYNC), node turns that into an event.
 *
 *     datagram ─► SIGURG ─► event loop ─► each reader reads until there is nothing left
 *
 * Why so. koffi's `node.poll` would watch the descriptor itself, but calls back outside of node's callback scope: promises made in there are
 * not run on, an exception ends the process. A thread that blocks in `recvmsg` costs ten megabytes. The signal needs only what node
 * documents. Signals that come together are one, hence everybody reads, until empty. And SIGURG it is since nobody who sends it means us, and
 * without a handler it is ignored: SIGIO, the usual one, would kill a daemon that has just executed itself anew.
 */
import { errnoName, type Libc } from './libc.ts';
import type { Fd } from './os.ts';
import { OsError } from './os-error.ts';

const SIGURG = 23;
const F_SETFL = 4;
const F_SETOWN = 8;
const F_SETSIG = 10;
const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_ASYNC = 0o20000;

export class Arrivals {
  readonly #libc: Libc;
  readonly #readers = new Set<() => void>();

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /** From now on `read` is called from the event loop when something may have arrived. Throws `OsError`. */
  watch(fd: Fd, read: () => void): void {
    // The handler stays: between two watches the signal of an earlier one may still be on its way.
    if (process.listenerCount('SIGURG', this.#read) === 0) process.on('SIGURG', this.#read);
    this.#set(fd, F_SETOWN, process.pid);
    this.#set(fd, F_SETSIG, SIGURG);
    this.#set(fd, F_SETFL, O_RDWR | O_NONBLOCK | O_ASYNC);
    this.#readers.add(read);
  }

  forget(read: () => void): void {
    this.#readers.delete(read);
  }

  close(): void {
    process.off('SIGURG', this.#read);
  }

  #set(fd: Fd, command: number, value: number): void {
    const answer = this.#libc.fcntl(fd, command, value);
    if (answer < 0) throw new OsError('fcntl', errnoName(answer), 'notify socket');
  }

  readonly #read = (): void => {
    for (const read of [...this.#readers]) read();
  };
}
