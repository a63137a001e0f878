/**
 * A program on a terminal that can be looked at: a tmux server of its own with one window, of a given size, that is typed into, captured and made
 * larger or smaller. The window outlives the program, so that what is left on the terminal can be looked at too.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { waitMs } from './rig.ts';

export const tmuxNeeds = { command: 'tmux', apt: 'tmux' } as const;

export interface TmuxOptions {
  /** A line for the shell. */
  readonly command: string;
  readonly width: number;
  readonly height: number;
  readonly cwd?: string;
}

const execute = promisify(execFile);

export class Tmux {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** The program runs in a shell that lives on after it. */
  static async start({ command, width, height, cwd }: TmuxOptions): Promise<Tmux> {
    const dir = mkdtempSync(join(tmpdir(), 'hupd-tmux-'));
    const tmux = new Tmux(dir);
    const env = ['LC_ALL=C.UTF-8', `HOME=${dir}`, `PATH=${process.env.PATH}`].flatMap((it) => ['-e', it]);
    const size = ['-x', String(width), '-y', String(height)];
    const where = cwd === undefined ? [] : ['-c', cwd];
    await tmux.#tmux('-f', '/dev/null', '-u', 'new-session', '-d', ...size, ...where, ...env, '/bin/sh');
    await tmux.shows(/^[$#]$/m); // what is typed before the prompt is there is shown twice, and the prompt is put before its output
    await tmux.type(command, 'Enter');
    return tmux;
  }

  /** Ended when the test is. */
  static async startFor(t: TestContext, options: TmuxOptions): Promise<Tmux> {
    const tmux = await Tmux.start(options);
    t.after(() => tmux.end());
    return tmux;
  }

  /** Keys as tmux names them (`Enter`, `Escape`, `C-c`), or text. */
  async type(...keys: readonly string[]): Promise<void> {
    await this.#tmux('send-keys', ...keys);
  }

  /** Bytes as a terminal sends them: a click is a report of the mouse. */
  async send(bytes: string): Promise<void> {
    await this.#tmux('send-keys', '-l', bytes);
  }

  /** The primary button, on the first cell of that text; then, at once, what is typed. */
  async click(text: string, typed = ''): Promise<void> {
    const at = await this.#placeOf(text);
    await this.send(`\u001b[<0;${at}M\u001b[<0;${at}m${typed}`);
  }

  /** One notch of the wheel, there. */
  async wheel(text: string, direction: 'up' | 'down'): Promise<void> {
    await this.send(`\u001b[<${direction === 'up' ? 64 : 65};${await this.#placeOf(text)}M`);
  }

  /** As reports of the mouse have it: column and line, from 1. What stands left of the text must be one cell a character. */
  async #placeOf(text: string): Promise<string> {
    const lines = (await this.screen()).split('\n');
    const y = lines.findIndex((line) => line.includes(text));
    assert.ok(y >= 0, `no ${JSON.stringify(text)} in\n${lines.join('\n')}`);
    return `${(lines[y] ?? '').indexOf(text) + 1};${y + 1}`;
  }

  /** What is shown, without colours. */
  screen(): Promise<string> {
    return this.#tmux('capture-pane', '-p');
  }

  /** Resolves with the screen once it matches. */
  async shows(pattern: RegExp): Promise<string> {
    const end = performance.now() + waitMs;
    for (;;) {
      const screen = await this.screen();
      if (pattern.test(screen)) return screen;
      assert.ok(performance.now() < end, `waited in vain for ${pattern} in\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#tmux('resize-window', '-x', String(width), '-y', String(height));
  }

  /** tmux's own words for the pane, such as `#{alternate_on}`. */
  async told(format: string): Promise<string> {
    return (await this.#tmux('display-message', '-p', format)).trim();
  }

  /** Keeps what is shown, as text and with its colours, as an artefact of the test. */
  async keep(name: string): Promise<string> {
    mkdirSync('artifacts', { recursive: true });
    const screen = await this.screen();
    writeFileSync(join('artifacts', `${name}.txt`), screen);
    writeFileSync(join('artifacts', `${name}.ansi`), await this.#tmux('capture-pane', '-p', '-e'));
    return screen;
  }

  async end(): Promise<void> {
    await this.#tmux('kill-server').catch(() => undefined); // it has gone with its last window
    rmSync(this.#dir, { recursive: true, force: true });
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    return (await execute('tmux', ['-S', join(this.#dir, 's'), ...args])).stdout;
  }
}
