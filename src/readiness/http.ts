/**
 * Ready when a GET is answered with a status that counts. Over the private probe only the new generation can have answered it; where there
 * is none it is asked at a given address, or where the process itself listens.
 */
import { reachable } from '../core/ready-check.ts';
import type { ReadyCheck, SocketAddress } from '../core/spec.ts';
import type { HttpAnswer, HttpQuestion } from '../os/os.ts';
import { addressText } from '../os/socket-address.ts';
import type { CheckContext, RunningCheck } from './check.ts';
import { listenersOf } from './listening.ts';

const pauseMs = 100;

export type HttpCheck = Extract<ReadyCheck, { kind: 'http' }>;

type Way =
  | { readonly host: string; ask(question: HttpQuestion): Promise<HttpAnswer> }
  /** It can not be asked yet, or not at all. */
  | { readonly notYet: string }
  | { readonly never: string };

export function checkHttp(check: HttpCheck, context: CheckContext): RunningCheck {
  const { after, ready, notReady, answered } = context;
  const { path, statuses, timeoutSecs } = check;
  let stopped = false;
  let callOff = () => {};
  /** To a question that was really asked. */
  let lastAnswer: string | null = null;
  const again = (text: string) => {
    answered(text);
    callOff = after(pauseMs, ask);
  };
  const isWanted = (status: number) => statuses.some(({ from, to }) => from <= status && status <= to);
  const ask = (): void => {
    const way = wayTo(check, context);
    if ('never' in way) return notReady(way.never);
    if ('notYet' in way) return again(way.notYet);
    const question = { path, host: check.host ?? way.host, timeoutMs: timeoutSecs * 1000 };
    if (lastAnswer === null) answered(`GET ${path} has no answer yet`);
    void way.ask(question).then((answer) => {
      if (stopped) return;
      if (!('error' in answer) && isWanted(answer.status)) return ready();
      lastAnswer = `GET ${path}${'error' in answer ? `: ${answer.error}` : ` answered ${answer.status}`}`;
      return again(lastAnswer);
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

function wayTo({ address }: HttpCheck, { os, pid, probe }: CheckContext): Way {
  if (probe !== null) return { host: 'localhost', ask: (question) => probe.get(question) };
  const at = (where: SocketAddress): Way => ({
    host: where.kind === 'unix' ? 'localhost' : addressText(where),
    ask: (question) => os.get(where, question),
  });
  if (address !== null) return at(address);
  const { addresses, problem } = listenersOf(os, pid);
  const [first] = addresses;
  if (first !== undefined) return at(reachable(first));
  if (problem === null) return { notYet: 'it does not listen yet' };
  return { never: `${problem}, or ready_check=http://host:port/path and hupd asks there` };
}
