/** The open connections of one server: bounded in number, closed when idle for too long, and all closed in the end. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpBounds } from './bounds.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Connection {
  /** Requests that are not answered yet, and the last of them. */
  busy: number;
  last: Exchange | null;
  idleSince: number;
}

export class Connections {
  readonly #bounds: HttpBounds;
  readonly #open = new Map<Socket, Connection>();

  constructor(bounds: HttpBounds) {
    this.#bounds = bounds;
  }

  /** Takes the connection in, if need be in the place of the longest idle one. False: all are busy, and it was closed. */
  admit(socket: Socket): boolean {
    if (this.#open.size >= this.#bounds.maxConnections && !this.#evict()) {
      socket.destroy();
      return false;
    }
    this.#open.set(socket, { busy: 0, last: null, idleSince: performance.now() });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#open.delete(socket));
    socket.setKeepAlive(true, 60_000);
    socket.setTimeout(this.#bounds.idleMs);
    socket.on('timeout', () => {
      if (!this.isBusy(socket)) socket.destroy();
    });
    return true;
  }

  begin(socket: Socket, exchange: Exchange): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.busy++;
    connection.last = exchange;
  }

  end(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (connection === undefined) return;
    connection.busy--;
    connection.last = null;
    connection.idleSince = performance.now();
  }

  isBusy(socket: Socket): boolean {
    return (this.#open.get(socket)?.busy ?? 0) > 0;
  }

  /** The response to a request of which a part is still to come, if there is no other before it. */
  receiving(socket: Socket): ServerResponse | null {
    const connection = this.#open.get(socket);
    if (connection?.busy !== 1 || connection.last === null) return null;
    const { request, response } = connection.last;
    return request.complete || response.headersSent ? null : response;
  }

  /** All but those with a call that may still be answered: a log that is followed has no end. */
  closeIdle(): void {
    for (const [socket, { busy, last }] of this.#open) {
      const streams = last?.response.headersSent && !last.response.writableEnded;
      if (busy === 0 || streams) socket.destroy();
    }
  }

  closeAll(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #evict(): boolean {
    let longest: Socket | null = null;
    let since = Number.POSITIVE_INFINITY;
    for (const [socket, { busy, idleSince }] of this.#open) {
      if (busy === 0 && idleSince < since) {
        longest = socket;
        since = idleSince;
      }
    }
    if (longest === null) return false;
    this.#open.delete(longest);
    longest.destroy();
    return true;
  }
}
