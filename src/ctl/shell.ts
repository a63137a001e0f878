/**
 * The interactive shell: `status`, then a prompt, until the input ends, a command says quit, or ^C. Works on a pipe as well, prompts
 * included, because scripts feed it that way.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Completion } from './completion.ts';
import { type Ctl, Interrupt } from './ctl.ts';
import { exitStatus } from './exit-status.ts';
import type { ProcessTerminal } from './terminal.ts';

export interface ShellOptions {
  readonly prompt: string;
  readonly historyFile: string | null;
}

export async function runShell(ctl: Ctl, terminal: ProcessTerminal, options: ShellOptions): Promise<void> {
  const completion = new Completion(ctl);
  terminal.complete = (line) => completion.complete(line);
  const input = await terminal.input();
  input.history = options.historyFile === null ? [] : loadHistory(options.historyFile);
  const keepHistory = (): void => {
    if (options.historyFile !== null) {
      saveHistory(options.historyFile, input.history);
    }
  };
  // While a command runs that does not take ^C itself: the end, and a good one.
  const release = terminal.onInterrupt(() => {
    ctl.output('');
    keepHistory();
    process.exit(exitStatus.success);
  });
  try {
    let line: string | null = 'status';
    while (!(await ctl.runLine(line ?? 'EOF'))) {
      line = await input.read(`${options.prompt}> `);
    }
  } catch (error) {
    if (!(error instanceof Interrupt)) {
      throw error;
    }
    ctl.output('');
  } finally {
    release();
    keepHistory();
  }
}

/** A history that cannot be read or kept is no reason to complain. */
function loadHistory(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

function saveHistory(file: string, lines: readonly string[]): void {
  try {
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  } catch {
    // As above.
  }
}
