/** Which check gates a generation, and the start of it. To add one: a file here, a case below, and its words in `config/ready-check.ts`. */

import { isAmong } from '../core/ready-check.ts';
import type { ProcessSpec, ReadyCheck, SocketAddress } from '../core/spec.ts';
import { optionValue } from '../handover/command-line.ts';
import type { ServerProfile } from '../handover/profiles/profile.ts';
import { recognise } from '../handover/profiles/recognise.ts';
import { addressText } from '../os/socket-address.ts';
import { checkAccept } from './accept.ts';
import { type CheckContext, nothingRuns, type RunningCheck } from './check.ts';
import { checkConnect } from './connect.ts';
import { checkExec } from './exec.ts';
import { checkGunicornWorkers } from './gunicorn-workers.ts';
import { checkHttp, type HttpCheck } from './http.ts';
import { listenersOf } from './listening.ts';
import { checkLogLine } from './log-line.ts';
import { checkNotify } from './notify.ts';
import { checkReadyFd } from './ready-fd.ts';
import { checkServes } from './serves.ts';
import { checkStartSecs } from './startsecs.ts';

/** What this generation can be asked. */
export type EffectiveCheck =
  | { readonly kind: 'accept' }
  /** `accept` without a private probe. */
  | { readonly kind: 'serves' }
  | { readonly kind: 'http'; readonly check: HttpCheck; readonly over: 'probe' | 'address' | 'its own listener' }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'notify' }
  | { readonly kind: 'fd'; readonly fd: number }
  | { readonly kind: 'log'; readonly pattern: string }
  /** `chosen`: by ready_check, and not for want of anything to ask. */
  | { readonly kind: 'startsecs'; readonly chosen: boolean };

/** What is known of the program. `listens`: its predecessor does, on sockets that every generation has for itself. */
export interface Known {
  readonly server: ServerProfile | null;
  readonly listens: boolean;
  /** Another generation has made it, which passes no descriptor on. */
  readonly made?: boolean;
}

/**
 * `handedOver`: where the generation serves from its start on. Others may serve there too, so what was to be asked at such an address is asked
 * over the private probe.
 */
export function effectiveCheck(
  check: ReadyCheck,
  hasProbe: boolean,
  handedOver: readonly SocketAddress[] = [],
  known: Known = { server: null, listens: false },
): EffectiveCheck {
  const { server, listens, made = false } = known;
  switch (check.kind) {
    case 'auto':
      if (hasProbe) return { kind: 'accept' };
      if (handedOver.length > 0 || listens) return { kind: 'serves' };
      return server?.readyLine == null
        ? { kind: 'startsecs', chosen: false }
        : { kind: 'log', pattern: server.readyLine };
    case 'accept':
      return { kind: hasProbe ? 'accept' : 'serves' };
    case 'http':
      return {
        kind: 'http',
        check,
        over: hasProbe ? 'probe' : check.address === null ? 'its own listener' : 'address',
      };
    case 'tcp':
    case 'unix':
      if (!isAmong(check, handedOver)) return check;
      return { kind: hasProbe ? 'accept' : 'serves' }; // hupd itself keeps that address open
    case 'fd':
      return made ? effectiveCheck({ kind: 'auto' }, hasProbe, handedOver, known) : check;
    case 'startsecs':
      return { ...check, chosen: true };
    case 'exec':
    case 'notify':
    case 'log':
      return check;
  }
}

/** As the reload's progress names it. */
export function describeCheck(check: EffectiveCheck): string {
  switch (check.kind) {
    case 'http': {
      const { address, path } = check.check;
      const where = check.over === 'address' && address !== null ? `//${addressText(address)}` : '';
      return `http:${where}${path}${check.over === 'its own listener' ? ' where it listens' : ''}`;
    }
    case 'tcp':
      return `tcp://${addressText(check)}`;
    case 'unix':
      return `unix:${check.path}`;
    case 'exec':
      return `exec:${check.command}`;
    case 'fd':
      return `fd:${check.fd}`;
    case 'log':
      return `log:${check.pattern}`;
    case 'serves':
      return 'accepting connections';
    case 'accept':
    case 'notify':
    case 'startsecs':
      return check.kind;
  }
}

