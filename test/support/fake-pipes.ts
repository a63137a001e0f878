/**
 * A FakeOs's pipes, in memory. They behave as the real ones do: output waits until it is read or drained, the end comes when nobody
 * holds the writing end any more, a full stdin keeps the rest.
 */
import { heldChunk } from '../../src/os/fifo.ts';
import type { Errno, LogPipe, OnChunk, StdinPipe } from '../../src/os/os.ts';

export type Post = (what: () => void) => void;

export class FakeLogPipe implements LogPipe {
  readonly path: string;
  readonly childFd: number;
  readonly label: string;
  readonly ownerUid: number | null;
  /** Processes that have the writing end. */
  readonly writers = new Set<number>();
  childEndOpen: boolean;
  closed = false;
  readonly #post: Post;
  #waiting: Buffer[] = [];
  #receiver: { onChunk: OnChunk; onEnd: () => void } | null = null;
  #endTold = false;

  constructor(path: string, label: string, ownerUid: number | null, childFd: number, post: Post) {
    this.path = path;
    this.label = label;
    this.ownerUid = ownerUid;
    this.childFd = childFd;
    this.childEndOpen = childFd >= 0;
    this.#post = post;
  }

  /** What a child prints: delivered on the next flush, or by `drain`. */
  write(text: string | Buffer): void {
    if (this.closed) return;
    this.#waiting.push(Buffer.from(text));
    this.#post(() => this.drain());
  }

  closeChildEnd(): void {
    this.childEndOpen = false;
    this.writersChanged();
  }

  read(onChunk: OnChunk, onEnd: () => void): void {
    this.#receiver = { onChunk, onEnd };
    this.#post(() => this.drain());
    this.writersChanged();
  }

  drain(): void {
    while (this.#receiver !== null && !this.closed) {
      const chunk = this.#waiting.shift();
      if (chunk === undefined) return;
      this.#receiver.onChunk(heldChunk(chunk));
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.childEndOpen = false;
    this.#tellEnd();
  }

  /** As `close`, and nobody is there to be told. */
  abandon(): void {
    this.#receiver = null;
    this.close();
  }

  /** The test's, when a process got or lost the writing end. */
  writersChanged(): void {
    if (!this.childEndOpen && this.writers.size === 0) this.#tellEnd();
  }

  #tellEnd(): void {
    this.#post(() => {
      if (this.#receiver === null || this.#endTold) return;
      if (!this.closed && (this.childEndOpen || this.writers.size > 0)) return;
      this.drain();
      this.#endTold = true;
      this.#receiver.onEnd();
    });
  }
}

export class FakeStdinPipe implements StdinPipe {
  readonly path: string | null;
  readonly childFd: number;
  childEndOpen: boolean;
  closed = false;
  /** Bytes that the pipe takes before it is full; 0: full already. */
  capacity = 65536;
  /** What each further write answers instead, as after the child has closed its stdin. */
  broken: Errno | null = null;
  #inPipe: Buffer = Buffer.alloc(0);
  #kept: Buffer = Buffer.alloc(0);

  constructor(childFd: number, path: string | null = null) {
    this.childFd = childFd;
    this.path = path;
    this.childEndOpen = childFd >= 0;
  }

  get pending(): number {
    return this.#kept.length;
  }

  changed(): string {
    return `${this.#inPipe.length}`;
  }

  closeChildEnd(): void {
    this.childEndOpen = false;
  }

  write(data: Buffer): 'ok' | Errno {
    if (this.closed) return 'EPIPE';
    if (this.broken !== null) return this.broken;
    this.#kept = Buffer.concat([this.#kept, data]);
    this.#fill();
    return 'ok';
  }

  close(): void {
    this.closed = true;
    this.childEndOpen = false;
    this.#kept = Buffer.alloc(0);
  }

  /** What the child reads: all that is in the pipe; what waited for room moves up. */
  take(): string {
    const text = this.#inPipe.toString();
    this.#inPipe = Buffer.alloc(0);
    this.#fill();
    return text;
  }

  #fill(): void {
    const room = Math.max(0, this.capacity - this.#inPipe.length);
    this.#inPipe = Buffer.concat([this.#inPipe, this.#kept.subarray(0, room)]);
    this.#kept = this.#kept.subarray(room);
  }
}
