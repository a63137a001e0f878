/** The log files of one process as its specification wants them: AUTO files are created here, when the group is made. */
import { type LogText, ownTexts, processTexts } from '../core/log-texts.ts';
import type { ChannelSpec, ProcessSpec } from '../core/spec.ts';
import { autoLogMode, createAutoLog } from '../log/auto-log.ts';
import { ChildLog } from '../log/child-log.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import { RotatingFile } from '../log/rotating-file.ts';
import type { Syslog } from '../log/syslog.ts';
import type { Channel } from './supervision.ts';

/** Who hears of output: null where nobody does, and then nothing is made for them. */
export interface OutputListeners {
  onLogEvent(spec: ProcessSpec, channel: Channel, pid: number, data: Buffer): void;
  onCommunication(spec: ProcessSpec, channel: Channel, pid: number, data: Buffer): void;
  onProtocol(spec: ProcessSpec, pid: number, data: Buffer): void;
}

export interface LogSettings {
  readonly childLogDir: string;
  readonly identifier: string;
  readonly stripAnsi: boolean;
  readonly log: DaemonLog;
  readonly syslog: () => Syslog | null;
  readonly listeners: OutputListeners;
}

export function makeProcessLogs(spec: ProcessSpec, settings: LogSettings): Readonly<Record<Channel, ChildLog>> {
  return { stdout: makeLog(spec, 'stdout', settings), stderr: makeLog(spec, 'stderr', settings) };
}

function makeLog(spec: ProcessSpec, channel: Channel, settings: LogSettings): ChildLog {
  const { log, listeners, stripAnsi, syslog } = settings;
  const channelSpec = spec[channel];
  const isProtocol = spec.kind === 'eventlistener' && channel === 'stdout';
  const text = (data: Buffer) =>
    isProtocol ? processTexts.protocolOutput(spec.name, data) : processTexts.output(spec.name, channel, data);
  return new ChildLog({
    processName: spec.name,
    channel: channelSpec,
    file: openable(spec, channel, channelSpec, settings),
    syslog: channelSpec.syslog ? syslog() : null,
    stripAnsi,
    onProtocol: isProtocol ? (pid, data) => listeners.onProtocol(spec, pid, data) : null,
    onOutput: log.enabled('DEBG') ? (data) => log.say(text(data)) : null,
    onLogEvent: channelSpec.eventsEnabled ? (pid, data) => listeners.onLogEvent(spec, channel, pid, data) : null,
    onCommunication: (pid, data) => listeners.onCommunication(spec, channel, pid, data),
  });
}

function openable(
  spec: ProcessSpec,
  channel: Channel,
  { log: target, maxBytes, backups }: ChannelSpec,
  { childLogDir, identifier, log }: LogSettings,
): RotatingFile | null {
  if (target.kind === 'none' || (channel === 'stderr' && spec.redirectStderr)) return null;
  const report = (text: LogText) => log.say(text);
  if (target.kind === 'file') return new RotatingFile({ path: target.path, maxBytes, backups, report });
  const created = createAutoLog({ directory: childLogDir, process: spec.name, channel, identifier });
  if (!created.ok) {
    log.say(ownTexts.logTrouble(`${childLogDir}/${spec.name}-${channel}`, created.trouble.errno));
    return null;
  }
  return new RotatingFile({ path: created.path, maxBytes, backups, mode: autoLogMode, report });
}
