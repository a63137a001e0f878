/** The daemon from its command line to its exit status: flags, configuration, and then either a problem in supervisord's two lines or `serve`. */
import { existsSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import type { LoadResult } from '../config/configuration.ts';
import { type DaemonFlags, parseDaemonFlags } from '../config/daemon-flags.ts';
import { rootSearchWarning } from '../config/daemon-usage.ts';
import { type Diagnostic, formatDiagnostic } from '../config/diagnostic.ts';
import { findConfigFile, noConfigFile } from '../config/find-config.ts';
import { findTempDir, type LoadOptions, loadConfig, loadGivenProgram } from '../config/load.ts';
import type { Config } from '../core/spec.ts';
import { examine } from '../handover/examine.ts';
import { type Libc, loadLibc } from '../os/libc.ts';
import { userById, userByName } from '../os/users.ts';
import type { Environment } from '../runtime/environment.ts';
import { version } from '../version.ts';
import { resumeRefusal, servesMark } from './can-resume.ts';
import { inheritFromParent, startDaemon, tellParent } from './daemonize.ts';
import { environmentTexts, ownEnvironment } from './own-environment.ts';
import { serve } from './serve.ts';
import { resumedFrom } from './upgrade.ts';

/** `argv`: the program's own path first. Resolves with the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  const [program = 'hupd', ...words] = argv;
  const parsed = parseDaemonFlags(words, program);
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
  const resumed = resumedFrom(process.env);
  const inherited = resumed === null ? inheritFromParent() : null;
  if (found.searched && process.geteuid?.() === 0 && inherited === null && resumed === null)
    say(2, `${rootSearchWarning}\n`);
  const environment = inherited ?? ownEnvironment();
  const cwd = process.cwd();
  const options = loadOptions(found.file, flags, environment, cwd);
  const load = () => loadConfig(options);
  const { takeOver } = flags;
  if (flags.check) return takeOver === null ? check(load()) : checkTakeOver(load(), takeOver);
  if (flags.canResume !== null) return canResume(load(), flags.canResume);
  const first = load();
  if (!first.ok) return usageError(program, first.error);
  const { config } = first;
  if (!config.daemon.nodaemon && inherited === null && resumed === null) return startDaemon();
  const failure = await serve({
    ...{ name: basename(program), first: config, load, environment },
    readProgram: (within, given) => loadGivenProgram(options, within, given),
    takeOver: resumed === null ? takeOver : null, // done, and its words are still on the command line
    detach: inherited === null ? null : tellParent,
    resumed,
    cwd,
  });
  return failure === null ? 0 : usageError(program, failure.message, failure.status);
}

function configFile(program: string, flags: DaemonFlags): { file: string; searched: boolean } | { error: string } {
  if (flags.configuration !== null) return { file: resolve(flags.configuration), searched: false };
  const found = findConfigFile(program, process.cwd(), existsSync);
  return found.path === null ? { error: noConfigFile(found.searched) } : { file: resolve(found.path), searched: true };
}

/** Made once: relative paths mean after a restart what they meant at the start, wherever the daemon has gone since. */
function loadOptions(file: string, flags: DaemonFlags, environment: Environment, cwd: string): LoadOptions {
  const texts = environmentTexts(environment);
  return {
    ...{ file, flags, cwd },
    ...(flags.configuration === null ? {} : { shownAs: flags.configuration }),
    environment: texts,
    hostName: hostname(),
    tempDir: findTempDir(texts, cwd),
    users: systemUsers(),
  };
}

function check(loaded: LoadResult): number {
  const found = loaded.ok ? aboutServers(loaded.config) : [];
  for (const diagnostic of [...loaded.diagnostics, ...found]) say(1, `${formatDiagnostic(diagnostic)}\n`);
  return loaded.ok ? 0 : 2;
}

/** What is known of the programs' servers: puma's HUP, uWSGI's TERM. */
function aboutServers({ file, groups }: Config): readonly Diagnostic[] {
  return examine(
    groups.flatMap(({ processes }) => processes),
    () => 0,
  ).flatMap(({ spec, level, text, todo }) =>
    level === 'note'
      ? []
      : [{ severity: 'warning', file, line: 0, what: `[${spec.kind}:${spec.program}]`, why: text, todo }],
  );
}

/** Both: a configuration that is wrong is not taken over with. */
async function checkTakeOver(loaded: LoadResult, url: string): Promise<number> {
  const status = check(loaded);
  if (!loaded.ok) return status;
  const { previewTakeOver } = await import('../take-over/seize.ts');
  const looked = await previewTakeOver(loaded.config, url);
  for (const line of looked.words) say(looked.ok ? 1 : 2, `${line}\n`);
  return looked.ok ? status : 2;
}

/** Asked by a hupd that is about to become this one. */
async function canResume(loaded: LoadResult, stateFile: string): Promise<number> {
  if (!loaded.ok) return check(loaded);
  const users = { uid: process.geteuid?.() ?? 0, userById: systemUsers().byId };
  const why = await resumeRefusal(loaded.config, stateFile, process.env[servesMark], users);
  if (why === null) return 0;
  say(1, `${why}\n`);
  return 2;
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

/** Asked only where a file names a user: the C library is loaded no earlier. Without it `/etc/passwd` is what there is. */
function systemUsers(): LoadOptions['users'] {
  const libc = (): Libc | null => {
    const loaded = loadLibc();
    return loaded.ok ? loaded.libc : null;
  };
  return {
    byName: (name) => userByName(libc(), name),
    byId: (uid) => userById(libc(), uid),
  };
}
