/**
 * What the daemon does by itself when files change: `watch=` reloads its program by its strategy, `[supervisord] watch_config` does what a client's
 * update does. A configuration that cannot be read changes nothing; a reload that is refused or fails has told so itself.
 */
import { type LogText, ownTexts } from '../core/log-texts.ts';
import type { Os } from '../os/os.ts';
import type { Deadlines } from './deadlines.ts';
import type { Groups } from './groups.ts';
import type { Reloads } from './reloads.ts';
import type { Supervision } from './supervision.ts';
import { Watches, type WatchTarget } from './watches.ts';

export interface SelfUpdateOptions {
  readonly os: Os;
  readonly deadlines: Deadlines;
  readonly groups: Groups;
  readonly reloads: Reloads;
  readonly daemon: Pick<
    Supervision,
    'config' | 'mainLogPath' | 'reload' | 'reread' | 'stop' | 'addGroup' | 'removeGroup'
  >;
  /** As the daemon was started: what a reread finds holds from the next restart on. */
  readonly watchesConfig: boolean;
  readonly say: (line: LogText) => void;
}

/** The row of the configuration; no program is called so. */
const ofConfig = '[config]';
const configDelaySecs = 0.5;

export class SelfUpdate {
  readonly #options: SelfUpdateOptions;
  readonly #watches: Watches;
  #isOver = false;

  constructor(options: SelfUpdateOptions) {
    const { os, deadlines, say } = options;
    this.#options = options;
    this.#watches = new Watches({
      os,
      deadlines,
      act: (name, path) => (name === ofConfig ? this.update(path) : this.#reload(name, path)),
      tell: (name, problem) => say(ownTexts.watchProblem(name, problem)),
      ready: (name, roots) => say(ownTexts.watching(name, roots)),
    });
  }

  /** To be called whenever groups came, went or have another definition. */
  sync(): void {
    if (!this.#isOver) this.#watches.sync([...this.#programs(), ...this.#config()]);
  }

  /** From here on nothing is watched any more. */
  end(): void {
    this.#isOver = true;
    this.#watches.sync([]);
  }

  *#programs(): Iterable<WatchTarget> {
    const { groups, daemon } = this.#options;
    const members = [...groups.members()];
    const own = members.flatMap(({ logs }) => [logs.stdout.path, logs.stderr.path]).filter((path) => path !== '');
    own.push(daemon.config.daemon.pidFile, ...(daemon.mainLogPath === null ? [] : [daemon.mainLogPath]));
    const seen = new Set<string>();
    for (const { spec } of members) {
      const name = nameOf(spec);
      const { watch, watchIgnore, watchDelaySecs } = spec.reload;
      if (watch.length === 0 || seen.has(name)) continue;
      seen.add(name);
      yield { name, globs: watch, ignore: watchIgnore, own: own.toSorted(), delaySecs: watchDelaySecs };
    }
  }

  #config(): readonly WatchTarget[] {
    if (!this.#options.watchesConfig) return [];
    const { file, includes } = this.#options.daemon.config;
    return [{ name: ofConfig, globs: [file, ...includes], ignore: [], own: [], delaySecs: configDelaySecs }];
  }

  async #reload(name: string, path: string): Promise<void> {
    const { groups, reloads, daemon, say } = this.#options;
    const members = [...groups.members()].filter(({ spec }) => nameOf(spec) === name);
    for (const { spec } of members) {
      const underWay = reloads.of(spec.group, spec.name);
      if (underWay !== null) await reloads.ended(underWay);
    }
    const chosen = members.filter(({ isToRun }) => isToRun).map(({ spec }) => ({ group: spec.group, name: spec.name }));
    if (chosen.length === 0 || this.#isOver) return;
    say(ownTexts.watchReload(name, path));
    const begun = daemon.reload(name, chosen);
    if (begun.ok) await reloads.ended(begun.id);
    else say(ownTexts.watchProblem(name, begun.text));
  }

  /** `path`: the file that has changed; null: nobody knows of any. As a client's update: what is gone, then what is changed, then what is new. */
  async update(path: string | null): Promise<void> {
    const { daemon, groups, say } = this.#options;
    const read = daemon.reread();
    if (!read.ok) return say(ownTexts.configUnreadable(path ?? daemon.config.file, read.text));
    const { added, changed, removed } = read.diff;
    if (path !== null || added.length + changed.length + removed.length > 0) {
      say(ownTexts.configRead(path ?? daemon.config.file, { added, changed, removed }));
    }
    for (const group of [...removed, ...changed]) {
      const members = groups.get(group)?.members ?? [];
      await Promise.all(members.toReversed().map(({ spec }) => daemon.stop(group, spec.name, true)));
      const gone = daemon.removeGroup(group);
      if (!gone.ok) say(ownTexts.updateProblem(group, gone.text));
      else if (changed.includes(group)) await daemon.addGroup(group);
    }
    for (const group of added) {
      const outcome = this.#isOver ? null : await daemon.addGroup(group);
      if (outcome?.ok === false) say(ownTexts.updateProblem(group, outcome.text));
    }
  }
}

function nameOf({ group, program }: { readonly group: string; readonly program: string }): string {
  return group === program ? program : `${group}:${program}`;
}
