/**
 * One action on several servers: those that only look are asked all at once; those that change something are done in batches, in the order of the
 * command line, and no batch begins after one that failed. Each line says whose it is, and the last ones what became of whom.
 */

import { splitCredentials } from '../util/url-credentials.ts';
import type { Command } from './command.ts';
import { changes, looks } from './command-names.ts';
import { Ctl, type Terminal } from './ctl.ts';
import { exitStatus } from './exit-status.ts';
import { words } from './names.ts';
import type { CtlOptions } from './options.ts';

export async function runOnServers(
  terminal: Terminal,
  options: CtlOptions,
  findCommand: (name: string) => Promise<Command | null>,
): Promise<number> {
  const [action = '', ...given] = options.args.flatMap(words);
  const parsed = takeSerial(given);
  const problem = 'error' in parsed ? parsed.error : refusal(action, given);
  if ('error' in parsed || problem !== null) {
    terminal.writeError(`Error: ${problem}\n`);
    return exitStatus.invalidArgs;
  }
  const { serverUrls } = options;
  const isLooking = looks.has(action);
  const size = isLooking ? serverUrls.length : parsed.serial;
  const line = [action, ...parsed.rest].join(' ');
  const statuses = new Map<string, number>();
  let isStopped = false;
  await terminal.untilInterrupt(async (signal) => {
    for (let i = 0; i < serverUrls.length && !isStopped && !signal.aborted; i += size) {
      const batch = serverUrls.slice(i, i + size).map(async (serverUrl) => {
        const status = await runOn(serverUrl, { terminal, options, findCommand, line, signal, isLooking });
        statuses.set(serverUrl, status);
      });
      await Promise.all(batch);
      isStopped = !isLooking && [...statuses.values()].some((status) => status !== exitStatus.success);
    }
  });
  if (!isLooking) sayOutcome(terminal, action, serverUrls, statuses);
  const failed = serverUrls.map((url) => statuses.get(url)).find((status) => status !== exitStatus.success);
  return failed === undefined && statuses.size < serverUrls.length
    ? exitStatus.generic
    : (failed ?? exitStatus.success);
}

function refusal(action: string, given: readonly string[]): string | null {
  if (!looks.has(action) && !changes.has(action)) return `${action} is not for several servers`;
  return given.includes('--watch') || given.includes('--json')
    ? 'several servers are not watched, nor shown as JSON'
    : null;
}

/** `--serial N`: how many at a time; without it one. */
function takeSerial(
  given: readonly string[],
): { readonly serial: number; readonly rest: readonly string[] } | { readonly error: string } {
  const rest: string[] = [];
  let serial = 1;
  for (let i = 0; i < given.length; i++) {
    const word = given[i] ?? '';
    if (word !== '--serial' && !word.startsWith('--serial=')) {
      rest.push(word);
      continue;
    }
    const value = word === '--serial' ? (given[++i] ?? '') : word.slice('--serial='.length);
    if (!/^[1-9]\d{0,5}$/.test(value)) return { error: '--serial takes a number from 1 up' };
    serial = Number(value);
  }
  return { serial, rest };
}

interface Run {
  readonly terminal: Terminal;
  readonly options: CtlOptions;
  readonly findCommand: (name: string) => Promise<Command | null>;
  readonly line: string;
  readonly signal: AbortSignal;
  /** Its lines are then kept together, to be read as one. */
  readonly isLooking: boolean;
}

async function runOn(
  serverUrl: string,
  { terminal, options, findCommand, line, signal, isLooking }: Run,
): Promise<number> {
  const prefixed = new PrefixedTerminal(terminal, `${serverName(serverUrl)}: `, signal, isLooking);
  const { serverUrl: plain, credentials } = splitCredentials(serverUrl);
  const ctl = new Ctl({
    terminal: prefixed,
    settings: { ...options, ...credentials, serverUrl: plain, interactive: false },
    findCommand,
  });
  await ctl.runLine(line);
  prefixed.flush();
  return ctl.exitStatus;
}

/** `10.0.0.1:9001`, or the socket's path. */
function serverName(serverUrl: string): string {
  return serverUrl.replace(/^\w+:\/\/(?:[^/@]*@)?/, '').replace(/\/+$/, '');
}

function sayOutcome(
  terminal: Terminal,
  action: string,
  serverUrls: readonly string[],
  statuses: ReadonlyMap<string, number>,
): void {
  const those = (wanted: (status: number | undefined) => boolean) =>
    serverUrls.filter((url) => wanted(statuses.get(url))).map(serverName);
  const say = (what: string, names: readonly string[]) => {
    if (names.length > 0)
      terminal.write(`${action} ${what} ${names.length} of ${serverUrls.length}: ${names.join(', ')}\n`);
  };
  say(
    'done on',
    those((status) => status === exitStatus.success),
  );
  say(
    'FAILED on',
    those((status) => status !== undefined && status !== exitStatus.success),
  );
  say(
    'not begun on',
    those((status) => status === undefined),
  );
}

/** Whole lines, each with a name in front. Nothing is asked: nobody could tell who asks. */
class PrefixedTerminal implements Terminal {
  readonly fancy = false;
  /** Those of several servers would draw over each other. */
  readonly moves = false;
  readonly width: number;
  readonly #terminal: Terminal;
  readonly #prefix: string;
  readonly #signal: AbortSignal;
  readonly #keeps: boolean;
  #open = '';
  #kept = '';

  constructor(terminal: Terminal, prefix: string, signal: AbortSignal, keeps: boolean) {
    this.#terminal = terminal;
    this.#prefix = prefix;
    this.#signal = signal;
    this.#keeps = keeps;
    this.width = terminal.width;
  }

  write(text: string | Buffer): void {
    const lines = (this.#open + text).split('\n');
    this.#open = lines.pop() ?? '';
    const whole = lines.map((line) => `${this.#prefix}${line}\n`).join('');
    if (this.#keeps) this.#kept += whole;
    else if (whole !== '') this.#terminal.write(whole);
  }

  writeError(text: string): void {
    this.#terminal.writeError(this.#prefix + text);
  }

  flush(): void {
    if (this.#open !== '') this.write('\n');
    if (this.#kept !== '') this.#terminal.write(this.#kept);
    this.#kept = '';
  }

  readLine(): Promise<string | null> {
    return Promise.resolve(null);
  }

  readSecret(): Promise<string | null> {
    return Promise.resolve(null);
  }

  unreadLine(): void {}

  untilInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return work(this.#signal);
  }
}
