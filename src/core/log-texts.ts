/**
 * What the main log says. People grep and parse these lines, so they are supervisord's to the letter, each with the level that supervisord
 * gives it, and all in one place. Lines of our own (reloads, full disks) stand in the last table.
 */
import { reprBytes, reprText } from '../util/python-repr.ts';
import { decodeOrRepr } from '../util/utf8.ts';
import { describeExit, type ExitStatus, exitCode } from './exit-status.ts';
import { signalName } from './signals.ts';
import type { LogLevel, SocketAddress } from './spec.ts';

/** One record of the main log. `text` may have several lines; the log writes it as it is. */
export interface LogText {
  readonly level: LogLevel;
  readonly text: string;
}

const line = (level: LogLevel, text: string): LogText => ({ level, text });

/** A process's life. `name` is the process's, without its group. */
export const processTexts = {
  spawned: (name: string, pid: number) => line('INFO', `spawned: '${name}' with pid ${pid}`),
  spawnError: (reason: string) => line('INFO', `spawnerr: ${reason}`),
  success: (name: string, startSecs: number) =>
    line(
      'INFO',
      `success: ${name} entered RUNNING state, process has stayed up for > than ${startSecs} seconds (startsecs)`,
    ),
  exited: (name: string, status: ExitStatus, expected: boolean) =>
    expected
      ? line('INFO', `exited: ${name} (${describeExit(status)}; expected)`)
      : line('WARN', `exited: ${name} (${describeExit(status)}; not expected)`),
  /** After a stop request: a warning unless the exit code is an expected one, so for an ordinary death by TERM as well. */
  stopped: (name: string, status: ExitStatus, exitCodes: readonly number[]) =>
    line(exitCodes.includes(exitCode(status)) ? 'INFO' : 'WARN', `stopped: ${name} (${describeExit(status)})`),
  gaveUp: (name: string) => line('INFO', `gave up: ${name} entered FATAL state, too many start retries too quickly`),
  alreadyRunning: (name: string) => line('WARN', `process '${name}' already running`),
  killingWithSigkill: (name: string, pid: number) => line('WARN', `killing '${name}' (${pid}) with SIGKILL`),
  killing: (name: string, pid: number, signal: number, asGroup: boolean) =>
    line('DEBG', `killing ${name} (pid ${pid}) ${asGroup ? 'process group ' : ''}with signal ${signalName(signal)}`),
  killingInBackoff: (name: string) => line('DEBG', `Attempted to kill ${name}, which is in BACKOFF state.`),
  killNotRunning: (name: string, signal: number) =>
    line('DEBG', `attempted to kill ${name} with sig ${signalName(signal)} but it wasn't running`),
  signalling: (name: string, pid: number, signal: number) =>
    line('DEBG', `sending ${name} (pid ${pid}) sig ${signalName(signal)}`),
  signalNotRunning: (name: string, signal: number) =>
    line('DEBG', `attempted to send ${name} sig ${signalName(signal)} but it wasn't running`),
  killJustExited: (name: string, pid: number) =>
    line('DEBG', `unable to signal ${name} (pid ${pid}), it probably just exited on its own: ${noSuchProcess}`),
  signalJustExited: (name: string, pid: number) =>
    line('DEBG', `unable to signal ${name} (pid ${pid}), it probably just now exited on its own: ${noSuchProcess}`),
  killProblem: (name: string, pid: number, detail: string) =>
    line('CRIT', `unknown problem killing ${name} (${pid}):${detail}`),
  signalProblem: (name: string, pid: number, detail: string) =>
    line('CRIT', `unknown problem sending sig ${name} (${pid}):${detail}`),
  /** While a client waits for the stop: at once, then every two seconds. */
  waitingToStop: (name: string) => line('INFO', `waiting for ${name} to stop`),
  output: (name: string, channel: 'stdout' | 'stderr', data: Uint8Array) =>
    line('DEBG', `${reprText(name)} ${channel} output:\n${decodeOrRepr(data)}`),
  /** What an event listener says in its protocol. */
  protocolOutput: (name: string, data: Uint8Array) =>
    line('DEBG', `${reprText(name)} stdout output:\n${reprBytes(data)}`),
  commEvent: (name: string, channel: 'stdout' | 'stderr') =>
    line('DEBG', `${reprText(name)} ${channel} emitted a comm event`),
} as const;

