/**
 * Who has asked for what: a line in the main log for every action that a client asks for, by whichever way, before it is carried out. Names are
 * told, contents are not: what is sent to a process, and the options of a program that is added, may be secret.
 *
 *     audit: uid 0 (root) pid 4711: supervisor.stopProcess('web', True)
 *     audit: user 'ann' at 10.0.0.5:40112: supervisor.restart()
 */
import type { IncomingMessage } from 'node:http';
import { auditTexts } from '../core/log-texts.ts';
import type { Rpc } from '../rpc/dispatch.ts';
import type { Supervision } from '../runtime/supervision.ts';
import { type Access, usernameOf } from './auth.ts';

/** A process of this machine that has connected to a unix socket. */
export interface PeerView {
  readonly pid: number;
  readonly uid: number;
  /** '' where the uid has none. */
  readonly name: string;
}

/** Of the connection with that descriptor; null: it is not one of a unix socket, or nothing is known. */
export type FindPeer = (fd: number) => PeerView | null;

/** Who a request comes from and what its sender may do. */
export interface Caller {
  readonly access: Access;
  /** For the log: `user 'ann' at 10.0.0.5:40112`. Worked out when it is asked for. */
  readonly who: () => string;
}

/** `open`: the server wants no password, so a name that is sent proves nothing. */
export function callerOf(request: IncomingMessage, access: Access, open: boolean, findPeer: FindPeer): Caller {
  return {
    access,
    who: () => {
      const { socket, headers } = request;
      const user = open ? null : usernameOf(headers.authorization);
      if (socket.remoteAddress !== undefined) {
        const where = socket.remoteAddress.includes(':') ? `[${socket.remoteAddress}]` : socket.remoteAddress;
        return auditTexts.remote(user, `${where}:${socket.remotePort}`);
      }
      return auditTexts.local(user, findPeer(descriptorOf(socket)));
    },
  };
}

/** The same calls, each with its line. */
export function audited(rpc: Rpc, daemon: Supervision, caller: Caller): Rpc {
  return {
    ...rpc,
    call: (method, params) => {
      for (const change of rpc.changes(method, params)) note(daemon, auditTexts.asked(caller.who(), change));
      return rpc.call(method, params);
    },
  };
}

/** For who may only look and has asked for more. */
export function noteRefused(daemon: Supervision, caller: Caller, whats: readonly string[]): void {
  for (const what of whats) note(daemon, auditTexts.refused(caller.who(), what));
}

function note(daemon: Supervision, { level, text }: ReturnType<typeof auditTexts.asked>): void {
  daemon.log(level, text);
}

/** Node keeps it in the handle; a connection that is gone has none. */
function descriptorOf(socket: object): number {
  const { _handle: handle } = socket as { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd ?? -1;
}
