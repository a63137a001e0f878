/**
 * When a change of files becomes a reload, as plain data:
 *
 *   idle ─change─► settling ─quiet for the delay─► reload ─► busy ─ended─► idle
 *                   ▲  └change┘                               │ changed meanwhile
 *                   └─────────────────────────────────────────┘
 *
 * However many files change, and for however long: one reload, when they have been left alone. Two things are not waited out for ever but
 * told once: files that never come to rest, and files that change because of the reload itself, which would go round and round.
 */

export interface Watching {
  readonly at: /** `since`: mono, of the end of the last reload. */
    | { readonly stage: 'idle'; readonly since: number }
    /** Mono. */
    | { readonly stage: 'settling'; readonly since: number; readonly quietAt: number }
    | { readonly stage: 'busy'; readonly changedAt: number | null };
  /** Reloads in a row that were caused by a change during the one before, or right after it. */
  readonly rounds: number;
  /** That files are restless has been told. */
  readonly told: boolean;
  readonly lastPath: string;
}

export type WatchingEvent =
  | { readonly event: 'changed'; readonly path: string }
  | { readonly event: 'ended' }
  | { readonly event: 'time' };

export type WatchingEffect =
  /** Answered by `ended`. */
  { readonly effect: 'act'; readonly path: string } | { readonly effect: 'tell'; readonly text: string };

export const notWatching: Watching = {
  at: { stage: 'idle', since: Number.NEGATIVE_INFINITY },
  rounds: 0,
  told: false,
  lastPath: '',
};

/** Files that have not been left alone for so long are told. */
const restlessMs = 60_000;
/** After so many rounds it waits for `restlessMs` of quiet. */
const maxRounds = 5;
/** A change so soon after a reload is an echo of it. */
const echoMs = 1000;

interface Outcome {
  readonly watching: Watching;
  readonly effects: readonly WatchingEffect[];
}

export function watchingStep(watching: Watching, event: WatchingEvent, delayMs: number, mono: number): Outcome {
  switch (event.event) {
    case 'changed':
      return changed({ ...watching, lastPath: event.path }, delayMs, mono);
    case 'ended':
      return ended(watching, delayMs, mono);
    case 'time': {
      const { at } = watching;
      if (at.stage !== 'settling' || mono < at.quietAt) return { watching, effects: [] };
      return {
        watching: { ...watching, at: { stage: 'busy', changedAt: null }, told: false },
        effects: [{ effect: 'act', path: watching.lastPath }],
      };
    }
  }
}

/** When it wants to be woken with `time` (mono), or null. */
export function watchingDeadline({ at }: Watching): number | null {
  return at.stage === 'settling' ? at.quietAt : null;
}

function changed(watching: Watching, delayMs: number, mono: number): Outcome {
  const { at, told, lastPath } = watching;
  if (at.stage === 'busy') return { watching: { ...watching, at: { stage: 'busy', changedAt: mono } }, effects: [] };
  if (at.stage === 'idle') {
    return mono - at.since < echoMs
      ? nextRound(watching, mono + delayMs, mono)
      : settle(watching, 0, mono + delayMs, mono);
  }
  const isRestless = !told && mono - at.since >= restlessMs;
  const quietAt = mono + (watching.rounds > maxRounds ? restlessMs : delayMs);
  return {
    watching: { ...watching, at: { ...at, quietAt }, told: told || isRestless },
    effects: isRestless
      ? [tell(`${lastPath} and others have been changing for ${restlessMs / 1000} s; waiting until they do not`)]
      : [],
  };
}

function ended(watching: Watching, delayMs: number, mono: number): Outcome {
  const { at } = watching;
  if (at.stage !== 'busy') return { watching, effects: [] };
  if (at.changedAt !== null) return nextRound(watching, Math.max(mono, at.changedAt + delayMs), mono);
  return { watching: { ...watching, at: { stage: 'idle', since: mono } }, effects: [] };
}

function nextRound(watching: Watching, quietAt: number, mono: number): Outcome {
  const rounds = watching.rounds + 1;
  if (rounds <= maxRounds) return settle(watching, rounds, quietAt, mono);
  const { watching: next } = settle(watching, rounds, mono + restlessMs, mono);
  const text = `${watching.lastPath} changes whenever this is done; waiting for ${restlessMs / 1000} s without a change`;
  return { watching: next, effects: rounds === maxRounds + 1 ? [tell(text)] : [] };
}

function settle(watching: Watching, rounds: number, quietAt: number, mono: number): Outcome {
  return { watching: { ...watching, rounds, at: { stage: 'settling', since: mono, quietAt } }, effects: [] };
}

function tell(text: string): WatchingEffect {
  return { effect: 'tell', text };
}