const noSuchProcess = '[Errno 3] No such process';

/** What a child that could not become the program leaves in its own log; the start then counts as exit 127. */
export const childFailureTexts = {
  setuid: (uid: number, reason: string) => childFailure(`couldn't setuid to ${uid}: ${reason}`),
  chdir: (directory: string, errno: string) => childFailure(`couldn't chdir to ${directory}: ${errno}`),
  exec: (argv0: string, errno: string) => childFailure(`couldn't exec ${argv0}: ${errno}`),
} as const;

function childFailure(reason: string): string {
  return `supervisor: ${reason}\nsupervisor: child process was not spawned\n`;
}

export const daemonTexts = {
  started: (pid: number) => line('INFO', `supervisord started with pid ${pid}`),
  daemonizing: () => line('INFO', 'daemonizing the supervisord process'),
  directorySet: (directory: string) => line('INFO', `set current directory: ${reprText(directory)}`),
  directoryFailed: (directory: string, error: string) =>
    line('CRIT', `can't chdir into ${reprText(directory)}: ${error}`),
  pidFileFailed: (path: string) => line('CRIT', `could not write pidfile ${path}`),
  exitRequest: (signal: number) => line('WARN', `received ${signalName(signal)} indicating exit request`),
  restartRequest: (signal: number) => line('WARN', `received ${signalName(signal)} indicating restart request`),
  restartIgnored: (signal: number) =>
    line('WARN', `ignored ${signalName(signal)} indicating restart request (shutdown in progress)`),
  reopenRequest: (signal: number) => line('INFO', `received ${signalName(signal)} indicating log reopen request`),
  childQuit: (signal: number) => line('DEBG', `received ${signalName(signal)} indicating a child quit`),
  logReopen: () => line('INFO', 'supervisord logreopen'),
  reopeningLogFile: () => line('INFO', 'reopening log file'),
  /** Shutdown: every process that still lives, in ascending order, at most every three seconds. */
  waitingToDie: (names: readonly string[]) => line('INFO', `waiting for ${names.join(', ')} to die`),
  processState: (name: string, state: string) => line('BLAT', `${name} state: ${state}`),
  reapedUnknown: (pid: number, status: ExitStatus) =>
    line('INFO', `reaped unknown pid ${pid} (${describeExit(status)})`),
  waitpidError: (errno: number) => line('CRIT', `waitpid error ${errno}; a process may not be cleaned up properly`),
  childLogDirUnreadable: () => line('WARN', 'Could not clear childlog dir'),
  childLogNotRemoved: (path: string) => line('WARN', `Failed to clean up ${reprText(path)}`),
  rpcInterface: (namespace: string) => line('INFO', `RPC interface ${reprText(namespace)} initialized`),
  noAuthentication: (section: string) =>
    line('CRIT', `Server ${reprText(section)} running without any HTTP authentication checking`),
  creatingSocket: (url: string) => line('INFO', `Creating socket ${url}`),
  closingSocket: (url: string) => line('INFO', `Closing socket ${url}`),
} as const;

export type ListenerStateName = 'READY' | 'BUSY' | 'ACKNOWLEDGED' | 'UNKNOWN';

/** Event listeners and their pools. */
export const eventTexts = {
  listenerState: (name: string, from: ListenerStateName, to: ListenerStateName) =>
    line('DEBG', `${name}: ${from} -> ${to}`),
  listenerUnknown: (name: string) =>
    line(
      'WARN',
      `${name}: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process violated the eventlistener protocol`,
    ),
  badResultLine: (name: string, result: string) => line('WARN', `${name}: bad result line: '${result}'`),
  processed: (name: string) => line('DEBG', `${name}: event was processed`),
  rejected: (name: string) => line('WARN', `${name}: event was rejected`),
  handlerFailed: (name: string) => line('WARN', `${name}: event caused an error`),
  sent: (serial: number, name: string) => line('DEBG', `event ${serial} sent to listener ${name}`),
  epipe: (serial: number, name: string) =>
    line('DEBG', `epipe occurred while sending event ${serial} to listener ${name}, listener state unchanged`),
  rebuffering: (serial: number, pool: string, size: number, max: number) =>
    line('DEBG', `rebuffering event ${serial} for pool ${pool} (buf size=${size}, max=${max})`),
  overflow: (pool: string, serial: number) =>
    line('ERRO', `pool ${pool} event buffer overflowed, discarding event ${serial}`),
} as const;

