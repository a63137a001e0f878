/**
 * Ready when the generation has accepted a connection on its private probe: the kernel's accept queue is empty again. No request is sent, so
 * any protocol works.
 */
import type { ProbeConnection } from '../os/os.ts';
import { askAgainMs, type CheckContext, nothingRuns, type RunningCheck } from './check.ts';

export function checkAccept({ probe, after, ready, notReady, answered }: CheckContext): RunningCheck {
  if (probe === null) {
    notReady('no private probe could be handed over');
    return nothingRuns;
  }
  const connection: ProbeConnection = probe.connect();
  answered('it has not accepted a connection yet');
  let callOff = after(askAgainMs, look);
  function look(): void {
    if (connection.accepted()) {
      connection.close();
      ready();
    } else {
      callOff = after(askAgainMs, look);
    }
  }
  return {
    stop: () => {
      callOff();
      connection.close();
    },
  };
}
