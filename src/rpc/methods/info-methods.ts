/** `supervisor.*`: what is there: the processes and their configuration. */
import { type ProcessInfo, processInfo } from '../../core/describe.ts';
import type { ChannelSpec, GroupSpec, ProcessSpec } from '../../core/spec.ts';
import type { GroupView, ProcessView, Supervision } from '../../runtime/supervision.ts';
import { compareCodePoints } from '../../util/code-point-order.ts';
import { Encoded, type RpcResult } from '../encode-response.ts';
import { toLocalTime } from '../local-time.ts';
import { answer, type MethodTable, param } from '../method.ts';
import { findProcess } from '../targets.ts';

export const infoMethods: MethodTable = [
  [
    'getProcessInfo',
    {
      returns: 'struct',
      params: [param('name', 'string')],
      help: 'All that is known of one process: state, pid, times, log files, and a description for people.',
      reads: true,
      call: ({ daemon }, [name]) => {
        const target = findProcess(daemon, name);
        return target.kind === 'wrong' ? target.answer : answer(processInfo(target.process, daemon.now(), toLocalTime));
      },
    },
  ],
  [
    'getAllProcessInfo',
    {
      returns: 'array',
      params: [],
      help: 'The struct of getProcessInfo for every process, by group name and process name.',
      reads: true,
      call: ({ daemon }) => allProcessInfo(daemon),
    },
  ],
  [
    'getAllConfigInfo',
    {
      returns: 'array',
      params: [],
      help: 'The configuration of every process as last read, also of those that are not in use yet.',
      reads: true,
      call: ({ daemon }) => answer(configInfo(daemon)),
    },
  ],
];

interface Infos {
  readonly second: number;
  readonly value: readonly ProcessInfo[];
  readonly encoded: Encoded;
}

/** What was made of views is kept as long as they are. */
const madeOf = new WeakMap<readonly GroupView[], Infos>();

/** The same for everyone who asks within the same second, as long as nothing changes: a struct tells no smaller times. */
function allProcessInfo(daemon: Supervision): Infos {
  const groups = daemon.groups();
  const now = daemon.now();
  const second = Math.floor(now / 1000);
  const last = madeOf.get(groups);
  if (last?.second === second) return last;
  const processes = sortedByName(groups.flatMap((group) => group.processes));
  const value = processes.map((process) => processInfo(process, now, toLocalTime));
  const infos = { second, value, encoded: new Encoded() };
  madeOf.set(groups, infos);
  return infos;
}

export function sortedByName(processes: readonly ProcessView[]): readonly ProcessView[] {
  return processes.toSorted((a, b) => compareCodePoints(a.group, b.group) || compareCodePoints(a.name, b.name));
}

/** By process name only; equal names keep the order of their groups. */
function configInfo(daemon: Supervision): RpcResult {
  return daemon.config.groups
    .flatMap((group) => {
      const inuse = daemon.group(group.name) !== null;
      return group.processes.map((spec) => configStruct(daemon, group, spec, inuse));
    })
    .toSorted((a, b) => compareCodePoints(a.name, b.name));
}

/** Members in supervisord's order; its master's `autorestart` follows at the end. */
function configStruct(daemon: Supervision, group: GroupSpec, spec: ProcessSpec, inuse: boolean) {
  const view = daemon.process(group.name, spec.name);
  return {
    autostart: spec.autostart,
    directory: spec.directory ?? 'none',
    uid: spec.uid ?? 'none',
    command: spec.command,
    exitcodes: spec.exitCodes,
    group: group.name,
    group_prio: group.priority,
    inuse,
    killasgroup: spec.killAsGroup,
    name: spec.name,
    process_prio: spec.priority,
    redirect_stderr: spec.redirectStderr,
    startretries: spec.startRetries,
    startsecs: spec.startSecs,
    stdout_capture_maxbytes: spec.stdout.captureMaxBytes,
    stdout_events_enabled: spec.stdout.eventsEnabled,
    stdout_logfile: logName(spec.stdout, view?.stdoutLog),
    stdout_logfile_backups: spec.stdout.backups,
    stdout_logfile_maxbytes: spec.stdout.maxBytes,
    stdout_syslog: spec.stdout.syslog,
    stopsignal: spec.stopSignal,
    stopwaitsecs: spec.stopWaitSecs,
    stderr_capture_maxbytes: spec.stderr.captureMaxBytes,
    stderr_events_enabled: spec.stderr.eventsEnabled,
    stderr_logfile: logName(spec.stderr, view?.stderrLog),
    stderr_logfile_backups: spec.stderr.backups,
    stderr_logfile_maxbytes: spec.stderr.maxBytes,
    stderr_syslog: spec.stderr.syslog,
    serverurl: spec.serverUrl ?? 'none',
    autorestart: spec.autorestart,
  };
}

/** An automatic file has a name once the process is there. */
function logName(channel: ChannelSpec, actual: string | undefined): string {
  switch (channel.log.kind) {
    case 'none':
      return 'none';
    case 'auto':
      return actual || 'auto';
    case 'file':
      return channel.log.path;
  }
}
