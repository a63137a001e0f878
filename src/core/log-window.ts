/**
 * Which bytes of a log file a client gets, as supervisord reckons it: offsets and lengths count bytes of the file as it is now. Pure, so
 * that the tables of the protocol are its tests. Reading the bytes is the business of `LogFiles`.
 */

/** From `start` to before `end`, both within the file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What the upper layers ask of log files; `src/log/` implements it. */
export interface LogFiles {
  /** `window` is told the size and says what to read. */
  read(path: string, window: (size: number) => ByteRange): Promise<LogRead>;
  /** Follows a file by name, as `tail -F`; nothing comes before the first `resume`. null: there is no such file. */
  follow(path: string, options: FollowOptions): Promise<LogFollower | null>;
}

export type LogRead =
  | { readonly ok: true; readonly bytes: Buffer; readonly size: number }
  | { readonly ok: false; readonly problem: 'missing' | 'unreadable' };

export interface FollowOptions {
  /** How many of the last bytes come first. */
  readonly head: number;
  /** Called with each new piece; returns false when the receiver is full, and nothing more is read until `resume`. */
  readonly onBytes: (bytes: Buffer) => boolean;
}

export interface LogFollower {
  /** Wall milliseconds of the file's last change when it was opened. */
  readonly modifiedAt: number;
  resume(): void;
  close(): void;
}

/** readLog and its like. `bad-arguments`: a fault of that name. */
export function readWindow(size: number, offset: number, length: number, most: number): ByteRange | 'bad-arguments' {
  if (offset < 0) {
    if (length !== 0) return 'bad-arguments';
    return { start: Math.max(0, size + Math.max(offset, -most)), end: size };
  }
  if (length < 0) return 'bad-arguments';
  const start = Math.min(offset, size);
  const wanted = length === 0 ? size - start : length;
  return { start, end: Math.min(size, start + Math.min(wanted, most)) };
}

export interface TailWindow extends ByteRange {
  /** The log is longer than the client assumed. */
  readonly overflow: boolean;
}

/** tailProcessLog: the last `length` bytes, whatever the offset, as soon as the file is longer than both together. */
export function tailWindow(size: number, offset: number, length: number, most: number): TailWindow {
  const overflow = size > offset + length;
  let from = overflow ? size - 1 : offset;
  let count = length;
  if (from + count > size) {
    if (from > size - 1) count = 0;
    from = size - count;
  }
  const start = Math.min(size, Math.max(0, from));
  const end = Math.min(size, start + Math.max(0, count));
  return { start: Math.max(start, end - most), end, overflow };
}
