/**
 * A process as clients read it: the `description` column and the struct of `getProcessInfo`. Scripts parse both, so they are supervisord's
 * to the letter.
 */
import { processStateCodes, type StateName } from './states.ts';

/** What there is to know of a process. Times are wall milliseconds, 0: never. */
export interface ProcessFacts {
  readonly group: string;
  readonly name: string;
  readonly state: StateName;
  /** 0 when down. During a reload's overlap: the generation that is the process. */
  readonly pid: number;
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** '' when there is none. */
  readonly spawnError: string;
  /** 0 while running; -1 after a death by signal. */
  readonly exitCode: number;
  /** '' when there is none. */
  readonly stdoutLog: string;
  readonly stderrLog: string;
}

/** A moment on the wall clock of the daemon's time zone. */
export interface LocalTime {
  /** 0: January. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}
export type ToLocalTime = (wall: number) => LocalTime;

/** A type, not an interface: it is sent as it is. */
export type ProcessInfo = {
  readonly name: string;
  readonly group: string;
  readonly start: number;
  readonly stop: number;
  readonly now: number;
  readonly state: number;
  readonly statename: string;
  readonly spawnerr: string;
  readonly exitstatus: number;
  readonly logfile: string;
  readonly stdout_logfile: string;
  readonly stderr_logfile: string;
  readonly pid: number;
  readonly description: string;
};

/** The struct of `getProcessInfo`, its members in supervisord's order; times in whole seconds. */
export function processInfo(process: ProcessFacts, now: number, toLocal: ToLocalTime): ProcessInfo {
  return {
    name: process.name,
    group: process.group,
    start: Math.floor(process.startedAt / 1000),
    stop: Math.floor(process.stoppedAt / 1000),
    now: Math.floor(now / 1000),
    state: processStateCodes[process.state],
    statename: process.state,
    spawnerr: process.spawnError,
    exitstatus: process.exitCode,
    logfile: process.stdoutLog,
    stdout_logfile: process.stdoutLog,
    stderr_logfile: process.stderrLog,
    pid: process.pid,
    description: describeProcess(process, now, toLocal),
  };
}

export function describeProcess(process: ProcessFacts, now: number, toLocal: ToLocalTime): string {
  switch (process.state) {
    case 'RUNNING':
      return `pid ${process.pid}, uptime ${describeUptime(process.startedAt, now)}`;
    case 'FATAL':
    case 'BACKOFF':
      return process.spawnError || `unknown error (try "tail ${process.name}")`;
    case 'STOPPED':
    case 'EXITED':
      // Whole seconds count: a start within the first one of 1970 is none.
      return process.startedAt < 1000 ? 'Not started' : describeStop(toLocal(process.stoppedAt));
    case 'STARTING':
    case 'STOPPING':
    case 'UNKNOWN':
      return '';
  }
}

/** Python's timedelta: `0:00:05`, `1 day, 0:00:05`, `12 days, 1:01:01`. Never negative, should the clock have been set back. */
export function describeUptime(since: number, now: number): string {
  const seconds = Math.max(0, Math.floor(now / 1000) - Math.floor(since / 1000));
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor((seconds % 86_400) / 3600);
  const clock = `${hours}:${twoDigits(Math.floor((seconds % 3600) / 60))}:${twoDigits(seconds % 60)}`;
  if (days === 0) return clock;
  return `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}

/** `Nov 02 12:05 AM`. */
function describeStop(at: LocalTime): string {
  const hour = at.hour % 12 === 0 ? 12 : at.hour % 12;
  return `${monthNames[at.month]} ${twoDigits(at.day)} ${twoDigits(hour)}:${twoDigits(at.minute)} ${at.hour < 12 ? 'AM' : 'PM'}`;
}

export const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
