/** What one generation holds while it is alive: its pipes, its output's way into the logs, what it was handed over, its ready check. */
import type { Handover } from '../handover/handover.ts';
import type { ChildOutput } from '../log/child-log.ts';
import type { LogPipe, StdinPipe } from '../os/os.ts';
import type { RunningCheck } from '../readiness/check.ts';
import type { ReadyChannel } from '../readiness/ready-channel.ts';

export interface OutputChannel {
  readonly pipe: LogPipe;
  readonly output: ChildOutput;
}

/** Its descriptor 0: a pipe that clients can write to, or (`stdin` null) something that is nobody's to write to. */
export interface ChildInput {
  readonly stdin: StdinPipe | null;
  readonly fd: number;
  close(): void;
}

export class Child {
  readonly generation: number;
  readonly pid: number;
  readonly handover: Handover;
  /** The command line, split. */
  readonly words: readonly string[];
  readonly ready: ReadyChannel;
  readonly #input: ChildInput;
  readonly #channels: readonly OutputChannel[];
  #check: RunningCheck | null = null;
  #companion: { end(): void } | null = null;

  constructor(fields: {
    generation: number;
    pid: number;
    handover: Handover;
    words: readonly string[];
    input: ChildInput;
    channels: readonly OutputChannel[];
    ready: ReadyChannel;
  }) {
    this.generation = fields.generation;
    this.pid = fields.pid;
    this.handover = fields.handover;
    this.words = fields.words;
    this.ready = fields.ready;
    this.#input = fields.input;
    this.#channels = fields.channels;
    for (const { pipe, output } of fields.channels) {
      output.attach(fields.pid);
      pipe.read(
        (chunk, source) => output.write(chunk, source),
        () => output.end(),
      );
    }
  }

  get stdin(): StdinPipe | null {
    return this.#input.stdin;
  }

  /** Ends with the generation. */
  accompany(companion: { end(): void } | null): void {
    this.#companion = companion;
  }

  /** At most one check runs for a generation. */
  setCheck(check: RunningCheck | null): void {
    this.#check?.stop();
    this.#check = check;
  }

  /** What it prints from now on goes to a listener of each channel as well, until the result is called. */
  onOutput(makeListener: () => (chunk: Buffer) => void): () => void {
    for (const { output } of this.#channels) output.listen(makeListener());
    return () => {
      for (const { output } of this.#channels) output.listen(null);
    };
  }

  /** The last lines of stderr, or of stdout where stderr has none. */
  lastLines(count: number): readonly string[] {
    for (const { output } of this.#channels.toReversed()) {
      const lines = output.lastLines(count);
      if (lines.length > 0) return lines;
    }
    return [];
  }

  /** From now on the last lines are those that come after now, and so is what a check hears. */
  forgetOutput(): void {
    this.drain();
    for (const { output } of this.#channels) output.forgetLines();
  }

  /** Everything the process wrote so far reaches the logs now, and what it told by its ready channel is heard. */
  drain(): void {
    for (const { pipe } of this.#channels) pipe.drain();
    this.ready.drain();
  }

  /** The process was reaped. Output of descendants that outlive it is not read any more, as under supervisord. */
  end(): void {
    this.setCheck(null);
    this.#companion?.end();
    for (const { pipe, output } of this.#channels) {
      pipe.close();
      output.end();
    }
    this.#input.close();
    this.ready.end();
    this.handover.end();
  }
}
