/**
 * What a command sees of the world: the server, the terminal, the exit status. `runLine` carries out one line, as supervisorctl's
 * shell does: the same cutting into command and rest, the same answer to what cannot be understood, and one place that turns an
 * unexpected failure into a line of output.
 */
import { apiVersion, faultCodes } from '../rpc/contract.ts';
import { Client } from './client.ts';
import type { Command, CommandResult } from './command.ts';
import { exitStatus } from './exit-status.ts';
import { errorLine, type Failure } from './failure.ts';
import { LiveLine } from './live-line.ts';

/** Where text comes from and goes to. */
export interface Terminal {
  write(text: string | Buffer): void;
  writeError(text: string): void;
  /** A line of input without its end; null at the end of input. Rejects with `Interrupt` at ^C, or when `signal` fires. */
  readLine(prompt: string, signal?: AbortSignal): Promise<string | null>;
  /** The same, without an echo. */
  readSecret(prompt: string): Promise<string | null>;
  /** Gives a line back: it is the next one that is read. */
  unreadLine(line: string): void;
  /** Runs `work` with a signal that fires at ^C, instead of ending the program. */
  untilInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Colours are allowed in what is written. */
  readonly fancy: boolean;
  /** A line that moves may be shown, on stderr. */
  readonly moves: boolean;
  readonly width: number;
}

/** ^C while a line was read. */
export class Interrupt extends Error {}

export interface CtlSettings {
  serverUrl: string;
  username: string | null;
  password: string | null;
  /** For the first answer; null or none: it is waited for. */
  readonly timeoutSecs?: number | null;
  /** Ask before a shutdown, and for a password. */
  readonly interactive: boolean;
  /** The configuration file that was read. */
  readonly configFile?: string | null;
}

export interface CtlParts {
  readonly terminal: Terminal;
  readonly settings: CtlSettings;
  readonly findCommand: (name: string) => Promise<Command | null>;
  readonly makeClient?: (settings: CtlSettings) => Client;
}

export class Ctl {
  readonly terminal: Terminal;
  readonly settings: CtlSettings;
  exitStatus: number = exitStatus.success;
  client: Client;
  /** Tells the shell to forget what it knows of the server's processes. */
  commandsRun = 0;
  readonly findCommand: (name: string) => Promise<Command | null>;
  readonly #makeClient: (settings: CtlSettings) => Client;
  #live: LiveLine | null = null;

  constructor({ terminal, settings, findCommand, makeClient }: CtlParts) {
    this.terminal = terminal;
    this.settings = settings;
    this.findCommand = findCommand;
    this.#makeClient = makeClient ?? ((at) => new Client(at));
    this.client = this.#makeClient(settings);
  }

  /** At once, however many lines. */
  output(...lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.#live?.erase();
    this.terminal.write(`${lines.join('\n')}\n`);
  }

