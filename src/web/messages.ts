/** What the daemon tells the dashboard: over `/events` as it happens, and as the answers of `/actions` and `/history`. Times are wall milliseconds. */
import type { ReloadFact } from '../core/reload/facts.ts';
import type { StateName } from '../core/states.ts';

export interface GenerationRow {
  readonly number: number;
  readonly pid: number;
  readonly startedAt: number;
  /** A successor is not ready yet. */
  readonly role: 'current' | 'successor' | 'retiring';
}

export interface ReloadStep {
  readonly at: number;
  readonly fact: ReloadFact['fact'];
  readonly text: string;
}

/** The last reload of a process, under way or ended. */
export interface ReloadRow {
  readonly id: number;
  readonly steps: readonly ReloadStep[];
  /** How long readiness is waited for; 0: it is not. */
  readonly timeoutSecs: number;
  readonly outcome: 'under way' | 'done' | 'failed';
  readonly reason: string;
  readonly lastOutput: readonly string[];
}

export interface ProcessRow {
  /** As actions want it: `web`, `app:1`. */
  readonly id: string;
  readonly state: StateName;
  readonly description: string;
  readonly pid: number;
  readonly startedAt: number;
  readonly generation: number;
  readonly generations: readonly GenerationRow[];
  readonly strategy: string;
  readonly restarts: number;
  readonly lastAnswer: string;
  readonly logs: ReadonlyArray<'stdout' | 'stderr'>;
  readonly reload: ReloadRow | null;
}

/** Event `processes`. `complete`: they are all there are; otherwise those that changed. */
export interface ProcessesMessage {
  readonly complete: boolean;
  readonly now: number;
  readonly daemonState: string;
  readonly processes: readonly ProcessRow[];
}

export interface UsageRow {
  readonly id: string;
  readonly cpuSecs: number;
  readonly rssBytes: number;
  readonly generations: ReadonlyArray<{ readonly pid: number; readonly processes: number }>;
}

/** Event `usage`: of those that are up. */
export interface UsageMessage {
  readonly at: number;
  readonly rows: readonly UsageRow[];
}

export interface ActionAnswer {
  readonly ok: boolean;
  readonly message: string;
}

export interface HistoryRow {
  readonly at: number;
  readonly text: string;
}
