/**
 * The terminal, by way of `blessed`, which nothing else imports: its alternate screen, its keys and its mouse, and a buffer of cells of which only
 * what changed is written. None of blessed's widgets: what is drawn is a frame. However the program ends, the terminal is given back as it was.
 */
import blessed from 'blessed';
import { charWidth } from './cells.ts';
import type { Frame, Span } from './frame.ts';
import { isUtf8, themed, toAscii } from './theme.ts';

export interface ScreenEvents {
  key(name: string, char: string): void;
  /** `by`: lines of the wheel, 0 for a click. */
  mouse(x: number, y: number, by: number): void;
  resized(): void;
}

type Row = Array<[attribute: number, char: string]> & { dirty: boolean };

/** What blessed's types do not know of its own screen. */
interface Cells {
  lines: Row[];
  /** As the terminal has them. */
  olines: Row[];
  alloc(): void;
  draw(first: number, last: number): void;
  leave(): void;
  enter(): void;
  destroy(): void;
  tput: { unicode: boolean; brokenACS: boolean };
  program: Program;
}

interface Program {
  on(event: 'keypress', listener: (char: string | undefined, key: KeyPress) => void): void;
  on(event: 'resize', listener: () => void): void;
  on(event: 'data', listener: (data: Buffer | string) => void): void;
  setMouse(modes: Record<string, boolean>, enable: boolean): void;
  disableMouse(): void;
  showCursor(): void;
  hideCursor(): void;
  cup(row: number, column: number): void;
  flush(): void;
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
}

interface KeyPress {
  readonly full: string;
  readonly name?: string;
  readonly sequence?: string;
}

