/** What one generation holds while it is alive: its pipes, its output's way into the logs, what it was handed over, its ready check. */
import type { Handover } from '../handover/handover.ts';
import type { ChildOutput } from '../log/child-log.ts';
import type { LogPipe, StdinPipe } from '../os/os.ts';
import type { RunningCheck } from '../readiness/check.ts';

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
  readonly #input: ChildInput;
  readonly #channels: readonly OutputChannel[];
  #check: RunningCheck | null = null;

  constructor(fields: {
    generation: number;
    pid: number;
    handover: Handover;
    words: readonly string[];
    input: ChildInput;
    channels: readonly OutputChannel[];
  }) {
    this.generation = fields.generation;
    this.pid = fields.pid;
    this.handover = fields.handover;
    this.words = fields.words;
    this.#input = fields.input;
    this.#channels = fields.channels;
    for (const { pipe, output } of fields.channels) {
      output.attach(fields.pid);
      pipe.read(
        (chunk) => output.write(chunk),
        () => output.end(),
      );
    }
  }

  get stdin(): StdinPipe | null {
    return this.#input.stdin;
  }

  /** At most one check runs for a generation. */
  setCheck(check: RunningCheck | null): void {
    this.#check?.stop();
    this.#check = check;
  }

  /** The last lines of stderr, or of stdout where stderr has none. */
  lastLines(count: number): readonly string[] {
    for (const { output } of this.#channels.toReversed()) {
      const lines = output.lastLines(count);
      if (lines.length > 0) return lines;
    }
    return [];
  }

  /** Everything the process wrote so far reaches the logs now. */
  drain(): void {
    for (const { pipe } of this.#channels) pipe.drain();
  }

  /** The process was reaped. Output of descendants that outlive it is not read any more, as under supervisord. */
  end(): void {
    this.setCheck(null);
    for (const { pipe, output } of this.#channels) {
      pipe.close();
      output.end();
    }
    this.#input.close();
    this.handover.end();
  }
}
