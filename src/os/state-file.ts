/**
 * A file of lines that a daemon leaves to the next. Each line is one write, so that a kill leaves at most the last one torn; a new file takes the
 * place of the old one in one step. It is not synced to the disk: it is of use to a daemon on the same running kernel only.
 */
import { closeSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';

const OWNER_ONLY = 0o600;

export class StateFile {
  readonly path: string;
  #fd: number | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** null: there is none. Throws where it can not be read. */
  read(): string | null {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Throws; after that only `replace` helps. */
  append(text: string): void {
    if (this.#fd === null) throw new Error('the state file is not open');
    writeAll(this.#fd, text);
  }

  /** Throws; the old file is then as it was. */
  replace(text: string): void {
    const fresh = `${this.path}.new`;
    const fd = openSync(fresh, 'w', OWNER_ONLY);
    try {
      writeAll(fd, text);
      renameSync(fresh, this.path);
    } catch (error) {
      closeSync(fd);
      unlinkQuietly(fresh); // what fits of it would only take the room
      throw error;
    }
    this.close();
    this.#fd = fd;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** There is nothing to leave any more. */
  remove(): void {
    this.close();
    unlinkQuietly(this.path);
  }
}

function unlinkQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // it was not there
  }
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
