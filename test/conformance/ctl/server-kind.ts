/**
 * Servers for the transcripts: something that takes a supervisord configuration and serves it. A new kind is a new value here and a
 * pair in `pairs.ts`; the table of cases stays the same.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../../../src/ctl/client.ts';
import { diesWithUs } from '../../support/dies-with-us.ts';
import { until } from '../../support/until.ts';

export interface RunningServer {
  readonly dir: string;
  readonly configFile: string;
  /** Of the unix socket. */
  readonly url: string;
  /** Puts another configuration in the place of the file; nobody is told. */
  writeConfig(configText: string): void;
  stop(): Promise<void>;
}

export interface ServerKind {
  readonly name: string;
  /** In a fresh directory; resolves when it answers. The text says `%(here)s` where it means that directory. */
  start(configText: string): Promise<RunningServer>;
}

/** A daemon that is started in the foreground by `COMMAND... -n -c FILE`. */
export function daemonKind(name: string, command: readonly [string, ...string[]]): ServerKind {
  return {
    name,
    async start(configText) {
      const dir = mkdtempSync(join(tmpdir(), 'hupd-transcript-'));
      const configFile = join(dir, 'supervisord.conf');
      const url = `unix://${join(dir, 's.sock')}`;
      const writeConfig = (text: string): void => writeFileSync(configFile, `${head}${text}`);
      writeConfig(configText);
      const child = spawn(...diesWithUs([...command, '-n', '-c', configFile]), {
        cwd: dir,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      child.stdout.on('data', (text) => (output += text));
      child.stderr.on('data', (text) => (output += text));
      await until(
        `${name} to listen`,
        () => {
          if (child.exitCode !== null) throw new Error(`${name} has ended: ${output}`);
          return accepts(join(dir, 's.sock'));
        },
        () => output,
      );
      return {
        dir,
        configFile,
        url,
        writeConfig,
        async stop() {
          await ended(child);
          rmSync(dir, { recursive: true, force: true });
        },
      };
    },
  };
}

const head = `[supervisord]
logfile=%(here)s/main.log
pidfile=%(here)s/main.pid
childlogdir=%(here)s
`;

/** The sections that most cases want. */
export const plainServer = `
[unix_http_server]
file=%(here)s/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%(here)s/s.sock
`;

export const supervisord: ServerKind = daemonKind('supervisord', ['/usr/bin/supervisord']);

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

/** Waits until a process is in one of the states, as the server itself tells it. */
export async function reaches(server: RunningServer, name: string, ...states: readonly string[]): Promise<void> {
  const client = new Client({ serverUrl: server.url, username: null, password: null });
  let seen = '';
  await until(
    `${name} to be ${states.join(' or ')}`,
    async () => {
      const reply = await client.getProcessInfo(name);
      seen = JSON.stringify(reply);
      return reply.ok && states.includes(reply.value.statename);
    },
    () => seen,
  );
}

/** Waits until a file of the server's directory holds this text, `times` times. */
export async function holds(server: RunningServer, file: string, text: string, times = 1): Promise<void> {
  await until(`${file} to hold ${JSON.stringify(text)}`, () => {
    try {
      return readFileSync(join(server.dir, file), 'utf8').split(text).length > times;
    } catch {
      return false;
    }
  });
}
