/** A handover in words: for the progress of a reload, its plan, and what stands in its way. */
import { signalName } from '../core/signals.ts';
import type { ReadyCheck, SocketAddress } from '../core/spec.ts';
import { namesSocket } from './command-line.ts';
import { dialectsOf, firstSocketFd } from './dialects.ts';
import type { Dialect, ServerProfile } from './profiles/profile.ts';
import { signalFact } from './signals.ts';

const variableOf: Readonly<Record<Dialect, string>> = {
  'listen-fds': 'LISTEN_FDS',
  unicorn: 'UNICORN_FD',
  'server-starter': 'SERVER_STARTER_PORT',
  einhorn: 'EINHORN_FD_0',
  nginx: 'NGINX',
  'php-fpm': 'FPM_SOCKETS',
  uwsgi: 'UWSGI_RELOADS',
};

export function describeHandover(handover: {
  readonly server: ServerProfile | null;
  readonly addresses: readonly SocketAddress[];
  readonly ownEach: readonly SocketAddress[];
  readonly probe: boolean;
  /** null: for want of any. */
  readonly whyNone: string | null;
}): string {
  const { server, addresses, ownEach, probe, whyNone } = handover;
  if (addresses.length === 0) {
    if (whyNone !== null) return `no sockets: ${whyNone}`;
    return ownEach.length === 0
      ? 'no sockets: the process listens on none that could be handed over'
      : `no sockets: each generation binds ${names(ownEach)} for itself (SO_REUSEPORT)`;
  }
  const how = howTold(server);
  const also = probe ? ', and a private probe' : '';
  return `sockets: ${names(addresses)}${how === '' ? '' : ` by ${how}`}${also}`;
}

function howTold(server: ServerProfile | null): string {
  const variables = dialectsOf(server).map((dialect) => variableOf[dialect]);
  if (variables.length > 0) return variables.join(', ');
  return server?.takesArguments?.adds[0] ?? '';
}

/**
 * Why a start with these sockets would go wrong for sure, or null. `inherited`: the predecessor was handed its sockets as well; null: there is
 * no predecessor.
 */
export function refuseHandover(
  server: ServerProfile | null,
  words: readonly string[],
  addresses: readonly SocketAddress[],
  inherited: boolean | null,
): string | null {
  if (addresses.length === 0) {
    return namesSocket(words)
      ? 'command= has %(socket_fd)s, and hupd holds no socket for it: name the address with socket='
      : null;
  }
  if (server?.takesOne === true && addresses.length > 1 && !namesSocket(words)) {
    return `${server.name} takes one inherited socket, and there are ${addresses.length} (${names(addresses)}): the others would be lost; bind to one address`;
  }
  if (server?.shutsSocketsDown === true && inherited === false) {
    return `${server.name} shuts the sockets that it has bound down when it stops, for a successor too: name the address with socket=, so that hupd holds it from the first start on`;
  }
  return null;
}

/** Why a start fails that is to tell its readiness on that descriptor. `free`: the first one that no socket has. */
export function takenText(fd: number, free: number): string {
  return `ready_check=fd:${fd}: that descriptor is a socket's which is handed over; take one from ${free} up`;
}

/** Why a start fails that is to tell its readiness on one of so many descriptors of sockets, or null. */
export function refuseReadyFd(check: ReadyCheck, sockets: number): string | null {
  const free = firstSocketFd + sockets;
  return check.kind === 'fd' && sockets > 0 && check.fd < free ? takenText(check.fd, free) : null;
}

/**
 * Why that signal would not make the process start its own successor, or null. `inherited`: it was given its sockets. `words`: with the text of
 * its configuration, where that matters.
 */
export function refuseCall(
  server: ServerProfile | null,
  words: readonly string[],
  signal: number,
  inherited: boolean,
): string | null {
  // Of a program of one's own (`node server.mjs`) nothing is known: it may well do so.
  if (server === null || server.signals.length === 0) return null;
  const fact = signalFact(server, words, signal);
  if (fact?.does !== 'successor') {
    const other = server.signals.find(({ does }) => does === 'successor')?.signal ?? null;
    const what =
      fact === null ? 'is no signal by which it makes a successor' : fact.text || `does something else (${fact.does})`;
    const todo =
      other === null
        ? `${server.name} makes no successor: use reload_handover=sockets`
        : other === signal
          ? 'let it be a daemon, which hupd follows'
          : `use reload_signal=${signalName(other).slice(3)}`;
    return `${signalName(signal)} of ${server.name} ${what}; ${todo}`;
  }
  if (!inherited || !server.losesInherited) return null;
  return `a successor that ${server.name} makes does not find sockets that it was given itself; use reload_handover=sockets, or leave socket= away`;
}

export function names(addresses: readonly SocketAddress[]): string {
  return addresses.map(addressName).join(', ');
}

/** `unix:/run/web.sock`, `127.0.0.1:80`, `[::1]:80`. */
export function addressName(address: SocketAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
