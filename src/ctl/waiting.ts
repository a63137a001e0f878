/** The line that moves on a terminal while something is waited for: who, how long, how long at most. Nothing where output is not a terminal. */
import type { Terminal } from './ctl.ts';

const frameMs = 100;
const barWidth = 20;
const clearLine = '\r\x1b[2K';

export class Waiting {
  readonly #terminal: Terminal;
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  begin(who: string, atMostSecs: number): void {
    if (!this.#terminal.fancy) return;
    const began = performance.now();
    const draw = () => {
      const secs = (performance.now() - began) / 1000;
      this.#terminal.write(`${clearLine}${waitingLine(who, secs, atMostSecs, this.#terminal.width - 1)}`);
    };
    draw();
    this.#timer = setInterval(draw, frameMs);
  }

  end(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#terminal.write(clearLine);
  }
}

/** `web: [######..............] 4.1 s of at most 60 s`, cut to `width`. */
export function waitingLine(who: string, secs: number, atMostSecs: number, width: number): string {
  const full = Math.min(barWidth, Math.floor((secs / Math.max(atMostSecs, 0.1)) * barWidth));
  const bar = '#'.repeat(full) + '.'.repeat(barWidth - full);
  return `${who}: [${bar}] ${secs.toFixed(1)} s of at most ${atMostSecs} s`.slice(0, width);
}
