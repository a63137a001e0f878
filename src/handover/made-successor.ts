/** What a successor that the process has made itself has of it: nothing that hupd hands over or has to keep in place. */
import type { SocketAddress } from '../core/spec.ts';
import { names } from './describe.ts';
import type { HandedOver } from './handover.ts';
import type { ServerProfile } from './profiles/profile.ts';

/** `addresses`: where its predecessor listens. */
export function madeBy(
  predecessor: number,
  server: ServerProfile | null,
  addresses: readonly SocketAddress[],
): HandedOver {
  const what = addresses.length === 0 ? '' : `, with ${names(addresses)}`;
  return {
    sockets: [],
    addresses,
    ownEach: [],
    server,
    probe: null,
    predecessor,
    describe: () => `signal: pid ${predecessor} has made it itself${what}`,
    promoted: () => {},
    predecessorTold: () => {},
    predecessorGone: () => {},
    end: () => {},
  };
}
