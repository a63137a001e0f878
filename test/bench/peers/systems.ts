/** The supervisors that are compared, each configured as its documentation advises, with N times the same program. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { missing } from '../../support/needs.ts';
import { isAlive } from '../../support/rig.ts';
import { compiled } from './compile.ts';
import { family } from './proc.ts';

export interface Mark {
  readonly pid: number;
  /** On node's hrtime clock, in ms. */
  readonly at: number;
}

export interface Life {
  readonly dir: string;
  readonly pid: number;
  /** The control socket of those that speak supervisord's XML-RPC. */
  readonly socket: string;
  /** On node's hrtime clock, in ms. */
  readonly begunAt: number;
  /** Resolves with the time on that clock when the last of so many programs began. */
  begun(count: number): Promise<number>;
  /** Of every beginning so far. */
  marks(): readonly Mark[];
  /** Tells it to leave; resolves with the ms that took. */
  stop(): Promise<number>;
}

export interface System {
  readonly name: string;
  /** Why it is not there, in words; null: it is. */
  readonly missing: string | null;
  /** With more programs it takes minutes, or refuses. */
  readonly most: number;
  start(options: StartOptions): Promise<Life>;
}

export interface StartOptions {
  readonly programs: number;
  /** So many more beside them, which do nothing. */
  readonly idle?: number;
  /** The puppet's arguments. */
  readonly args?: string;
  /** Further lines of the program's section. */
  readonly lines?: string;
  /** Where its output goes: all into one file (the default), or as the configuration's own defaults have it, each channel into an AUTO log. */
  readonly output?: 'one file' | 'by default';
}

const boundMs = 300_000;

/** Marks its beginning; what it does then, its arguments say. Throws where there is no compiler. */
export const puppetFile = (): string => compiled('puppet.c');

interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly stopSignal: NodeJS.Signals;
  readonly env?: Readonly<Record<string, string>>;
}

/** What puppets have said of themselves, in its order. */
export function readMarks(file: string): readonly Mark[] {
  const lines = existsSync(file) ? readFileSync(file, 'latin1').split('\n') : [];
  return lines
    .filter((line) => line !== '')
    .map((line) => ({ pid: Number(line.split(' ')[0]), at: Number(line.split(' ')[1]) / 1e6 }));
}

/** Those that live: a row that fails leaves none behind. */
const living = new Map<ChildProcess, NodeJS.Signals>();
process.on('exit', () => {
  for (const [child, signal] of living) child.kill(signal);
});

async function begin(prepare: (dir: string, options: StartOptions) => Command, options: StartOptions): Promise<Life> {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-bench-'));
  const { file, args, stopSignal, env: more } = prepare(dir, options);
  const marksFile = join(dir, 'marks');
  writeFileSync(marksFile, '');
  const env = { PATH: process.env.PATH ?? '', PUPPET_FILE: marksFile, ...more };
  const begunAt = hrtimeMs();
  const child: ChildProcess = spawn(file, args, { cwd: dir, env, stdio: 'ignore' });
  living.set(child, stopSignal);
  const pid = child.pid ?? 0;
  const marks = () => readMarks(marksFile);
  return {
    ...{ dir, pid, begunAt, marks, socket: join(dir, 's') },
    async begun(count) {
      for (const end = performance.now() + boundMs; ; await sleep(count > 10 ? 20 : 2)) {
        const seen = marks();
        if (seen.length >= count) return seen[count - 1]?.at ?? 0;
        if (performance.now() > end || child.exitCode !== null)
          throw new Error(`${file} began ${seen.length} of ${count}`);
      }
    },
    async stop() {
      const all = family(pid);
      const from = performance.now();
      const ended = once(child, 'exit');
      child.kill(stopSignal);
      if (child.exitCode === null) await ended;
      living.delete(child);
      for (const one of all) while (isAlive(one)) await sleep(2);
      const took = performance.now() - from;
      rmSync(dir, { recursive: true, force: true, maxRetries: 20 }); // what is killed may still be writing
      return took;
    },
  };
}

