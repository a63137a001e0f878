/** A terminal whose input is a list and whose output is a text. */
import { findCommand } from '../../src/ctl/command-table.ts';
import { Ctl, type Terminal } from '../../src/ctl/ctl.ts';
import type { FakeServer } from './fake-server.ts';

export class FakeTerminal implements Terminal {
  stdout = '';
  stderr = '';
  fancy = false;
  moves = false;
  width = 80;
  readonly input: string[] = [];
  /** Fires ^C at the work that takes it. */
  interrupt: () => void = () => undefined;
  /** Told of everything that is written. */
  onWrite: (text: string) => void = () => undefined;

  write(text: string | Buffer): void {
    this.stdout += text;
    this.onWrite(String(text));
  }
  writeError(text: string): void {
    this.stderr += text;
    this.onWrite(text);
  }
  async readLine(prompt: string): Promise<string | null> {
    this.write(prompt);
    return this.input.shift() ?? null;
  }
  async readSecret(prompt: string): Promise<string | null> {
    return this.readLine(prompt);
  }
  unreadLine(line: string): void {
    this.input.unshift(line);
  }
  async untilInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.interrupt = () => controller.abort();
    return work(controller.signal);
  }
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Carries out one line against the fake. */
export async function hupctl(server: FakeServer, line: string, terminal = new FakeTerminal()): Promise<Outcome> {
  const ctl = fakeCtl(server, terminal);
  await ctl.runLine(line);
  return { stdout: terminal.stdout, stderr: terminal.stderr, status: ctl.exitStatus };
}

export function fakeCtl(server: FakeServer, terminal = new FakeTerminal(), interactive = false): Ctl {
  const settings = { serverUrl: 'unix:///fake', username: null, password: null, interactive };
  return new Ctl({ terminal, settings, findCommand, makeClient: () => server });
}
