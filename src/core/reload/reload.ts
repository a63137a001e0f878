/**
 * A reload under way, as a part of its process.
 *
 *   rolling   testing ─► spawning ─► waiting ─ready─► overlapping ─► retiring ─► done
 *                 │                    │ died, timeout     │ the successor died
 *                 ▼                    ▼                   ▼
 *               failed             rolled back         rolled back: the predecessor is the process again
 *   restart   testing ─► stopping ─► starting ─► done
 *   hup       testing ─► watching ─► done
 *
 * A process that is not running is `starting`, whatever the strategy. So is one whose predecessor died while the successor boots: the
 * successor *is* the process then, and goes on through STARTING under the same time limit.
 */
import type { Generation } from '../process.ts';
import type { ReloadStrategy } from '../spec.ts';

interface ReloadBase {
  readonly strategy: ReloadStrategy;
  /** mono */
  readonly begun: number;
}

export type Reload =
  | (ReloadBase & { readonly phase: 'testing' })
  | (ReloadBase & { readonly phase: 'spawning' })
  | (ReloadBase & {
      readonly phase: 'waiting';
      readonly successor: Generation;
      readonly until: number;
      readonly lastAnswer: string;
    })
  | (ReloadBase & { readonly phase: 'overlapping'; readonly predecessor: Generation; readonly until: number })
  | (ReloadBase & { readonly phase: 'retiring'; readonly predecessor: Generation })
  | (ReloadBase & { readonly phase: 'stopping' })
  | (ReloadBase & { readonly phase: 'starting' })
  /** `ready`: its check has been passed, or it has none, and only the time is left. */
  | (ReloadBase & {
      readonly phase: 'watching';
      readonly generation: number;
      readonly ready: boolean;
      readonly until: number;
      readonly lastAnswer: string;
    });
