/**
 * A listener for one generation alone, on a port of 127.0.0.1 that the kernel picks. The generation gets it beside the sockets that it
 * is to serve; that a connection to it was accepted proves that this very generation serves, whatever its protocol.
 *
 *     connect ─► the kernel's accept queue ─► the generation accepts ─► queue empty: ready
 *
 * It must not be a back door past a server's real address, so a guard lets in hupd's own connections only, and none after `seal`.
 */
import { Socket } from 'node:net';
import { askOver } from './ask.ts';
import { errnoName, errnoOf, type Libc } from './libc.ts';
import { acceptQueueOf } from './listen-socket.ts';
import type { Fd, HttpAnswer, HttpQuestion, Probe, ProbeConnection } from './os.ts';
import { OsError } from './os-error.ts';
import { guardByFilter, guardByKey, type MakeGuard, markAsProbe, type ProbeGuard } from './probe-guard.ts';
import {
  AF_INET,
  boundAddress,
  IPPROTO_TCP,
  loopback,
  openSocket,
  SOCK_NONBLOCK,
  setOption,
} from './socket-address.ts';

const BACKLOG = 128;
/** At a time: a filter's jump spans 255 instructions. */
const MAX_CONNECTIONS = 200;
const TCP_INFO = 11;
const TCP_DEFER_ACCEPT = 9;
const TCP_SYN_SENT = 2;

interface Opened {
  readonly fd: Fd;
  /** After it was closed. */
  release(): void;
}

/** Throws `OsError`, also where the kernel has no guard for it: a probe without one would be open to everybody. */
export function createProbe(libc: Libc, guards: readonly MakeGuard[] = [guardByKey, guardByFilter]): Probe {
  const fd = openSocket(libc, AF_INET, 0);
  try {
    check('bind', libc.bind(fd, loopback(0), 16));
    markAsProbe(libc, fd);
    const guard = guardWith(libc, fd, guards);
    check('listen', libc.listen(fd, BACKLOG));
    return new ListenerProbe(libc, fd, portOf(libc, fd), guard);
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

function guardWith(libc: Libc, fd: Fd, guards: readonly MakeGuard[]): ProbeGuard {
  let refused = 0;
  for (const make of guards) {
    const guard = make(libc, fd);
    if (typeof guard !== 'number') return guard;
    refused = guard;
  }
  throw new OsError('guard', errnoName(refused), 'probe');
}

class ListenerProbe implements Probe {
  readonly fd: Fd;
  readonly port: number;
  readonly #libc: Libc;
  readonly #guard: ProbeGuard;
  #connections = 0;
  #closed = false;

  constructor(libc: Libc, fd: Fd, port: number, guard: ProbeGuard) {
    this.#libc = libc;
    this.fd = fd;
    this.port = port;
    this.#guard = guard;
  }

  connect(): ProbeConnection {
    const { fd, release } = this.#open();
    let closed = false;
    return {
      accepted: () => !closed && !this.#closed && isEstablished(this.#libc, fd) && this.#isQueueEmpty(),
      close: () => {
        if (closed) return;
        closed = true;
        this.#libc.close(fd);
        release();
      },
    };
  }

  async get(question: HttpQuestion): Promise<HttpAnswer> {
    let opened: Opened;
    try {
      opened = this.#open();
    } catch (error) {
      return { error: errnoOf(error) };
    }
    const socket = new Socket({ fd: opened.fd, readable: true, writable: true });
    try {
      return await askOver(socket, question);
    } finally {
      socket.destroy();
      opened.release();
    }
  }

  seal(): void {
    if (!this.#closed) this.#guard.seal();
  }

  close(): void {
    if (this.#closed) return;
    this.seal();
    this.#closed = true;
    this.#libc.close(this.fd);
  }

  /** A connection under way, which the guard knows of. */
  #open(): Opened {
    if (this.#closed) throw new OsError('connect', 'EBADF', 'probe');
    if (this.#connections >= MAX_CONNECTIONS) throw new OsError('connect', 'EMFILE', 'probe');
    const fd = openSocket(this.#libc, AF_INET, SOCK_NONBLOCK);
    try {
      check('bind', this.#libc.bind(fd, loopback(0), 16));
      const port = portOf(this.#libc, fd);
      this.#guard.admit(fd, port);
      // A server may have asked for connections that have sent something already (Apache does): ours never will.
      setOption(this.#libc, this.fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, 0);
      const answer = this.#libc.connect(fd, loopback(this.port), 16);
      if (errnoName(answer) !== 'EINPROGRESS') check('connect', answer);
      this.#connections += 1;
      return { fd, release: () => this.#release(port) };
    } catch (error) {
      this.#libc.close(fd);
      throw error;
    }
  }

  #release(port: number): void {
    this.#connections -= 1;
    if (!this.#closed) this.#guard.dismiss(port);
  }

  #isQueueEmpty(): boolean {
    const address = { kind: 'tcp', host: '127.0.0.1', port: this.port } as const;
    return acceptQueueOf(this.#libc, { fd: this.fd, address })?.waiting === 0;
  }
}

/** On loopback the kernel completes a connection at once, unless the queue is full; then it is not in the queue, and not accepted. */
function isEstablished(libc: Libc, fd: Fd): boolean {
  const info = Buffer.alloc(8);
  const size = Buffer.from([8, 0, 0, 0]);
  return libc.getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, size) >= 0 && info[0] !== TCP_SYN_SENT;
}

function portOf(libc: Libc, fd: Fd): number {
  const address = boundAddress(libc, fd);
  return address?.kind === 'tcp' ? address.port : 0;
}

function check(call: string, answer: number): void {
  if (answer < 0) throw new OsError(call, errnoName(answer), 'probe');
}
