/**
 * A hupd that is killed, started again and upgraded, with programs that go on meanwhile. It knows the daemon by its log file and not as a child's
 * output, since no child of the test lives through all of it. At the end nothing may be left, and no program may have been started twice.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type CtlResult, configText, killIfThere, type RigOptions, run } from './rig.ts';
import { until } from './until.ts';

export class CarryRig {
  readonly dir = mkdtempSync(join(tmpdir(), 'hupd-carry-'));
  readonly hupd: string;
  readonly #env: Readonly<Record<string, string>>;
  #daemon: ChildProcess | null = null;

  /** `hupd`: the program that is started. */
  constructor(options: RigOptions, hupd = join('bin', 'hupd')) {
    this.hupd = hupd;
    this.#env = options.env ?? {};
    this.configure(options);
    for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(this.dir, name), text);
  }

  configure(options: RigOptions): void {
    writeFileSync(this.configFile, configText(this.dir, options));
  }

  get configFile(): string {
    return join(this.dir, 'supervisord.conf');
  }
  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }
  get log(): string {
    return this.read('hupd.log');
  }

  read(name: string): string {
    try {
      return readFileSync(join(this.dir, name), 'utf8');
    } catch {
      return '';
    }
  }

  /** Waits until the log has it, after what it had before `act`. */
  async logged(pattern: RegExp, act: () => void | Promise<void> = () => {}): Promise<void> {
    const from = this.log.length;
    await act();
    await until(
      `${pattern} in the log`,
      () => pattern.test(this.log.slice(from)),
      () => this.log.slice(from),
    );
  }

  async start(...flags: readonly string[]): Promise<void> {
    await this.logged(/supervisord started with pid/, () => {
      const args = ['-n', '-c', this.configFile, ...flags];
      this.#daemon = spawn(this.hupd, args, { stdio: 'ignore', env: { ...process.env, ...this.#env } });
    });
  }

  async kill(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon === null) return;
    const gone = once(daemon, 'exit');
    daemon.kill('SIGKILL');
    await gone;
  }

  async killAndStart(...flags: readonly string[]): Promise<void> {
    await this.kill();
    await this.start(...flags);
  }

  ctl(...args: string[]): Promise<CtlResult> {
    return run(join('bin', 'hupctl'), ['-c', this.configFile, ...args]);
  }

  async pidOf(name: string): Promise<number> {
    return Number((await this.ctl('pid', name)).stdout);
  }

  /** Resolves when the status of each has that state. */
  async all(state: string, count: number): Promise<void> {
    const states = async () => (await this.ctl('status')).stdout.match(new RegExp(`\\b${state}\\b`, 'g'))?.length;
    await until(
      `${count} in state ${state}`,
      async () => (await states()) === count,
      () => this.log,
    );
  }

  runtimeDirectories(): readonly string[] {
    const found = readdirSync(`/proc/${this.pid}/fd`).flatMap((fd) => linkOf(`/proc/${this.pid}/fd/${fd}`));
    const paths = found.flatMap((path) => /^(\S+\/hupd-[0-9a-f]{16})\//.exec(path)?.[1] ?? []);
    return [...new Set(paths)];
  }

  /** Stops everything; nothing may be left of it. */
  async end(): Promise<void> {
    const [runtime] = this.pid === 0 ? [] : this.runtimeDirectories();
    const daemon = this.#daemon;
    if (daemon !== null && daemon.exitCode === null && daemon.signalCode === null) {
      const gone = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      await gone;
    }
    const left = processesIn(this.dir);
    for (const pid of left) killIfThere(pid);
    rmSync(this.dir, { recursive: true, force: true });
    assert.deepEqual(left, [], 'processes were left behind');
    if (runtime !== undefined)
      assert.throws(() => readdirSync(runtime), /ENOENT/, 'something is left in the runtime directory');
  }
}

export async function carryRigFor(t: TestContext, options: RigOptions, hupd?: string): Promise<CarryRig> {
  const rig = new CarryRig(options, hupd);
  t.after(() => rig.end());
  await rig.start();
  return rig;
}

/** Processes whose command line or directory is that one's; not ourselves. */
export function processesIn(dir: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return words.includes(dir) || linkOf(`/proc/${pid}/cwd`)[0] === dir;
      } catch {
        return false; // gone
      }
    });
}

/** Numbered lines: all from 1 on, each once and in order. */
export function missingOrDoubled(text: string): string | null {
  const numbers = text
    .split('\n')
    .slice(0, -1)
    .map((line) => Number(line.split(' ')[1]));
  const at = numbers.findIndex((number, index) => number !== index + 1);
  return at === -1 ? null : `line ${at + 1} of ${numbers.length} says ${numbers.slice(Math.max(0, at - 1), at + 2)}`;
}

function linkOf(path: string): string[] {
  try {
    return [readlinkSync(path)];
  } catch {
    return [];
  }
}
