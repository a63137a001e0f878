/** Where a process listens, as the kernel tells; of a shell that started the server, where the server does. */
import type { SocketAddress } from '../core/spec.ts';
import type { Os } from '../os/os.ts';

/** Its sockets are taken for a look and let go again. `problem`: why there may be more. */
export function listenersOf(
  os: Os,
  pid: number,
): { readonly addresses: readonly SocketAddress[]; readonly problem: string | null } {
  const { sockets, ownEach, problem } = os.borrowListeners(pid);
  for (const socket of sockets) os.closeSocket(socket);
  return { addresses: [...sockets.map(({ address }) => address), ...ownEach], problem };
}
