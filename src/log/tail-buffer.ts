/**
 * The last bytes that a process wrote, for the message that says why its start failed. Every chunk of output passes through here, so adding
 * is a copy of at most `capacity` bytes; lines are made only when somebody asks.
 */

const defaultCapacity = 8192;

export class TailBuffer {
  /** Bytes. */
  readonly capacity: number;
  /** A ring; taken when the first byte comes, since most channels stay silent. */
  #ring: Buffer | null = null;
  #total = 0;

  constructor(capacity = defaultCapacity) {
    this.capacity = capacity;
  }

  push(chunk: Buffer): void {
    this.#ring ??= Buffer.allocUnsafe(this.capacity);
    const data = chunk.length > this.capacity ? chunk.subarray(chunk.length - this.capacity) : chunk;
    this.#total += chunk.length - data.length;
    const at = this.#total % this.capacity;
    const copied = data.copy(this.#ring, at);
    data.copy(this.#ring, 0, copied);
    this.#total += data.length;
  }

  clear(): void {
    this.#total = 0;
  }

  /** At most `count` lines, oldest first, without line ends; the first one may have lost its beginning. Undecodable bytes are replaced. */
  lastLines(count: number): readonly string[] {
    if (count <= 0) return [];
    const lines = this.#bytes().toString().split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.slice(-count).map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }

  #bytes(): Buffer {
    if (this.#ring === null) return Buffer.alloc(0);
    if (this.#total <= this.capacity) return this.#ring.subarray(0, this.#total);
    const at = this.#total % this.capacity;
    return Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)]);
  }
}
