/**
 * What an update does to a group with `update_strategy=reload`: nothing is stopped that need not be. A process whose new definition is about how
 * it is started is reloaded to it by its strategy; other options simply hold from now on; of a changed numprocs only the difference is
 * added or removed. A group where that can not be done, or where one of the programs concerned has not asked for it, is stopped and
 * started as under supervisord.
 */
import { isEqual } from './same-data.ts';
import { serviceAddresses } from './service-addresses.ts';
import type { ChannelSpec, GroupSpec, ProcessSpec, ReloadStrategy } from './spec.ts';

/** Names of processes. */
export interface UpdatePlan {
  /** Only their options change. */
  readonly live: readonly string[];
  readonly reload: ReadonlyArray<{ readonly name: string; readonly strategy: ReloadStrategy }>;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** null: the group has to be stopped and started. */
export function planUpdate(old: GroupSpec, fresh: GroupSpec): UpdatePlan | null {
  if (!isSameKind(old, fresh)) return null;
  const before = new Map(old.processes.map((process) => [process.name, process]));
  const names = new Set(fresh.processes.map(({ name }) => name));
  const kept = fresh.processes.flatMap((process) => {
    const was = before.get(process.name);
    return was === undefined ? [] : [{ was, process, kind: changeKind(was, process) }];
  });
  const add = fresh.processes.filter(({ name }) => !before.has(name));
  const remove = old.processes.filter(({ name }) => !names.has(name));
  // Nothing of it would stay: there is nothing to be gentle with.
  if (kept.length === 0) return null;
  const changed = kept.filter(({ kind }) => kind !== 'none');
  const touched = [...changed.map(({ process }) => process), ...add, ...remove.map((gone) => heirOf(gone, fresh))];
  // Where only the group itself differs, all of it is concerned.
  const concerned = touched.length > 0 ? touched : fresh.processes;
  if (!concerned.every(({ reload }) => reload.updateStrategy === 'reload')) return null;
  if (changed.some(({ was, process }) => was.kind !== process.kind || !isEqual(was.fcgiSocket, process.fcgiSocket))) {
    return null;
  }
  return {
    live: changed.filter(({ kind }) => kind === 'live').map(({ process }) => process.name),
    reload: changed
      .filter(({ kind }) => kind === 'reload')
      .map(({ was, process }) => ({ name: process.name, strategy: strategyOf(was, process) })),
    add: add.map(({ name }) => name),
    remove: remove.map(({ name }) => name),
  };
}

/** The pool of event listeners, and the socket of an fcgi group, are made with the group. */
function isSameKind(old: GroupSpec, fresh: GroupSpec): boolean {
  if (old.kind === 'plain' && fresh.kind === 'plain') return true;
  return old.kind === 'fcgi' && fresh.kind === 'fcgi' && isEqual(old.socket, fresh.socket);
}

/** A process that is gone is judged by what its program says now, if that is still there. */
function heirOf(gone: ProcessSpec, { processes }: GroupSpec): ProcessSpec {
  return processes.find(({ program }) => program === gone.program) ?? gone;
}

/** A signal brings no new command line; and a successor that is handed the old sockets would never open those at a new address. */
function strategyOf(old: ProcessSpec, fresh: ProcessSpec): ReloadStrategy {
  const { strategy } = fresh.reload;
  if (strategy === 'hup') return 'restart';
  return isEqual(serviceAddresses(old), serviceAddresses(fresh)) ? strategy : 'restart';
}

/**
 * Nothing; or the new options hold from now on; or the process has to be started anew, since they are about how it is started.
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
