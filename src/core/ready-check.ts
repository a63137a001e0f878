/** What the kinds of ready checks have in common and what sets them apart: whom they ask, and when they can be asked. */
import type { ReadyCheck, SocketAddress } from './spec.ts';

/** Somebody has chosen it, so a first start waits for it as well. */
export function gatesStart({ kind }: ReadyCheck): boolean {
  return kind !== 'auto' && kind !== 'startsecs';
}

/**
 * A process that stays the same one and has got a signal can pass it anew. Its listening sockets are open anyway, whatever state it is in, and
 * a newline on a descriptor comes once in its life.
 */
export function gatesSignal(check: ReadyCheck): boolean {
  return gatesStart(check) && check.kind !== 'accept' && check.kind !== 'fd';
}

/** A listener that the new generation alone has, beside those that it is handed over: only it can have answered there. */
export function wantsProbe(check: ReadyCheck, handedOver: readonly SocketAddress[], isSuccessor: boolean): boolean {
  if (handedOver.length === 0) return false;
  switch (check.kind) {
    case 'accept':
      return true;
    case 'auto':
      return isSuccessor;
    case 'http':
      return check.address === null || isAmong(check.address, handedOver);
    case 'tcp':
    case 'unix':
      return isAmong(check, handedOver);
    case 'exec':
    case 'notify':
    case 'fd':
    case 'log':
    case 'startsecs':
      return false;
  }
}

/** A connection to `address` would be one to one of these listeners. */
export function isAmong(address: SocketAddress, listeners: readonly SocketAddress[]): boolean {
  return listeners.some((listener) => {
    if (listener.kind === 'unix' || address.kind === 'unix') {
      return listener.kind === 'unix' && address.kind === 'unix' && listener.path === address.path;
    }
    if (listener.port !== address.port) return false;
    return listener.host === address.host || isWildcard(listener.host) || (isOwn(listener.host) && isOwn(address.host));
  });
}

/** Where to connect to reach this listener: one of all interfaces is reached over loopback. */
export function reachable(listener: SocketAddress): SocketAddress {
  if (listener.kind === 'unix' || !isWildcard(listener.host)) return listener;
  return { ...listener, host: listener.host.includes(':') ? '::1' : '127.0.0.1' };
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::' || host === '' || host === '*';
}

function isOwn(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
