/**
 * One set of steps for two daemons: real supervisord and hupd, each in a directory of its own. A case says what has to be seen; where the
 * two are wanted to differ it names the row of the deviations table. What a case leaves behind (daemons, children) is ended with it.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { runtimeDirectory } from '../../src/daemon/runtime-directory.ts';
import { deviations } from '../conformance/deviations.ts';
import { needs } from '../support/needs.ts';
import { type CtlResult, isAlive, run } from '../support/rig.ts';
import { until } from '../support/until.ts';

export type ServerName = 'supervisord' | 'hupd';

const commands: Readonly<Record<ServerName, string>> = {
  supervisord: '/usr/bin/supervisord',
  hupd: resolve('bin/hupd'),
};

/** Real supervisorctl, for both; hupctl where that is not installed. */
const ctlCommand = existsSync('/usr/bin/supervisorctl') ? '/usr/bin/supervisorctl' : resolve('bin/hupctl');
const mark = 'HUPD_TRIAL';

export interface ConfigParts {
  /** Lines of `[supervisord]`. */
  readonly daemon?: string;
  /** Further sections. `DIR` stands for the trial's directory. */
  readonly programs?: string;
  /** false: no control socket. */
  readonly server?: boolean;
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Trial {
  readonly name: ServerName;
  readonly dir: string;
  readonly command: string;
  readonly t: TestContext;
  readonly #foreground: ChildProcess[] = [];
  /** What daemons in the foreground have written, stdout and stderr together. */
  output = '';

  constructor(t: TestContext, name: ServerName) {
    this.t = t;
    this.name = name;
    this.command = commands[name];
    this.dir = mkdtempSync(join(tmpdir(), `hupd-trial-${name}-`));
    chmodSync(this.dir, 0o755);
  }

  get hupd(): boolean {
    return this.name === 'hupd';
  }
  get file(): string {
    return join(this.dir, 's.conf');
  }
  get log(): string {
    return this.read('main.log');
  }
  /** The log without times and pids. */
  get plainLog(): readonly string[] {
    return plain(this.log);
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  read(name: string): string {
    try {
      return readFileSync(this.path(name), 'utf8');
    } catch {
      return '';
    }
  }

  write(name: string, text: string): void {
    writeFileSync(this.path(name), text.replaceAll('DIR', this.dir));
  }

  mkdir(name: string): void {
    mkdirSync(this.path(name));
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  list(folder = '.'): readonly string[] {
    return readdirSync(this.path(folder)).sort();
  }

  config({ daemon = '', programs = '', server = true }: ConfigParts): void {
    const control = server ? '[unix_http_server]\nfile=DIR/s.sock\n' : '';
    const own = ['logfile=DIR/main.log', 'pidfile=DIR/s.pid', 'childlogdir=DIR'].filter(
      (line) => !daemon.includes(`${line.split('=')[0]}=`),
    );
    this.write(
      's.conf',
      `${control}[supervisord]
${own.join('\n')}
${daemon}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://DIR/s.sock
${programs}
`,
    );
  }

  /** What is wanted of each, where they are meant to differ. */
  differs<T>(id: string, supervisord: T, hupd: T): T {
    assert.ok(
      deviations.some((row) => row.id === id),
      `no deviation ${id}`,
    );
    return this.hupd ? hupd : supervisord;
  }

  /** Runs it to its end: errors of the command line, or a daemon that leaves the terminal. */
  run(
    args: readonly string[] = ['-c', this.file],
    options: { cwd?: string; env?: NodeJS.ProcessEnv; command?: string; argv0?: string } = {},
  ): Promise<CtlResult> {
    return run(options.command ?? this.command, args, { env: this.#env(options.env), cwd: options.cwd ?? this.dir });
  }

  /** As a daemon; resolves with its pid when its log says that it has started. */
  async daemonize(args: readonly string[] = ['-c', this.file], env: NodeJS.ProcessEnv = process.env): Promise<number> {
    const { status, stdout, stderr } = await this.run(args, { env });
    assert.equal(status, 0, `${stdout}${stderr}`);
    return this.started();
  }

  /** In the foreground. */
  async foreground(
    args: readonly string[] = ['-n', '-c', this.file],
    options: { cwd?: string; env?: NodeJS.ProcessEnv; command?: string } = {},
  ): Promise<ChildProcess> {
    const child = this.launch(args, options);
    await this.started();
    return child;
  }

  launch(
    args: readonly string[] = ['-n', '-c', this.file],
    options: { cwd?: string; env?: NodeJS.ProcessEnv; command?: string } = {},
  ): ChildProcess {
    const child = spawn(options.command ?? this.command, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd ?? this.dir,
      env: this.#env(options.env),
    });
    this.#foreground.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    return child;
  }

  started(times = 1): Promise<number> {
    return this.until(`start number ${times}`, () => {
      const found = [...`${this.log}${this.output}`.matchAll(/supervisord started with pid (\d+)/g)];
      return found.length < times ? null : Number(found.at(-1)?.[1]);
    });
  }

  until<T>(what: string, look: () => T | null | false | Promise<T | null | false>): Promise<T> {
    return until(what, look, () => `${this.name}:\n${this.log}\n${this.output}`);
  }

  /** The main log has it. */
  logged(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(String(pattern), () => pattern.exec(this.log));
  }

  /** Resolves with how a daemon in the foreground ended. */
  async ended(child: ChildProcess): Promise<Ended> {
    if (child.exitCode === null && child.signalCode === null) {
      await this.until('the end of the daemon', () => child.exitCode !== null || child.signalCode !== null);
    }
    return { status: child.exitCode, signal: child.signalCode };
  }

  /** Resolves when a daemon that is no child of ours has gone. */
  gone(pid: number): Promise<true> {
    return this.until(`the end of ${pid}`, () => (isAlive(pid) ? null : true));
  }

  ctl(...args: string[]): Promise<CtlResult> {
    return run(ctlCommand, ['-c', this.file, ...args], { cwd: this.dir });
  }

  /** What a call without parameters answers, as XML. */
  call(method: string): Promise<string> {
    const body = `<methodCall><methodName>${method}</methodName></methodCall>`;
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.path('s.sock'), path: '/RPC2', method: 'POST' }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve(text));
      });
      asked.on('error', reject);
      asked.setHeader('Content-Type', 'text/xml');
      asked.setHeader('Content-Length', Buffer.byteLength(body));
      asked.end(body);
    });
  }

  /** By this mark everything that was started here is found again. */
  #env(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    return { ...env, [mark]: this.dir };
  }

  /** Ends whatever was started here and removes the directory. */
  async end(): Promise<void> {
    // Again and again: a daemon may start a program anew before it is its own turn.
    await this.until('the end of all', () => {
      const left = [...leftovers(this.dir)];
      for (const pid of left) killed(pid);
      return left.length === 0;
    });
    const left = readdirSync(this.dir).map((name) => runtimeDirectory(this.path(name), process.geteuid?.() ?? 0));
    for (const dir of [...left, this.dir]) rmSync(dir, { recursive: true, force: true });
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has gone meanwhile
  }
}

