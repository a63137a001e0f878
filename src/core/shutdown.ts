/**
 * Who is told to stop when, while the daemon shuts down or restarts: one group after the other, the highest priority number first (so event
 * listeners, at -1, hear of everything), all of a group at once. No memory is needed: nothing starts any more, so what is down stays down.
 */
import { isAtRest, type Process, stateName } from './process.ts';
import { isRunningState } from './states.ts';

export interface ShutdownGroup {
  readonly name: string;
  readonly processes: ReadonlyArray<{ readonly name: string; readonly process: Process }>;
  /** Event listeners with events that they have not answered yet: they are left alone until they have. */
  readonly isListening: boolean;
}

export interface ShutdownPlan {
  /** To be told to stop now, in this order; asked again later, those that were told are not in it. */
  readonly stop: ReadonlyArray<{ readonly group: string; readonly name: string }>;
  /** Names of all processes that are not down yet, for `waiting for a, b to die`; none: everything is done. */
  readonly waitingFor: readonly string[];
  /** Somebody would be told to stop, were it not listening. */
  readonly isHeldBack: boolean;
}

/** `groups` in (priority, name) order and each one's processes too, as the daemon keeps them. To be asked after every change of a process. */
export function planShutdown(groups: readonly ShutdownGroup[]): ShutdownPlan {
  const busy = groups.map(({ name, processes, isListening }) => ({
    name,
    isListening,
    processes: processes.filter(({ process }) => !isAtRest(process)),
  }));
  const next = busy.findLast(({ processes }) => processes.length > 0);
  const stop = next?.processes.filter(({ process }) => wantsToRun(process)).reverse() ?? [];
  const isHeldBack = stop.length > 0 && next?.isListening === true;
  return {
    stop: isHeldBack ? [] : stop.map(({ name }) => ({ group: next?.name ?? '', name })),
    waitingFor: busy.flatMap(({ processes }) => processes.map(({ name }) => name)),
    isHeldBack,
  };
}

/** One that is stopping or down may still be wanted up by a reload. */
function wantsToRun(process: Process): boolean {
  return isRunningState(stateName(process)) || process.reload !== null;
}
