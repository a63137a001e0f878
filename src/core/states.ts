/** The states that the protocol knows, with supervisord's codes. The machine's inner states are finer; `process.ts` maps them. */
export const processStateCodes = {
  STOPPED: 0,
  STARTING: 10,
  RUNNING: 20,
  BACKOFF: 30,
  STOPPING: 40,
  EXITED: 100,
  FATAL: 200,
  UNKNOWN: 1000,
} as const;
export type StateName = keyof typeof processStateCodes;

/** A start is refused, a stop allowed. */
export function isRunningState(state: StateName): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'BACKOFF';
}

/** A group may be removed, a shutdown is done, `status` exits 3. */
export function isStoppedState(state: StateName): boolean {
  return state === 'STOPPED' || state === 'EXITED' || state === 'FATAL' || state === 'UNKNOWN';
}

export function isSignallableState(state: StateName): boolean {
  return state === 'RUNNING' || state === 'STARTING' || state === 'STOPPING';
}

export const daemonStateCodes = { FATAL: 2, RUNNING: 1, RESTARTING: 0, SHUTDOWN: -1 } as const;
export type DaemonStateName = keyof typeof daemonStateCodes;
