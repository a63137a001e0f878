/** What every strategy has in common: telling what happens, and the two ways in which a reload ends. */
import type { OutputOf, Turn } from '../turn.ts';
import type { ReloadFact } from './facts.ts';

export function done(turn: Turn): void {
  const { reload } = turn.process;
  if (reload === null) return;
  turn.process.reload = null;
  tell(turn, {
    fact: 'done',
    pid: turn.current?.pid ?? 0,
    tookSecs: secsSince(turn, reload.begun),
    dropped: -1,
    longestQueue: -1,
  });
  turn.do({ effect: 'reload-ended', ok: true, reason: '' });
}

/** `outputOf`: whose last lines explain it. */
export function fail(turn: Turn, reason: string, outputOf: OutputOf): void {
  const { reload } = turn.process;
  if (reload?.phase === 'watching') turn.do({ effect: 'end-check', generation: reload.generation });
  turn.process.reload = null;
  tell(turn, { fact: 'failed', reason, lastOutput: [] }, outputOf);
  turn.do({ effect: 'reload-ended', ok: false, reason });
}

export function secsSince(turn: Turn, mono: number): number {
  return Math.round(turn.now.mono - mono) / 1000;
}

type Untold<F> = F extends ReloadFact ? Omit<F, 'at' | 'group' | 'name'> : never;

export function tell(turn: Turn, fact: Untold<ReloadFact>, outputOf: OutputOf = null): void {
  const { group, name } = turn.spec;
  turn.do({ effect: 'reload-fact', fact: { at: turn.now.wall, group, name, ...fact }, outputOf });
}
