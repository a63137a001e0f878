/**
 * What changed between the groups that run and those that a file describes now. Which options count is supervisord's choice (its `update`
 * stops and starts what counts), except that hupd's own ones mostly do not: they say how to reload, watch and judge a process, not what
 * it is, so the new ones simply hold from now on.
 */
import type { ChannelSpec, GroupSpec, ProcessSpec } from './spec.ts';

export interface GroupsDiff {
  /** In the file, not running. */
  readonly added: readonly GroupSpec[];
  /** Both, and not equal: as they are in the file. */
  readonly changed: readonly GroupSpec[];
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
  return {
    added: fresh.filter((group) => !running.has(group.name)),
    changed: both.filter(({ old, group }) => !isSameGroup(old, group)).map(({ group }) => group),
    removed: active.filter((group) => !described.has(group.name)),
    refreshed: both
      .filter(({ old, group }) => isSameGroup(old, group) && !isEqual(old, group))
      .map(({ group }) => group),
  };
}

/** Kind, name, priority, the processes in their order; of an fcgi group its socket's address; of listeners what they listen to. */
function isSameGroup(a: GroupSpec, b: GroupSpec): boolean {
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

/**
 * What `update_strategy=reload` has to do: nothing; let the new options hold from now on; or reload the process, since they are about
 * how it is started.
 */
export function changeKind(old: ProcessSpec, fresh: ProcessSpec): 'none' | 'live' | 'reload' {
  if (isEqual(old, fresh)) return 'none';
  return isEqual(started(old), started(fresh)) ? 'live' : 'reload';
}

/** The options that a running process was started with and cannot get rid of. */
function started(process: ProcessSpec): unknown {
  return {
    name: process.name,
    kind: process.kind,
    command: process.command,
    directory: process.directory,
    umask: process.umask,
    uid: process.uid,
    environment: Object.fromEntries(process.environment),
    serverUrl: process.serverUrl,
    redirectStderr: process.redirectStderr,
    stdout: channel(process.stdout),
    stderr: channel(process.stderr),
    socket: process.fcgiSocket,
    sockets: process.reload.sockets,
  };
}

/** A log's sizes hold from the next write on. */
function channel({ maxBytes: _size, backups: _count, ...rest }: ChannelSpec): unknown {
  return rest;
}

/** Plain data, compared by what it says; the order of keys does not matter. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a).filter(([, value]) => value !== undefined);
  const right = new Map(Object.entries(b).filter(([, value]) => value !== undefined));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && isEqual(value, right.get(key)));
}
