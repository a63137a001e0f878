/** What came of one reload, and what it is called: fine, or red and why. */
import { bootSecs, type Kind } from './row.ts';

/** Of a machine that others use too: a wait that is shorter is not told from its noise. A wait for an app to load is four times as long. */
export const noiseMs = (bootSecs * 1000) / 4;

/** New: one a request. Kept: ten, used in turn. */
export type Connections = 'new' | 'kept' | 'jobs';

export interface Outcome {
  readonly server: string;
  readonly connections: Connections;
  readonly kind: Kind;
  readonly requests: number;
  /** As many as were sent, which with a slow client is less than was wanted. */
  readonly perSecond: number;
  readonly failed: number;
  /** How often each error came. */
  readonly errors: Readonly<Record<string, number>>;
  /** Of the failed: reset on a connection that had served before, which a browser or a proxy sends again by itself. */
  readonly onReused: number;
  readonly slowestMs: number;
  /** The slowest of the window before the reload. */
  readonly ordinaryMs: number;
  /** How late the client itself was at most. */
  readonly latestMs: number;
  readonly tookSecs: number;
  /** hupctl's exit status was 0. */
  readonly accepted: boolean;
  /** Which version is to answer in the end, and which one does. */
  readonly wanted: string;
  readonly serves: string;
  /** What hupctl gave as the reason of a failure. */
  readonly reason: string;
  /** All that hupctl printed of the reload: with it a red row can be looked into. */
  readonly told: string;
}

/** What is wrong with it, in words; empty: as it should be. */
export function faults(outcome: Outcome): readonly string[] {
  const { kind, failed, slowestMs, ordinaryMs, accepted, wanted, serves, reason } = outcome;
  const wrong: string[] = [];
  if (failed > 0) wrong.push(`${failed} failed (${errorsOf(outcome)})`);
  if (slowestMs > Math.max(ordinaryMs, noiseMs)) wrong.push(`a request waited ${(slowestMs / 1000).toFixed(2)} s`);
  if (serves !== wanted) wrong.push(`${serves} answers in the end`);
  if (kind === 'broken' && accepted) wrong.push('the broken version was taken');
  if (kind !== 'broken' && !accepted) wrong.push(`hupctl: ${reason}`);
  return wrong;
}

function errorsOf({ errors, onReused }: Outcome): string {
  const kinds = Object.entries(errors).map(([error, count]) => `${count} ${error}`);
  return [...kinds, ...(onReused === 0 ? [] : [`${onReused} of them on a reused connection`])].join(', ');
}