/** SGR's form of a mouse report; several may come at once. */
const mouseReport = /\u001b\[<(\d+);(\d+);(\d+)([Mm])/g;
const wheelUp = 64;
const wheelDown = 65;
const wheelLines = 3;
/** What ends us from outside, with its number for the exit status. Hanging up is the terminal's own end. */
const deadly = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

/** Terminals of which the system's description is needed; all others understand what xterm does. */
const described = /^(linux|vt\d|ansi|cons|wy|sun|hurd|eterm|cygwin)/i;

export class Screen {
  readonly #cells: Cells;
  readonly #events: ScreenEvents;
  readonly #colours: boolean;
  readonly #ascii: boolean;
  readonly #signals: ReadonlyArray<readonly [signal: NodeJS.Signals, listener: () => void]>;
  readonly #crashed: (error: unknown) => void;
  /** Node's own, which print where we draw. */
  readonly #warningListeners = process.listeners('warning');
  #cursorShown = false;
  #closed = false;

  constructor(events: ScreenEvents) {
    this.#events = events;
    this.#colours = !process.env.NO_COLOR;
    this.#ascii = !isUtf8(process.env);
    this.#cells = openScreen();
    this.#cells.tput.unicode = true; // what is not ASCII has been replaced already
    this.#cells.tput.brokenACS = true; // lines are drawn as characters, not by a second character set
    this.#signals = Object.entries(deadly).map(([signal, number]) => [
      signal as NodeJS.Signals,
      () => {
        this.close();
        process.exit(128 + number);
      },
    ]);
    for (const [signal, listener] of this.#signals) process.on(signal, listener);
    this.#crashed = (error) => {
      this.close();
      process.stderr.write(`hupctl: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    };
    process.on('uncaughtException', this.#crashed);
    process.removeAllListeners('warning');
    this.#listen();
  }

  get width(): number {
    return Math.max(1, this.#cells.program.output.columns || 80);
  }
  get height(): number {
    return Math.max(1, this.#cells.program.output.rows || 24);
  }

  draw(frame: Frame): void {
    if (this.#closed) return;
    const { lines, olines, program } = this.#cells;
    for (const [y, row] of lines.entries()) {
      this.#fill(row, olines[y], frame.lines[y]?.spans ?? []);
      row.dirty = true;
    }
    this.#cells.draw(0, lines.length - 1);
    if (frame.cursor !== null) program.cup(frame.cursor.y, frame.cursor.x);
    if ((frame.cursor !== null) !== this.#cursorShown) {
      this.#cursorShown = frame.cursor !== null;
      if (this.#cursorShown) program.showCursor();
      else program.hideCursor();
    }
    program.flush();
  }

  /** After something else has written to the terminal: everything is written again. */
  redraw(frame: Frame): void {
    this.#cells.alloc();
    this.draw(frame);
  }

  /** As ^Z elsewhere. Resolves when the program goes on. */
  suspend(): Promise<void> {
    const { program } = this.#cells;
    this.#leave();
    return new Promise((resolve) => {
      process.once('SIGCONT', () => {
        program.input.setRawMode?.(true);
        program.input.resume();
        this.#cells.enter();
        this.#enableMouse();
        this.#cursorShown = false;
        resolve();
      });
      process.kill(process.pid, 'SIGTSTP');
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const [signal, listener] of this.#signals) process.off(signal, listener);
    process.off('uncaughtException', this.#crashed);
    for (const listener of this.#warningListeners) process.on('warning', listener);
    this.#leave();
    this.#cells.destroy();
  }

  #leave(): void {
    const { program } = this.#cells;
    program.disableMouse();
    this.#cells.leave();
    program.showCursor();
    program.flush();
    program.input.setRawMode?.(false);
    program.input.pause();
  }

  #listen(): void {
    const { program } = this.#cells;
    program.on('keypress', (char, key) => {
      // Enter comes twice, once by each of its names.
      if (key.name === 'return') return;
      const typed = char !== undefined && char >= ' ' && [...char].length === 1 ? char : '';
      this.#events.key(typed !== '' && typed !== ' ' ? typed : key.full, typed);
    });
    program.on('data', (data) => {
      const text = String(data);
      for (const [, button, x, y, kind] of text.matchAll(mouseReport))
        this.#mouse(Number(button), Number(x), Number(y), kind === 'M');
      // blessed drops the keys that come in one read with the mouse.
      const keys = text.replace(mouseReport, '');
      if (keys !== '' && keys !== text) program.input.emit('data', Buffer.from(keys));
    });
    program.on('resize', () => this.#events.resized());
    this.#enableMouse();
  }

  #enableMouse(): void {
    this.#cells.program.setMouse({ vt200Mouse: true, sgrMouse: true }, true);
  }

  #mouse(button: number, x: number, y: number, isDown: boolean): void {
    const which = button & ~28; // without shift, alt and control
    if (which === wheelUp || which === wheelDown) {
      this.#events.mouse(x - 1, y - 1, which === wheelUp ? -wheelLines : wheelLines);
    } else if (which === 0 && isDown) this.#events.mouse(x - 1, y - 1, 0);
  }

  /**
   * A wide character takes its cell and an empty one; what has no width goes into the cell before it. The two cells of a wide one are
   * always written: blessed reckons with one cell a character when it skips what has not changed.
   */
  #fill(row: Row, old: Row | undefined, spans: readonly Span[]): void {
    let x = 0;
    for (const { text, role, on } of spans) {
      const attribute = attributeOf(themed(role, on === true, this.#colours));
      for (const char of text) {
        const width = charWidth(char);
        const cell = row[width === 0 ? x - 1 : x];
        if (cell === undefined) continue;
        const shown = this.#ascii ? toAscii(char) : char;
        if (width === 0) {
          cell[1] += this.#ascii ? '' : shown;
          continue;
        }
        cell[0] = attribute;
        cell[1] = shown;
        x += 1;
        const next = width === 2 ? row[x] : undefined;
        if (next !== undefined) {
          next[0] = attribute;
          next[1] = this.#ascii ? '?' : '';
          for (const written of [old?.[x - 1], old?.[x]]) if (written !== undefined) written[0] = -1;
          x += 1;
        }
      }
    }
    for (; x < row.length; x += 1) {
      const cell = row[x];
      if (cell !== undefined) [cell[0], cell[1]] = [attributeOf(themed('plain', false, false)), ' '];
    }
  }
}

const noColour = 0x1ff;

/** blessed's packing: flags, foreground, background, nine bits each. */
function attributeOf({ colour, bold, underline, inverse }: ReturnType<typeof themed>): number {
  const flags = (bold ? 1 : 0) | (underline ? 2 : 0) | (inverse ? 8 : 0);
  return (flags << 18) | ((colour ?? noColour) << 9) | noColour;
}

/** blessed prints what it can not read in a terminal's description, before it does without. */
function openScreen(): Cells {
  const { error } = console;
  console.error = () => {};
  try {
    const terminal = process.env.TERM ?? '';
    return blessed.screen({
      smartCSR: false,
      terminal: described.test(terminal) ? terminal : 'xterm-256color',
      fullUnicode: false,
      resizeTimeout: 20,
    } as never) as unknown as Cells;
  } finally {
    console.error = error;
  }
}
