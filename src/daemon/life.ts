/**
 * One life of the daemon: from a configuration that was read to the moment when every program is down. A restart is another life in the same
 * process.
 *
 *   servers listen ─► log opens ─► groups ─► (leave the terminal) ─► pid file ─► "started" ─► autostart ─► ... ─► all down ─► close
 *
 * The servers come first, unlike supervisord's: a second daemon started by mistake fails before it has touched the first one's logs.
 */
import { daemonTexts } from '../core/log-texts.ts';
import type { Config, DaemonSpec, ServerSpec } from '../core/spec.ts';
import { createHandler } from '../http/handler.ts';
import { startServers } from '../http/start-servers.ts';
import { cleanAutoLogs } from '../log/auto-log.ts';
import { DaemonLog } from '../log/daemon-log.ts';
import { logFiles } from '../log/read-log.ts';
import { Syslog } from '../log/syslog.ts';
import type { LinuxOs } from '../os/linux-os.ts';
import { SyslogSocket } from '../os/syslog-socket.ts';
import { Supervisor, type SupervisorOptions } from '../runtime/supervisor.ts';
import { version } from '../version.ts';
import { tellParent } from './daemonize.ts';
import { removePidFile, writePidFile } from './pid-file.ts';
import { emptyRuntimeDirectory } from './runtime-directory.ts';
import { handleSignals } from './signal-handlers.ts';

export interface LifeOptions {
  readonly os: LinuxOs;
  readonly config: Config;
  readonly environment: SupervisorOptions['environment'];
  readonly readConfig: SupervisorOptions['readConfig'];
  /** The first life of a daemon: leave the terminal once everything listens. */
  readonly detach: boolean;
  /** Events are counted on over restarts. */
  readonly firstEventSerial: number;
  /** Of the log pipes; what is in it is stale once the control servers listen. */
  readonly runtimeDirectory: string;
}

export type LifeEnd =
  | { readonly ended: 'shutdown' }
  | { readonly ended: 'restart'; readonly nextEventSerial: number }
  /** `status` is the exit status; the message is for stderr. */
  | { readonly ended: 'failed'; readonly status: number; readonly message: string };

export async function live(options: LifeOptions): Promise<LifeEnd> {
  const { os, config, environment, readConfig, detach, firstEventSerial, runtimeDirectory } = options;
  const { daemon } = config;
  const syslog = lazySyslog();
  const log = openLog(daemon, syslog);
  const trouble = log.open();
  if (trouble !== null) return failed(1, `could not open the log file ${log.path}: ${trouble.errno}`);
  tellFirst(log, os, config);

  const serverUrl = firstServerUrl(config.servers);
  const supervisor = new Supervisor({
    os,
    version,
    config,
    environment,
    serverUrl,
    readConfig,
    log,
    syslog,
    firstEventSerial,
  });
  const servers = await startServers(config.servers, {
    handler: createHandler({ daemon: supervisor, logs: logFiles }),
    namespaces: config.rpcInterfaces.map(({ namespace }) => namespace),
    requireAuth: daemon.requireAuth,
    log: (text) => log.say(text),
    notice: (line) => log.log('WARN', line),
  });
  if (!servers.ok) {
    log.close();
    return failed(2, servers.text);
  }
  if (config.servers.length > 0) emptyRuntimeDirectory(runtimeDirectory);
  const forgetSignals = handleSignals(supervisor);
  const forgetBugs = surviveBugs(log);
  if (!daemon.nocleanup) cleanAutoLogs(daemon.childLogDir, daemon.identifier, (text) => log.say(text));
  supervisor.addConfiguredGroups();
  if (detach) leaveTerminal(daemon, log);
  const wrotePidFile = writePidFile(daemon.pidFile, os.pid);
  log.say(wrotePidFile ? daemonTexts.started(os.pid) : daemonTexts.pidFileFailed(daemon.pidFile));
  supervisor.begin();

  const how = await supervisor.ended;
  await servers.close();
  forgetSignals();
  forgetBugs();
  if (wrotePidFile) removePidFile(daemon.pidFile, os.pid);
  log.close();
  return how === 'shutdown' ? { ended: how } : { ended: how, nextEventSerial: supervisor.nextEventSerial };
}

const runningAsRoot =
  'Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  ' +
  'If you intend to run as root, you can set user=root in the config file to avoid this message.';

function failed(status: number, message: string): LifeEnd {
  return { ended: 'failed', status, message };
}

function openLog(
  { logFile, logMaxBytes, logBackups, logLevel, nodaemon, silent }: DaemonSpec,
  syslog: () => Syslog,
): DaemonLog {
  return new DaemonLog({
    target:
      logFile.kind === 'syslog'
        ? { kind: 'syslog', syslog: syslog() }
        : { kind: 'file', path: logFile.path, maxBytes: logMaxBytes, backups: logBackups },
    level: logLevel,
    copyToStdout: nodaemon && !silent,
  });
}

function tellFirst(log: DaemonLog, os: LinuxOs, { daemon, messages }: Config): void {
  if (daemon.uid === null && os.uid === 0) log.log('CRIT', runningAsRoot);
  for (const { level, text } of messages) log.log(level, text);
  for (const { text } of os.missing) log.log('WARN', text);
}

/** What children find in SUPERVISOR_SERVER_URL: the first unix server, else the first inet server. */
function firstServerUrl(servers: readonly ServerSpec[]): string | null {
  const unix = servers.find((server) => server.kind === 'unix');
  if (unix?.kind === 'unix') return `unix://${unix.file}`;
  const inet = servers.find((server) => server.kind === 'inet');
  return inet?.kind === 'inet' ? `http://${inet.host === '' ? 'localhost' : inet.host}:${inet.port}` : null;
}

function lazySyslog(): () => Syslog {
  let syslog: Syslog | null = null;
  return () => {
    syslog ??= new Syslog(new SyslogSocket(), 'supervisord');
    return syslog;
  };
}

/** A bug of ours must not take the programs down: it is told, and the daemon lives. Returns what takes the handlers away again. */
function surviveBugs(log: DaemonLog): () => void {
  const tell = (error: unknown) =>
    log.log('CRIT', `internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.on('uncaughtException', tell);
  process.on('unhandledRejection', tell);
  return () => {
    process.off('uncaughtException', tell);
    process.off('unhandledRejection', tell);
  };
}

/** The umask and the directory of `[supervisord]` count only here, as under supervisord: in the foreground the inherited ones stay. */
function leaveTerminal({ directory, umask }: DaemonSpec, log: DaemonLog): void {
  log.say(daemonTexts.daemonizing());
  if (directory !== null) {
    try {
      process.chdir(directory);
      log.say(daemonTexts.directorySet(directory));
    } catch (error) {
      log.say(daemonTexts.directoryFailed(directory, (error as NodeJS.ErrnoException).code ?? `${error}`));
    }
  }
  process.umask(umask);
  tellParent();
}