  /** Draws a moving line below the output until the function returned is called, where there is a terminal; see `LiveLine`. */
  showLive(render: (nowMs: number, width: number) => string | null): () => void {
    const live = new LiveLine(this.terminal, render);
    this.#live = live;
    return () => {
      live.close();
      if (this.#live === live) this.#live = null;
    };
  }

  /** The status stays at the worst thing that was said last; null changes nothing. */
  setStatus(status: number | null): void {
    this.exitStatus = status ?? this.exitStatus;
  }

  fail(line: string, status: number = exitStatus.generic): undefined {
    this.output(line);
    this.exitStatus = status;
  }

  /** Wrong arguments: what is wrong, then how it is meant. */
  failUsage(line: string, command: Command, status: number = exitStatus.generic): undefined {
    this.fail(line, status);
    for (const usage of command.help) {
      this.output(usage);
    }
  }

  /** Connects anew, after a change of the settings. */
  reconnect(): void {
    this.client = this.#makeClient(this.settings);
  }

  /** Whether a server that speaks our API answers; says what is wrong if not. A Failure is for the caller to return. */
  async upcheck(): Promise<boolean | Failure> {
    const reply = await this.client.getVersion();
    if (reply.ok) {
      if (reply.value !== apiVersion) {
        this.fail(
          `Sorry, this version of supervisorctl expects to talk to a server with API version ${apiVersion}, but the remote version is ${reply.value}.`,
          exitStatus.notInstalled,
        );
      }
      return reply.value === apiVersion;
    }
    const { failure } = reply;
    if (failure.kind === 'fault' && failure.code === faultCodes.UNKNOWN_METHOD) {
      this.fail(
        'Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file (see sample.conf).',
        exitStatus.unimplemented,
      );
      return false;
    }
    if (failure.kind === 'socket' && failure.code === 'ECONNREFUSED') {
      this.fail(`${this.settings.serverUrl} refused connection`, exitStatus.insufficientPrivileges);
      return false;
    }
    if (failure.kind === 'socket' && failure.code === 'ENOENT') {
      this.fail(`${this.settings.serverUrl} no such file`, exitStatus.notRunning);
      return false;
    }
    return failure;
  }

  /** In a shell: asks, and only a word that begins with y means yes. The end of input is a Failure, as in supervisorctl. */
  async confirm(question: string): Promise<boolean | Failure> {
    if (!this.settings.interactive) {
      return true;
    }
    const answer = await this.terminal.readLine(question);
    return answer === null ? endOfInput : answer.toLowerCase().startsWith('y');
  }

  /** Carries out one line, whose words are `given` if it came as words. Resolves to true when the shell is to end. */
  async runLine(line: string, given: readonly string[] | null = null): Promise<boolean> {
    const parsed = parseLine(line);
    if (parsed === null) {
      return false;
    }
    this.commandsRun += 1;
    const command = parsed.name === '' ? null : await this.findCommand(parsed.name);
    if (command === null) {
      this.fail(`*** Unknown syntax: ${parsed.line}`);
      const [{ suggest }, { commandNames }] = await Promise.all([
        import('./did-you-mean.ts'),
        import('./command-names.ts'),
      ]);
      suggest(this, parsed.name, commandNames);
      return false;
    }
    const result = await this.#runCommand(command, parsed.arg, given?.slice(1) ?? null);
    return result === 'quit';
  }

  async #runCommand(command: Command, arg: string, given: readonly string[] | null): Promise<CommandResult> {
    for (;;) {
      const result = await command.run(this, arg, given);
      if (result === undefined || result === 'quit') {
        return result;
      }
      if (result.kind === 'timeout') {
        const { serverUrl } = this.settings;
        return this.fail(
          `${serverUrl} has not answered within ${result.secs} s (--timeout)`,
          exitStatus.insufficientPrivileges,
        );
      }
      if (result.kind === 'http' && result.status === 403) {
        return this.fail('ERROR: refused: these credentials are read-only (read_only_username)');
      }
      if (result.kind !== 'http' || result.status !== 401) {
        this.fail(errorLine(result));
        return undefined;
      }
      this.output('Server requires authentication');
      if (!this.settings.interactive) {
        this.exitStatus = exitStatus.generic;
        return undefined;
      }
      const unanswered = await this.#askCredentials();
      if (unanswered !== undefined) {
        this.fail(errorLine(unanswered));
        return undefined;
      }
    }
  }

  async #askCredentials(): Promise<Failure | undefined> {
    const username = await this.terminal.readLine('Username:');
    if (username === null) {
      return endOfInput;
    }
    const password = await this.terminal.readSecret('Password:');
    if (password === null) {
      return { ...endOfInput, message: '' };
    }
    this.output('');
    this.settings.username = username;
    this.settings.password = password;
    this.reconnect();
    return undefined;
  }
}

const endOfInput: Failure & { kind: 'other' } = { kind: 'other', type: 'EOFError', message: 'EOF when reading a line' };

/** The command is the longest run of letters, digits and `_` at the start, or the one that has a hyphen; null: nothing on the line. */
export function parseLine(text: string): { readonly name: string; readonly arg: string; readonly line: string } | null {
  const trimmed = text.trim();
  if (trimmed === '') {
    return null;
  }
  const line = trimmed.startsWith('?') ? `help ${trimmed.slice(1)}` : trimmed;
  const name = /^(?:link-compat(?!\S)|[A-Za-z0-9_]*)/.exec(line)?.[0] ?? '';
  return { name, arg: line.slice(name.length).trim(), line };
}
