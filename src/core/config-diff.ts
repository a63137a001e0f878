/**
 * What changed between the groups that run and those that a file describes now. Which options count is supervisord's choice (its `update`
 * stops and starts what counts), except that hupd's own ones mostly do not: they say how to reload, watch and judge a process, not what
 * it is, so the new ones simply hold from now on.
 */
import { isEqual } from './same-data.ts';
import type { GroupSpec, ProcessSpec } from './spec.ts';
import { planUpdate } from './update-plan.ts';

export interface GroupsDiff {
  /** In the file, not running. */
  readonly added: readonly GroupSpec[];
  /** Both, and not equal: as they are in the file. */
  readonly changed: readonly GroupSpec[];
  /** Not equal either, but by `update_strategy=reload` they are not to be stopped: `planUpdate` says what is done instead. */
  readonly updatable: readonly GroupSpec[];
  /** Running, not in the file. */
  readonly removed: readonly GroupSpec[];
  /** Equal for supervisord, other options of hupd's own: to be taken over as they are, without a word. */
  readonly refreshed: readonly GroupSpec[];
}

/** Each list in the order of its source. */
export function diffGroups(active: readonly GroupSpec[], fresh: readonly GroupSpec[]): GroupsDiff {
  const running = new Map(active.map((group) => [group.name, group]));
  const described = new Set(fresh.map((group) => group.name));
  const both = fresh.flatMap((group) => {
    const old = running.get(group.name);
    return old === undefined ? [] : [{ old, group }];
  });
  const different = both.filter(({ old, group }) => !isSameGroup(old, group));
  return {
    added: fresh.filter((group) => !running.has(group.name)),
    changed: different.filter(({ old, group }) => planUpdate(old, group) === null).map(({ group }) => group),
    updatable: different.filter(({ old, group }) => planUpdate(old, group) !== null).map(({ group }) => group),
    removed: active.filter((group) => !described.has(group.name)),
    refreshed: both
      .filter(({ old, group }) => isSameGroup(old, group) && !isEqual(old, group))
      .map(({ group }) => group),
  };
}

/** Kind, name, priority, the processes in their order; of an fcgi group its socket's address; of listeners what they listen to. */
export function isSameGroup(a: GroupSpec, b: GroupSpec): boolean {
  if (a.kind !== b.kind || a.name !== b.name || a.priority !== b.priority) return false;
  if (a.kind === 'fcgi' && b.kind === 'fcgi' && !isEqual(a.socket.address, b.socket.address)) return false;
  if (a.kind === 'eventlistener' && b.kind === 'eventlistener' && !isEqual(listening(a), listening(b))) return false;
  return (
    a.processes.length === b.processes.length &&
    a.processes.every((process, i) => {
      const other = b.processes[i];
      return other !== undefined && isEqual(definition(process), definition(other));
    })
  );
}

function listening(group: GroupSpec & { readonly kind: 'eventlistener' }): unknown {
  return [group.bufferSize, [...group.events].sort(), group.resultHandler];
}

/** What makes a process the one that it is, in supervisord's eyes and ours. */
function definition(process: ProcessSpec): unknown {
  const { reload, fcgiSocket, environment, program: _section, ...options } = process;
  return {
    ...options,
    environment: Object.fromEntries(environment),
    socket: fcgiSocket?.address,
    sockets: reload.sockets,
  };
}
