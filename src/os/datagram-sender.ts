/**
 * The way to those that take datagrams on a unix socket, which Node does not have: the system log, a service manager. It sends and forgets. Where
 * nobody listens, or somebody too slow, what is sent is dropped; a listener that was restarted is found again by the next datagram.
 */
import { errnoName, type Libc, loadLibc } from './libc.ts';

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
/** Size of `sun_path`, its closing zero included. */
const maxPathBytes = 108;

export class DatagramSender {
  readonly #path: string;
  readonly #libc: Libc | null;
  #fd = -1;

  /** An abstract name begins with `@`. */
  constructor(path: string) {
    this.#path = path;
    const loaded = loadLibc();
    this.#libc = loaded.ok ? loaded.libc : null;
  }

  /** Sends one record; drops it when nobody takes it. Never throws, never waits. */
  send(datagram: Buffer): void {
    const libc = this.#libc;
    if (libc === null) return;
    if (this.#fd !== -1) {
      const answer = libc.write(this.#fd, datagram, datagram.length);
      if (answer >= 0 || errnoName(answer) === 'EAGAIN') return;
      this.close();
    }
    this.#connect(libc);
    if (this.#fd !== -1) libc.write(this.#fd, datagram, datagram.length);
  }

  close(): void {
    if (this.#fd !== -1) this.#libc?.close(this.#fd);
    this.#fd = -1;
  }

  #connect(libc: Libc): void {
    const address = unixAddress(this.#path);
    if (address === null) return;
    const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    if (libc.connect(fd, address, address.length) === 0) this.#fd = fd;
    else libc.close(fd);
  }
}

/** A `sockaddr_un`, or null for a path that does not fit. */
export function unixAddress(path: string): Buffer | null {
  const abstract = path.startsWith('@');
  const bytes = Buffer.from(abstract ? `\0${path.slice(1)}` : path);
  if (bytes.length >= maxPathBytes) return null;
  // Of an abstract name every byte counts, so it has no closing zero.
  const address = Buffer.alloc(2 + bytes.length + (abstract ? 0 : 1));
  new Uint16Array(address.buffer, address.byteOffset, 1)[0] = AF_UNIX;
  address.set(bytes, 2);
  return address;
}
