/**
 * Where a process listens, as the kernel tells: what can be known of one that has no private probe. Its sockets are taken for a look and let go
 * again. Of a shell that started the server, the server's count.
 */
import type { SocketAddress } from '../core/spec.ts';
import type { Os } from '../os/os.ts';
import { type CheckContext, nothingRuns, type RunningCheck } from './check.ts';
import { checkStartSecs } from './startsecs.ts';

/** All of a machine's processes may have to be looked through for descendants. */
const pauseMs = 100;

export function listenersOf(
  os: Os,
  pid: number,
): { readonly addresses: readonly SocketAddress[]; readonly problem: string | null } {
  const { sockets, problem } = os.borrowListeners(pid);
  for (const socket of sockets) os.closeSocket(socket);
  return { addresses: sockets.map(({ address }) => address), problem };
}

/** Ready when it listens on something, which is not yet to accept. Where that can not be seen, when it has stayed up for startsecs. */
export function checkListens(startSecs: number, context: CheckContext): RunningCheck {
  const { os, pid, after, ready, answered } = context;
  let callOff = () => {};
  const look = (): RunningCheck => {
    const { addresses, problem } = listenersOf(os, pid);
    if (addresses.length > 0) {
      ready();
      return nothingRuns;
    }
    if (problem !== null) return checkStartSecs(startSecs, context);
    answered('it does not listen yet');
    callOff = after(pauseMs, () => {
      running = look();
    });
    return { stop: () => callOff() };
  };
  let running = look();
  return { stop: () => running.stop() };
}
