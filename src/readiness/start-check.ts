/** Which check gates a generation, and the start of it. To add one: a file here, a case below, and its words in `config/`. */

import type { ProcessSpec, ReadyCheck } from '../core/spec.ts';
import { optionValue, recognise } from '../handover/profiles/recognise.ts';
import { checkAccept } from './accept.ts';
import type { CheckContext, RunningCheck } from './check.ts';
import { checkGunicornWorkers } from './gunicorn-workers.ts';
import { checkHttp } from './http.ts';
import { checkStartSecs } from './startsecs.ts';

/** `auto` becomes what this generation can be asked: `accept` with a private probe, else `startsecs`. */
export function effectiveCheck(check: ReadyCheck, hasProbe: boolean): ReadyCheck {
  if (check.kind === 'auto') return { kind: hasProbe ? 'accept' : 'startsecs' };
  if (check.kind === 'accept' && !hasProbe) return { kind: 'startsecs' };
  return check;
}

/** As the reload's progress names it. */
export function describeCheck(check: ReadyCheck): string {
  switch (check.kind) {
    case 'http':
      return `http:${check.url ?? check.path}`;
    case 'tcp':
      return `tcp://${check.host}:${check.port}`;
    case 'unix':
      return `unix:${check.path}`;
    case 'exec':
      return `exec:${check.command}`;
    case 'fd':
      return `fd:${check.fd}`;
    case 'log':
      return `log:${check.pattern}`;
    case 'auto':
    case 'accept':
    case 'notify':
    case 'startsecs':
      return check.kind;
  }
}

export function startCheck(
  check: ReadyCheck,
  spec: ProcessSpec,
  words: readonly string[],
  context: CheckContext,
): RunningCheck {
  switch (check.kind) {
    case 'accept':
      return checkAcceptAndWorkers(words, context);
    case 'http':
      return checkHttp(check.path, context);
    case 'auto':
    case 'startsecs':
      return checkStartSecs(spec.startSecs, context);
    case 'tcp':
    case 'unix':
    case 'exec':
    case 'notify':
    case 'fd':
    case 'log':
      context.notReady(`ready_check ${describeCheck(check)} is not supported yet`);
      return { stop: () => {} };
  }
}

/** One worker by the probe, then, of a server that we know more of, all of them. */
function checkAcceptAndWorkers(words: readonly string[], context: CheckContext): RunningCheck {
  const profile = recognise(words);
  if (profile?.workersCheck !== 'gunicorn-heartbeat') return checkAccept(context);
  const expected = Number(optionValue(words, profile.workersOptions) ?? '1') || 1;
  let running = checkAccept({
    ...context,
    ready: () => {
      running = checkGunicornWorkers(expected, context);
    },
  });
  return { stop: () => running.stop() };
}
