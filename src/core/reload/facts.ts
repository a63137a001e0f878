/**
 * What a reload has to tell, in order, as plain data: hupctl prints it, the TUI and the page draw it, the history keeps it. All of one
 * process (`group`, `name`); `at` is wall milliseconds.
 */
import type { ReloadStrategy } from '../spec.ts';

interface FactBase {
  readonly at: number;
  readonly group: string;
  readonly name: string;
}

export type ReloadFact =
  | (FactBase & {
      readonly fact: 'started';
      readonly strategy: ReloadStrategy;
      readonly pid: number;
      readonly generation: number;
    })
  /** `reload_test` runs. */
  | (FactBase & { readonly fact: 'testing'; readonly command: string })
  | (FactBase & { readonly fact: 'handover'; readonly text: string })
  | (FactBase & { readonly fact: 'spawned'; readonly pid: number; readonly generation: number })
  | (FactBase & { readonly fact: 'signalled'; readonly pid: number; readonly signal: number })
  /** Waiting for `check` at most until `timeoutSecs` after the start. */
  | (FactBase & { readonly fact: 'waiting'; readonly check: string; readonly timeoutSecs: number })
  | (FactBase & { readonly fact: 'ready'; readonly pid: number; readonly afterSecs: number })
  /** The successor is the process now; both serve for `overlapSecs`. */
  | (FactBase & { readonly fact: 'promoted'; readonly pid: number; readonly overlapSecs: number })
  | (FactBase & { readonly fact: 'stopping'; readonly pid: number; readonly signal: number })
  | (FactBase & { readonly fact: 'stopped'; readonly pid: number; readonly status: string })
  /** The predecessor died by itself while the successor boots. */
  | (FactBase & { readonly fact: 'predecessor-died'; readonly pid: number; readonly status: string })
  | (FactBase & { readonly fact: 'rolled-back'; readonly pid: number; readonly servingPid: number })
  /** `dropped`: connections that the kernel turned away; `longestQueue`: of those not accepted yet. -1: hupd held no socket to tell by. */
  | (FactBase & {
      readonly fact: 'done';
      readonly pid: number;
      readonly tookSecs: number;
      readonly dropped: number;
      readonly longestQueue: number;
    })
  /** `lastOutput`: the successor's last lines, oldest first. */
  | (FactBase & { readonly fact: 'failed'; readonly reason: string; readonly lastOutput: readonly string[] });

export interface ReloadOutcome {
  readonly ok: boolean;
  /** '' when ok. */
  readonly reason: string;
  readonly endedAt: number;
}
