/** Ready when somebody takes a connection at a given address (`tcp://host:port`, `unix:/path`): for servers that listen late. Nothing is sent. */
import type { SocketAddress } from '../core/spec.ts';
import { addressText } from '../os/socket-address.ts';
import type { CheckContext, RunningCheck } from './check.ts';

const timeoutMs = 10_000;
const pauseMs = 50;

export function checkConnect(address: SocketAddress, { os, after, ready, answered }: CheckContext): RunningCheck {
  let stopped = false;
  let callOff = () => {};
  const ask = () => {
    void os.tryConnect(address, timeoutMs).then((answer) => {
      if (stopped) return;
      if (answer === 'ok') return ready();
      answered(`connect to ${addressText(address)}: ${answer}`);
      callOff = after(pauseMs, ask);
    }); // never rejects
  };
  ask();
  return {
    stop: () => {
      stopped = true;
      callOff();
    },
  };
}