function supervisorConfig(dir: string, options: StartOptions): string {
  const { programs, idle = 0, args = '', lines = '', output = 'one file' } = options;
  const oneFile = `stdout_logfile=${dir}/p%(process_num)04d.log\nredirect_stderr=true`;
  const file = join(dir, 'c.conf');
  writeFileSync(
    file,
    `[supervisord]
logfile=${dir}/log
pidfile=${dir}/pid
childlogdir=${dir}
nodaemon=true
minfds=20000
[unix_http_server]
file=${dir}/s
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${dir}/s
[program:p]
command=${puppetFile()} ${args}
process_name=p%(process_num)04d
numprocs=${programs}
startsecs=0
${output === 'one file' ? oneFile : ''}
${lines}
${idlePrograms(idle)}`,
  );
  return file;
}

/** A section of so many programs that do nothing, with one output each, for want of descriptors; none: no section. */
export function idlePrograms(count: number, lines = ''): string {
  if (count === 0) return '';
  return `[program:idle]
command=${puppetFile()}
process_name=i%(process_num)04d
numprocs=${count}
startsecs=0
redirect_stderr=true
${lines}
`;
}

/** A directory a program, whose `run` is the program itself: no shell in between. */
function serviceDirectory(dir: string, { programs }: StartOptions): string {
  const services = join(dir, 'services');
  for (let number = 0; number < programs; number++) {
    mkdirSync(join(services, `p${number}`), { recursive: true });
    symlinkSync(puppetFile(), join(services, `p${number}`, 'run'));
  }
  return services;
}

const hupdBinary = resolve('bin/hupd');

export const hupd: System = {
  name: 'hupd',
  missing: null,
  most: 5000,
  start: (options) =>
    begin(
      (dir) => ({ file: hupdBinary, args: ['-n', '-c', supervisorConfig(dir, options)], stopSignal: 'SIGTERM' }),
      options,
    ),
};

export const supervisord: System = {
  name: 'supervisord',
  missing: missing([{ command: '/usr/bin/supervisord', apt: 'supervisor' }]),
  most: 1000,
  start: (options) =>
    begin(
      (dir) => ({
        file: '/usr/bin/supervisord',
        args: ['-n', '-c', supervisorConfig(dir, options)],
        stopSignal: 'SIGTERM',
      }),
      options,
    ),
};

export const s6: System = {
  name: 's6-svscan',
  missing: missing([{ command: 's6-svscan', apt: 's6' }]),
  most: 1000,
  start: (options) =>
    begin(
      (dir) => ({
        file: 's6-svscan',
        args: ['-c', `${options.programs + 10}`, serviceDirectory(dir, options)],
        stopSignal: 'SIGTERM',
      }),
      options,
    ),
};

export const runit: System = {
  name: 'runsvdir',
  missing: missing([{ command: 'runsvdir', apt: 'runit' }]),
  most: 1000,
  start: (options) =>
    begin((dir) => ({ file: 'runsvdir', args: [serviceDirectory(dir, options)], stopSignal: 'SIGHUP' }), options),
};

/** From npm, into a directory that goes with this process; it is no dependency of hupd's. */
export function pm2(): System {
  const dir = mkdtempSync(join(tmpdir(), 'hupd-bench-pm2-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const { status, stderr } = spawnSync('npm', ['install', '--prefix', dir, '--no-audit', '--no-fund', 'pm2@7'], {
    encoding: 'utf8',
  });
  return {
    name: 'pm2',
    missing: status === 0 ? null : `npm install pm2@7: ${stderr}`,
    most: 100,
    start: (options) =>
      begin((home) => {
        const apps = Array.from({ length: options.programs }, (_, number) => ({
          ...{ name: `p${number}`, script: puppetFile(), interpreter: 'none', exec_mode: 'fork' },
        }));
        writeFileSync(join(home, 'eco.json'), JSON.stringify({ apps }));
        const file = join(dir, 'node_modules/.bin/pm2-runtime');
        return {
          file,
          args: ['start', join(home, 'eco.json')],
          stopSignal: 'SIGINT',
          env: { PM2_HOME: home, HOME: home },
        };
      }, options),
  };
}

/** Those of them that are there; the others are named in the notes. */
export function present(systems: readonly System[], notes: string[]): readonly System[] {
  for (const system of systems)
    if (system.missing !== null) notes.push(`${system.name} was not run: ${system.missing}`);
  return systems.filter(({ missing }) => missing === null);
}

/** The clock of the puppet's marks. */
export function hrtimeMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
