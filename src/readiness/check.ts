/**
 * What every ready check is: started once for one generation, it says `ready` once, or `notReady` when it can not be passed any more, and
 * may tell its latest answer meanwhile. It knows no time limit: that is the process machine's.
 */
import type { Os, Probe } from '../os/os.ts';

export interface CheckContext {
  readonly os: Os;
  readonly pid: number;
  /** The listener that this generation alone has, if one could be handed over. */
  readonly probe: Probe | null;
  /** Calls back once after that many milliseconds; the result calls it off. */
  after(ms: number, wake: () => void): () => void;
  ready(): void;
  notReady(reason: string): void;
  /** The latest answer, for the message if time runs out. */
  answered(text: string): void;
}

export interface RunningCheck {
  stop(): void;
}

/** How often a check that has to ask looks again; a check runs only while something starts. */
export const askAgainMs = 20;
