/**
 * What a reload looks like while it happens: each fact a line for good, and, on a terminal, one line at the bottom that moves while a
 * successor is waited for. Pure: text out of facts and the time.
 */
import { describeFact } from '../core/reload/describe-fact.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import { tellingOutput } from '../core/reload/telling-output.ts';
import { bar, manyLine, spinner } from './moving-line.ts';
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
  readonly #members = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #lastLines: number;

  /** `lastLines`: how many of a failed successor's lines are shown. */
  constructor(lastLines: number) {
    this.#lastLines = lastLines;
  }

  /** Whom it is about, besides those of whom there are facts. */
  members(names: readonly string[]): void {
    for (const name of names) this.#members.add(name);
  }

  /** Takes a fact and returns what to print for good. `nowMs`: when it came, since a server's clock may differ. */
  add(fact: ReloadFact, nowMs: number): string[] {
    const who = namespecOf(fact);
    this.#facts.push(fact);
    this.#waiting.delete(who);
    this.#members.add(who);
    if (fact.fact === 'done' || fact.fact === 'failed') this.#ended.add(who);
    if (fact.fact === 'waiting') {
      this.#waiting.set(who, { check: fact.check, timeoutSecs: fact.timeoutSecs, since: nowMs });
    }
    if (fact.fact === 'promoted' || fact.fact === 'stopping') {
      return []; // what follows at once says it better
    }
    const lines = [`${who}: ${describeFact(fact)}`];
    return fact.fact === 'failed' ? [...lines, ...this.#failure(who, fact.lastOutput)] : lines;
  }

  /** The moving line, no wider than `width`. Of many: how many are through, and who is waited for longest. Of one: null while nothing is waited for. */
  render(nowMs: number, width: number): string | null {
    const [first] = this.#waiting;
    const secs = first === undefined ? 0 : Math.max(0, nowMs - first[1].since) / 1000;
    if (this.#members.size > 1) {
      const who =
        first === undefined ? '' : `${first[0]} (${first[1].check}, ${secs.toFixed(1)} s of ${first[1].timeoutSecs} s)`;
      return manyLine({ done: this.#ended.size, total: this.#members.size, what: 'reloaded', who }, nowMs, width);
    }
    if (first === undefined) {
      return null;
    }
    const [who, { check, timeoutSecs }] = first;
    const text = `${spinner(nowMs)} ${who}: not ready yet (${check}) ${secs.toFixed(1)} s of ${timeoutSecs} s `;
    return `${text}${bar(timeoutSecs > 0 ? secs / timeoutSecs : 1, Math.min(30, width - text.length - 3))}`.slice(
      0,
      Math.max(0, width - 1),
    );
  }

  #failure(who: string, output: readonly string[]): string[] {
    const shown = tellingOutput(output, this.#lastLines).map((line) => `    ${line}`);
    const told = shown.length > 0 ? ['  its last output:', ...shown, ...this.#hint(who, output)] : [];
    const serving = this.#servingPid(who);
    return serving === null ? told : [...told, `${who}: the old version (pid ${serving}) goes on serving`];
  }

  /** What most of those run into who have a program of their own: it was handed the socket, and binds the address all the same. */
  #hint(who: string, output: readonly string[]): string[] {
    const wasStarted = this.#facts.some((fact) => fact.fact === 'spawned' && namespecOf(fact) === who);
    if (!wasStarted || !output.some((line) => /address already in use|EADDRINUSE/i.test(line))) return [];
    return [
      `${who}: a successor has to serve on the socket that it is handed (LISTEN_FDS) and not bind the address again: see hupd-reload(7); or use reload_order=stop_first`,
    ];
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
