/**
 * The listening socket of an `[fcgi-program:x]`: one for all of its processes, which find it as their descriptor 0. It is opened for the first
 * process that starts and closed when nobody needs it any more; during a reload somebody always does, so no connection that waits in its
 * queue is lost. The file of a unix socket stays behind, as under supervisord.
 */

import type { CarriedSocket } from '../core/carried.ts';
import { daemonTexts, type LogText, ownTexts } from '../core/log-texts.ts';
import type { FcgiSocketSpec, SocketAddress } from '../core/spec.ts';
import type { HeldSocket, Os } from '../os/os.ts';
import { OsError } from '../os/os-error.ts';
import { carriedSocket } from './kept-sockets.ts';

export class FcgiSocket {
  readonly #os: Os;
  readonly #spec: FcgiSocketSpec;
  readonly #say: (line: LogText) => void;
  readonly #users = new Set<object>();
  #socket: HeldSocket | null = null;

  constructor(os: Os, spec: FcgiSocketSpec, say: (line: LogText) => void) {
    this.#os = os;
    this.#spec = spec;
    this.#say = say;
  }

  /** Opens it for a moment, so that what is wrong with it is known before a process is to start. */
  probe(): void {
    const user = {};
    try {
      this.acquire(user);
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      this.#say(ownTexts.fcgiSocketFailed(url(this.#spec.address), error.message));
    }
    this.release(user);
  }

  /** Open from here on, for `user`, until it is released. Throws `OsError`. */
  acquire(user: object): HeldSocket {
    this.#socket ??= this.#open();
    this.#users.add(user);
    return this.#socket;
  }

  /** As an earlier daemon had it. */
  regain(user: object, socket: HeldSocket): void {
    this.#socket ??= socket;
    this.#users.add(user);
  }

  get carried(): CarriedSocket | null {
    return this.#socket === null ? null : carriedSocket(this.#socket);
  }

  #open(): HeldSocket {
    const { address, backlog, mode, owner } = this.#spec;
    this.#say(daemonTexts.creatingSocket(url(address)));
    return this.#os.listen(address, { backlog, mode, owner });
  }

  /** In words, for the progress of a reload. */
  describe(): string {
    return `descriptor 0: ${url(this.#spec.address)}, one socket for all generations`;
  }

  /** Twice is once. */
  release(user: object): void {
    this.#users.delete(user);
    if (this.#socket === null || this.#users.size > 0) return;
    this.#say(daemonTexts.closingSocket(url(this.#spec.address)));
    this.#os.closeSocket(this.#socket);
    this.#socket = null;
  }

  /** While `user` reloads, the socket stays open though nobody may have it for a moment. */
  keepFor(user: object, isReloading: boolean): void {
    if (!isReloading) this.release(user);
    else if (this.#socket !== null) this.#users.add(user);
  }
}

function url(address: SocketAddress): string {
  return address.kind === 'unix' ? `unix://${address.path}` : `tcp://${address.host}:${address.port}`;
}