/** `words`: the command line's. */
export function startCheck(
  check: EffectiveCheck,
  spec: ProcessSpec,
  words: readonly string[],
  context: CheckContext,
): RunningCheck {
  const start = () => startNow(check, spec, words, context);
  return context.afterSignal && isAsked(check) ? startLater(spec, context, start) : start();
}

/** hupd asks it; the others hear what the process itself tells. */
function isAsked({ kind }: EffectiveCheck): boolean {
  return kind === 'http' || kind === 'tcp' || kind === 'unix' || kind === 'exec';
}

/** Just after a signal it is still what it was that would answer. */
function startLater(
  { startSecs, reload }: ProcessSpec,
  { after, answered }: CheckContext,
  start: () => RunningCheck,
): RunningCheck {
  const secs = Math.min(startSecs, reload.timeoutSecs / 2);
  answered(`it is asked after ${secs} s`);
  let running: RunningCheck = {
    stop: after(secs * 1000, () => {
      running = start();
    }),
  };
  return { stop: () => running.stop() };
}

function startNow(
  check: EffectiveCheck,
  spec: ProcessSpec,
  words: readonly string[],
  context: CheckContext,
): RunningCheck {
  switch (check.kind) {
    case 'accept':
      return checkAcceptAndWorkers(words, context);
    case 'serves':
      return checkServes(expectedWorkers(words), spec.startSecs, context);
    case 'http':
      if (check.over === 'probe' || (context.sockets.length === 0 && context.maker === null))
        return checkHttp(check.check, context);
      // Another generation may answer there as well: ask when this one serves.
      return inTurn(
        (ready) => checkServes(1, spec.startSecs, { ...context, ready }),
        () => checkHttp(check.check, context),
      );
    case 'tcp':
    case 'unix':
      return checkConnect(check, context);
    case 'exec':
      return checkExec(check.command, context);
    case 'fd':
      return checkReadyFd(check.fd, context);
    case 'log':
      return checkLogLine(check.pattern, context);
    case 'startsecs':
      return check.chosen ? checkStartSecs(spec.startSecs, context) : checkStartSecsBeside(spec.startSecs, context);
    case 'notify':
      return checkNotify(context);
  }
}

/** One worker by the probe, then, of a server that we know more of, all of them. */
function checkAcceptAndWorkers(words: readonly string[], context: CheckContext): RunningCheck {
  if (recognise(words)?.workersCheck !== 'gunicorn-heartbeat') return checkAccept(context);
  return inTurn(
    (ready) => checkAccept({ ...context, ready }),
    () => checkGunicornWorkers(expectedWorkers(words), context),
  );
}

/** A predecessor that did not listen when it was to hand over what it has may do so by now. Then its successor must too, or nobody would. */
function checkStartSecsBeside(startSecs: number, context: CheckContext): RunningCheck {
  const { os, predecessor } = context;
  if (predecessor === null) return checkStartSecs(startSecs, context);
  return inTurn(
    (ready) => checkStartSecs(startSecs, { ...context, ready }),
    () => {
      if (listenersOf(os, predecessor).addresses.length === 0) {
        context.ready();
        return nothingRuns;
      }
      const why = 'its predecessor, which did not listen when the reload began, does by now';
      return checkServes(1, startSecs, { ...context, answered: (text) => context.answered(`${text}; ${why}`) });
    },
  );
}

/** As the command line says; 1 where it does not. */
function expectedWorkers(words: readonly string[]): number {
  return Number(optionValue(words, recognise(words)?.workersOptions ?? []) ?? '1') || 1;
}

/** `then` is started when `first` says that it is ready. */
function inTurn(first: (ready: () => void) => RunningCheck, then: () => RunningCheck): RunningCheck {
  let second: RunningCheck | null = null;
  const running = first(() => {
    second = then();
  });
  return {
    stop: () => {
      running.stop();
      second?.stop();
    },
  };
}