/** Cases that run several at a time: they mostly wait. */
export function trials(what: string, define: () => void): void {
  describe(what, { concurrency: 4 }, define);
}

/** The same steps for both; supervisord's is skipped where that is not installed. */
export function onBoth(title: string, body: (trial: Trial) => Promise<void>, options: { root?: boolean } = {}): void {
  for (const name of ['supervisord', 'hupd'] as const) on(name, title, body, options);
}

/** Steps that only hupd knows. */
/** `supervisorctl`: it is about what the real one says. */
export function onHupd(
  title: string,
  body: (trial: Trial) => Promise<void>,
  options: { root?: boolean; supervisorctl?: boolean } = {},
): void {
  on('hupd', title, body, options);
}

function on(
  name: ServerName,
  title: string,
  body: (trial: Trial) => Promise<void>,
  { root = false, supervisorctl = false }: { root?: boolean; supervisorctl?: boolean },
) {
  test(`${name}: ${title}`, async (t) => {
    const peer = name === 'supervisord' || supervisorctl;
    if (peer && !needs(t, { command: commands.supervisord, apt: 'supervisor' })) return;
    if (root && process.geteuid?.() !== 0) return t.skip('needs root');
    const trial = new Trial(t, name);
    try {
      await body(trial);
    } finally {
      await trial.end();
    }
  });
}

/** Records without their times, pids as N. */
export function plain(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /, '').replace(/with pid \d+/, 'with pid N'));
}

/** A line of /proc/PID/status. */
export function procField(pid: number, name: string): string {
  try {
    const line = readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .find((candidate) => candidate.startsWith(`${name}:`));
    return line?.slice(name.length + 1).trim() ?? '';
  } catch {
    return '';
  }
}

function* leftovers(dir: string): Iterable<number> {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid) && isOurs(pid, dir) && isAlive(pid)) yield pid;
  }
}

function isOurs(pid: number, dir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${mark}=${dir}`);
  } catch {
    return false;
  }
}
