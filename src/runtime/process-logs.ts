/**
 * The log files of one process as its specification wants them: AUTO files are created here, when the group is made. When the process gets another
 * definition, a log that still goes to the same place stays the same one, so that old and new generations share it.
 */
import { type LogText, ownTexts, processTexts } from '../core/log-texts.ts';
import { isEqual } from '../core/same-data.ts';
import type { LogTarget, ProcessSpec } from '../core/spec.ts';
import { autoLogMode, createAutoLog } from '../log/auto-log.ts';
import { ChildLog, type ChildLogOptions } from '../log/child-log.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import { RotatingFile } from '../log/rotating-file.ts';
import type { Syslog } from '../log/syslog.ts';
import type { Channel } from './supervision.ts';

/** Who hears of output: null where nobody does, and then nothing is made for them. */
export interface OutputListeners {
  onLogEvent(spec: ProcessSpec, channel: Channel, pid: number, data: Buffer): void;
  onCommunication(spec: ProcessSpec, channel: Channel, pid: number, data: Buffer): void;
  onProtocol(spec: ProcessSpec, pid: number, data: Buffer): void;
  onProtocolRead(spec: ProcessSpec, pid: number, data: Buffer): void;
}

export interface LogSettings {
  readonly childLogDir: string;
  readonly identifier: string;
  readonly stripAnsi: boolean;
  readonly log: DaemonLog;
  readonly syslog: () => Syslog | null;
  readonly listeners: OutputListeners;
}

/** `carried`: where they went under an earlier daemon: AUTO logs go on there. */
export function makeProcessLogs(
  spec: ProcessSpec,
  settings: LogSettings,
  carried: Readonly<Record<Channel, string>> | null = null,
): Readonly<Record<Channel, ChildLog>> {
  const make = (channel: Channel) => makeLog(spec, channel, settings, carried?.[channel] ?? '');
  return { stdout: make('stdout'), stderr: make('stderr') };
}

/** For the generations to come; those that are alive go on as they began. */
export function changeProcessLogs(
  logs: Readonly<Record<Channel, ChildLog>>,
  old: ProcessSpec,
  fresh: ProcessSpec,
  settings: LogSettings,
): Readonly<Record<Channel, ChildLog>> {
  const changed = (channel: Channel) => {
    const log = logs[channel];
    if (!isEqual(place(old, channel), place(fresh, channel))) return makeLog(fresh, channel, settings);
    log.change(logOptions(fresh, channel, settings));
    log.file?.resize(fresh[channel].maxBytes, fresh[channel].backups);
    return log;
  };
  return { stdout: changed('stdout'), stderr: changed('stderr') };
}

function makeLog(spec: ProcessSpec, channel: Channel, settings: LogSettings, carried = ''): ChildLog {
  // `file` first: an object that begins with a spread gets a hidden class of its own from V8.
  return new ChildLog({
    file: openable(spec, channel, settings, carried),
    ...logOptions(spec, channel, settings),
  });
}

function place(spec: ProcessSpec, channel: Channel): LogTarget {
  return channel === 'stderr' && spec.redirectStderr ? { kind: 'none' } : spec[channel].log;
}

function logOptions(spec: ProcessSpec, channel: Channel, settings: LogSettings): Omit<ChildLogOptions, 'file'> {
  const { log, listeners, stripAnsi, syslog } = settings;
  const channelSpec = spec[channel];
  const isProtocol = spec.kind === 'eventlistener' && channel === 'stdout';
  const text = (data: Buffer) =>
    isProtocol ? processTexts.protocolOutput(spec.name, data) : processTexts.output(spec.name, channel, data);
  return {
    processName: spec.name,
    channel: channelSpec,
    syslog: channelSpec.syslog ? syslog() : null,
    stripAnsi,
    onProtocol: isProtocol ? (pid, data) => listeners.onProtocol(spec, pid, data) : null,
    onProtocolRead: isProtocol ? (pid, data) => listeners.onProtocolRead(spec, pid, data) : null,
    onOutput: log.enabled('DEBG') ? (data) => log.say(text(data)) : null,
    onLogEvent: channelSpec.eventsEnabled ? (pid, data) => listeners.onLogEvent(spec, channel, pid, data) : null,
    onCommunication: (pid, data) => listeners.onCommunication(spec, channel, pid, data),
  };
}

function openable(
  spec: ProcessSpec,
  channel: Channel,
  { childLogDir, identifier, log }: LogSettings,
  carried: string,
): RotatingFile | null {
  const { maxBytes, backups } = spec[channel];
  const target = place(spec, channel);
  if (target.kind === 'none') return null;
  const report = (text: LogText) => log.say(text);
  if (target.kind === 'file') return new RotatingFile({ path: target.path, maxBytes, backups, report });
  if (carried !== '') return new RotatingFile({ path: carried, maxBytes, backups, mode: autoLogMode, report });
  const created = createAutoLog({ directory: childLogDir, process: spec.name, channel, identifier });
  if (!created.ok) {
    log.say(ownTexts.logTrouble(`${childLogDir}/${spec.name}-${channel}`, created.trouble.errno));
    return null;
  }
  return new RotatingFile({ path: created.path, maxBytes, backups, mode: autoLogMode, report });
}
