/** What one generation holds while it is alive: its ends of pipes, what it was handed over, its ready check. */
import type { CarriedChild, CarriedLaunch } from '../core/carried.ts';
import type { HandedOver } from '../handover/handover.ts';
import type { StdinPipe } from '../os/os.ts';
import type { RunningCheck } from '../readiness/check.ts';
import type { ReadyChannel } from '../readiness/ready-channel.ts';
import type { ChildEnds } from './child-ends.ts';
import { carriedSocket } from './kept-sockets.ts';
import type { Channel } from './supervision.ts';

export class Child {
  readonly generation: number;
  readonly pid: number;
  /** With the pid, which process it is; 0 where nobody has to know. */
  readonly startTime: number;
  readonly handover: HandedOver;
  /** The command line, split. */
  readonly words: readonly string[];
  readonly ends: ChildEnds;
  /** Who made it; null: hupd. */
  readonly maker: number | null;
  /** It said READY=1 before it was found. */
  readonly toldReady: boolean;
  #check: RunningCheck | null = null;
  readonly #companions: Array<{ end(): void }> = [];

  constructor(
    fields: Pick<Child, 'generation' | 'pid' | 'startTime' | 'handover' | 'words' | 'ends' | 'maker'> & {
      readonly toldReady?: boolean;
    },
  ) {
    this.generation = fields.generation;
    this.pid = fields.pid;
    this.startTime = fields.startTime;
    this.handover = fields.handover;
    this.words = fields.words;
    this.ends = fields.ends;
    this.maker = fields.maker;
    this.toldReady = fields.toldReady ?? false;
    if (fields.maker === null) this.ends.ascribeTo(fields.pid);
    else this.ends.share(fields.pid);
  }

  get stdin(): StdinPipe | null {
    return this.ends.input.stdin;
  }
  get ready(): ReadyChannel {
    return this.ends.ready;
  }

  /** For a later daemon. */
  get carried(): CarriedChild {
    const { pid, startTime } = this;
    return { pid, startTime, ...carriedLaunch(this) };
  }

  /** Ends with the generation. */
  accompany(companion: { end(): void } | null): void {
    if (companion !== null) this.#companions.push(companion);
  }

  /** At most one check runs for a generation. */
  setCheck(check: RunningCheck | null): void {
    this.#check?.stop();
    this.#check = check;
  }

  /**
   * What it prints from now on goes to a listener of each channel as well, until the result is called. Of one that hupd did not start, also the
   * last lines: it was there before it was found.
   */
  onOutput(makeListener: () => (chunk: Buffer) => void): () => void {
    for (const { output } of this.ends.channels) {
      const listener = makeListener();
      const before = this.maker === null ? [] : output.lastLines(linesBefore);
      if (before.length > 0) listener(Buffer.from(`${before.join('\n')}\n`));
      output.listen(listener);
    }
    return () => {
      for (const { output } of this.ends.channels) output.listen(null);
    };
  }

  /** The last lines of stderr, or of stdout where stderr has none. */
  lastLines(count: number): readonly string[] {
    for (const { output } of this.ends.channels.toReversed()) {
      const lines = output.lastLines(count);
      if (lines.length > 0) return lines;
    }
    return [];
  }

  /** From now on the last lines are those that come after now, and so is what a check hears. */
  forgetOutput(): void {
    this.drain();
    for (const { output } of this.ends.channels) output.forgetLines();
  }

  /** Everything the process wrote so far reaches the logs now, and what it told by its ready channel is heard. */
  drain(): void {
    this.ends.drain();
  }

  /** The process was reaped. */
  end(): void {
    this.setCheck(null);
    for (const companion of this.#companions) companion.end();
    this.ends.leave(this.pid);
    this.handover.end();
  }
}

/** More than anybody prints between an exec and the first look. */
const linesBefore = 100;

/** What a child is given, whether it is there yet or not. */
export type Launch = Pick<Child, 'generation' | 'words' | 'handover' | 'maker' | 'toldReady'> & {
  readonly ends: Pick<ChildEnds, 'input' | 'channels' | 'ready'>;
};

export function carriedLaunch({ generation, words, handover, maker, toldReady, ends }: Launch): CarriedLaunch {
  const { sockets, ownEach, predecessor, addresses } = handover;
  const { input, channels, ready } = ends;
  const pathOf = (wanted: Channel) => channels.find(({ name }) => name === wanted)?.pipe.path ?? null;
  return {
    ...{ generation, words, ownEach, predecessor, maker, toldReady, addresses },
    pipes: { stdout: pathOf('stdout') ?? '', stderr: pathOf('stderr'), stdin: input.stdin?.path ?? null },
    sockets: sockets.map(carriedSocket),
    ...ready.carried,
  };
}
