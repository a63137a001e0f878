/** A process of `FakeOs`: what it was started with, and what a test has it do. */
import type { ExitStatus } from '../../src/core/exit-status.ts';
import type { SocketAddress } from '../../src/core/spec.ts';
import type { SpawnRequest } from '../../src/os/os.ts';
import type { FakeLogPipe, FakeStdinPipe } from './fake-pipes.ts';
import type { FakeProbe } from './fake-probe.ts';

/** Where it finds what its descriptors are. */
export interface Descriptors {
  readonly logPipes: readonly FakeLogPipe[];
  readonly stdinPipes: readonly FakeStdinPipe[];
  readonly probes: readonly FakeProbe[];
}

/** A row of the table of processes. */
export class FakeProcess {
  readonly request: SpawnRequest;
  readonly pid: number;
  ppid: number;
  readonly pgid: number;
  readonly startTime: number;
  /** `zombie`: dead and not yet told. */
  life: 'running' | 'zombie' | 'gone' = 'running';
  /** Signals that reached it, in order. */
  readonly received: number[] = [];
  /** What `borrowListeners` finds. */
  listening: SocketAddress[] = [];
  /** What `whoServes` finds. */
  serves = false;
  /** Changes with an exec. */
  image: string;
  /** As `look` names them. */
  readonly sockets: string[] = [];
  readonly #os: Descriptors;
  readonly #answers = new Map<number, ExitStatus>();

  constructor(os: Descriptors, request: SpawnRequest, pid: number, ppid: number, pgid: number) {
    this.#os = os;
    this.request = request;
    this.pid = pid;
    this.ppid = ppid;
    this.pgid = pgid;
    this.startTime = pid * 10;
    this.image = `image of ${pid}`;
  }

  /** These signals end it: by the signal, or with `code` when one is given. */
  obeys(signals: number | readonly number[], code: number | null = null): void {
    for (const signal of [signals].flat()) {
      this.#answers.set(signal, code === null ? { kind: 'signal', signal, coreDumped: false } : { kind: 'exit', code });
    }
  }

  ignores(signal: number): void {
    this.#answers.delete(signal);
  }

  answerTo(signal: number): ExitStatus | null {
    return this.#answers.get(signal) ?? null;
  }

  /** Whether it was given that descriptor of ours. */
  holds(fd: number): boolean {
    return [...this.request.fds.values()].includes(fd);
  }

  /** Prints on its descriptor 1 or 2. */
  write(fd: number, text: string | Buffer): void {
    const ours = this.request.fds.get(fd);
    const pipe = this.#os.logPipes.find(({ childFd }) => childFd === ours);
    if (pipe === undefined) throw new Error(`descriptor ${fd} of ${this.pid} is not a log pipe`);
    pipe.write(text);
  }

  /** Its stdin. */
  get stdin(): FakeStdinPipe {
    const ours = this.request.fds.get(0);
    const pipe = this.#os.stdinPipes.find(({ childFd }) => childFd === ours);
    if (pipe === undefined) throw new Error(`stdin of ${this.pid} is not a stdin pipe`);
    return pipe;
  }

  /** The probe that it was given, if any. */
  get probe(): FakeProbe | null {
    return this.#os.probes.find(({ fd }) => this.holds(fd)) ?? null;
  }

  /** `NAME` of its environment. */
  env(name: string): string | null {
    const entry = this.request.env.map(String).find((candidate) => candidate.startsWith(`${name}=`));
    return entry?.slice(name.length + 1) ?? null;
  }
}
