/**
 * A log file with supervisord's rotation. After each write that reaches `maxBytes`: `log.N-1` becomes `log.N`, ..., `log` becomes `log.1`, and
 * an empty `log` is begun; without backups it is just emptied. A chunk is never split over two files, unless it is a large one.
 *
 * Children write here at full speed, so a write is one system call: the size is counted, not asked for. And a log must never take
 * the daemon down: a full disk, a removed directory, a vanished reader are reported once, what cannot be written is dropped and
 * counted, and every later write tries again.
 *
 * Unlike supervisord's, the file is always open for appending, so that an outside `copytruncate` works after a rotation too, and a target that
 * is no regular file (`/dev/stdout`, a FIFO, a terminal) is never rotated, renamed or removed.
 */
import { constants, existsSync, fstatSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { type LogText, ownTexts } from '../core/log-texts.ts';
import { LogOutput, type Movable, type Trouble, troubleOf, type WriteFailure } from './log-output.ts';

/** So much is never split over two files. */
const partBytes = 64 * 1024;
/** The same trouble is not told again within this time, however often it comes and goes. */
const quietMs = 60_000;

export interface RotatingFileOptions {
  readonly path: string;
  /** 0: never rotated. */
  readonly maxBytes: number;
  readonly backups: number;
  /** Permission bits of a file that must be created, less the umask. */
  readonly mode?: number;
  /** Told what goes wrong and when it is over; for the main log. Must not write to this same file. */
  readonly report: (text: LogText) => void;
  /** Milliseconds that only go forward. */
  readonly now?: () => number;
}

export class RotatingFile {
  readonly path: string;
  #maxBytes: number;
  #backups: number;
  readonly #mode: number;
  readonly #report: (text: LogText) => void;
  readonly #now: () => number;
  #output: LogOutput | null = null;
  #closed = true;
  /** Infinity: not to be rotated. */
  #rotateAt = Number.POSITIVE_INFINITY;
  #size = 0;
  #isFile = false;
  #droppedBytes = 0;
  #inTrouble = false;
  #troubleTold = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #toldNotRotated = false;

  constructor(options: RotatingFileOptions) {
    this.path = options.path;
    this.#maxBytes = options.maxBytes;
    this.#backups = options.backups;
    this.#mode = options.mode ?? 0o666;
    this.#report = options.report;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Opens or creates the file. What hinders it is returned; later writes try again nevertheless. */
  open(): Trouble | null {
    this.#closed = false;
    return this.#output === null ? this.#open(0) : null;
  }

  /** For what will be written whether it can be opened or not: what hinders it is reported, as a write that fails is. */
  openAnyway(): void {
    const trouble = this.open();
    if (trouble !== null) this.#failed(trouble, 0);
  }

  /** Other sizes, from the next write on. */
  resize(maxBytes: number, backups: number): void {
    this.#maxBytes = maxBytes;
    this.#backups = backups;
    if (this.#output !== null) this.#measure(this.#output);
  }

  get isOpen(): boolean {
    return !this.#closed;
  }

  /** Appends, then rotates if the file has become big enough. Never throws. A closed file drops everything. */
  write(data: Buffer | string): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const output = this.#ready(bytes.length);
    if (output !== null) this.#written(bytes.length, output.write(bytes));
  }

  /** As `write`, of what can be moved; more than `partBytes` of it may be divided among files. */
  take(source: Movable): void {
    for (let done = 0; done < source.size; ) {
      const most = Math.min(source.size - done, Math.max(partBytes, this.#rotateAt - this.#size));
      const output = this.#ready(source.size - done);
      if (output === null) return;
      const moved = this.#isFile ? source.moveTo(output.fd, most) : 0;
      if (moved === 0) return this.write(source.bytes().subarray(done));
      this.#written(moved, null);
      done += moved;
    }
  }

  /** null: closed, or in trouble, of which so many bytes are told as lost. */
  #ready(bytes: number): LogOutput | null {
    if (this.#closed || this.#output !== null) return this.#output;
    const trouble = this.#open(0);
    if (trouble !== null) this.#failed(trouble, bytes);
    return this.#output;
  }

  #written(bytes: number, failure: WriteFailure | null): void {
    this.#size += bytes - (failure?.lost ?? 0);
    if (failure !== null) {
      // A new attempt needs a new descriptor, unless the target itself is sound and only full.
      if (!fullErrnos.has(failure.errno)) this.#drop();
      this.#failed(failure, failure.lost);
      return;
    }
    if (this.#inTrouble) this.#recovered();
    if (this.#size >= this.#rotateAt) this.#rotate();
  }

  /** Opens the path anew: somebody renamed or removed the file under us. */
  reopen(): void {
    if (this.#closed) return;
    this.#drop();
    const trouble = this.#open(0);
    if (trouble !== null) this.#failed(trouble, 0);
  }

  /**
   * Empties the log as supervisord does, by a new file; backups stay. Works on a closed one too, so that the log of a stopped process can be
   * cleared. Devices and descriptors (`/dev/stdout`) are left alone.
   */
  clear(): Trouble | null {
    if (isSpecialPath(this.path)) return null;
    const wasClosed = this.#closed;
    this.#drop();
    try {
      unlinkSync(this.path);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.errno !== 'ENOENT') {
        if (!wasClosed) this.reopen();
        return trouble;
      }
      if (wasClosed) return null;
    }
    const trouble = this.#open(0);
    if (wasClosed) this.close();
    return trouble;
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #open(extraFlags: number): Trouble | null {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOCTTY | extraFlags;
    try {
      // Non-blocking: a FIFO without a reader must not stop the daemon.
      this.#output = new LogOutput(openSync(this.path, flags | constants.O_NONBLOCK, this.#mode), true);
    } catch (error) {
      const trouble = troubleOf(error);
      const own = ownDescriptor(this.path);
      // A socket (systemd's journal) or somebody else's pipe cannot be opened by its name, but we have it open already.
      if (own === null || !unopenableErrnos.has(trouble.errno)) return trouble;
      this.#output = new LogOutput(own, false);
    }
    return this.#measure(this.#output);
  }

  /** Learns the size, and whether this is something that can be rotated. */
  #measure(output: LogOutput): Trouble | null {
    try {
      const stat = fstatSync(output.fd);
      this.#isFile = stat.isFile();
      this.#size = this.#isFile ? stat.size : 0;
      const rotates = this.#maxBytes > 0 && this.#isFile && !isSpecialPath(this.path);
      this.#rotateAt = rotates ? this.#maxBytes : Number.POSITIVE_INFINITY;
      if (this.#maxBytes > 0 && !rotates && this.path !== '/dev/null' && !this.#toldNotRotated) {
        this.#toldNotRotated = true;
        this.#report(ownTexts.notRotated(this.path));
      }
      return null;
    } catch (error) {
      this.#drop();
      return troubleOf(error);
    }
  }

  #drop(): void {
    this.#output?.close();
    this.#output = null;
  }

  #rotate(): void {
    let trouble: Trouble | null = null;
    let emptied = false;
    try {
      // Asked once a file only: did somebody truncate it under us, and it is not that big at all?
      const stat = this.#output === null ? null : fstatSync(this.#output.fd);
      if (stat !== null && stat.size < this.#maxBytes && stat.nlink > 0) {
        this.#size = stat.size;
        return;
      }
      this.#drop();
      for (let n = this.#backups; n > 0; n--)
        renameIfThere(n === 1 ? this.path : `${this.path}.${n - 1}`, `${this.path}.${n}`);
      emptied = true;
    } catch (error) {
      trouble = troubleOf(error);
    }
    // Where the renaming failed, the file goes on growing: better a big log than a lost one.
    this.#drop();
    trouble = this.#open(emptied ? constants.O_TRUNC : 0) ?? trouble;
    if (trouble === null) return;
    if (this.#output !== null) this.#rotateAt = this.#size + this.#maxBytes;
    this.#failed(trouble, 0);
  }

  #failed(trouble: Trouble, lost: number): void {
    this.#inTrouble = true;
    this.#droppedBytes += lost;
    const now = this.#now();
    if (this.#troubleTold || now - this.#toldAt < quietMs) return;
    this.#troubleTold = true;
    this.#toldAt = now;
    this.#report(ownTexts.logTrouble(this.path, trouble.text));
  }

  #recovered(): void {
    this.#inTrouble = false;
    if (!this.#troubleTold) return;
    this.#troubleTold = false;
    const dropped = this.#droppedBytes;
    this.#droppedBytes = 0;
    this.#report(ownTexts.logRecovered(this.path, dropped));
  }
}

const fullErrnos: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EAGAIN', 'EINTR']);
const unopenableErrnos: ReadonlySet<string> = new Set(['ENXIO', 'EACCES', 'EPERM']);

/** Names of descriptors and devices. `/dev/stdout` may well be a regular file, but it is not ours to rename. */
function isSpecialPath(path: string): boolean {
  return path.startsWith('/dev/') || path.startsWith('/proc/');
}

/** The descriptor of ours that such a name stands for. */
function ownDescriptor(path: string): number | null {
  if (path === '/dev/stdout') return 1;
  if (path === '/dev/stderr') return 2;
  const match = /^\/(?:dev|proc\/self)\/fd\/([12])$/.exec(path);
  return match === null ? null : Number(match[1]);
}

function renameIfThere(from: string, to: string): void {
  if (!existsSync(from)) return; // most backups are not there at first, and an exception takes longer than asking
  try {
    renameSync(from, to);
  } catch (error) {
    // A clean-up script may have removed it.
    if (troubleOf(error).errno !== 'ENOENT') throw error;
  }
}
