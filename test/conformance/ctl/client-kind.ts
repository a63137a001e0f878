/** Clients for the transcripts: one command line, carried out, and what it showed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { supervisorCommands } from '../../../src/ctl/command-names.ts';

export interface ClientKind {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

export const supervisorctl: ClientKind = {
  name: 'supervisorctl',
  command: ['/usr/bin/python3', '-u', '/usr/bin/supervisorctl'],
};

const hupctlEntry = fileURLToPath(new URL('../../../src/hupctl.js', import.meta.url));

export const hupctl: ClientKind = { name: 'hupctl', command: [process.execPath, hupctlEntry] };

export interface Run {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Given at once, and the end of input after it, or only when `endInputAt` is seen in the output. */
  readonly stdin?: string | undefined;
  readonly endInputAt?: RegExp | undefined;
  /** ^C when this is seen in the output. */
  readonly interruptAt?: RegExp | undefined;
}

export interface Shown {
  readonly stdout: string;
  readonly stderr: string;
  /** A signal's name if it ended that way. */
  readonly status: number | string;
}

const boundMs = 30_000;

export async function run(client: ClientKind, { argv, cwd, stdin, endInputAt, interruptAt }: Run): Promise<Shown> {
  const [file, ...args] = client.command;
  const child = spawn(file, [...args, ...argv], {
    cwd,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: cwd },
    timeout: boundMs,
    killSignal: 'SIGKILL',
  });
  let reached = false;
  const shown = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown.stdout += text;
    if (!reached && interruptAt?.test(shown.stdout)) {
      reached = true;
      child.kill('SIGINT');
    }
    if (endInputAt?.test(shown.stdout)) {
      child.stdin.end();
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    shown.stderr += text;
  });
  child.stdin.on('error', () => undefined); // it may not read at all
  child.stdin.write(stdin ?? '');
  if (endInputAt === undefined && interruptAt === undefined) {
    child.stdin.end();
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { ...shown, status: code ?? signal ?? '' };
}

/** Every line of every help text of this client: the wording is its own, so the transcripts show `«help»` in their place. */
export async function helpLines(client: ClientKind, cwd: string): Promise<ReadonlySet<string>> {
  const stdin = supervisorCommands.map((name) => `%${name}\nhelp ${name}\n`).join('');
  const { stdout } = await run(client, { argv: ['-s', 'unix:///nonexistent'], cwd, stdin: `${stdin}%\nquit\n` });
  const texts = stdout.replaceAll('supervisor> ', '').split(/^\*\*\* Unknown syntax: %.*\n/m);
  return new Set(texts.slice(1, -1).flatMap((text) => text.split('\n').filter((line) => line !== '')));
}