/** Requests from clients. Names come from the client: they are cut, and control characters in them are shown as `?`. */
export const rpcTexts = {
  called: (method: string) => line('TRAC', `XML-RPC method called: ${oneLine(method)}()`),
  returned: (method: string) => line('TRAC', `XML-RPC method ${oneLine(method)}() returned successfully`),
  faulted: (method: string, code: number, text: string) =>
    line('TRAC', `XML-RPC method ${oneLine(method)}() returned fault: [${code}] ${oneLine(text)}`),
  unmarshallable: (quotedData: string) => line('ERRO', `XML-RPC request data ${quotedData} is invalid: unmarshallable`),
  noMethodName: (quotedData: string) => line('ERRO', `XML-RPC request data ${quotedData} is invalid: no method name`),
  /** Without the request, which supervisord logs with all that is in it. */
  unexpected: (trace: string) => line('CRIT', `Handling XML-RPC request raised an unexpected exception: ${trace}`),
  /** An access line, as supervisord's HTTP server has them; `port` is 0 for a unix socket's `localhost`. */
  access: (host: string, port: number, when: string, request: string, status: number, bytes: number) =>
    line('TRAC', `${host}:${port} - - [${when}] "${oneLine(request)}" ${status} ${bytes}`),
} as const;

function oneLine(text: string): string {
  return text.slice(0, 1000).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
}

/** Who has asked for what. Names come from outside: they are quoted. */
export const auditTexts = {
  remote: (user: string | null, where: string) => `${user === null ? 'anyone' : `user ${reprText(user)}`} at ${where}`,
  local: (user: string | null, peer: { readonly pid: number; readonly uid: number; readonly name: string } | null) => {
    const login = user === null ? '' : `user ${reprText(user)}, `;
    if (peer === null) return `${login}a process of this machine`;
    return `${login}uid ${peer.uid}${peer.name === '' ? '' : ` (${peer.name})`} pid ${peer.pid}`;
  },
  asked: (who: string, what: string) => line('INFO', `audit: ${who}: ${what}`),
  /** With read-only credentials. */
  refused: (who: string, what: string) => line('WARN', `audit: ${who}: refused ${oneLine(what)}`),
} as const;

