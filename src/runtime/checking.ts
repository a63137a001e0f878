/** A generation is asked whether it is ready, by the check that fits what it was handed; what the check says becomes events of its process. */
import type { ExitStatus } from '../core/exit-status.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import type { ProcessEffect, ProcessEvent } from '../core/turn.ts';
import type { Os } from '../os/os.ts';
import type { StartedCommand } from '../readiness/check.ts';
import { describeCheck, type EffectiveCheck, effectiveCheck, startCheck } from '../readiness/start-check.ts';
import type { Child } from './child.ts';
import type { Deadlines } from './deadlines.ts';
import type { Member } from './member.ts';

/** Runs the command of an `exec` check. */
export type RunCheck = (
  member: Member,
  child: Child,
  command: string,
  ended: (status: ExitStatus, lastLine: string | null) => void,
) => StartedCommand;

export interface CheckingOptions {
  readonly os: Os;
  readonly deadlines: Deadlines;
  readonly runCheck: RunCheck;
  readonly post: (member: Member, event: ProcessEvent) => void;
  /** What the process is handed, and what is waited for, when it is being reloaded. */
  readonly tell: (member: Member, fact: ReloadFact) => void;
}

type CheckReady = ProcessEffect & { effect: 'check-ready' };

export function beginCheck(options: CheckingOptions, member: Member, effect: CheckReady): void {
  const { os, deadlines, runCheck, post } = options;
  const { generation, pid, afterSignal } = effect;
  const child = member.children.get(generation);
  if (child === undefined) return;
  // The probe's owner may have closed it by now, and it is sealed anyway.
  const probe = afterSignal ? null : child.handover.probe;
  const check = checkOf(member, child, probe !== null);
  tellOfIt(options, member, child, check, afterSignal);
  const running = startCheck(check, member.spec, child.words, {
    ...{ os, pid, probe, afterSignal },
    sockets: child.handover.sockets,
    channel: child.ready,
    predecessor: member.current === child ? null : (member.current?.pid ?? null),
    maker: child.maker,
    toldReady: child.toldReady,
    onOutput: (makeListener) => child.onOutput(makeListener),
    run: (command, ended) => runCheck(member, child, command, ended),
    after: (ms, wake) => deadlines.after(ms, wake),
    extend: (byMs) => post(member, { event: 'extended', generation, byMs }),
    ready: () => {
      child.setCheck(null);
      if (member.process.reload?.phase !== 'waiting') child.handover.promoted(); // a successor is not the process yet
      post(member, { event: 'ready', generation });
    },
    notReady: (reason) => post(member, { event: 'not-ready', generation, reason }),
    answered: (answer) => post(member, { event: 'checked', generation, answer }),
  });
  child.setCheck(running);
}

function checkOf({ spec }: Member, { handover, maker }: Child, hasProbe: boolean): EffectiveCheck {
  const { server, addresses, ownEach } = handover;
  const known = { server, listens: ownEach.length > 0, made: maker !== null };
  return effectiveCheck(spec.reload.readyCheck, hasProbe, addresses, known);
}

function tellOfIt(
  { os, tell }: CheckingOptions,
  member: Member,
  child: Child,
  check: EffectiveCheck,
  afterSignal: boolean,
): void {
  const { spec, fcgi } = member;
  const { reload } = member.process;
  if (reload === null) return;
  const base = { at: os.clock.now().wall, group: spec.group, name: spec.name };
  const timeoutSecs = reload.phase === 'starting' ? spec.reload.readyTimeoutSecs : spec.reload.timeoutSecs;
  const text = fcgi?.describe() ?? child.handover.describe();
  if (!afterSignal) tell(member, { ...base, fact: 'handover', text });
  tell(member, { ...base, fact: 'waiting', check: describeCheck(check), timeoutSecs });
}
