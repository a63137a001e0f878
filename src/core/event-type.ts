/**
 * The family of event types. A listener that names a parent in `events=` gets all of its children.
 *
 *     EVENT
 *     ├ PROCESS_STATE             _STARTING _RUNNING _BACKOFF _STOPPING _EXITED _STOPPED _FATAL _UNKNOWN
 *     ├ PROCESS_LOG               _STDOUT _STDERR
 *     ├ PROCESS_COMMUNICATION     _STDOUT _STDERR
 *     ├ REMOTE_COMMUNICATION
 *     ├ SUPERVISOR_STATE_CHANGE   _RUNNING _STOPPING
 *     ├ TICK                      _5 _60 _3600
 *     └ PROCESS_GROUP             _ADDED _REMOVED
 *     PROCESS_RELOAD              _STARTED _READY _COMPLETED _FAILED
 *
 * PROCESS_RELOAD is hupd's own and stands beside EVENT, not under it: a listener that knows only supervisord's types never meets it.
 */
import type { EventType } from './event.ts';

const ancestors: Readonly<Record<EventType, readonly string[]>> = {
  PROCESS_STATE_STARTING: ['PROCESS_STATE', 'EVENT'],
  PROCESS_STATE_RUNNING: ['PROCESS_STATE', 'EVENT'],
  PROCESS_STATE_BACKOFF: ['PROCESS_STATE', 'EVENT'],
  PROCESS_STATE_STOPPING: ['PROCESS_STATE', 'EVENT'],
  PROCESS_STATE_EXITED: ['PROCESS_STATE', 'EVENT'],
  PROCESS_STATE_STOPPED: ['PROCESS_STATE', 'EVENT'],
  PROCESS_STATE_FATAL: ['PROCESS_STATE', 'EVENT'],
  PROCESS_STATE_UNKNOWN: ['PROCESS_STATE', 'EVENT'],
  PROCESS_LOG_STDOUT: ['PROCESS_LOG', 'EVENT'],
  PROCESS_LOG_STDERR: ['PROCESS_LOG', 'EVENT'],
  PROCESS_COMMUNICATION_STDOUT: ['PROCESS_COMMUNICATION', 'EVENT'],
  PROCESS_COMMUNICATION_STDERR: ['PROCESS_COMMUNICATION', 'EVENT'],
  REMOTE_COMMUNICATION: ['EVENT'],
  SUPERVISOR_STATE_CHANGE_RUNNING: ['SUPERVISOR_STATE_CHANGE', 'EVENT'],
  SUPERVISOR_STATE_CHANGE_STOPPING: ['SUPERVISOR_STATE_CHANGE', 'EVENT'],
  TICK_5: ['TICK', 'EVENT'],
  TICK_60: ['TICK', 'EVENT'],
  TICK_3600: ['TICK', 'EVENT'],
  PROCESS_GROUP_ADDED: ['PROCESS_GROUP', 'EVENT'],
  PROCESS_GROUP_REMOVED: ['PROCESS_GROUP', 'EVENT'],
  PROCESS_RELOAD_STARTED: ['PROCESS_RELOAD'],
  PROCESS_RELOAD_READY: ['PROCESS_RELOAD'],
  PROCESS_RELOAD_COMPLETED: ['PROCESS_RELOAD'],
  PROCESS_RELOAD_FAILED: ['PROCESS_RELOAD'],
};

const typesByName: ReadonlyMap<string, readonly EventType[]> = groupByName();

function groupByName(): Map<string, EventType[]> {
  const byName = new Map<string, EventType[]>();
  for (const type of Object.keys(ancestors) as EventType[]) {
    for (const name of [type, ...ancestors[type]]) byName.set(name, [...(byName.get(name) ?? []), type]);
  }
  return byName;
}

/** What `events=` may name, in upper case. */
export const eventTypeNames: ReadonlySet<string> = new Set(typesByName.keys());

/** What a listener gets that names these: each event once, however many of the names it goes by. Unknown names bring nothing. */
export function subscription(names: readonly string[]): ReadonlySet<EventType> {
  return new Set(names.flatMap((name) => typesByName.get(name) ?? []));
}
