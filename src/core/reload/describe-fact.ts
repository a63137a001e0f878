/** What happened in a reload, in one sentence each: the daemon's log and hupctl say the same. Whose reload it is stands before it. */
import { signalName } from '../signals.ts';
import type { ReloadFact } from './facts.ts';

/** Without the process's name, without a full stop; of a failure without the lines of output. */
export function describeFact(fact: ReloadFact): string {
  switch (fact.fact) {
    case 'started':
      return `reload (${fact.strategy}) of ${fact.pid === 0 ? 'a process that is not running' : `pid ${fact.pid}`}`;
    case 'testing':
      return `testing first: ${fact.command}`;
    case 'handover':
      return fact.text;
    case 'spawned':
      return `successor started with pid ${fact.pid}`;
    case 'signalled':
      return `sent ${signalName(fact.signal)} to pid ${fact.pid}`;
    case 'waiting':
      return `waiting for readiness (${fact.check}, at most ${fact.timeoutSecs} s)`;
    case 'ready':
      return `ready after ${tenths(fact.afterSecs)} s`;
    case 'promoted':
      return `successor ${fact.pid} took over; both serve for ${fact.overlapSecs} s`;
    case 'stopping':
      return `sent ${signalName(fact.signal)} to predecessor ${fact.pid}`;
    case 'stopped':
      return `predecessor ${fact.pid} stopped (${fact.status})`;
    case 'predecessor-died':
      return `predecessor ${fact.pid} died (${fact.status}); its successor takes over`;
    case 'rolled-back':
      return `rolled back: pid ${fact.servingPid} serves on, successor ${fact.pid} is given up`;
    case 'done':
      return `reloaded in ${tenths(fact.tookSecs)} s${cost(fact)}`;
    case 'failed':
      return `reload failed: ${fact.reason}`;
  }
}

function tenths(secs: number): string {
  return secs.toFixed(1);
}

function cost({ dropped, longestQueue }: { readonly dropped: number; readonly longestQueue: number }): string {
  return longestQueue < 0 ? '' : `, ${dropped} dropped, longest queue ${longestQueue}`;
}
