/**
 * A reload under way, as a part of its process.
 *
 *   rolling   testing ─► spawning ─► waiting ─ready─► overlapping ─► retiring ─► done
 *                 │                    │ died, timeout     │ the successor died
 *                 ▼                    ▼                   ▼
 *               failed             rolled back         rolled back: the predecessor is the process again
 *   by itself testing ─► calling ─► waiting ─ready─► overlapping ─► leaving or retiring ─► done
 *   restart   testing ─► stopping ─► starting ─► done
 *   hup       testing ─► watching ─► done
 *
 * A process that is not running is `starting`, whatever the strategy. So is one whose predecessor died while the successor boots: the
 * successor *is* the process then, and goes on through STARTING under the same time limit. A predecessor that is not RUNNING itself when its
 * successor is ready has nothing to go back to: from `waiting` straight to `retiring`.
 *
 * One that makes its own successor (`reload_handover=signal`) is called upon to do so by its signal. It may end as soon as it thinks the
 * successor ready, which is as good as a ready check; where nothing is known of it, it is given stopwaitsecs to do so before it is told.
 */
import type { Generation } from '../generation.ts';
import type { ReloadStrategy } from '../spec.ts';

interface ReloadBase {
  readonly strategy: ReloadStrategy;
  /** mono */
  readonly begun: number;
}

export type Reload =
  /** `until` (mono) here and below: the end of the patience, or of the phase. */
  | (ReloadBase & { readonly phase: 'testing'; readonly until: number })
  | (ReloadBase & { readonly phase: 'spawning' })
  /** It was signalled, and is to make its own successor. */
  | (ReloadBase & { readonly phase: 'calling'; readonly generation: number; readonly until: number })
  | (ReloadBase & {
      readonly phase: 'waiting';
      readonly successor: Generation;
      /** Its predecessor's child, not ours. */
      readonly adopted: boolean;
      readonly until: number;
      readonly lastAnswer: string;
    })
  | (ReloadBase & {
      readonly phase: 'overlapping';
      readonly predecessor: Generation;
      readonly adopted: boolean;
      readonly until: number;
    })
  /** It has made its own successor and is given the time to end by itself. */
  | (ReloadBase & { readonly phase: 'leaving'; readonly predecessor: Generation; readonly until: number })
  | (ReloadBase & { readonly phase: 'retiring'; readonly predecessor: Generation })
  | (ReloadBase & { readonly phase: 'stopping' })
  | (ReloadBase & { readonly phase: 'starting' })
  /** From `since` (mono), the signal, on. `ready`: its check has been passed, or it has none, and only the time is left. */
  | (ReloadBase & {
      readonly phase: 'watching';
      readonly generation: number;
      readonly since: number;
      readonly ready: boolean;
      readonly until: number;
      readonly lastAnswer: string;
    });

export type In<P extends Reload['phase']> = Extract<Reload, { phase: P }>;
