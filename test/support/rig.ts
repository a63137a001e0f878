/**
 * A whole hupd in a temporary directory, with its control socket and hupctl: for the integration tests, the server tests, the demo and the benches.
 * Waits are for facts (a line of the daemon's log, an answer), with one shared bound; when a wait fails the daemon's log is shown. At the
 * end nothing may be left: no child, no zombie, no FIFO.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { readStat, scannedDescendants } from '../../src/os/process-table.ts';
import { diesWithUs } from './dies-with-us.ts';

/** The longest that any wait takes before it counts as failed. */
export const waitMs = 30_000;

export interface CtlResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RigOptions {
  /** Sections that follow the usual ones; `DIR` stands for the rig's directory. */
  readonly programs: string;
  /** Lines of `[supervisord]`. */
  readonly daemon?: string;
  readonly flags?: readonly string[];
  /** Of node itself, which NODE_OPTIONS would not reach; `DIR` as above. */
  readonly nodeFlags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files to write into the directory before the start. */
  readonly files?: Readonly<Record<string, string>>;
}

export class Rig {
  readonly dir: string;
  readonly #launch: () => ChildProcess;
  #process: ChildProcess;
  #log = '';
  readonly #waiters = new Set<() => void>();
  #exited: number | null = null;

  constructor(dir: string, launch: () => ChildProcess) {
    this.dir = dir;
    this.#launch = launch;
    this.#process = this.#begin();
  }

  /** The daemon. */
  get process(): ChildProcess {
    return this.#process;
  }
  get pid(): number {
    return this.process.pid ?? 0;
  }
  get configFile(): string {
    return join(this.dir, 'supervisord.conf');
  }
  get socket(): string {
    return join(this.dir, 'hupd.sock');
  }
  /** All that the daemon has written so far. */
  get log(): string {
    return this.#log;
  }

  /** What a file of the rig's directory has now; '' while it is not there. */
  read(name: string): string {
    try {
      return readFileSync(join(this.dir, name), 'utf8');
    } catch {
      return '';
    }
  }

  /** Resolves with the match once the daemon's log has it (`from`: a position in the log). */
  async logged(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return this.until(() => pattern.exec(this.#log.slice(from)), `the log has ${pattern}`);
  }

  /** Asked again whenever the daemon has logged something, and now and then; fails after the shared bound. */
  async until<T>(
    holds: () => T | null | undefined | false | Promise<T | null | undefined | false>,
    what: string,
  ): Promise<T> {
    const end = performance.now() + waitMs;
    for (;;) {
      const found = await holds();
      if (found !== null && found !== undefined && found !== false) return found;
      const left = end - performance.now();
      assert.ok(left > 0, `waited ${waitMs} ms in vain: ${what}\n--- the daemon's log:\n${this.#log}`);
      await this.#change(Math.min(left, 100));
    }
  }

  ctl(...args: string[]): Promise<CtlResult> {
    return run(join('bin', 'hupctl'), ['-c', this.configFile, ...args]);
  }
  supervisorctl(...args: string[]): Promise<CtlResult> {
    return run('/usr/bin/supervisorctl', ['-c', this.configFile, ...args]);
  }

  /** Ends the daemon by TERM; resolves with its exit status. */
  async stop(): Promise<number> {
    if (this.#exited === null) this.process.kill('SIGTERM');
    return this.until(() => (this.#exited === null ? null : { code: this.#exited }), 'the daemon has ended').then(
      ({ code }) => code,
    );
  }

  /** Kills the daemon and starts another one with the same configuration, which takes up what runs; resolves once it has said that it is up. */
  async killAndStart(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
    const from = this.#log.length;
    this.#exited = null;
    this.#process = this.#begin();
    await this.logged(/supervisord started with pid \d+/, from);
  }

  #begin(): ChildProcess {
    const child = this.#launch();
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
        this.#changed();
      });
    }
    child.on('exit', (code) => {
      if (child === this.#process) this.#exited = code ?? -1;
      this.#changed();
    });
    return child;
  }

  #changed(): void {
    for (const wake of [...this.#waiters]) wake();
  }

  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiters.add(done);
    });
  }
}

export function run(
  file: string,
  args: readonly string[],
  options: { input?: string; env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number } = {},
): Promise<CtlResult> {
  return new Promise((resolve) => {
    const child = execFile(
      file,
      [...args],
      {
        timeout: options.timeoutMs ?? 2 * waitMs,
        maxBuffer: 64 << 20,
        ...(options.env === undefined ? {} : { env: options.env }),
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ status: code, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => {}); // it ended without reading
    child.stdin?.end(options.input ?? '');
  });
}

export function configText(dir: string, { programs, daemon = '' }: RigOptions): string {
  return `[unix_http_server]
file=${dir}/hupd.sock
[supervisord]
logfile=${dir}/hupd.log
pidfile=${dir}/hupd.pid
childlogdir=${dir}
${daemon}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${dir}/hupd.sock
${programs.replaceAll('DIR', dir)}
`;
}

/** Starts a daemon and resolves once it has said that it is up. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-rig-'));
  chmodSync(dir, 0o755); // programs of other users live here too
  writeFileSync(join(dir, 'supervisord.conf'), configText(dir, options));
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(join(dir, dirname(name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const args = ['-n', '-c', join(dir, 'supervisord.conf'), ...(options.flags ?? [])];
  const nodeFlags = options.nodeFlags?.map((flag) => flag.replaceAll('DIR', dir));
  const hupd = join('bin', 'hupd');
  const command = diesWithUs(
    nodeFlags === undefined ? [hupd, ...args] : [process.execPath, ...nodeFlags, hupd, ...args],
  );
  const launch = () =>
    spawn(...command, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
  const rig = new Rig(dir, launch);
  await rig.logged(/supervisord started with pid \d+/);
  return rig;
}

/** For a test: the daemon is stopped at its end, and nothing may be left of it. */
export async function rigFor(t: TestContext, options: RigOptions): Promise<Rig> {
  const rig = await startRig(options);
  t.after(async () => {
    await endRig(rig);
  });
  return rig;
}

export async function endRig(rig: Rig): Promise<void> {
  const descendants = scannedDescendants(rig.pid).map((pid) => ({ pid, startTime: readStat(pid)?.startTime }));
  await rig.stop();
  if (rig.process.exitCode === null && rig.process.signalCode === null) await once(rig.process, 'exit');
  // Pids come round again on a busy machine: a stranger is neither left over nor to be killed.
  const isLeft = ({ pid, startTime }: (typeof descendants)[number]) => {
    return startTime !== undefined && isAlive(pid) && readStat(pid)?.startTime === startTime;
  };
  const left = descendants.filter(isLeft).map(({ pid }) => pid);
  for (const pid of left) killIfThere(pid);
  rmSync(rig.dir, { recursive: true, force: true });
  assert.deepEqual(left, [], 'processes were left behind');
}

export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => readStat(candidate)?.ppid === pid);
}

export function zombiesOf(pid: number): readonly number[] {
  return childrenOf(pid).filter((child) => readStat(child)?.state === 'Z');
}

export function openFds(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

export function isAlive(pid: number): boolean {
  const found = readStat(pid);
  return found !== null && found.state !== 'Z';
}

/** One that goes by itself in the same moment is no trouble. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has just gone by itself
  }
}
