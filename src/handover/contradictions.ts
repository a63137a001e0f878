/** Options of a program that do not go together, so that one of them does nothing or a start or a reload is bound to fail. */
import { makeNamespec } from '../core/namespec.ts';
import { gatesStart } from '../core/ready-check.ts';
import type { ProcessSpec, SocketAddress } from '../core/spec.ts';
import { addressName, refuseReadyFd } from './describe.ts';
import type { Diagnosis } from './doctor.ts';

interface Contradiction {
  readonly holds: (spec: ProcessSpec) => boolean;
  readonly text: string;
  readonly todo: string;
}

const known: readonly Contradiction[] = [
  {
    holds: ({ reload: { handover, strategy } }) => handover === 'signal' && strategy === 'hup',
    text: 'reload_strategy=hup watches the process that it signals, and with reload_handover=signal that makes another one and ends: such a reload fails',
    todo: 'use reload_strategy=rolling',
  },
  {
    holds: (spec) => callsSuccessor(spec) && spec.reload.order === 'stop_first',
    text: 'with reload_order=stop_first it is stopped before it could make its own successor: reload_signal is not sent',
    todo: 'remove reload_order or reload_handover',
  },
  {
    holds: ({ reload: { timeoutSecs, strategy } }) => timeoutSecs === 0 && strategy === 'rolling',
    text: 'reload_timeout=0 leaves a successor no time to become ready: every reload fails',
    todo: 'give it the seconds that a start may take',
  },
  {
    holds: ({ reload: { readyTimeoutSecs, readyCheck } }) => readyTimeoutSecs === 0 && gatesStart(readyCheck),
    text: 'its ready_check has to be passed within 0 s: every start fails',
    todo: 'give ready_timeout the seconds that a start may take',
  },
  {
    holds: ({ reload: { readyCheck, sockets } }) => refuseReadyFd(readyCheck, sockets.length) !== null,
    text: 'the descriptor of its ready_check is one on which a socket is handed over: every start fails',
    todo: 'use fd:N with a number that no socket has',
  },
];

export function contradictions(spec: ProcessSpec): readonly Diagnosis[] {
  return known.flatMap(({ holds, text, todo }) => (holds(spec) ? [{ level: 'warning' as const, text, todo }] : []));
}

function callsSuccessor({ reload: { handover, strategy } }: ProcessSpec): boolean {
  return handover === 'signal' && strategy === 'rolling';
}

/** Addresses that two programs want to be bound for them. */
export class Addresses {
  readonly #owners = new Map<string, string>();

  add({ group, program, reload, fcgiSocket }: ProcessSpec): readonly Diagnosis[] {
    const owner = makeNamespec(group, program);
    const wanted: readonly SocketAddress[] = fcgiSocket === undefined ? reload.sockets : [fcgiSocket.address];
    return wanted.flatMap((address): Diagnosis[] => {
      const name = addressName(address);
      const other = this.#owners.get(name) ?? owner;
      this.#owners.set(name, other);
      if (other === owner) return [];
      const text = `its socket ${name} is that of ${other} as well: they can not both have it`;
      return [{ level: 'warning', text, todo: 'give each its own, or make them one program with numprocs' }];
    });
  }
}
