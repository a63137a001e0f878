/**
 * s6's way to tell that one is ready (`fd:N`): a newline written to a descriptor that the program was given. A pipe of the generation's own;
 * it stays open as long as the generation lives, so that a program that writes more than once is neither killed nor held up.
 */
import type { LogPipe } from '../os/os.ts';
import { type CheckContext, nothingRuns, type RunningCheck } from './check.ts';

export class ReadyFd {
  readonly #pipe: LogPipe;
  #state: 'open' | 'newline' | 'closed' = 'open';
  #changed: () => void = () => {};

  constructor(pipe: LogPipe) {
    this.#pipe = pipe;
  }

  get path(): string {
    return this.#pipe.path;
  }

  get childFd(): number {
    return this.#pipe.childFd;
  }

  /** The child has its end. */
  begin(): void {
    this.#pipe.closeChildEnd();
    this.#pipe.read(
      (chunk) => {
        if (chunk.bytes().includes(10)) this.#become('newline');
      },
      () => this.#become('closed'),
    );
  }

  check({ ready, notReady, answered }: CheckContext, fd: number): RunningCheck {
    answered(`no newline on descriptor ${fd} yet`);
    this.#changed = () => {
      if (this.#state === 'newline') ready();
      if (this.#state === 'closed') notReady(`it closed descriptor ${fd} without a newline`);
    };
    this.#changed();
    return {
      stop: () => {
        this.#changed = () => {};
      },
    };
  }

  /** Hears what was written before the process ended. */
  drain(): void {
    this.#pipe.drain();
  }

  end(): void {
    this.#changed = () => {};
    this.#pipe.close();
  }

  #become(state: 'newline' | 'closed'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#changed();
  }
}

export function checkReadyFd(fd: number, context: CheckContext): RunningCheck {
  const { readyFd } = context.channel;
  if (readyFd !== null) return readyFd.check(context, fd);
  context.notReady(`it was started without descriptor ${fd}, before it had ready_check=fd:${fd}: restart it once`);
  return nothingRuns;
}
