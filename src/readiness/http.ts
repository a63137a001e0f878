/** Ready when a GET over the private probe is answered with a 2xx or 3xx: only the new generation can have answered it. */
import type { CheckContext, RunningCheck } from './check.ts';

const requestTimeoutMs = 10_000;
const pauseMs = 100;

export function checkHttp(path: string, { probe, after, ready, notReady, answered }: CheckContext): RunningCheck {
  if (probe === null) {
    notReady('no private probe could be handed over');
    return { stop: () => {} };
  }
  let stopped = false;
  let callOff = () => {};
  const ask = () => {
    void probe.get(path, requestTimeoutMs).then((answer) => {
      if (stopped) return;
      if ('status' in answer && answer.status >= 200 && answer.status < 400) return ready();
      answered('status' in answer ? `GET ${path} answered ${answer.status}` : `GET ${path}: ${answer.error}`);
      callOff = after(pauseMs, ask);
    }); // `get` never rejects
  };
  ask();
  return {
    stop: () => {
      stopped = true;
      callOff();
    },
  };
}
