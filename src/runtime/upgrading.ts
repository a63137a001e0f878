/** The way to an upgrade in place: one at a time, refused with words where it can not be done, and only after the new version was asked. */
import type { ExitStatus } from '../core/exit-status.ts';
import { type LogText, ownTexts } from '../core/log-texts.ts';
import type { Member } from './member.ts';
import { refusal } from './refusal.ts';
import type { StartedCommand } from './side-commands.ts';
import type { Outcome } from './supervision.ts';

/** hupd itself, to be started as a process of its own. */
export interface Question {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: readonly Buffer[];
  /** Where it was started: relative paths among its words mean that. */
  readonly directory: string;
}

export interface UpgradingOptions {
  /** null: what a daemon leaves is not kept (`adopt=false`, or no C library), so there is nothing to go on from. */
  readonly question: Question | null;
  readonly run: (command: Question, ended: (status: ExitStatus) => void) => StartedCommand;
  readonly members: () => Iterable<Member>;
  readonly isLeaving: () => boolean;
  readonly say: (line: LogText) => void;
}

const lastLinesShown = 20;

export class Upgrading {
  readonly #options: UpgradingOptions;
  #underWay = false;
  #due: () => void = () => {};

  constructor(options: UpgradingOptions) {
    this.#options = options;
  }

  /** Resolves with the next upgrade that may be done. */
  get due(): Promise<void> {
    return new Promise((resolve) => {
      this.#due = resolve;
    });
  }

  /** ok: it is about to be done. */
  async ask(): Promise<Outcome> {
    if (this.#underWay) return refusal('FAILED', 'an upgrade is under way');
    this.#underWay = true;
    const why = this.#hindrance() ?? (await this.#askNew()) ?? this.#hindrance();
    if (why === null) {
      this.#due();
      return { ok: true };
    }
    this.#underWay = false;
    this.#options.say(ownTexts.upgradeRefused(why));
    return refusal('FAILED', why);
  }

  /** It could not be done after all. */
  failed(why: string): void {
    this.#underWay = false;
    this.#options.say(ownTexts.upgradeRefused(why));
  }

  #hindrance(): string | null {
    const { question, members, isLeaving } = this.#options;
    if (isLeaving()) return 'hupd is shutting down';
    if (question === null) return 'adopt=false, --no-adopt, or a missing C library: nothing can be carried over';
    for (const { spec, children } of members()) {
      for (const { stdin } of children.values()) {
        if ((stdin?.pending ?? 0) > 0) return `${spec.name} has not read its input yet: try again when it has`;
      }
    }
    return null;
  }

  /** Why the installation as it is now could not go on; null: it could. */
  #askNew(): Promise<string | null> {
    const { question, run } = this.#options;
    if (question === null) return Promise.resolve('there is nobody to ask');
    return new Promise((resolve) => {
      let lines: () => readonly string[] = () => [];
      const started = run(question, (status) => {
        const said = lines().join('\n').trim();
        const fine = status.kind === 'exit' && status.code === 0;
        resolve(fine ? null : `the new version can not go on: ${said === '' ? 'it says nothing' : said}`);
      });
      if (started.ok) lines = () => started.running.lastLines(lastLinesShown);
      else resolve(`the new version can not be started: ${started.problem}`);
    });
  }
}
