/**
 * What one generation is handed over, and what has to be kept in place for its sake until its predecessor has gone: the listening sockets,
 * the private probe, the paths of unix sockets, the pid file.
 */
import { wantsProbe } from '../core/ready-check.ts';
import type { ProcessSpec } from '../core/spec.ts';
import type { HeldSocket, Os, Probe } from '../os/os.ts';
import { OsError } from '../os/os-error.ts';
import { socketFds, socketVariables } from './dialects.ts';
import { type PidFileAside, putPidFileAside } from './pid-file.ts';
import { optionValue, recognise } from './profiles/recognise.ts';

export interface HandoverRequest {
  readonly os: Os;
  readonly spec: ProcessSpec;
  readonly words: readonly string[];
  readonly generation: number;
  /** The predecessor of a rolling reload, or null at any other start. */
  readonly predecessor: number | null;
  /** To be handed over; held by the caller and not closed here. */
  readonly sockets: readonly HeldSocket[];
  /** Why there are none, or not all, where that is not for want of any. */
  readonly problem: string | null;
}

export class Handover {
  readonly sockets: readonly HeldSocket[];
  readonly probe: Probe | null;
  readonly fds: ReadonlyMap<number, number>;
  readonly variables: ReadonlyMap<string, string>;
  /** Why something that was wanted could not be had. */
  readonly problems: readonly string[];
  readonly predecessor: number | null;
  readonly #whyNone: string;
  readonly #guards: ReadonlyArray<{ release(): void }>;
  #pidFile: PidFileAside | null;

  constructor({ os, spec, words, generation, predecessor, sockets, problem }: HandoverRequest) {
    const problems: string[] = problem === null || sockets.length === 0 ? [] : [problem];
    const addresses = sockets.map(({ address }) => address);
    this.sockets = sockets;
    this.predecessor = predecessor;
    this.#whyNone =
      spec.reload.handover === 'none'
        ? 'as reload_handover says'
        : (problem ?? 'the process listens on no socket that could be handed over');
    this.probe = wantsProbe(spec.reload.readyCheck, addresses, predecessor !== null) ? createProbe(os, problems) : null;
    const handed = this.probe === null ? sockets : [...sockets, this.probe];
    this.fds = socketFds(handed);
    this.variables = socketVariables(sockets, this.probe === null ? 0 : 1, generation);
    this.problems = problems;
    const paths =
      predecessor === null ? [] : sockets.flatMap(({ address }) => (address.kind === 'unix' ? [address.path] : []));
    this.#guards = paths.map((path) => os.guardSocketPath(path));
    this.#pidFile = predecessor === null ? null : putAside(words, spec.directory, generation);
  }

  /** In words, for the reload's progress. */
  describe(): string {
    if (this.sockets.length === 0) return `none: ${this.#whyNone}`;
    const names = this.sockets.map(({ address }) =>
      address.kind === 'unix' ? `unix:${address.path}` : `${address.host}:${address.port}`,
    );
    return `sockets: ${names.join(', ')}`;
  }

  promoted(): void {
    this.probe?.seal();
  }

  /** The predecessor has been reaped: nobody unlinks the sockets' paths any more, and its pid file names nobody. */
  predecessorGone(): void {
    this.#pidFile?.drop();
    this.#pidFile = null;
    for (const guard of this.#guards) guard.release();
  }

  /** The generation itself has been reaped. */
  end(): void {
    this.#pidFile?.putBack();
    this.#pidFile = null;
    for (const guard of this.#guards) guard.release();
    this.probe?.close();
  }
}

function createProbe(os: Os, problems: string[]): Probe | null {
  try {
    return os.createProbe();
  } catch (error) {
    if (!(error instanceof OsError)) throw error;
    problems.push(`no private probe: ${error.message}`);
    return null;
  }
}

function putAside(words: readonly string[], directory: string | null, generation: number): PidFileAside | null {
  const profile = recognise(words);
  const file = profile === null ? null : optionValue(words, profile.pidFileOptions);
  if (file === null) return null;
  return putPidFileAside(file.startsWith('/') || directory === null ? file : `${directory}/${file}`, generation);
}
