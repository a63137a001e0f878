/** From a member to a running child: command, logs, pipes, sockets, environment, spawn. What fails on the way is undone and said in supervisord's words. */
import { childFailureTexts } from '../core/log-texts.ts';
import type { ProcessSpec } from '../core/spec.ts';
import { refuseHandover, takenText } from '../handover/describe.ts';
import { Handover } from '../handover/handover.ts';
import { recognise } from '../handover/profiles/recognise.ts';
import type { ChildOutput } from '../log/child-log.ts';
import type { Borrowed, LogPipe, Os, SpawnRequest, SpawnResult } from '../os/os.ts';
import { OsError } from '../os/os-error.ts';
import { resolveCommand } from '../os/resolve-command.ts';
import { explainingChild } from '../os/spawn.ts';
import { ReadyChannel } from '../readiness/ready-channel.ts';
import { reprText } from '../util/python-repr.ts';
import type { Carry } from './carry.ts';
import { Child, carriedLaunch } from './child.ts';
import { ChildEnds, type ChildInput, type OutputChannel } from './child-ends.ts';
import { childEnvironment, type Environment, searchPath } from './environment.ts';
import type { Member } from './member.ts';

export type LaunchResult =
  | { readonly ok: true; readonly child: Child; readonly problems: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** What the child gets beside its command. */
interface Given {
  readonly handover: Handover;
  readonly ready: ReadyChannel;
  readonly stdinFd: number;
  readonly channels: readonly OutputChannel[];
}

export class Launcher {
  readonly #os: Os;
  readonly #environment: Environment;
  readonly #serverUrl: () => string | null;
  readonly #carry: Carry | null;

  /** `carry`: what has to be known of a child in case that this daemon dies; null: its children do not outlive it. */
  constructor(os: Os, environment: Environment, serverUrl: () => string | null, carry: Carry | null) {
    this.#os = os;
    this.#environment = environment;
    this.#serverUrl = serverUrl;
    this.#carry = carry;
  }

  /** The checks that come before a fork. */
  resolve(spec: ProcessSpec): ReturnType<typeof resolveCommand> {
    return resolveCommand(spec.command, searchPath(this.#environment, spec));
  }

  /** `predecessor`: the pid whose sockets the child is to serve beside, or null. */
  launch(member: Member, generation: number, predecessor: number | null): LaunchResult {
    const { spec } = member;
    const command = this.resolve(spec);
    if (!command.ok) return { ok: false, message: command.message };
    const undo = new Undo();
    try {
      const offered = this.#sockets(member, predecessor);
      const words = command.args;
      const server = recognise(words);
      const addresses = offered.sockets.map(({ address }) => address);
      const inherited = predecessor === null ? null : (member.current?.handover.sockets.length ?? 0) > 0;
      const refusal = refuseHandover(server, words, addresses, inherited);
      if (refusal !== null) return { ok: false, message: refusal };
      const handover = new Handover({ os: this.#os, spec, words, server, generation, predecessor, ...offered });
      undo.add(() => handover.end());
      const channels = this.#openChannels(member, undo);
      const input = this.#openInput(member);
      undo.add(() => input.close());
      const ready = ReadyChannel.open(this.#os, spec);
      undo.add(() => ready.end());
      const taken = [...ready.fds.keys()].find((fd) => handover.fds.has(fd));
      if (taken !== undefined) {
        undo.all();
        return { ok: false, message: takenText(taken, Math.max(...handover.fds.keys()) + 1) };
      }
      const launch = { generation, words, handover, maker: null, toldReady: false };
      this.#carry?.launching(member, carriedLaunch({ ...launch, ends: { input, channels, ready } }));
      const spawned = this.#spawn(
        spec,
        { file: command.file, args: handover.words },
        { handover, ready, stdinFd: input.fd, channels },
      );
      if (!spawned.ok) {
        undo.all();
        return { ok: false, message: forkFailure(spec.name, spawned.errno) };
      }
      input.stdin?.closeChildEnd();
      for (const { pipe } of channels) pipe.closeChildEnd();
      const { pid } = spawned;
      const startTime = this.#carry === null ? 0 : (this.#os.stat(pid)?.startTime ?? 0);
      const child = new Child({ ...launch, pid, startTime, ends: new ChildEnds({ input, channels, ready }) });
      return { ok: true, child, problems: handover.problems };
    } catch (error) {
      undo.all();
      if (!(error instanceof OsError)) throw error;
      return { ok: false, message: preparationFailure(spec.name, error) };
    }
  }

  #sockets(member: Member, predecessor: number | null): Borrowed {
    const nothing = { sockets: [], ownEach: [], problem: null };
    // Its one socket is descriptor 0 of every generation: there is nothing to hand over.
    if (member.fcgi !== null) return nothing;
    if (predecessor === null) return { ...nothing, sockets: member.sockets.forStart() };
    if (member.spec.reload.handover === 'none') return nothing;
    return member.sockets.forSuccessor(predecessor);
  }

  /** A pipe, or of an fcgi-program the socket that it shares. */
  #openInput({ fcgi, spec }: Member): ChildInput {
    if (fcgi === null) {
      const outlives = this.#carry !== null;
      const label = `${spec.group}-${spec.name}-stdin`;
      const stdin = outlives ? this.#os.createInputPipe(label, spec.uid) : this.#os.createStdinPipe();
      return { stdin, fd: stdin.childFd, close: () => stdin.close() };
    }
    const user = {};
    return { stdin: null, fd: fcgi.acquire(user).fd, close: () => fcgi.release(user) };
  }

  #openChannels({ spec, logs }: Member, undo: Undo): readonly OutputChannel[] {
    const names = spec.redirectStderr ? (['stdout'] as const) : (['stdout', 'stderr'] as const);
    return names.map((name) => {
      const opened = logs[name].open();
      if (!opened.ok) throw new OsError('open', opened.trouble.errno, name);
      const output: ChildOutput = opened.output;
      undo.add(() => output.end());
      const pipe: LogPipe = this.#os.createLogPipe(`${spec.group}-${spec.name}-${name}`, spec.uid);
      undo.add(() => pipe.close());
      return { name, pipe, output };
    });
  }

  #spawn(
    spec: ProcessSpec,
    command: { readonly file: string; readonly args: readonly string[] },
    { handover, ready, stdinFd, channels }: Given,
  ): SpawnResult {
    const [stdout, stderr] = channels;
    if (stdout === undefined) throw new Error('a process has at least one output channel');
    const fds = new Map([
      [0, stdinFd],
      [1, stdout.pipe.childFd],
      [2, (stderr ?? stdout).pipe.childFd],
      ...handover.fds,
      ...ready.fds,
    ]);
    const request: SpawnRequest = {
      ...command,
      env: childEnvironment(this.#environment, spec, this.#serverUrl(), [...handover.variables, ...ready.variables]),
      directory: spec.directory,
      umask: spec.umask,
      uid: spec.uid,
      fds,
      listenPid: handover.variables.has('LISTEN_FDS'),
    };
    const spawned = this.#os.spawn(request);
    if (spawned.ok || spawned.step === 'fork') return spawned;
    // As under supervisord such a start has a pid, says why on its stderr, and exits with 127.
    const text = failureText(spec, command.args[0] ?? '', spawned);
    return this.#os.spawn({ ...request, ...explainingChild(text), directory: null, uid: null, listenPid: false });
  }
}

/** What has to be taken back if a later step fails, last first. */
class Undo {
  readonly #steps: Array<() => void> = [];
  add(step: () => void): void {
    this.#steps.push(step);
  }
  all(): void {
    for (const step of this.#steps.toReversed()) step();
  }
}

function failureText(spec: ProcessSpec, argv0: string, { step, errno, reason }: SpawnResult & { ok: false }): string {
  if (step === 'setuid') return childFailureTexts.setuid(spec.uid ?? 0, reason);
  if (step === 'chdir') return childFailureTexts.chdir(spec.directory ?? '', errno);
  return childFailureTexts.exec(argv0, errno);
}

function forkFailure(name: string, errno: string): string {
  if (errno === 'EAGAIN') return `Too many processes in process table to spawn ${reprText(name)}`;
  return `unknown error during fork for ${reprText(name)}: ${errno}`;
}

function preparationFailure(name: string, { call, code, message }: OsError): string {
  if (code === 'EMFILE') return `too many open files to spawn ${reprText(name)}`;
  if (call === 'getaddrinfo' || call === 'bind' || call === 'listen')
    return `can't open the socket of ${reprText(name)}: ${message}`;
  return `unknown error making dispatchers for ${reprText(name)}: ${code}`;
}
