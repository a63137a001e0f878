/**
 * TICK events as a function of the wall clock. Time is cut into slices of 5, 60 and 3600 seconds, counted from 1970; a tick says that a new slice
 * has begun, and names its beginning. Where the clock jumps, forward or back, there is one tick for the slice it landed in.
 */
import type { SupervisorEvent } from './event.ts';

const periods = [5, 60, 3600] as const;

/** The beginnings of the slices that were last seen, seconds since 1970, in the order of the periods. */
export type TickState = readonly number[];

/** At the start no tick is owed. */
export function startTicks(wallMs: number): TickState {
  return periods.map((period) => sliceAt(period, wallMs));
}

/** The ticks that are due, shortest period first. */
export function tick(
  state: TickState,
  wallMs: number,
): { readonly state: TickState; readonly events: readonly SupervisorEvent[] } {
  const next = startTicks(wallMs);
  const events = periods.flatMap((period, i): SupervisorEvent[] => {
    const when = next[i] ?? 0;
    return when === state[i] ? [] : [{ type: `TICK_${period}`, when }];
  });
  return { state: next, events };
}

/** Milliseconds from now until the next slice begins: at least 1, at most 5000. */
export function untilNextTick(wallMs: number): number {
  return periods[0] * 1000 - (((wallMs % 5000) + 5000) % 5000);
}

function sliceAt(period: number, wallMs: number): number {
  return Math.floor(wallMs / 1000 / period) * period;
}
