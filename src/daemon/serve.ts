/**
 * One life after another until a shutdown. A restart (SIGHUP, RPC) begins a new life in the same process: everything is read and opened
 * afresh. Unlike supervisord's it never is the end: a configuration that can not be used is refused while everything still runs, and if a
 * new life fails all the same, the daemon goes on with the configuration of the one before.
 */
import { chownSync, writeFileSync } from 'node:fs';
import type { LoadResult } from '../config/configuration.ts';
import { daemonTexts, type LogText, ownTexts } from '../core/log-texts.ts';
import type { Config, DaemonSpec } from '../core/spec.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import { DatagramSender } from '../os/datagram-sender.ts';
import { loadLibc } from '../os/libc.ts';
import { openLinuxOs } from '../os/linux-os.ts';
import { giveBackAtRest } from '../os/memory.ts';
import type { Os } from '../os/os.ts';
import { PlainOs } from '../os/plain-os.ts';
import type { Environment } from '../runtime/environment.ts';
import { becomeUser, ensureLimits, userRefusal } from './become.ts';
import { type FoundLegacy, findLegacy, forgoLegacy } from './legacy.ts';
import { type LifeOptions, live } from './life.ts';
import { closeDebugger } from './no-debugger.ts';
import {
  emptyRuntimeDirectory,
  makeRuntimeDirectory,
  type RuntimeDirectory,
  removeRuntimeDirectory,
} from './runtime-directory.ts';
import { keepAliveOf, ServiceManager } from './service-manager.ts';
import { handleSignals } from './signal-handlers.ts';
import { becomeAnother, questionFor, type Resumed } from './upgrade.ts';

export interface ServeOptions {
  /** As `ps` and `killall` shall know it. */
  readonly name: string;
  readonly first: Config;
  readonly load: () => LoadResult;
  readonly readProgram: LifeOptions['readProgram'];
  readonly environment: Environment;
  /** Of the supervisord whose programs are to be taken over; null: none. */
  readonly takeOver: string | null;
  /** Called in the first life, when everything listens: the last step of leaving the terminal. null: stay in the foreground. */
  readonly detach: (() => void) | null;
  /** This process was a hupd before. */
  readonly resumed: Resumed | null;
  /** Where it was started. */
  readonly cwd: string;
}

/** null: an orderly shutdown. */
export type ServeFailure = { readonly message: string; readonly status: number } | null;

export async function serve(options: ServeOptions): Promise<ServeFailure> {
  const own = process.geteuid?.() ?? 0;
  const { file, daemon } = options.first;
  const { resumed } = options;
  const directory: RuntimeDirectory =
    resumed === null
      ? makeRuntimeDirectory(file, own === 0 ? (daemon.uid ?? 0) : own)
      : { ok: true, path: resumed.runtimeDirectory, created: false };
  if (!directory.ok) return { message: directory.error, status: 2 };
  const failure = await serveIn(directory, options);
  if (failure === null || directory.created) removeRuntimeDirectory(directory.path);
  return failure;
}

