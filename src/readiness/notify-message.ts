/** What a program says by sd_notify: lines of NAME=value. Names that hupd has no use for are passed over, as the protocol wants it. */

export interface Notice {
  readonly ready: boolean;
  readonly reloading: boolean;
  readonly stopping: boolean;
  /** For people; made fit for one line. null: not said. */
  readonly status: string | null;
  readonly mainPid: number | null;
  /** It needs so much more time from now on. */
  readonly extendMs: number | null;
  /** `trigger`: it wants to be treated as one that has missed its time. */
  readonly watchdog: 'alive' | 'trigger' | null;
  readonly watchdogMs: number | null;
}

const longestStatus = 500;

export function parseNotice(message: Buffer): Notice {
  const values = new Map<string, string>();
  for (const line of message.toString().split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  const said = (name: string) => values.get(name) === '1';
  const watchdog = values.get('WATCHDOG');
  return {
    ready: said('READY'),
    reloading: said('RELOADING'),
    stopping: said('STOPPING'),
    status: statusOf(values.get('STATUS')),
    mainPid: wholeNumber(values.get('MAINPID')),
    extendMs: milliseconds(values.get('EXTEND_TIMEOUT_USEC')),
    watchdog: watchdog === '1' ? 'alive' : watchdog === 'trigger' ? 'trigger' : null,
    watchdogMs: milliseconds(values.get('WATCHDOG_USEC')),
  };
}

/** Of a number of microseconds above 0. */
export function milliseconds(usec: string | undefined): number | null {
  const number = wholeNumber(usec);
  return number === null ? null : number / 1000;
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

function statusOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '?')
    .trim()
    .slice(0, longestStatus);
}
