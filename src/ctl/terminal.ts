/**
 * The real terminal, for `Ctl`: standard streams, ^C, and lines of input, whose code is loaded when the first is read. Output is
 * written to the descriptors at once: that saves setting up Node's streams, and nothing is left unwritten at the end.
 */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { Terminal } from './ctl.ts';
import type { LineInput } from './line-input.ts';

export class ProcessTerminal implements Terminal {
  /** Set by the shell, which completes and keeps a history. */
  complete: ((line: string) => Promise<readonly [string[], string]>) | null = null;
  #input: LineInput | null = null;
  #interruptHandlers: (() => void)[] = [];
  readonly #interrupted = (): void => this.#interruptHandlers.at(-1)?.();

  write(text: string | Buffer): void {
    writeAll(1, text);
  }

  writeError(text: string): void {
    writeAll(2, text);
  }

  async readLine(prompt: string, signal?: AbortSignal): Promise<string | null> {
    return (await this.input()).read(prompt, signal);
  }

  async readSecret(prompt: string): Promise<string | null> {
    return (await this.input()).readSecret(prompt);
  }

  unreadLine(line: string): void {
    this.#input?.unread(line);
  }

  async untilInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const release = this.onInterrupt(() => controller.abort());
    try {
      return await work(controller.signal);
    } finally {
      release();
    }
  }

  /** ^C calls the handler that was set last, and nothing else; the function returned takes it away again. */
  onInterrupt(handler: () => void): () => void {
    this.#interruptHandlers.push(handler);
    if (this.#interruptHandlers.length === 1) {
      process.on('SIGINT', this.#interrupted);
    }
    return () => {
      this.#interruptHandlers = this.#interruptHandlers.filter((it) => it !== handler);
      if (this.#interruptHandlers.length === 0) {
        process.off('SIGINT', this.#interrupted);
      }
    };
  }

  get fancy(): boolean {
    return isatty(1) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  }

  get moves(): boolean {
    return isatty(2) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  }

  get width(): number {
    return process.stdout.columns || 80; // 0 where nobody has set a size
  }

  /** The lines of input, opened at the first use. */
  async input(): Promise<LineInput> {
    if (this.#input === null) {
      const { LineInput } = await import('./line-input.ts');
      const { complete } = this;
      this.#input = new LineInput({ input: process.stdin, output: process.stdout, ...(complete ? { complete } : {}) });
    }
    return this.#input;
  }

  close(): void {
    this.#input?.close();
  }
}

/** A full pipe that somebody made non-blocking is tried again; a reader that has gone, as in `hupctl tail -f web | head`, ends us. */
function writeAll(fd: number, text: string | Buffer): void {
  let rest = Buffer.from(text as string);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      } else {
        process.exit(code === 'EPIPE' ? 0 : 1);
      }
    }
  }
}