/** Lines that supervisord does not have. */
export const ownTexts = {
  tookUp: (pid: number, alive: number, isSameProcess: boolean) =>
    line(
      'INFO',
      isSameProcess
        ? `upgraded in place: ${alive} processes run on as they were`
        : `took up what hupd with pid ${pid} has left: ${alive} processes run on`,
    ),
  tookOver: (version: string, pid: number, alive: number) =>
    line('INFO', `took over from ${version} with pid ${pid}: ${alive} processes run on`),
  upgradeRefused: (why: string) => line('ERRO', `not upgraded: ${why}; everything goes on as it was`),
  upgradeRequest: (signal: number) => line('WARN', `received ${signalName(signal)} indicating upgrade request`),
  upgrading: () => line('INFO', 'upgrading in place'),
  notTakenUp: (problem: string) => line('WARN', `a pipe that an earlier hupd has left can not be opened: ${problem}`),
  socketLost: (address: SocketAddress) => {
    const where = address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
    return line('WARN', `the listening socket of ${where} is nobody's any more: it is bound anew with the next start`);
  },
  endUnknown: (name: string, pid: number) =>
    line('WARN', `${name}: pid ${pid} has ended while nobody was there to ask how; taken for an unexpected end`),
  notFollowed: (name: string, pid: number, errno: string) =>
    line('WARN', `${name}: the end of pid ${pid} can not be waited for now: ${errno}; tried again every second`),
  lookFailed: (name: string, problem: string) =>
    line(
      'WARN',
      `${name}: whether its last start came about can not be seen: ${problem}; it is started, look for a second one`,
    ),
  /** The programs run, and what is told of them can not be kept. */
  carryTrouble: (path: string, problem: string) =>
    line(
      'ERRO',
      `cannot write ${path}: ${problem}; until it can be written again, a daemon that follows this one may start programs twice`,
    ),
  /** What a daemon before this one has left is left alone. */
  notCarried: (path: string, why: string) => line('WARN', `what ${path} says is of no use: ${why}`),
  leftAlone: (name: string, pid: number) =>
    line('WARN', `${name}: pid ${pid}, which an earlier hupd has started, runs on by itself: stop it with kill ${pid}`),
  cannotTellManager: () =>
    line(
      'WARN',
      'NOTIFY_SOCKET is set, and without the C library nothing can be sent there: systemd will wait for READY=1 in vain; use Type=simple in the unit, without WatchdogSec=',
    ),
  watchReload: (program: string, path: string) => line('INFO', `${program}: ${path} changed: reload`),
  watching: (program: string, roots: readonly string[]) => line('DEBG', `watch of ${program}: ${roots.join(' ')}`),
  watchProblem: (program: string, problem: string) => line('WARN', `watch of ${program}: ${problem}`),
  configUnreadable: (path: string, error: string) =>
    line('ERRO', `${path} changed, and the configuration can not be used: ${error}; everything goes on as it was`),
  configRead: (path: string, changes: Readonly<Record<string, readonly string[]>>) => {
    const told = Object.entries(changes).filter(([, groups]) => groups.length > 0);
    const what = told.map(([how, groups]) => `${how} ${groups.join(', ')}`).join('; ');
    return line('INFO', `${path} changed: ${what === '' ? 'nothing to update' : what}`);
  },
  updateProblem: (group: string, problem: string) => line('ERRO', `update of ${group}: ${problem}`),
  /** Without having been asked by hupd: a deploy script's USR2, say. */
  succeeded: (name: string, pid: number, successor: number) =>
    line('INFO', `${name} has made its own successor: pid ${pid} has handed over to pid ${successor}`),
  updating: (group: string, what: string) => line('INFO', `${group}: new definition: ${what}`),
  /** The daemon goes on; the program's starts will fail as long as this is so. */
  fcgiSocketFailed: (url: string, problem: string) =>
    line('CRIT', `Could not create FastCGI socket ${url}: ${problem}`),
  /** A start whose ready check was not passed; what follows are supervisord's lines of a process that is stopped. */
  notReady: (name: string, pid: number, why: string) => line('WARN', `${name} (pid ${pid}) is stopped: ${why}`),
  /** It has missed its sd_notify watchdog. */
  watchdogMissed: (name: string, pid: number, what: string) =>
    line('WARN', `${name} (pid ${pid}) gets SIGABRT from its watchdog: ${what}`),
  /** Somebody else speaks for it. */
  strayNotification: (name: string, what: string) => line('WARN', `${name}: ${what}`),
  /** Asked to restart, while everything runs. */
  restartRefused: (error: string) =>
    line('ERRO', `not restarted: ${error}; everything goes on with the configuration that was read before`),
  /** Everything was down already. */
  restartFailed: (error: string) =>
    line('CRIT', `the restart failed: ${error}; going on with the configuration that was read before`),
  /** Said once, when a log can not be written any more; `problem` is an errno with its meaning. */
  logTrouble: (path: string, problem: string) =>
    line('ERRO', `cannot write log ${path}: ${problem}; output is dropped until it can be written again`),
  logRecovered: (path: string, droppedBytes: number) =>
    line('WARN', `log ${path} can be written again; ${droppedBytes} bytes were dropped`),
  notRotated: (path: string) =>
    line('WARN', `log ${path} is not a regular file: its maxbytes is ignored, it is never rotated`),
} as const;
