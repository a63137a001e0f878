/**
 * One life of the daemon: from a configuration that was read to the moment when every program is down. A restart is another life in the same
 * process.
 *
 *   log opens ─► servers listen ─► groups ─► (leave the terminal) ─► pid file ─► "started" ─► autostart ─► ... ─► all down ─► close
 *
 * Nothing is written or removed before the servers listen, unlike supervisord's: a second daemon started by mistake fails before it has
 * touched the first one's logs.
 */
import type { HandedServer } from '../core/carried.ts';
import { daemonTexts, type LogText, ownTexts } from '../core/log-texts.ts';
import type { Config, DaemonSpec, ServerSpec, StartMessage } from '../core/spec.ts';
import { createHandler } from '../http/handler.ts';
import { startServers } from '../http/start-servers.ts';
import { cleanAutoLogs } from '../log/auto-log.ts';
import { DaemonLog, notOpened } from '../log/daemon-log.ts';
import { logFiles } from '../log/read-log.ts';
import { Syslog } from '../log/syslog.ts';
import { DatagramSender } from '../os/datagram-sender.ts';
import type { Os } from '../os/os.ts';
import type { StateFile } from '../os/state-file.ts';
import { Carry } from '../runtime/carry.ts';
import { Supervisor, type SupervisorOptions } from '../runtime/supervisor.ts';
import { version } from '../version.ts';
import { holdsPid, removePidFile, writePidFile } from './pid-file.ts';
import type { ServiceManager } from './service-manager.ts';
import type { DaemonSignals } from './signal-handlers.ts';

export interface LifeOptions
  extends Pick<
    SupervisorOptions,
    'environment' | 'readConfig' | 'readProgram' | 'mayRestart' | 'legacy' | 'question' | 'upgrades'
  > {
  readonly os: Os;
  readonly config: Config;
  /** What there is to say besides what the configuration has to say itself. */
  readonly messages: readonly StartMessage[];
  readonly signals: DaemonSignals;
  /** null: none has started hupd. */
  readonly manager: ServiceManager | null;
  /** Events are counted on over restarts. */
  readonly firstEventSerial: number;
  /** Everything listens and nothing runs yet: the moment to go to the daemon's own directory. */
  readonly onListening: (log: DaemonLog, pipesInUse: ReadonlySet<string>) => void;
  /** The pid file is there too: whoever has started it may know. */
  readonly onStarted: () => void;
  /** Where to keep what a later daemon has to know; null: nowhere. */
  readonly stateFile: StateFile | null;
  /** Executes hupd anew in this process, with those descriptors open. Returns only when that failed: why. */
  readonly become: (keep: readonly number[]) => string;
}

export type LifeEnd =
  | { readonly ended: 'shutdown' }
  | { readonly ended: 'restart'; readonly nextEventSerial: number }
  /** `status` is the exit status; the message is for stderr. */
  | { readonly ended: 'failed'; readonly status: number; readonly message: string };

