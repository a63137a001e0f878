/**
 * Commands that run for a program without being one of its processes: a ready check's, a reload's test. They get what its processes get:
 * environment, directory, user, umask; their output is kept, as much of it as an error message shows. They are children of the daemon
 * like any other, so the reaper asks here whether a pid that is no process's is one of these.
 */
import type { ExitStatus } from '../core/exit-status.ts';
import { childFailureTexts } from '../core/log-texts.ts';
import type { ProcessSpec } from '../core/spec.ts';
import { TailBuffer } from '../log/tail-buffer.ts';
import type { LogPipe, Os, SpawnRequest, SpawnResult, StdinPipe } from '../os/os.ts';
import { OsError } from '../os/os-error.ts';
import { resolveCommand } from '../os/resolve-command.ts';
import type { StartedCommand as StartedCheck } from '../readiness/check.ts';
import { childEnvironment, type Environment, searchPath } from './environment.ts';
import type { Question } from './upgrading.ts';

const SIGKILL = 9;

export interface SideCommand {
  readonly spec: ProcessSpec;
  /** What it is for, in a word: a part of its pipe's name. */
  readonly purpose: string;
  /** Not yet split into words. No shell reads it. */
  readonly command: string;
  /** Beside the environment of the program's processes. */
  readonly variables: ReadonlyMap<string, string>;
  /** Once, after all that it wrote was read; never after `kill`. */
  readonly ended: (status: ExitStatus) => void;
}

export interface RunningCommand {
  /** Of stdout and stderr together, oldest first; after the end too. */
  lastLines(count: number): readonly string[];
  /** SIGKILL, to all of its process group. */
  kill(): void;
}

export type StartedCommand =
  | { readonly ok: true; readonly running: RunningCommand }
  | { readonly ok: false; readonly problem: string };

interface Row {
  readonly pipe: LogPipe;
  ended: (status: ExitStatus) => void;
}

export class SideCommands {
  readonly #os: Os;
  readonly #environment: Environment;
  readonly #serverUrl: string | null;
  readonly #rows = new Map<number, Row>();

  constructor(os: Os, environment: Environment, serverUrl: string | null) {
    this.#os = os;
    this.#environment = environment;
    this.#serverUrl = serverUrl;
  }

  /** How many have not been reaped. */
  get count(): number {
    return this.#rows.size;
  }

  start({ spec, purpose, command, variables, ended }: SideCommand): StartedCommand {
    const resolved = resolveCommand(command, searchPath(this.#environment, spec));
    if (!resolved.ok) return { ok: false, problem: resolved.message };
    const { file, args } = resolved;
    const { directory, umask, uid } = spec;
    const env = childEnvironment(this.#environment, spec, this.#serverUrl, variables);
    return this.#run(
      `${spec.group}-${spec.name}-${purpose}`,
      { file, args, env, directory, umask, uid },
      ended,
      (failed) => failure(spec, command, failed),
    );
  }

  /** Another hupd, to be asked something. */
  startOwn({ file, args, env, directory }: Question, ended: (status: ExitStatus) => void): StartedCommand {
    const request = { file, args, env, directory, umask: null, uid: null };
    return this.#run('hupd', request, ended, ({ errno }) => `${file}: ${errno}`);
  }

  #run(
    label: string,
    request: Omit<SpawnRequest, 'fds' | 'listenPid'>,
    ended: (status: ExitStatus) => void,
    describe: (failed: SpawnResult & { ok: false }) => string,
  ): StartedCommand {
    let stdin: StdinPipe | null = null;
    try {
      stdin = this.#os.createStdinPipe(); // nobody writes to it: it is at its end
      const pipe = this.#os.createLogPipe(label, request.uid);
      const fds = new Map([
        [0, stdin.childFd],
        [1, pipe.childFd],
        [2, pipe.childFd],
      ]);
      const spawned = this.#os.spawn({ ...request, fds, listenPid: false });
      pipe.closeChildEnd();
      if (spawned.ok) return { ok: true, running: this.#watch(spawned.pid, pipe, ended) };
      pipe.close();
      return { ok: false, problem: describe(spawned) };
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      return { ok: false, problem: error.message };
    } finally {
      stdin?.close();
    }
  }

  /** A ready check's command, about that process. */
  check(
    spec: ProcessSpec,
    { pid, generation }: { readonly pid: number; readonly generation: number },
    command: string,
    ended: (status: ExitStatus, lastLine: string | null) => void,
  ): StartedCheck {
    let lastLine: () => string | null = () => null;
    const variables = new Map([
      ['MAINPID', `${pid}`],
      ['HUPD_GENERATION', `${generation}`],
    ]);
    const started = this.start({
      ...{ spec, purpose: 'ready-check', command, variables },
      ended: (status) => ended(status, lastLine()),
    });
    if (!started.ok) return started;
    lastLine = () => started.running.lastLines(1)[0] ?? null;
    return { ok: true, kill: started.running.kill };
  }

  /** A child was reaped. False: it is none of these. */
  exited(pid: number, status: ExitStatus): boolean {
    const row = this.#rows.get(pid);
    if (row === undefined) return false;
    this.#rows.delete(pid);
    row.pipe.drain();
    row.pipe.close();
    row.ended(status);
    return true;
  }

  #watch(pid: number, pipe: LogPipe, ended: (status: ExitStatus) => void): RunningCommand {
    const tail = new TailBuffer();
    const row: Row = { pipe, ended };
    this.#rows.set(pid, row);
    pipe.read(
      (chunk) => tail.push(chunk.bytes()),
      () => {},
    );
    return {
      lastLines: (count) => tail.lastLines(count),
      kill: () => {
        row.ended = () => {};
        if (this.#rows.has(pid)) this.#os.kill(pid, SIGKILL, true);
      },
    };
  }
}

function failure(spec: ProcessSpec, command: string, failed: SpawnResult & { ok: false }): string {
  const { step, errno, reason } = failed;
  if (step === 'fork') return `fork: ${errno}`;
  if (step === 'setuid') return firstLine(childFailureTexts.setuid(spec.uid ?? 0, reason));
  if (step === 'chdir') return firstLine(childFailureTexts.chdir(spec.directory ?? '', errno));
  return firstLine(childFailureTexts.exec(command, errno));
}

function firstLine(text: string): string {
  return text.slice(0, text.indexOf('\n')).replace('supervisor: ', '');
}
