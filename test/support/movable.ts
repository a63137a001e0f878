/** Output that can be moved, as a pipe's can, and as little of it as a test wants. */
import { writeSync } from 'node:fs';
import type { Movable } from '../../src/log/log-output.ts';

export class FakeMovable implements Movable {
  readonly size: number;
  /** Whether anybody has asked for all of it. */
  wasRead = false;
  readonly #bytes: Buffer;
  readonly #movable: number;
  #moved = 0;

  /** `movable`: after so many bytes it does not move any more. */
  constructor(bytes: Buffer | string, movable = Number.POSITIVE_INFINITY) {
    this.#bytes = Buffer.from(bytes);
    this.#movable = movable;
    this.size = this.#bytes.length;
  }

  bytes(): Buffer {
    this.wasRead = true;
    return this.#bytes;
  }

  last(most: number): Buffer {
    return this.#bytes.subarray(Math.max(0, this.size - most));
  }

  moveTo(fd: number, most: number): number {
    const end = Math.min(this.size, this.#moved + most, this.#movable);
    const moved = writeSync(fd, this.#bytes, this.#moved, end - this.#moved);
    this.#moved += moved;
    return moved;
  }
}
