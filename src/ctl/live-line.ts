/** One line at the bottom of the terminal that is drawn again and again, while lines above it are printed for good. It goes to stderr. */
import type { Terminal } from './ctl.ts';

const frameMs = 100;

export class LiveLine {
  readonly #terminal: Terminal;
  readonly #render: (nowMs: number, width: number) => string | null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #drawn = false;

  /** `render` is asked ten times a second; null: nothing to draw. Where nothing may move it is never asked. */
  constructor(terminal: Terminal, render: (nowMs: number, width: number) => string | null) {
    this.#terminal = terminal;
    this.#render = render;
    if (terminal.moves) {
      this.#timer = setInterval(() => this.#draw(), frameMs);
    }
  }

  /** Before anything else is written. */
  erase(): void {
    if (this.#drawn) {
      this.#terminal.writeError('\r\u001b[K');
      this.#drawn = false;
    }
  }

  close(): void {
    if (this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    this.erase();
  }

  #draw(): void {
    const line = this.#render(Date.now(), this.#terminal.width);
    if (line === null) {
      this.erase();
      return;
    }
    this.#terminal.writeError(`\r${line}\u001b[K`);
    this.#drawn = true;
  }
}
