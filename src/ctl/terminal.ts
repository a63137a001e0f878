/** The real terminal, for `Ctl`: standard streams, ^C, and lines of input, whose code is loaded when the first is read. */
import type { Terminal } from './ctl.ts';
import type { LineInput } from './line-input.ts';

export class ProcessTerminal implements Terminal {
  /** Set by the shell, which completes and keeps a history. */
  complete: ((line: string) => Promise<readonly [string[], string]>) | null = null;
  #input: LineInput | null = null;

  constructor() {
    // `hupctl tail -f web | head`: the reader has what it wanted.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  }

  write(text: string | Buffer): void {
    process.stdout.write(text);
  }

  writeError(text: string): void {
    process.stderr.write(text);
  }

  async readLine(prompt: string, signal?: AbortSignal): Promise<string | null> {
    return (await this.input()).read(prompt, signal);
  }

  async readSecret(prompt: string): Promise<string | null> {
    return (await this.input()).readSecret(prompt);
  }

  async untilInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const interrupt = (): void => controller.abort();
    process.once('SIGINT', interrupt);
    try {
      return await work(controller.signal);
    } finally {
      process.off('SIGINT', interrupt);
    }
  }

  get fancy(): boolean {
    return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  }

  get width(): number {
    return process.stdout.columns ?? 80;
  }

  /** The lines of input, opened at the first use. */
  async input(): Promise<LineInput> {
    if (this.#input === null) {
      const { LineInput } = await import('./line-input.ts');
      const { complete } = this;
      this.#input = new LineInput({
        input: process.stdin,
        output: process.stdout,
        ...(complete ? { complete } : {}),
      });
    }
    return this.#input;
  }

  close(): void {
    this.#input?.close();
  }
}
