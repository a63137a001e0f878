/** Reloads under a stream of requests: first a window without any, which tells the ordinary worst, then each with what comes after it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Load, summarise } from '../../support/load.ts';
import type { CtlResult } from '../../support/rig.ts';
import type { Outcome } from './outcome.ts';
import { bootSecs, type Kind } from './row.ts';

const secondsBefore = 4;
const secondsAfter = 1;
/** A version that does not come is not waited for longer than this after its reload. */
export const patienceMs = (bootSecs + 2) * 1000;

interface Window {
  readonly from: number;
  readonly to: number;
}

export interface TrialOptions {
  readonly server: string;
  readonly connections: Outcome['connections'];
  /** All of them are counted together. */
  readonly loads: readonly Load[];
  /** The version that answers now; null: none does, or not one alone. */
  readonly serving: () => Promise<string | null>;
}

export interface ReloadStep {
  readonly kind: Kind;
  /** The version that is to answer in the end. */
  readonly wanted: string;
  /** Ships it and reloads. */
  readonly act: () => Promise<CtlResult>;
}

type Reloaded = Pick<Outcome, 'kind' | 'wanted' | 'accepted' | 'tookSecs' | 'serves' | 'reason' | 'told'> & {
  readonly window: Window;
};

export class Trial {
  readonly #options: TrialOptions;
  #quiet: Window = { from: 0, to: 0 };
  readonly #reloads: Reloaded[] = [];

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  async quiet(): Promise<void> {
    const from = performance.now();
    await sleep(secondsBefore * 1000);
    this.#quiet = { from, to: performance.now() };
  }

  async reload({ kind, wanted, act }: ReloadStep): Promise<void> {
    const from = performance.now();
    const { status, stdout } = await act();
    const tookSecs = (performance.now() - from) / 1000;
    const serves = await this.#settled(wanted);
    await sleep(secondsAfter * 1000);
    const reason = /reload failed: (.*)/.exec(stdout)?.[1] ?? '';
    const window = { from, to: performance.now() };
    this.#reloads.push({ kind, wanted, accepted: status === 0, tookSecs, serves, reason, told: stdout, window });
  }

  async end(): Promise<Outcome[]> {
    const { server, connections, loads } = this.#options;
    const answers = (await Promise.all(loads.map((load) => load.stop()))).flat();
    const ordinaryMs = summarise(within(answers, this.#quiet)).slowestMs;
    const latestMs = Math.max(...loads.map((load) => load.latestMs));
    return this.#reloads.map(({ window, ...reload }) => {
      const sent = within(answers, window);
      const { requests, failed, slowestMs } = summarise(sent);
      const perSecond = requests / ((window.to - window.from) / 1000);
      const errors = countBy(sent.flatMap(({ error }) => error ?? []));
      const onReused = sent.filter(({ error, reused }) => error === 'ECONNRESET' && reused).length;
      const measured = { requests, perSecond, failed, slowestMs, ordinaryMs, errors, onReused, latestMs };
      return { server, connections, ...reload, ...measured };
    });
  }

  /** What answers in the end: the wanted version as soon as it does, else whatever does after the patience. */
  async #settled(wanted: string): Promise<string> {
    const end = performance.now() + patienceMs;
    for (;;) {
      const now = await this.#options.serving();
      if (now === wanted || performance.now() > end) return now ?? 'nothing';
      await sleep(100);
    }
  }
}

function within(answers: readonly Answer[], { from, to }: Window): readonly Answer[] {
  return answers.filter(({ at }) => at >= from && at < to);
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
