/**
 * Keeps the path of a unix socket alive while generations change. A server that bound the path itself removes it when it stops, and so
 * does one that fails to start; the socket is still served by the other generation, only nobody finds it any more. So there is a second
 * hard link to it beside the path, and the moment the path goes it is linked back. A successor's own socket at the path is guarded from
 * then on.
 */
import { existsSync, type FSWatcher, linkSync, lstatSync, readdirSync, unlinkSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errnoOf } from './libc.ts';
import type { PathGuard } from './os.ts';
import { OsError } from './os-error.ts';

/** Throws `OsError`: no such socket, or no right to link it. */
export function guardSocketPath(path: string): PathGuard {
  return new SocketPathGuard(path);
}

/** Nothing else of the daemon happens meanwhile. */
const closelyMs = 25;

class SocketPathGuard implements PathGuard {
  readonly #path: string;
  readonly #spare: string;
  readonly #watcher: FSWatcher;
  #inode: number;

  constructor(path: string) {
    this.#path = path;
    const spares = `.${basename(path)}.hupd-`;
    this.#spare = `${dirname(path)}/${spares}${process.pid}`;
    takeUpSpares(path, spares);
    this.#inode = this.#link();
    try {
      this.#watcher = watch(dirname(path), { persistent: false });
    } catch (error) {
      removeQuietly(this.#spare);
      throw new OsError('watch', errnoOf(error), dirname(path));
    }
    this.#watcher.on('change', () => this.#look());
    this.#watcher.on('error', () => this.#watcher.close()); // the directory has gone, and the path with it
    this.#look();
  }

  /** An event would come when the loop gets to it; a client may come sooner. */
  watchClosely(): void {
    for (const end = performance.now() + closelyMs; performance.now() < end; ) {
      if (lstatSync(this.#path, { throwIfNoEntry: false }) === undefined) return this.#putBack();
    }
  }

  release(): void {
    this.#watcher.close();
    removeQuietly(this.#spare);
  }

  #link(): number {
    removeQuietly(this.#spare);
    try {
      const { ino } = lstatSync(this.#path);
      linkSync(this.#path, this.#spare);
      return ino;
    } catch (error) {
      throw new OsError('link', errnoOf(error), this.#path);
    }
  }

  #look(): void {
    const now = lstatSync(this.#path, { throwIfNoEntry: false });
    if (now === undefined) this.#putBack();
    else if (now.ino !== this.#inode && now.isSocket()) this.#follow();
  }

  /** `link` and not `rename`: should a server have bound the path in this moment, its socket stays. */
  #putBack(): void {
    try {
      linkSync(this.#spare, this.#path);
    } catch {
      // EEXIST: bound anew, which the next event tells; ENOENT: the directory is being removed
    }
  }

  #follow(): void {
    try {
      this.#inode = this.#link();
    } catch {
      // gone again already: the next event tells
    }
  }
}

/** What a daemon that has been killed, or was this one before an exec, has left beside the path: it may be all that is left of it. */
function takeUpSpares(path: string, prefix: string): void {
  try {
    for (const name of readdirSync(dirname(path))) {
      if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
      const spare = `${dirname(path)}/${name}`;
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) linkSync(spare, path);
      unlinkSync(spare);
    }
  } catch {
    // no right to look or to link: then there is nothing to take up
  }
}

function isAlive(pid: number): boolean {
  return pid !== process.pid && existsSync(`/proc/${pid}`);
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // it was not there
  }
}
