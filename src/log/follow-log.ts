/**
 * `tail -F`: the end of a log file, then whatever is added, through truncation and rotation. The kernel (inotify, by `fs.watch`) tells when to
 * look; a slow look round the clock is taken only while it can not: no watch to be had, or the file was moved away and has no successor yet.
 * A receiver that is full is not read for.
 */
import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, stat } from 'node:fs/promises';
import type { FollowOptions, LogFollower } from '../core/log-window.ts';
import { openLog } from './open-log.ts';

const pieceBytes = 64 * 1024;
const slowLookMs = 1000;
/** What supervisord sends in the place of what was cut off. */
const truncationLine = '==> File truncated <==\n';

export async function followLog(path: string, options: FollowOptions): Promise<LogFollower | null> {
  const opened = await openLog(path);
  if (!('file' in opened)) return null;
  const { mtimeMs } = await opened.file.stat();
  const position = opened.size >= options.head ? opened.size - options.head : 0;
  return new Follower(path, opened.file, position, mtimeMs, options);
}

class Follower implements LogFollower {
  readonly modifiedAt: number;
  readonly #path: string;
  readonly #onBytes: FollowOptions['onBytes'];
  #file: FileHandle;
  #position: number;
  #watcher: FSWatcher | null = null;
  #slowLook: NodeJS.Timeout | null = null;
  /** A look is under way; `again` asks for one more after it. */
  #looking = false;
  #again = false;
  /** Nothing is read before the first `resume`. */
  #full = true;
  #closed = false;

  constructor(path: string, file: FileHandle, position: number, modifiedAt: number, { onBytes }: FollowOptions) {
    this.#path = path;
    this.#file = file;
    this.#position = position;
    this.modifiedAt = modifiedAt;
    this.#onBytes = onBytes;
    this.#watch();
  }

  resume(): void {
    this.#full = false;
    this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    if (this.#slowLook !== null) clearTimeout(this.#slowLook);
    if (!this.#looking) void this.#file.close();
  }

  #watch(): void {
    this.#watcher?.close();
    try {
      this.#watcher = watch(this.#path, { persistent: false }, () => this.#look());
      this.#watcher.on('error', () => this.#unwatch());
    } catch {
      this.#unwatch();
    }
  }

  #unwatch(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #look(): void {
    this.#again = true;
    if (!this.#looking) void this.#lookUntilQuiet();
  }

  async #lookUntilQuiet(): Promise<void> {
    this.#looking = true;
    let moved = false;
    while (this.#again && !this.#full && !this.#closed) {
      this.#again = false;
      try {
        moved = (await this.#readOn()) === 'moved';
      } catch {
        // It can not be read just now; the next event or the slow look tries again.
        moved = true;
      }
    }
    this.#looking = false;
    if (this.#closed) await this.#file.close();
    else if (!this.#full && (moved || this.#watcher === null)) this.#lookSlowly();
  }

  #lookSlowly(): void {
    if (this.#slowLook !== null) clearTimeout(this.#slowLook);
    this.#slowLook = setTimeout(() => this.#look(), slowLookMs).unref();
  }

  /** Reads what is new; `moved` when the name leads nowhere. */
  async #readOn(): Promise<'here' | 'moved'> {
    await this.#readOpenFile();
    if (this.#full || this.#closed) return 'here';
    const [opened, named] = await Promise.all([this.#file.stat(), stat(this.#path).catch(() => null)]);
    if (named === null) return 'moved';
    if (named.ino === opened.ino && named.dev === opened.dev) return 'here';
    const next = await openLog(this.#path);
    if (!('file' in next)) return 'moved';
    // The last words of the old file, then the new one from its start.
    await this.#readOpenFile();
    if (this.#full || this.#closed) {
      await next.file.close();
      this.#again = true;
      return 'here';
    }
    await this.#file.close();
    this.#file = next.file;
    this.#position = 0;
    this.#watch();
    this.#again = true;
    return 'here';
  }

  async #readOpenFile(): Promise<void> {
    const { size } = await this.#file.stat();
    if (size < this.#position) {
      this.#position = 0;
      this.#deliver(Buffer.from(truncationLine));
    }
    while (!this.#full && !this.#closed) {
      const { bytesRead, buffer } = await this.#file.read(
        Buffer.allocUnsafe(pieceBytes),
        0,
        pieceBytes,
        this.#position,
      );
      if (bytesRead === 0) return;
      this.#position += bytesRead;
      this.#deliver(buffer.subarray(0, bytesRead));
    }
    this.#again = true;
  }

  #deliver(bytes: Buffer): void {
    if (!this.#closed && !this.#onBytes(bytes)) this.#full = true;
  }
}