export async function live(options: LifeOptions): Promise<LifeEnd> {
  const { os, config, environment, readConfig, readProgram, signals, manager, firstEventSerial, legacy } = options;
  const { daemon } = config;
  const syslog = lazySyslog();
  const log = openLog(daemon, syslog.get);
  const trouble = log.open();
  if (trouble !== null) return failed(1, notOpened(log.path, trouble));

  const early: LogText[] = inOrder([...config.messages, ...options.messages]);
  for (const { text } of os.missing) early.push({ level: 'WARN', text });
  const serverUrl = firstServerUrl(config.servers);
  const mayRestart = () => {
    const why = options.mayRestart();
    if (why !== null) manager?.refused(why);
    return why;
  };
  const carry = carryIn(options, log);
  const supervisor = new Supervisor({
    ...{ os, version, config, environment, serverUrl, readConfig, readProgram, mayRestart, log, firstEventSerial },
    ...{ carry, legacy, question: options.question, upgrades: options.upgrades },
    syslog: syslog.get,
  });
  const serverOptions = {
    handler: createHandler({ daemon: supervisor, logs: logFiles }, (fd) => {
      const peer = os.peer(fd);
      return peer === null ? null : { ...peer, name: os.userById(peer.uid)?.name ?? '' };
    }),
    namespaces: config.rpcInterfaces.map(({ namespace }) => namespace),
    requireAuth: daemon.requireAuth,
    log: (text: LogText) => void early.push(text),
    notice: (text: string) => void early.push({ level: 'WARN', text }),
  };
  const inherited = legacy?.isSameProcess ? (legacy.carried.handed?.servers ?? []) : [];
  let servers = await startServers(config.servers, { ...serverOptions, inherited });
  if (!servers.ok) {
    log.close();
    return failed(2, servers.text);
  }
  for (const text of early) log.say(text);
  const forgetBugs = surviveBugs(log);
  if (!daemon.nocleanup) {
    cleanAutoLogs(daemon.childLogDir, daemon.identifier, (text) => log.say(text), logsOf(legacy));
  }
  supervisor.addConfiguredGroups();
  options.onListening(log, new Set(supervisor.pipePaths()));
  const wrotePidFile = holdsPid(daemon.pidFile, os.pid) || writePidFile(daemon.pidFile, os.pid);
  log.say(wrotePidFile ? daemonTexts.started(os.pid) : daemonTexts.pidFileFailed(daemon.pidFile));
  options.onStarted();
  supervisor.begin();
  signals.attach(supervisor);
  void manager?.follow(supervisor, supervisor.ended);

  let how: 'shutdown' | 'restart' | 'upgrade';
  for (;;) {
    how = await Promise.race([supervisor.ended, supervisor.upgrading.due.then(() => 'upgrade' as const)]);
    if (how !== 'upgrade') break;
    log.say(ownTexts.upgrading());
    let kept: readonly HandedServer[];
    try {
      kept = await servers.handOver((fd) => os.duplicate(fd));
    } catch (error) {
      supervisor.upgrading.failed((error as Error).message);
      continue;
    }
    supervisor.upgrading.failed(upgrade(options, supervisor, kept));
    // Still here: it goes on as it was.
    supervisor.stay();
    const again = await startServers(config.servers, { ...serverOptions, inherited: kept });
    if (again.ok) servers = again;
    else log.log('CRIT', again.text);
  }
  signals.attach(null);
  await servers.close();
  if (wrotePidFile) removePidFile(daemon.pidFile, os.pid);
  forgetBugs();
  syslog.close();
  log.close();
  return how === 'shutdown' ? { ended: how } : { ended: how, nextEventSerial: supervisor.nextEventSerial };
}

/** Returns only when it could not be done: why. */
function upgrade({ become }: LifeOptions, supervisor: Supervisor, servers: readonly HandedServer[]): string {
  try {
    return become(supervisor.handOver(servers));
  } catch (error) {
    return (error as Error).message;
  }
}

function carryIn({ os, stateFile }: LifeOptions, log: DaemonLog): Carry | null {
  if (stateFile === null) return null;
  const trouble = (why: string) => log.say(ownTexts.carryTrouble(stateFile.path, why));
  return new Carry({ os, version, file: stateFile, trouble });
}

/** Those that go on under this daemon. */
function logsOf(legacy: LifeOptions['legacy']): ReadonlySet<string> {
  return new Set([...(legacy?.carried.processes.values() ?? [])].flatMap(({ logs }) => [logs.stdout, logs.stderr]));
}

function failed(status: number, message: string): LifeEnd {
  return { ended: 'failed', status, message };
}

const ranks: readonly string[] = ['CRIT', 'ERRO', 'WARN', 'INFO'];

/** The gravest first, as supervisord says what it found while it read its configuration. */
function inOrder(messages: readonly StartMessage[]): LogText[] {
  return [...messages].sort((a, b) => ranks.indexOf(a.level) - ranks.indexOf(b.level));
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

/** What children find in SUPERVISOR_SERVER_URL: the first unix server, else the first inet server. */
function firstServerUrl(servers: readonly ServerSpec[]): string | null {
  const unix = servers.find((server) => server.kind === 'unix');
  if (unix?.kind === 'unix') return `unix://${unix.file}`;
  const inet = servers.find((server) => server.kind === 'inet');
  return inet?.kind === 'inet' ? `http://${inet.host === '' ? 'localhost' : inet.host}:${inet.port}` : null;
}

function lazySyslog(): { get(): Syslog; close(): void } {
  let made: { readonly syslog: Syslog; readonly socket: DatagramSender } | null = null;
  return {
    get() {
      if (made === null) {
        const socket = new DatagramSender('/dev/log');
        made = { syslog: new Syslog(socket, 'supervisord'), socket };
      }
      return made.syslog;
    },
    close: () => made?.socket.close(),
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