async function serveIn(
  directory: { readonly path: string },
  { name, first, load, readProgram, environment, takeOver, detach, resumed, cwd }: ServeOptions,
): Promise<ServeFailure> {
  const opened = openLinuxOs({ runtimeDirectory: directory.path, originalFileLimit: null });
  const os: Os = opened.ok ? opened.os : new PlainOs(opened.problem, directory.path);
  const libc = loadLibc();
  const endGivingBack = giveBackAtRest(libc.ok ? libc.libc : null);
  await closeDebugger();
  nameProcess(name);
  const limits = ensureLimits(os, first.daemon);
  if (!limits.ok) return { message: limits.error, status: 2 };
  os.becomeSubreaper();
  const look = first.daemon.adopt ? findLegacy : forgoLegacy;
  const found: FoundLegacy = opened.ok ? look(os, directory.path) : { legacy: null, file: null, messages: [] };
  const taken = takeOver === null ? null : await (await import('../take-over/seize.ts')).seize(os, first, takeOver);
  if (taken?.ok === false) return { message: taken.words.join('\n'), status: 2 };
  let legacy = taken === null ? found.legacy : { carried: taken.carried, isSameProcess: true, exits: [] };
  os.onExit((pid, status) => legacy?.exits.push([pid, status])); // the reaper's handler comes before ours
  const signals = handleSignals();
  const manager = serviceManager(os);
  // Nothing else may keep node running: no server, no program.
  const alive = setInterval(() => {}, 2 ** 31 - 1);

  let config = first;
  let before: Config | null = null;
  // It was started in the first one's directory, where the words of the command line hold, and goes on in that of the one before it.
  const strayed = resumed?.directory === undefined ? null : goTo(resumed.directory);
  let messages = [...found.messages, ...limits.messages, ...(strayed === null ? [] : [strayed])];
  if (process.env.NOTIFY_SOCKET && !libc.ok) messages.push(ownTexts.cannotTellManager());
  let firstEventSerial = 0;
  const upgrades = resumed?.upgrades ?? 0;
  for (let isFirst = true; ; isFirst = false) {
    const { uid } = config.daemon;
    if (os.uid === 0 && uid !== null) chownSync(directory.path, uid, -1);
    const became = becomeUser(os, uid);
    const end = became.ok
      ? await live({
          ...{ os, config, environment, signals, manager, firstEventSerial, readConfig: load, readProgram, legacy },
          stateFile: found.file,
          question: found.file === null ? null : questionFor(found.file.path, environment, cwd, config.servers),
          upgrades,
          become: (keep) => {
            const next = { pid: os.pid, cwd, runtimeDirectory: directory.path, upgrades: upgrades + 1 };
            return becomeAnother(next, environment, keep);
          },
          messages: [...became.messages, ...messages],
          mayRestart: () => restartRefusal(load(), (wanted) => userRefusal(os, wanted)),
          onListening: (log, pipesInUse) => {
            const inUse = new Set([...pipesInUse, ...(found.file === null ? [] : [found.file.path])]);
            taken?.frozen.commit();
            if (isFirst && config.servers.length > 0) emptyRuntimeDirectory(directory.path, inUse);
            if (isFirst && detach !== null) leaveTerminal(config.daemon, log);
          },
          onStarted: () => {
            if (isFirst) detach?.();
          },
        })
      : { ended: 'failed' as const, message: became.error, status: 2 };
    messages = [];
    legacy = null;
    if (end.ended === 'failed') {
      if (before === null) {
        taken?.frozen.callOff();
        return end;
      }
      messages = [ownTexts.restartFailed(end.message)];
      [config, before] = [before, null];
      continue;
    }
    if (end.ended === 'shutdown') break;
    firstEventSerial = end.nextEventSerial;
    before = config;
    const again = load();
    if (again.ok) config = again.config;
    else messages = [ownTexts.restartFailed(again.error)];
  }
  clearInterval(alive);
  endGivingBack();
  return null;
}

function restartRefusal(read: LoadResult, userRefusal: (uid: number | null) => string | null): string | null {
  return read.ok ? userRefusal(read.config.daemon.uid) : read.error;
}

/** The umask and the directory of `[supervisord]` count only here, as under supervisord: in the foreground the inherited ones stay. */
function leaveTerminal({ directory, umask }: DaemonSpec, log: DaemonLog): void {
  log.say(daemonTexts.daemonizing());
  if (directory !== null) log.say(goTo(directory) ?? daemonTexts.directorySet(directory));
  process.umask(umask);
}

/** null: it is there. */
function goTo(directory: string): LogText | null {
  try {
    process.chdir(directory);
    return null;
  } catch (error) {
    return daemonTexts.directoryFailed(directory, (error as NodeJS.ErrnoException).code ?? `${error}`);
  }
}

function serviceManager(os: Os): ServiceManager | null {
  const path = process.env.NOTIFY_SOCKET ?? '';
  if (path === '') return null;
  const sender = new DatagramSender(path);
  return new ServiceManager({
    send: (datagram) => sender.send(datagram),
    pid: os.pid,
    keepAliveMs: keepAliveOf(process.env, os.pid),
    monoMs: () => os.clock.now().mono,
  });
}

/** Else every tool would call it "node", and `pidof supervisord` would find nothing. */
function nameProcess(name: string): void {
  try {
    writeFileSync('/proc/self/comm', name);
  } catch {
    // then it is called node
  }
}
