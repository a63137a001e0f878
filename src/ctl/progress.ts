/**
 * What a reload looks like while it happens: each fact a line for good, and, on a terminal, one line at the bottom that moves while a
 * successor is waited for. Pure: text out of facts and the time.
 */
import { describeFact } from '../core/reload/describe-fact.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import { tellingOutput } from '../core/reload/telling-output.ts';
import { namespecOf } from './names.ts';

interface Waiting {
  readonly check: string;
  readonly timeoutSecs: number;
  /** Milliseconds of the clock that `render` is asked with. */
  readonly since: number;
}

export class ReloadProgress {
  /** By process. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #facts: ReloadFact[] = [];
  readonly #lastLines: number;

  /** `lastLines`: how many of a failed successor's lines are shown. */
  constructor(lastLines: number) {
    this.#lastLines = lastLines;
  }

  /** Takes a fact and returns what to print for good. `nowMs`: when it came, since a server's clock may differ. */
  add(fact: ReloadFact, nowMs: number): string[] {
    const who = namespecOf(fact);
    this.#facts.push(fact);
    this.#waiting.delete(who);
    if (fact.fact === 'waiting') {
      this.#waiting.set(who, { check: fact.check, timeoutSecs: fact.timeoutSecs, since: nowMs });
    }
    if (fact.fact === 'promoted' || fact.fact === 'stopping') {
      return []; // what follows at once says it better
    }
    const lines = [`${who}: ${describeFact(fact)}`];
    return fact.fact === 'failed' ? [...lines, ...this.#failure(who, fact.lastOutput)] : lines;
  }

  /** The moving line, no wider than `width`; null while nothing is waited for. */
  render(nowMs: number, width: number): string | null {
    const [first] = this.#waiting;
    if (first === undefined) {
      return null;
    }
    const [who, { check, timeoutSecs, since }] = first;
    const secs = Math.max(0, nowMs - since) / 1000;
    const others = this.#waiting.size > 1 ? ` and ${this.#waiting.size - 1} more` : '';
    const text = `${spinner(nowMs)} ${who}${others}: not ready yet (${check}) ${secs.toFixed(1)} s of ${timeoutSecs} s `;
    return `${text}${bar(timeoutSecs > 0 ? secs / timeoutSecs : 1, Math.min(30, width - text.length - 3))}`.slice(
      0,
      Math.max(0, width - 1),
    );
  }

  #failure(who: string, output: readonly string[]): string[] {
    const shown = tellingOutput(output, this.#lastLines).map((line) => `    ${line}`);
    const told = shown.length > 0 ? ['  its last output:', ...shown] : [];
    const serving = this.#servingPid(who);
    return serving === null ? told : [...told, `${who}: the old version (pid ${serving}) goes on serving`];
  }

  /** The predecessor's pid if nothing was done to it; null too where a line has said already who serves. */
  #servingPid(who: string): number | null {
    let pid: number | null = null;
    for (const fact of this.#facts.filter((it) => namespecOf(it) === who)) {
      switch (fact.fact) {
        case 'started':
          pid = fact.pid === 0 ? null : fact.pid;
          break;
        case 'signalled':
        case 'promoted':
        case 'stopping':
        case 'stopped':
        case 'predecessor-died':
        case 'rolled-back':
        case 'done':
          pid = null;
          break;
        case 'testing':
        case 'handover':
        case 'spawned':
        case 'waiting':
        case 'ready':
        case 'failed':
          break;
      }
    }
    return pid;
  }
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

export function spinner(nowMs: number): string {
  return frames[Math.floor(nowMs / 100) % frames.length] ?? '';
}

/** `[####------]`, `width` between the brackets; '' where there is no room. */
export function bar(share: number, width: number): string {
  if (width < 5) {
    return '';
  }
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}
