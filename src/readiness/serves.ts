/**
 * Ready when the generation, or descendants, are seen waiting for connections: on every socket that it was handed over, else on any that
 * listens. What `accept` comes to where there is no private probe; no connection is made. Of a server whose command line says how many
 * workers there are, when that many do; fewer count after a while, since a server may choose to have fewer. A server that can not be seen
 * (io_uring) needs another check; where hupd may not look at all, staying up for startsecs has to do.
 */
import type { HeldSocket } from '../os/os.ts';
import { addressText } from '../os/socket-address.ts';
import type { CheckContext, RunningCheck } from './check.ts';
import { checkStartSecs } from './startsecs.ts';

/** A server that boots at once is seen at once; one that takes its time is looked at ten times a second, for a look reads files of each process. */
const [soonestMs, latestMs] = [10, 100];
/** So long no further worker has begun to serve. */
const settledMs = 3000;

export function checkServes(workers: number, startSecs: number, context: CheckContext): RunningCheck {
  const { os, pid, sockets, after, ready, answered } = context;
  let most = 0;
  const begun = os.clock.now().mono;
  let since = begun;
  let running: RunningCheck | null = null;
  let callOff = () => {};
  const look = () => {
    const looks = (sockets.length === 0 ? [null] : sockets).map((socket) => ({
      socket,
      ...os.whoServes(pid, socket === null ? [] : [socket]),
    }));
    const serving = Math.min(...looks.map(({ pids }) => pids.length));
    if (serving === 0 && looks.some(({ refused }) => refused)) {
      running = checkStartSecs(startSecs, context); // they can not be looked at, and will not be
      return;
    }
    const now = os.clock.now().mono;
    if (serving > most) since = now;
    most = Math.max(most, serving);
    if (serving >= workers || (serving > 0 && now - since >= settledMs)) return ready();
    answered(
      serving === 0 ? nobody(looks.find(({ pids }) => pids.length === 0)?.socket ?? null) : some(serving, workers),
    );
    callOff = after(Math.min(latestMs, Math.max(soonestMs, (now - begun) / 4)), look);
  };
  look();
  return {
    stop: () => {
      callOff();
      running?.stop();
    },
  };
}

function nobody(socket: HeldSocket | null): string {
  return `it does not wait for connections${socket === null ? '' : ` on ${addressText(socket.address)}`} yet`;
}

function some(serving: number, workers: number): string {
  return `${serving} of ${workers} workers wait for connections`;
}
