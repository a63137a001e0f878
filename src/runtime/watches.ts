/** What is watched and what is done when it changes: one row for each program with `watch`, and one for the configuration itself. */
import { compileWatchGlobs, type WatchGlobs } from '../core/watch-globs.ts';
import { notWatching, type WatchingEvent, watchingDeadline, watchingStep } from '../core/watching.ts';
import type { FileWatch, Os } from '../os/os.ts';
import type { Deadlines } from './deadlines.ts';

export interface WatchTarget {
  /** A target that stays the same by all that it says is left alone by a `sync`. */
  readonly name: string;
  /** Absolute. */
  readonly globs: readonly string[];
  readonly ignore: readonly string[];
  /** Paths that we write ourselves. */
  readonly own: readonly string[];
  readonly delaySecs: number;
}

export interface WatchesOptions {
  readonly os: Os;
  readonly deadlines: Deadlines;
  /** Resolves when it is done, well or not. */
  readonly act: (name: string, path: string) => Promise<void>;
  readonly tell: (name: string, problem: string) => void;
  readonly ready: (name: string, roots: readonly string[]) => void;
}

interface Row {
  readonly saying: string;
  readonly watch: FileWatch;
  close(): void;
}

export class Watches {
  readonly #options: WatchesOptions;
  readonly #rows = new Map<string, Row>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** These and no others are watched from here on. */
  sync(targets: readonly WatchTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.name, { target, saying: JSON.stringify(target) }]));
    for (const [name, row] of this.#rows) {
      if (wanted.get(name)?.saying === row.saying) continue;
      row.close();
      this.#rows.delete(name);
    }
    for (const [name, { target, saying }] of wanted) {
      if (!this.#rows.has(name)) this.#rows.set(name, this.#open(target, saying));
    }
  }

  #open({ name, globs, ignore, own, delaySecs }: WatchTarget, saying: string): Row {
    const { os, deadlines, act, tell, ready } = this.#options;
    const compiled: WatchGlobs = compileWatchGlobs(globs, ignore, own);
    const key = {};
    let watching = notWatching;
    let isOpen = true;
    const step = (event: WatchingEvent): void => {
      if (!isOpen) return;
      const stepped = watchingStep(watching, event, delaySecs * 1000, os.clock.now().mono);
      watching = stepped.watching;
      for (const effect of stepped.effects) {
        if (effect.effect === 'tell') tell(name, effect.text);
        else void act(name, effect.path).then(() => step({ event: 'ended' }));
      }
      deadlines.set(key, watchingDeadline(watching), () => step({ event: 'time' }));
    };
    const told = new Set<string>();
    const watch = os.watch({
      roots: compiled.roots,
      isIgnored: compiled.isIgnored,
      onChange: (path) => {
        if (compiled.matches(path)) step({ event: 'changed', path });
      },
      onReady: () => ready(name, compiled.roots),
      onError: (text) => {
        if (!told.has(text)) tell(name, text);
        told.add(text);
      },
    });
    return {
      saying,
      watch,
      close() {
        isOpen = false;
        watch.close();
        deadlines.set(key, null, () => {});
      },
    };
  }
}
