/**
 * What every ready check is: started once for one generation, it says `ready` once, or `notReady` when it can not be passed any more, and
 * may tell its latest answer meanwhile. It knows no time limit: that is the process machine's.
 */
import type { ExitStatus } from '../core/exit-status.ts';
import type { HeldSocket, Os, Probe } from '../os/os.ts';
import type { ReadyChannel } from './ready-channel.ts';

export interface CheckContext {
  readonly os: Os;
  readonly pid: number;
  /** The listener that this generation alone has, if one could be handed over and may be used. */
  readonly probe: Probe | null;
  /** Those that it was handed over, without the probe. */
  readonly sockets: readonly HeldSocket[];
  /** What the generation was given to tell by itself that it is ready. */
  readonly channel: ReadyChannel;
  /** The process that serves until this one is ready; null: none does. */
  readonly predecessor: number | null;
  /** The process that has made it itself and has all of that too; null: hupd has started it. */
  readonly maker: number | null;
  /** It said READY=1 before anybody listened. */
  readonly toldReady: boolean;
  /** Calls back once after that many milliseconds; the result calls it off. */
  after(ms: number, wake: () => void): () => void;
  /** What it prints from now on: each of its channels gets a listener of its own. The result ends it. */
  onOutput(makeListener: () => (chunk: Buffer) => void): () => void;
  /** Starts a command with the program's environment, directory and user. */
  run(command: string, ended: (status: ExitStatus, lastLine: string | null) => void): StartedCommand;
  /** It is asked about a process that has been signalled, not about one that was started. */
  readonly afterSignal: boolean;
  /** It needs so much more time from now on. */
  extend(byMs: number): void;
  ready(): void;
  notReady(reason: string): void;
  /** The latest answer, for the message if time runs out. */
  answered(text: string): void;
}

export interface RunningCheck {
  stop(): void;
}

export type StartedCommand =
  | { readonly ok: true; readonly kill: () => void }
  | { readonly ok: false; readonly problem: string };

/** How often a check that has to ask looks again; a check runs only while something starts. */
export const askAgainMs = 20;

/** Of a check that has told its outcome before it began. */
export const nothingRuns: RunningCheck = { stop: () => {} };
