/**
 * Ready when the generation, or a descendant, is seen waiting for connections: on the sockets that it was handed over, else on any that listens.
 * What `accept` comes to where there is no private probe; no connection is made. A server that can not be seen (io_uring) needs another
 * check; where hupd may not look at all, staying up for startsecs has to do.
 */
import type { HeldSocket } from '../os/os.ts';
import { type CheckContext, nothingRuns, type RunningCheck } from './check.ts';
import { checkStartSecs } from './startsecs.ts';

/** All of a machine's processes may have to be looked through for descendants. */
const pauseMs = 100;

export function checkServes(sockets: readonly HeldSocket[], startSecs: number, context: CheckContext): RunningCheck {
  const { os, pid, after, ready, answered } = context;
  let callOff = () => {};
  let running: RunningCheck = { stop: () => callOff() };
  const look = () => {
    const { pids, refused } = os.whoServes(pid, sockets);
    if (pids.length > 0) {
      running = nothingRuns;
      ready();
    } else if (refused) {
      running = checkStartSecs(startSecs, context);
    } else {
      answered('it does not wait for connections yet');
      callOff = after(pauseMs, look);
    }
  };
  look();
  return { stop: () => running.stop() };
}
