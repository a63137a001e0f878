/**
 * The daemon from its command line to its exit status: flags, configuration, one life after another until a shutdown. A restart (SIGHUP, RPC)
 * begins a new life in the same process: everything is read and opened afresh.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { type DaemonFlags, parseDaemonFlags } from '../config/daemon-flags.ts';
import { rootSearchWarning } from '../config/daemon-usage.ts';
import { formatDiagnostic } from '../config/diagnostic.ts';
import { findConfigFile, noConfigFile } from '../config/find-config.ts';
import { type LoadOptions, loadConfig } from '../config/load.ts';
import type { Config } from '../core/spec.ts';
import { type Libc, loadLibc } from '../os/libc.ts';
import { openLinuxOs } from '../os/linux-os.ts';
import { userById, userByName } from '../os/users.ts';
import { parseEnvironment } from '../runtime/environment.ts';
import { version } from '../version.ts';
import { become } from './become.ts';
import { daemonMark, startDaemon } from './daemonize.ts';
import { live } from './life.ts';
import { makeRuntimeDirectory, removeRuntimeDirectory } from './runtime-directory.ts';

/** `argv`: the program's own path first. Resolves with the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const [program = 'hupd', ...words] = argv;
  const parsed = parseDaemonFlags(words, basename(program));
  switch (parsed.kind) {
    case 'help':
      say(1, parsed.text);
      return 0;
    case 'version':
      say(1, `${version}\n`);
      return 0;
    case 'error':
      return usageError(program, parsed.message);
    case 'run':
      return run(program, parsed.flags);
  }
}

async function run(program: string, flags: DaemonFlags): Promise<number> {
  const found = configFile(program, flags);
  if ('error' in found) return usageError(program, found.error);
  const isDaemon = process.env[daemonMark] !== undefined;
  delete process.env[daemonMark];
  if (found.searched && process.geteuid?.() === 0 && !isDaemon) say(2, `${rootSearchWarning}\n`);
  const load = () => loadConfig(loadOptions(found.file, flags));
  if (flags.check) return check(load());
  const first = load();
  if (!first.ok) return usageError(program, first.error);
  if (!first.config.daemon.nodaemon && !isDaemon) return startDaemon();
  return serve(program, first.config, load, isDaemon);
}

async function serve(
  program: string,
  first: Config,
  load: () => ReturnType<typeof loadConfig>,
  isDaemon: boolean,
): Promise<number> {
  const environment = parseEnvironment(readFileSync('/proc/self/environ'));
  const directory = makeRuntimeDirectory(first.file, first.daemon.uid ?? process.geteuid?.() ?? 0);
  if (!directory.ok) return usageError(program, directory.error);
  const opened = openLinuxOs({ runtimeDirectory: directory.path, originalFileLimit: null });
  if (!opened.ok) return usageError(program, opened.problem);
  const { os } = opened;
  const refused = become(os, first.daemon);
  if (refused !== null) return usageError(program, refused);
  os.becomeSubreaper();
  let config = first;
  let firstEventSerial = 0;
  for (let firstLife = true; ; firstLife = false) {
    const own = new Map([...environment].filter(([name]) => name !== daemonMark));
    const detach = isDaemon && firstLife;
    const end = await live({
      os,
      config,
      environment: own,
      readConfig: load,
      detach,
      firstEventSerial,
      runtimeDirectory: directory.path,
    });
    if (end.ended === 'failed') return usageError(program, end.message, end.status);
    if (end.ended === 'shutdown') {
      removeRuntimeDirectory(directory.path);
      return 0;
    }
    firstEventSerial = end.nextEventSerial;
    const again = load();
    if (!again.ok) return usageError(program, again.error);
    config = again.config;
  }
}

function configFile(program: string, flags: DaemonFlags): { file: string; searched: boolean } | { error: string } {
  if (flags.configuration !== null) return { file: resolve(flags.configuration), searched: false };
  const found = findConfigFile(program, process.cwd(), existsSync);
  return found.path === null ? { error: noConfigFile(found.searched) } : { file: resolve(found.path), searched: true };
}

function loadOptions(file: string, flags: DaemonFlags): LoadOptions {
  return {
    file,
    ...(flags.configuration === null ? {} : { shownAs: flags.configuration }),
    flags,
    environment: process.env,
    hostName: hostname(),
    cwd: process.cwd(),
    tempDir: tmpdir(),
    users: systemUsers(),
  };
}

function check({ ok, diagnostics }: ReturnType<typeof loadConfig>): number {
  for (const diagnostic of diagnostics) say(1, `${formatDiagnostic(diagnostic)}\n`);
  return ok ? 0 : 2;
}

/** supervisord's two lines. */
function usageError(program: string, message: string, status = 2): number {
  say(2, `Error: ${message}\nFor help, use ${program} -h\n`);
  return status;
}

/** Not through process.stdout, which would make an inherited pipe non-blocking. */
function say(fd: 1 | 2, text: string): void {
  try {
    writeSync(fd, text);
  } catch {
    // nobody reads it
  }
}

/** Asked only where a file names a user: the C library is loaded no earlier. */
function systemUsers(): LoadOptions['users'] {
  const ask = <T>(lookup: (libc: Libc) => T): T | null => {
    const loaded = loadLibc();
    return loaded.ok ? lookup(loaded.libc) : null;
  };
  return {
    byName: (name) => ask((libc) => userByName(libc, name)),
    byId: (uid) => ask((libc) => userById(libc, uid)),
  };
}
