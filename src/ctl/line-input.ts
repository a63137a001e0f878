/**
 * Lines of input, from a terminal with editing, history and completion, or from a pipe. Loaded only by what reads input: the shell, a
 * confirmation, `fg`.
 *
 * On a terminal there is a readline interface only while a line is being read, so that at any other time ^C is a signal. What was typed
 * ahead is kept for the next line.
 */
import { createInterface, type Interface } from 'node:readline';
import { Interrupt } from './ctl.ts';

export interface LineInputOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  /** What could stand in place of the end of `line`, and the end that it would replace. */
  complete?(line: string): Promise<readonly [candidates: string[], replaced: string]>;
}

export class LineInput {
  readonly #options: LineInputOptions;
  /** Newest first, as readline wants it. */
  #history: string[] = [];
  #lines: string[] = [];
  /** Of a pipe: reads ahead, since it cannot give back. */
  #pipe: Interface | null = null;
  #ended = false;
  #typedAhead = '';
  #waiting: ((line: string | null) => void) | null = null;

  constructor(options: LineInputOptions) {
    this.#options = options;
  }

  /** Oldest first. */
  get history(): readonly string[] {
    return this.#history.toReversed();
  }

  set history(lines: readonly string[]) {
    this.#history = lines.toReversed();
  }

  get isTerminal(): boolean {
    return this.#options.input.isTTY === true && this.#options.output.isTTY === true;
  }

  /** Null at the end of input; rejects with Interrupt at ^C on a terminal, or when `signal` fires. */
  async read(prompt: string, signal?: AbortSignal): Promise<string | null> {
    if (signal?.aborted) {
      throw new Interrupt();
    }
    return this.isTerminal ? this.#readTerminal(prompt, signal) : this.#readPipe(prompt, signal);
  }

  /** The same with no echo; the line does not get into the history. */
  async readSecret(prompt: string): Promise<string | null> {
    if (!this.isTerminal) {
      process.stderr.write(prompt);
      const line = await this.#readPipe('');
      process.stderr.write(line === null ? '' : '\n');
      return line;
    }
    const { history } = this;
    try {
      return await this.#readTerminal(prompt, undefined, true);
    } finally {
      this.history = history;
    }
  }

  unread(line: string): void {
    this.#lines.unshift(line);
  }

  close(): void {
    this.#pipe?.close();
  }

  #readTerminal(prompt: string, signal?: AbortSignal, secret = false): Promise<string | null> {
    const ready = this.#lines.shift();
    if (ready !== undefined) {
      this.#options.output.write(`${prompt}${secret ? '' : ready}\n`);
      return Promise.resolve(ready);
    }
    const { input, output, complete } = this.#options;
    return new Promise((resolve, reject) => {
      const line = createInterface({
        input,
        output,
        terminal: true,
        historySize: Number.MAX_SAFE_INTEGER,
        history: this.#history,
        ...(complete && !secret
          ? {
              completer: (text: string, done: (error: null, result: [string[], string]) => void) =>
                void complete(text).then(([candidates, replaced]) => done(null, [candidates, replaced])),
            }
          : {}),
      });
      let taken: string | null = null;
      const finish = (settle: () => void): void => {
        signal?.removeEventListener('abort', interrupt);
        this.#typedAhead = line.line;
        line.off('close', ended); // readline has one of its own, which lets go of the terminal
        line.close();
        settle();
      };
      const interrupt = (): void => finish(() => reject(new Interrupt()));
      const ended = (): void => {
        signal?.removeEventListener('abort', interrupt);
        resolve(taken);
      };
      line.on('history', (history: string[]) => {
        this.#history = [...history];
      });
      line.on('line', (text: string) => {
        if (taken !== null) {
          this.#lines.push(text);
          return;
        }
        taken = text;
        // A paste brings several lines at once: all of them are here before the next turn.
        setImmediate(() => finish(() => resolve(text)));
      });
      line.on('close', ended);
      line.on('SIGINT', interrupt);
      signal?.addEventListener('abort', interrupt);
      line.setPrompt(prompt);
      line.prompt();
      if (secret) {
        mute(line);
      }
      if (this.#typedAhead !== '') {
        line.write(this.#typedAhead);
        this.#typedAhead = '';
      }
    });
  }

  #readPipe(prompt: string, signal?: AbortSignal): Promise<string | null> {
    this.#options.output.write(prompt);
    this.#pipe ??= this.#openPipe();
    const line = this.#lines.shift();
    if (line !== undefined || this.#ended) {
      return Promise.resolve(line ?? null);
    }
    return new Promise((resolve, reject) => {
      const interrupt = (): void => {
        this.#waiting = null;
        reject(new Interrupt());
      };
      signal?.addEventListener('abort', interrupt);
      this.#waiting = (text) => {
        this.#waiting = null;
        signal?.removeEventListener('abort', interrupt);
        resolve(text);
      };
    });
  }

  #openPipe(): Interface {
    const pipe = createInterface({ input: this.#options.input, terminal: false, crlfDelay: 0 });
    pipe.on('line', (line) => {
      if (this.#waiting) {
        this.#waiting(line);
      } else {
        this.#lines.push(line);
      }
    });
    pipe.on('close', () => {
      this.#ended = true;
      this.#waiting?.(null);
    });
    return pipe;
  }
}

/** Lets readline draw nothing more: what is typed stays unseen. */
function mute(line: Interface): void {
  (line as unknown as { _writeToOutput(text: string): void })._writeToOutput = () => undefined;
}
