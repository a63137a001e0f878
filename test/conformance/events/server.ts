/** A server for the event scenarios: real supervisord or hupd, in the foreground, with the same configuration. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '../../../src/ctl/client.ts';
import { until } from '../../support/until.ts';

export interface ServerKind {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

export const supervisord: ServerKind = { name: 'supervisord', command: ['/usr/bin/supervisord'] };
export const hupd: ServerKind = {
  name: 'hupd',
  command: [process.execPath, fileURLToPath(new URL('../../../src/hupd.js', import.meta.url))],
};

/** The repository's folder of listeners in other languages. */
export const listenersDir = join(process.cwd(), 'test', 'support', 'listeners');

export class Server {
  readonly dir: string;
  readonly client: Client;
  readonly #child: ChildProcess;
  #output = '';

  constructor(dir: string, child: ChildProcess) {
    this.dir = dir;
    this.#child = child;
    this.client = new Client({ serverUrl: `unix://${dir}/s.sock`, username: null, password: null });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  /** What it has said so far: the main log, and what is printed. */
  get output(): string {
    return this.#output;
  }

  async until<T>(what: string, look: () => T | null | false | Promise<T | null | false>): Promise<T> {
    return until(what, look, () => this.#output);
  }

  /** A call that must work. */
  async call(method: string, ...params: readonly (string | number | boolean)[]): Promise<unknown> {
    const reply = await this.client.call(method, params);
    if (!reply.ok) throw new Error(`${method}(${params}): ${JSON.stringify(reply.failure)}`);
    return reply.value;
  }

  async reaches(name: string, state: string): Promise<void> {
    await this.until(`${name} to be ${state}`, async () => {
      const reply = await this.client.getProcessInfo(name);
      return reply.ok && reply.value.statename === state;
    });
  }

  /** A file of the server's directory, '' as long as it is not there. */
  read(name: string): string {
    const path = join(this.dir, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.dir, name), text);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** `text`: sections beside the usual ones; `DIR` in it is the server's directory, `LISTENERS` the folder of listeners. */
export function configText(dir: string, text: string, daemon = ''): string {
  const usual = `[supervisord]
logfile=${dir}/main.log
pidfile=${dir}/main.pid
childlogdir=${dir}
${daemon}
[unix_http_server]
file=${dir}/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
`;
  return usual + text.replaceAll('DIR', dir).replaceAll('LISTENERS', listenersDir);
}

/** `prepare` is given the directory before the start. */
export async function startServer(
  kind: ServerKind,
  text: string,
  { daemon = '', prepare = () => {} }: { daemon?: string; prepare?: (dir: string) => void } = {},
): Promise<Server> {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-events-'));
  const config = join(dir, 'supervisord.conf');
  writeFileSync(config, configText(dir, text, daemon));
  prepare(dir);
  const [file, ...args] = kind.command;
  const child = spawn(file, [...args, '-n', '-c', config], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const server = new Server(dir, child);
  try {
    await server.until(`${kind.name} to be up`, () => {
      if (child.exitCode !== null) throw new Error(`${kind.name} has ended: ${server.output}`);
      return /supervisord started with pid/.test(server.output);
    });
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return server;
}
