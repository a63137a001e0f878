/**
 * What the tests of this folder share: a `LinuxOs` in a directory of its own, exits that can be waited for, and a look at the end that
 * nothing was left behind.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, openSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { TestContext } from 'node:test';
import type { ExitStatus } from '../../src/core/exit-status.ts';
import { LinuxOs, openLinuxOs } from '../../src/os/linux-os.ts';
import type { LogPipe, SpawnRequest } from '../../src/os/os.ts';

/** Longer than anything here takes on a loaded machine. */
export const BOUND_MS = 20_000;
/** What children have for a limit of open files: a number that nobody else uses. */
export const CHILD_FILES = 777;
const isRoot = process.getuid?.() === 0;
export const rootOnly = isRoot ? false : 'only root can change users';

export interface Rig {
  readonly os: LinuxOs;
  readonly directory: string;
  /** A request for `/bin/sh -c script`, output to `out`. */
  shell(script: string, out: LogPipe, more?: Partial<SpawnRequest>): SpawnRequest;
  /** Starts it; fails the test if that fails. */
  start(request: SpawnRequest): number;
  exit(pid: number): Promise<ExitStatus>;
  /** Runs a script to its end: what it wrote, and how it ended. */
  run(script: string, more?: Partial<SpawnRequest>): Promise<{ text: string; status: ExitStatus }>;
}

let opened: LinuxOs | null = null;
const exits = new Map<number, ExitStatus>();
const waiting = new Map<number, (status: ExitStatus) => void>();
const shared = mkdtempSync(`${tmpdir()}/hupd-os-`);
process.on('exit', () => rmSync(shared, { recursive: true, force: true }));

/** The process's only one: two reapers would steal each other's children. */
export function linuxOs(): LinuxOs {
  if (opened !== null) return opened;
  const outcome = openLinuxOs({ runtimeDirectory: shared, originalFileLimit: CHILD_FILES });
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.problem);
  opened = outcome.os;
  opened.onExit((pid, status) => {
    const waiter = waiting.get(pid);
    if (waiter === undefined) exits.set(pid, status);
    else waiter(status);
    waiting.delete(pid);
  });
  return opened;
}

export function rig(t: TestContext): Rig {
  const os = linuxOs();
  const pids = new Set<number>();
  const pipes = recordPipes(os);
  t.after(() => {
    // Only after a failure is there anything left: it must not keep the run from ending.
    for (const pid of pids) if (os.stat(pid)?.ppid === os.pid && os.stat(pid)?.pgid === pid) os.kill(pid, 9, true);
    for (const pipe of pipes) pipe.close();
  });
  const directory = mkdtempSync(`${tmpdir()}/hupd-os-test-`);
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const nothing = openSync('/dev/null', 'r');

  const shell: Rig['shell'] = (script, out, more = {}) => ({
    file: '/bin/sh',
    args: ['sh', '-c', script],
    env: [Buffer.from('PATH=/usr/local/bin:/usr/bin:/bin')],
    directory: null,
    umask: null,
    uid: null,
    fds: new Map([
      [0, nothing],
      [1, out.childFd],
      [2, out.childFd],
    ]),
    listenPid: false,
    ...more,
  });
  const start: Rig['start'] = (request) => {
    const outcome = os.spawn(request);
    assert.ok(outcome.ok, outcome.ok ? '' : `${outcome.step}: ${outcome.reason}`);
    pids.add(outcome.pid);
    return outcome.pid;
  };
  const exit: Rig['exit'] = (pid) =>
    bounded(
      `exit of ${pid}`,
      new Promise((resolve) => {
        const status = exits.get(pid);
        exits.delete(pid);
        if (status === undefined) waiting.set(pid, resolve);
        else resolve(status);
      }),
    );
  const run: Rig['run'] = async (script, more) => {
    const out = os.createLogPipe('run', more?.uid ?? null);
    const pid = start(shell(script, out, more));
    out.closeChildEnd();
    const text = collect(out);
    const status = await exit(pid);
    out.drain();
    out.close();
    return { text: await text, status };
  };
  return { os, directory, shell, start, exit, run };
}

function recordPipes(os: LinuxOs): LogPipe[] {
  const pipes: LogPipe[] = [];
  const create = LinuxOs.prototype.createLogPipe;
  os.createLogPipe = (label, ownerUid) => {
    const pipe = create.call(os, label, ownerUid);
    pipes.push(pipe);
    return pipe;
  };
  return pipes;
}

/** Everything a pipe delivers until its end. */
export function collect(pipe: LogPipe): Promise<string> {
  const chunks: Buffer[] = [];
  return bounded(
    'end of output',
    new Promise((resolve) => {
      pipe.read(
        (chunk) => chunks.push(chunk.bytes()),
        () => resolve(Buffer.concat(chunks).toString()),
      );
    }),
  );
}

/** Resolves when what has come so far satisfies `enough`. */
export function output(pipe: LogPipe): { text: string; has(part: string): Promise<void>; ended: Promise<void> } {
  let wake = (): void => {};
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const seen = {
    text: '',
    ended,
    has: (part: string) =>
      bounded(
        `"${part}" in the output`,
        new Promise<void>((resolve) => {
          wake = () => seen.text.includes(part) && resolve();
          wake();
        }),
      ),
  };
  pipe.read((chunk) => {
    seen.text += chunk.bytes();
    wake();
  }, end);
  return seen;
}

export async function bounded<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${BOUND_MS} ms in vain for: ${what}`)), BOUND_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again on every turn of the event loop: for facts of the kernel that send no event. */
export function until(what: string, fact: () => boolean): Promise<void> {
  let over = false;
  const ask = async () => {
    while (!over && !fact()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  return bounded(what, ask()).finally(() => {
    over = true;
  });
}

/** This process's descriptors and what they are. */
export function openFds(): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      found.set(Number(name), readlinkSync(`/proc/self/fd/${name}`));
    } catch {
      // the directory's own descriptor
    }
  }
  return found;
}
