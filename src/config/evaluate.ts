/** From the merged document to the configuration: every section in supervisord's order, then what the command line says over it. */
import type { Config, DaemonSpec } from '../core/spec.ts';
import { absolute } from '../util/posix-path.ts';
import { reprText } from '../util/python-repr.ts';
import type { DaemonFlags, PathFlag } from './daemon-flags.ts';
import { type DataType, expandHome, type Machine } from './datatype.ts';
import { existingDirectory, pathInDirectory } from './datatypes.ts';
import type { Reading } from './reading.ts';
import { readGroups, refuseDoubles, sortGroups } from './sections/groups.ts';
import { checkProtection, readServers } from './sections/http-server.ts';
import { readRpcInterfaces, refuseBroken } from './sections/rpcinterface.ts';
import { lookUpUser, mainLog, readSupervisord } from './sections/supervisord.ts';

/** `reading` collects the problems; the result counts only if there are none. */
export function evaluate(
  reading: Reading,
  flags: DaemonFlags,
  files: readonly string[],
  includes: readonly string[],
): Config {
  const { document, machine } = reading;
  if (!document.sections.has('supervisord')) {
    const place = { file: files[0] ?? '', line: 0 };
    reading.refuse(place, 'no [supervisord]', '.ini file does not include supervisord section', 'add [supervisord]');
  }
  const { daemon, user, environment } = readSupervisord(reading);
  const { interfaces, broken } = readRpcInterfaces(reading);
  const made = readGroups(reading, environment);
  const servers = readServers(reading);
  const uid = lookUpUser(reading, flags.user ?? user);
  refuseDoubles(reading, made);
  for (const server of servers) checkProtection(reading, server, daemon.requireAuth);
  if (servers.length > 0) refuseBroken(reading, broken);
  return {
    file: files[0] ?? '',
    daemon: { ...applyFlags(daemon, flags, machine), uid },
    servers,
    rpcInterfaces: interfaces,
    groups: sortGroups(made),
    messages: warningsFirst(reading.messages),
    files,
    includes,
  };
}

/** The main log opens with the warnings, then come the files that were included. */
function warningsFirst(messages: Config['messages']): Config['messages'] {
  const isWarning = ({ level }: Config['messages'][number]) => level === 'WARN';
  return [...messages.filter(isWarning), ...messages.filter((message) => !isWarning(message))];
}

function applyFlags(daemon: Omit<DaemonSpec, 'uid'>, flags: DaemonFlags, machine: Machine): Omit<DaemonSpec, 'uid'> {
  const pathOf = (flag: PathFlag) => absolute(expandHome(flag.path, machine), machine.cwd);
  const { logFile, pidFile, childLogDir } = flags;
  return {
    ...daemon,
    logFile: logFile === null ? daemon.logFile : mainLog(logFile.path, { machine }),
    logMaxBytes: flags.logMaxBytes ?? daemon.logMaxBytes,
    logBackups: flags.logBackups ?? daemon.logBackups,
    logLevel: flags.logLevel ?? daemon.logLevel,
    pidFile: pidFile === null ? daemon.pidFile : pathOf(pidFile),
    umask: flags.umask ?? daemon.umask,
    nodaemon: flags.nodaemon || daemon.nodaemon,
    silent: flags.silent || daemon.silent,
    nocleanup: flags.nocleanup || daemon.nocleanup,
    stripAnsi: flags.stripAnsi || daemon.stripAnsi,
    minFds: flags.minFds ?? daemon.minFds,
    minProcs: flags.minProcs ?? daemon.minProcs,
    childLogDir: childLogDir === null ? daemon.childLogDir : pathOf(childLogDir),
    directory: flags.directory === null ? daemon.directory : expandHome(flags.directory.path, machine),
    identifier: flags.identifier ?? daemon.identifier,
    adopt: daemon.adopt && !flags.noAdopt,
  };
}

/** The first path on the command line that will not do, in supervisord's words. null: all are right. */
export function checkFlagPaths(flags: DaemonFlags, machine: Machine): string | null {
  const checks: ReadonlyArray<readonly [PathFlag | null, DataType<string>]> = [
    [flags.directory, existingDirectory],
    [flags.logFile, pathInDirectory],
    [flags.pidFile, pathInDirectory],
    [flags.childLogDir, existingDirectory],
  ];
  for (const [flag, type] of checks) {
    if (flag === null) continue;
    const parsed = type.parse(flag.path, machine);
    if (!parsed.ok) return `invalid value for ${flag.option} ${reprText(flag.path)}: ${parsed.error}`;
  }
  return null;
}
