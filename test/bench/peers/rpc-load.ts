/** XML-RPC calls on kept connections over a unix socket, by clients in C that know nothing of each other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { compiled } from './compile.ts';

export interface LoadResult {
  readonly answers: number;
  readonly perSecond: number;
  /** Of the latencies, in ms. */
  readonly p99: number;
}

export function requestOf(method: string, ...params: readonly string[]): Buffer {
  const values = params.map((value) => `<param><value><string>${value}</string></value></param>`).join('');
  const body = `<?xml version='1.0'?><methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`;
  return Buffer.from(
    `POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

export interface LoadOptions {
  readonly clients: number;
  /** Between an answer and the next call; 0: none. */
  readonly pauseMs?: number;
}

export interface Load {
  /** Ends it, if it has not ended by itself. */
  end(): Promise<LoadResult>;
}

/** Under way when it resolves; goes on until it is ended, an hour at most. */
export async function beginLoad(socket: string, request: Buffer, options: LoadOptions): Promise<Load> {
  const { child, lines } = ask(socket, request, 3_600_000, options);
  await lines.next();
  return {
    end: async () => {
      child.kill('SIGTERM');
      return readResult((await lines.next()).value);
    },
  };
}

export async function load(socket: string, request: Buffer, ms: number, clients: number): Promise<LoadResult> {
  const { lines } = ask(socket, request, ms, { clients });
  await lines.next();
  return readResult((await lines.next()).value);
}

function ask(socket: string, request: Buffer, ms: number, { clients, pauseMs = 0 }: LoadOptions) {
  const words = ['ask', socket, `${clients}`, `${ms}`, `${pauseMs}`];
  const child = spawn(compiled('rpc-load.c'), words, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(request);
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

function readResult(line: string | undefined): LoadResult {
  if (line === undefined) throw new Error('a client has failed');
  const [count = 0, took = 0, , p99 = 0] = line.split(' ').map(Number);
  return { answers: count, perSecond: count / (took / 1e9), p99: p99 / 1e6 };
}

/** The same clients' limit: a server that only repeats itself. */
export async function startEcho(): Promise<{ readonly socket: string; stop(): void }> {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-bench-echo-'));
  const socket = join(dir, 's');
  const child: ChildProcess = spawn(compiled('rpc-load.c'), ['echo', socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return {
    socket,
    stop: () => {
      child.kill();
      rmSync(dir, { recursive: true });
    },
  };
}

/** Of a daemon that has just been started: a socket that is bound may refuse for a moment. */
export async function listening(socket: string): Promise<void> {
  const accepts = () =>
    new Promise<boolean>((resolve) => {
      const connection = connect(socket, () => resolve(true)).on('error', () => resolve(false));
      connection.on('connect', () => connection.destroy());
    });
  for (const end = performance.now() + 60_000; !(await accepts()); await sleep(2))
    if (performance.now() > end) throw new Error(`${socket} takes no connection`);
}
