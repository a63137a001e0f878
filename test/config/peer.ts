/** Real supervisord's configuration reader, asked over a pipe: one Python process for all cases of a test file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
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
  /** Every directory is there, and every user, as 1000. */
  readonly anywhere?: boolean;
  /** Not even the differences that `peer.py` takes over from hupd. */
  readonly unchanged?: boolean;
}

export interface Peer {
  ask(question: object): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

const script = fileURLToPath(new URL('../../../test/config/peer.py', import.meta.url));

/** One for all tests of a `describe`, started when first asked for. */
export function sharedPeer(): () => Peer {
  let peer: Peer | null = null;
  after(() => peer?.close());
  return () => {
    peer ??= startPeer();
    return peer;
  };
}

function startPeer(): Peer {
  const python = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: python.stdout }).on('line', (line) => waiting.shift()?.(line));
  const ended = once(python, 'exit');
  python.on('exit', () => {
    for (const answer of waiting) answer('{"crash": "python has ended"}');
  });
  return {
    ask: (question) =>
      new Promise((resolve) => {
        waiting.push((line) => resolve(JSON.parse(line)));
        python.stdin.write(`${JSON.stringify(question)}\n`);
      }),
    close: async () => {
      python.stdin.end();
      await ended;
    },
  };
}
