/**
 * Files and directories that are watched for changes. chokidar, here and nowhere else, and loaded when somebody watches something, does the
 * directories; it knows no globs since its fourth version, so what counts is decided by who asks.
 *
 * What chokidar does not see: a root that is not there yet, one that is replaced as a whole, and a link on the way to it that is pointed
 * elsewhere, as releases are switched. So the directory of each of these is watched for that one name, and when it changes hands everything is
 * looked at anew. A root that is a file needs nothing else.
 */
import {
  type Dirent,
  lstatSync,
  type FSWatcher as NodeWatcher,
  readdirSync,
  type Stats,
  statSync,
  watch,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FSWatcher } from 'chokidar';
import type { FileWatch, WatchRequest } from './os.ts';

type Chokidar = typeof import('chokidar');

/** What was written longer ago was not written just now. */
const freshMs = 10_000;
/** Between a switch and the look at what is there now: a rename has two ends. */
const settleMs = 50;

export function watchFiles(request: WatchRequest): FileWatch {
  const made = new LoadedWatch(request);
  void made.begin();
  return made;
}

class LoadedWatch implements FileWatch {
  readonly #request: WatchRequest;
  #trees: FSWatcher | null = null;
  #guards: NodeWatcher[] = [];
  #soon: NodeJS.Timeout | null = null;
  #look: NodeJS.Timeout | null = null;
  readonly #newDirectories = new Set<string>();
  #closed = false;

  constructor(request: WatchRequest) {
    this.#request = request;
  }

  async begin(): Promise<void> {
    try {
      const chokidar = await import('chokidar');
      if (this.#closed) return;
      await this.#open(chokidar);
      if (!this.#closed) this.#request.onReady();
    } catch (error) {
      this.#request.onError(textOf(error));
    }
  }

  /** Resolves when nothing is missed any more. */
  #open(chokidar: Chokidar): Promise<void> {
    this.#guard(chokidar);
    const { roots, isIgnored, onChange, onError } = this.#request;
    const trees = roots.filter((root) => statSync(root, { throwIfNoEntry: false })?.isDirectory());
    if (trees.length === 0) return Promise.resolve();
    const ignored = (path: string, stats?: Stats) =>
      !trees.includes(path) && isIgnored(path, stats?.isDirectory() ?? true);
    const watcher = chokidar.watch([...trees], { ignoreInitial: true, ignorePermissionErrors: true, ignored });
    this.#trees = watcher;
    watcher
      .on('all', (_event, path) => onChange(path))
      // What was put into a new directory before chokidar looked into it may be lost to it.
      .on('addDir', (path) => this.#lookSoon(path))
      // A file that is replaced within milliseconds of another change is lost to chokidar; its directory tells all the same.
      .on('raw', (event, name, details) => {
        const path = pathOf(details, name);
        if (path !== null && !isIgnored(path, false) && (event !== 'change' || isFresh(path))) onChange(path);
      })
      .on('error', (error) => onError(textOf(error)));
    return new Promise((resolve) => watcher.once('ready', () => resolve()));
  }

  #guard(chokidar: Chokidar): void {
    const { roots, onChange, onError } = this.#request;
    const names = new Map<string, Set<string>>();
    for (const path of roots.flatMap(guarded)) {
      const directory = dirname(path);
      names.set(directory, (names.get(directory) ?? new Set()).add(basename(path)));
    }
    for (const [directory, wanted] of names) {
      try {
        const guard = watch(directory, (event, name) => {
          if (name === null || !wanted.has(name)) return;
          const path = join(directory, name);
          if (event === 'rename') {
            onChange(path);
            this.#reopenSoon(chokidar);
          } else if (roots.includes(path) && isFresh(path)) onChange(path);
        });
        this.#guards.push(guard.on('error', (error) => onError(textOf(error))));
      } catch (error) {
        onError(textOf(error));
      }
    }
  }

  #lookSoon(directory: string): void {
    this.#newDirectories.add(directory);
    this.#look ??= setTimeout(() => {
      this.#look = null;
      const directories = [...this.#newDirectories];
      this.#newDirectories.clear();
      for (const path of directories) this.#tellFilesIn(path);
    }, settleMs);
  }

  #tellFilesIn(directory: string): void {
    const { isIgnored, onChange } = this.#request;
    let entries: Dirent[];
    try {
      entries = readdirSync(directory, { withFileTypes: true });
    } catch {
      return; // gone again
    }
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (!entry.isDirectory() && !isIgnored(path, false)) onChange(path);
    }
  }

  #reopenSoon(chokidar: Chokidar): void {
    if (this.#closed) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#closeAll();
      void this.#open(chokidar);
    }, settleMs);
  }

  #closeAll(): void {
    void this.#trees?.close();
    this.#trees = null;
    for (const guard of this.#guards) guard.close();
    this.#guards = [];
  }

  close(): void {
    this.#closed = true;
    for (const timer of [this.#soon, this.#look]) if (timer !== null) clearTimeout(timer);
    this.#closeAll();
  }
}

/** The root itself, each link on the way to it, and where the way ends, the first name that is not there. */
function guarded(root: string): string[] {
  const up = dirname(root);
  if (up === root) return [];
  const before = guarded(up);
  const missing = before.find((path) => lstatSync(path, { throwIfNoEntry: false }) === undefined);
  if (missing !== undefined) return before;
  return [...before.filter((path) => lstatSync(path).isSymbolicLink()), root];
}

/** A directory tells of its entries by name, a file of itself. */
function pathOf(details: unknown, name: string | null): string | null {
  if (name === null || typeof details !== 'object' || details === null || !('watchedPath' in details)) return null;
  const { watchedPath } = details;
  if (typeof watchedPath !== 'string') return null;
  return basename(watchedPath) === name ? watchedPath : join(watchedPath, name);
}

/** Written just now; not merely a change of its mode or of the number of its links. */
function isFresh(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && Math.abs(Date.now() - stats.mtimeMs) < freshMs;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
