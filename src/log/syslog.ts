/**
 * Lines for the system log, in the form that libc's `syslog()` gives them, so that a rule written for supervisord's lines goes on to match:
 *
 *     <14>Nov  2 14:05:00 supervisord: web GET /          facility user, priority info, local time, the program's name
 *
 * How a datagram gets to /dev/log is the operating system layer's business.
 */

/** Sends one datagram to the system log; drops it when nobody listens. Never throws, never waits. */
export interface SyslogSink {
  send(datagram: Buffer): void;
  close(): void;
}

const userInfo = '<14>';
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class Syslog {
  readonly #sink: SyslogSink;
  readonly #ident: string;
  readonly #wallNow: () => number;

  /** `ident`: the name that stands before each line. `wallNow`: milliseconds since 1970. */
  constructor(sink: SyslogSink, ident: string, wallNow: () => number = Date.now) {
    this.#sink = sink;
    this.#ident = ident;
    this.#wallNow = wallNow;
  }

  /** Sends each line of `text` by itself, each with `prefix` before it. */
  write(prefix: string, text: string): void {
    const head = `${userInfo}${stamp(new Date(this.#wallNow()))} ${this.#ident}: ${prefix}`;
    for (const line of text.replace(/\n+$/, '').split('\n')) this.#sink.send(Buffer.from(head + line));
  }
}

function stamp(date: Date): string {
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
  return `${months[date.getMonth()]} ${String(date.getDate()).padStart(2, ' ')} ${time}`;
}
