/**
 * hupd's ends of what a generation was started with: its output's pipes and their way into the logs, its stdin, its ready channel. A successor that
 * the process makes itself inherits the other ends, so the two share these; they are closed with the last of them.
 */
import type { ChildOutput } from '../log/child-log.ts';
import type { LogPipe, StdinPipe } from '../os/os.ts';
import type { ReadyChannel } from '../readiness/ready-channel.ts';
import type { Channel } from './supervision.ts';

export interface OutputChannel {
  readonly name: Channel;
  readonly pipe: LogPipe;
  readonly output: ChildOutput;
}

/** Its descriptor 0: a pipe that clients can write to, or (`stdin` null) something that is nobody's to write to. */
export interface ChildInput {
  readonly stdin: StdinPipe | null;
  readonly fd: number;
  close(): void;
}

export class ChildEnds {
  readonly input: ChildInput;
  readonly channels: readonly OutputChannel[];
  readonly ready: ReadyChannel;
  /** Pids of those that have them, the one that the output is ascribed to last. */
  #owners: readonly number[] = [];

  constructor({ input, channels, ready }: Pick<ChildEnds, 'input' | 'channels' | 'ready'>) {
    this.input = input;
    this.channels = channels;
    this.ready = ready;
    for (const { pipe, output } of channels) {
      pipe.read(
        (chunk) => output.take(chunk),
        () => output.end(),
        output.isBulk ? 'gathered' : 'prompt',
      );
    }
  }

  /** Of its pipes and sockets in the runtime directory. */
  get paths(): readonly string[] {
    const { notify, readyPipe } = this.ready.carried;
    const own = [this.input.stdin?.path, notify?.path, readyPipe].flatMap((path) => path ?? []);
    return [...own, ...this.channels.map(({ pipe }) => pipe.path)];
  }

  get owners(): readonly number[] {
    return this.#owners;
  }

  /** What is printed from now on is that process's, as far as anybody can tell. */
  ascribeTo(pid: number): void {
    this.#owners = [...this.#owners.filter((owner) => owner !== pid), pid];
    for (const { output } of this.channels) output.attach(pid);
  }

  /** It has them, and does not speak for the process yet. */
  share(pid: number): void {
    this.#owners = [pid, ...this.#owners];
  }

  drain(): void {
    for (const { pipe } of this.channels) pipe.drain();
    this.ready.drain();
  }

  /** Output of other descendants that outlive it is not read any more, as under supervisord. */
  leave(pid: number): void {
    this.#owners = this.#owners.filter((owner) => owner !== pid);
    const last = this.#owners.at(-1);
    if (last !== undefined) return this.ascribeTo(last);
    for (const { pipe, output } of this.channels) {
      pipe.close();
      output.end();
    }
    this.input.close();
    this.ready.end();
  }
}
