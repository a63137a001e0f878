/** A program on a pseudo-terminal, which Node cannot make: driven by `run-on-pty.py`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface PtyRun {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  /** Wait for the pattern, a Python regular expression, in what was shown since the last match; then type the keys. */
  readonly steps: ReadonlyArray<readonly [pattern: string, keys: string]>;
}

export interface PtyResult {
  /** As it came: carriage returns, escape sequences and all. */
  readonly shown: string;
  /** Negative: the signal that ended it. */
  readonly status: number;
}

/** The script is read from the sources, beside the built tests. */
const script = fileURLToPath(new URL('../../../test/support/run-on-pty.py', import.meta.url));

export async function onPty(run: PtyRun): Promise<PtyResult> {
  const child = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  const env = { PATH: process.env.PATH, TERM: 'xterm', LC_ALL: 'C.UTF-8', HOME: run.cwd, ...run.env };
  child.stdin.end(JSON.stringify({ ...run, env }));
  await once(child, 'close');
  const { shown, status, problem } = JSON.parse(out) as PtyResult & { problem: string | null };
  if (problem !== null) throw new Error(`${problem}; shown was ${JSON.stringify(shown)}`);
  return { shown, status };
}
