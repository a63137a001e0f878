/** Real supervisord's configuration reader, asked over a pipe: one Python process for all cases of a test file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Need } from '../support/needs.ts';

export const supervisorPackage: readonly Need[] = [
  { command: '/usr/bin/python3', apt: 'python3' },
  { command: '/usr/lib/python3/dist-packages/supervisor/options.py', apt: 'supervisor' },
];

export interface FileCase {
  /** Absolute path -> text. All below `directory`, which is also the working directory. */
  readonly files: Readonly<Record<string, string>>;
  readonly main: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** As supervisorctl reads it. */
  readonly ctl?: boolean;
}

export interface Peer {
  ask(question: object): Promise<Record<string, unknown>>;
}

const script = fileURLToPath(new URL('../../../test/config/peer.py', import.meta.url));

/** Ends with the test. */
export function startPeer(t: Pick<TestContext, 'after'>): Peer {
  const python = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: python.stdout }).on('line', (line) => waiting.shift()?.(line));
  python.on('exit', () => {
    for (const answer of waiting) answer('{"crash": "python has ended"}');
  });
  t.after(async () => {
    python.stdin.end();
    if (python.exitCode === null) await once(python, 'exit');
  });
  return {
    ask: (question) =>
      new Promise((resolve) => {
        waiting.push((line) => resolve(JSON.parse(line)));
        python.stdin.write(`${JSON.stringify(question)}\n`);
      }),
  };
}
