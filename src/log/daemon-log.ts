/**
 * The daemon's own log: supervisord's record format, in the log file or the system log, and with `nodaemon` a copy on standard output.
 *
 *     2026-11-22 21:42:08,123 INFO spawned: 'web' with pid 7
 *
 * Nothing here goes through `process.stdout`: that would make an inherited pipe non-blocking for everybody who shares it, and turn a vanished
 * reader into a crash.
 */
import type { LogText } from '../core/log-texts.ts';
import type { LogLevel } from '../core/spec.ts';
import { LogOutput, type Trouble } from './log-output.ts';
import { RotatingFile } from './rotating-file.ts';
import type { Syslog } from './syslog.ts';

const severity: Readonly<Record<LogLevel, number>> = {
  CRIT: 50,
  ERRO: 40,
  WARN: 30,
  INFO: 20,
  DEBG: 10,
  TRAC: 5,
  BLAT: 3,
};

export type DaemonLogTarget =
  | { readonly kind: 'file'; readonly path: string; readonly maxBytes: number; readonly backups: number }
  | { readonly kind: 'syslog'; readonly syslog: Syslog };

export interface DaemonLogOptions {
  readonly target: DaemonLogTarget;
  readonly level: LogLevel;
  /** Copy every record to standard output. */
  readonly copyToStdout: boolean;
  /** Milliseconds since 1970. */
  readonly wallNow?: () => number;
  /** For tests: another descriptor than 1 and 2. */
  readonly stdoutFd?: number;
  readonly stderrFd?: number;
}

export class DaemonLog {
  readonly #threshold: number;
  readonly #wallNow: () => number;
  readonly #file: RotatingFile | null;
  readonly #syslog: Syslog | null;
  readonly #stdout: LogOutput | null;
  readonly #stderr: LogOutput;
  readonly #printed: LogOutput;
  readonly #stamp = new RecordStamp();
  /** What the log file has to say about itself: it cannot be written while it is being written. */
  #aboutFile: LogText[] = [];

  constructor(options: DaemonLogOptions) {
    const { target } = options;
    this.#threshold = severity[options.level];
    this.#wallNow = options.wallNow ?? Date.now;
    this.#stdout = options.copyToStdout ? new LogOutput(options.stdoutFd ?? 1, false) : null;
    this.#stderr = new LogOutput(options.stderrFd ?? 2, false);
    this.#printed = new LogOutput(options.stdoutFd ?? 1, false);
    this.#syslog = target.kind === 'syslog' ? target.syslog : null;
    this.#file =
      target.kind === 'file' ? new RotatingFile({ ...target, report: (text) => this.#aboutFile.push(text) }) : null;
  }

  /** null for the system log. */
  get path(): string | null {
    return this.#file?.path ?? null;
  }

  /** Opens the log file. What hinders it is for the caller to judge: at start it is the end, at a restart it need not be. */
  open(): Trouble | null {
    const trouble = this.#file?.open() ?? null;
    this.#tellAboutFile();
    return trouble;
  }

  /** Is a record of this level written at all? For records that cost something to make. */
  enabled(level: LogLevel): boolean {
    return severity[level] >= this.#threshold;
  }

  log(level: LogLevel, text: string): void {
    if (severity[level] < this.#threshold) return;
    this.#record(level, text);
    if (this.#aboutFile.length > 0) this.#tellAboutFile();
  }

  say(text: LogText): void {
    this.log(text.level, text.text);
  }

  /** Text for standard output that is no record, whether records are copied there or not. */
  print(text: string): void {
    (this.#stdout ?? this.#printed).write(Buffer.from(text));
  }

  reopen(): void {
    this.#file?.reopen();
    this.#tellAboutFile();
  }

  clear(): Trouble | null {
    const trouble = this.#file?.clear() ?? null;
    this.#tellAboutFile();
    return trouble;
  }

  close(): void {
    this.#file?.close();
    this.#stdout?.close();
    this.#stderr.close();
    this.#printed.close();
  }

  #record(level: LogLevel, text: string): void {
    const stamp = this.#stamp.at(this.#wallNow());
    const head = `${stamp} ${level} `;
    if (this.#syslog !== null) this.#syslog.write(head, text);
    if (this.#file === null && this.#stdout === null) return;
    const bytes = Buffer.from(`${head}${text}\n`);
    this.#file?.write(bytes);
    // A reader that has gone, or is far behind, must not matter.
    this.#stdout?.write(bytes);
  }

  /** A full disk is told on standard error (and the copy), its end in the log itself. */
  #tellAboutFile(): void {
    const texts = this.#aboutFile;
    this.#aboutFile = [];
    for (const { level, text } of texts) {
      const bytes = Buffer.from(`${this.#stamp.at(this.#wallNow())} ${level} ${text}\n`);
      (this.#stdout ?? this.#stderr).write(bytes);
      // An error is trouble that goes on: writing it there would only be trouble again.
      if (level !== 'ERRO') this.#file?.write(bytes);
    }
    this.#aboutFile = [];
  }
}

/** `2026-11-22 21:42:08,123`, local time. The part before the comma is made once a second. */
class RecordStamp {
  #second = Number.NaN;
  #text = '';

  at(wall: number): string {
    const second = Math.floor(wall / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = localTime(new Date(second * 1000));
    }
    return `${this.#text},${pad(Math.floor(wall - second * 1000), 3)}`;
  }
}

function localTime(date: Date): string {
  const day = [pad(date.getFullYear(), 4), pad(date.getMonth() + 1, 2), pad(date.getDate(), 2)].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => pad(n, 2)).join(':')}`;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

/** Why a daemon can not begin: its main log, of that path, can not be opened. */
export function notOpened(path: string | null, trouble: Trouble): string {
  return `could not open the log file ${path}: ${trouble.text}`;
}
