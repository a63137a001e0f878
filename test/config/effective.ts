/** A configuration in the plain words of `peer.py`, so that both readers' results can be laid side by side. */

import { statSync } from 'node:fs';
import { hostname } from 'node:os';
import { type LoadResult, readConfiguration, readCtlConfiguration } from '../../src/config/configuration.ts';
import { noFlags } from '../../src/config/daemon-flags.ts';
import type { Machine } from '../../src/config/datatype.ts';
import { formatDiagnostic } from '../../src/config/diagnostic.ts';
import { localUsers } from '../../src/config/load.ts';
import type { ChannelSpec, Config, GroupSpec, ProcessSpec, ServerSpec, SocketAddress } from '../../src/core/spec.ts';
import type { FileCase } from './peer.ts';

/** The case's files, and of this machine its users and directories. */
function caseMachine({ files, directory, environment, anywhere = false }: FileCase): Machine {
  const paths = Object.keys(files);
  const isDirectory = (path: string) => {
    const clean = path.replace(/\/+$/, '');
    return (
      paths.some((file) => file.startsWith(`${clean}/`)) ||
      (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)
    );
  };
  const somebody = { uid: 1000, gid: 1000, home: '/home/u' };
  return {
    uid: process.getuid?.() ?? 0,
    cwd: directory,
    home: environment.HOME ?? null,
    tempDir: '/tmp',
    hostName: hostname(),
    userByName: anywhere ? () => somebody : localUsers.byName,
    userById: anywhere ? () => somebody : localUsers.byId,
    groupByName: () => (anywhere ? somebody : null),
    groupById: () => (anywhere ? somebody : null),
    isDirectory: anywhere ? () => true : isDirectory,
    exists: (path) => paths.includes(path) || isDirectory(path),
    list: (path) => {
      const below = paths.filter((file) => file.startsWith(`${path}/`)).map((file) => file.slice(path.length + 1));
      return [...new Set(below.map((file) => file.replace(/\/.*/, '')))];
    },
    read: (path) => {
      const text = files[path];
      return text === undefined ? { errno: 'ENOENT' } : Buffer.from(text, 'utf8');
    },
  };
}

function load(fileCase: FileCase): LoadResult {
  return readConfiguration(caseMachine(fileCase), {
    file: fileCase.main,
    shownAs: fileCase.main,
    flags: noFlags,
    environment: new Map(Object.entries(fileCase.environment)),
  });
}

/** Throws with the error's text. */
export function configOf(fileCase: FileCase): Config {
  const result = load(fileCase);
  if (!result.ok) throw new Error(result.error);
  return result.config;
}

/** What `--check` prints, a line each. */
export function findingsOf(fileCase: FileCase): readonly string[] {
  return load(fileCase).diagnostics.map(formatDiagnostic);
}

export function readCase(fileCase: FileCase): Record<string, unknown> {
  const result = load(fileCase);
  return result.ok ? { ok: true, ...effective(result.config) } : { ok: false, error: result.error };
}

export function readCtlCase(fileCase: FileCase): Record<string, unknown> {
  const result = readCtlConfiguration(caseMachine(fileCase), {
    file: fileCase.main,
    shownAs: fileCase.main,
    environment: new Map(Object.entries(fileCase.environment)),
  });
  if (!result.ok) return { ok: false, error: result.error };
  const { serverUrl, prompt, username, password, historyFile } = result.config;
  return { ok: true, serverurl: serverUrl, prompt, username, password, history_file: historyFile };
}

const levels = { CRIT: 50, ERRO: 40, WARN: 30, INFO: 20, DEBG: 10, TRAC: 5, BLAT: 3 } as const;

function effective({ daemon, groups, servers, rpcInterfaces, messages }: Config): Record<string, unknown> {
  return {
    daemon: {
      minfds: daemon.minFds,
      minprocs: daemon.minProcs,
      directory: daemon.directory,
      umask: daemon.umask,
      logfile: daemon.logFile.kind === 'syslog' ? 'syslog' : daemon.logFile.path,
      logfile_maxbytes: daemon.logMaxBytes,
      logfile_backups: daemon.logBackups,
      pidfile: daemon.pidFile,
      identifier: daemon.identifier,
      nodaemon: daemon.nodaemon,
      silent: daemon.silent,
      childlogdir: daemon.childLogDir,
      nocleanup: daemon.nocleanup,
      strip_ansi: daemon.stripAnsi,
      loglevel: levels[daemon.logLevel],
      uid: daemon.uid,
    },
    groups: groups.map(groupWords),
    servers: servers.map(serverWords),
    rpc: rpcInterfaces.map(({ namespace }) => [namespace, 'make_main_rpcinterface']),
    warnings: messages.filter(({ level }) => level === 'WARN').map(({ text }) => text),
    infos: messages.filter(({ level }) => level === 'INFO').map(({ text }) => text),
  };
}

function groupWords(group: GroupSpec): Record<string, unknown> {
  const common = {
    kind: group.kind,
    name: group.name,
    priority: group.priority,
    processes: group.processes.map(processWords),
  };
  switch (group.kind) {
    case 'plain':
      return common;
    case 'fcgi': {
      const { address, backlog, owner, mode } = group.socket;
      return { ...common, socket: url(address), backlog, owner: owner === null ? null : [owner.uid, owner.gid], mode };
    }
    case 'eventlistener':
      return { ...common, buffer_size: group.bufferSize, events: group.events };
  }
}

function url(address: SocketAddress): string {
  return address.kind === 'unix' ? `unix://${address.path}` : `tcp://${address.host}:${address.port}`;
}

function processWords(process: ProcessSpec): Record<string, unknown> {
  return {
    name: process.name,
    uid: process.uid,
    command: process.command,
    directory: process.directory,
    umask: process.umask,
    priority: process.priority,
    autostart: process.autostart,
    autorestart: process.autorestart,
    startsecs: process.startSecs,
    startretries: process.startRetries,
    stopsignal: process.stopSignal,
    stopwaitsecs: process.stopWaitSecs,
    stopasgroup: process.stopAsGroup,
    killasgroup: process.killAsGroup,
    exitcodes: process.exitCodes,
    redirect_stderr: process.redirectStderr,
    environment: Object.fromEntries(process.environment),
    serverurl: process.serverUrl,
    ...channelWords('stdout', process.stdout),
    ...channelWords('stderr', process.stderr),
  };
}

function channelWords(name: string, channel: ChannelSpec): Record<string, unknown> {
  return {
    [`${name}_logfile`]: channel.log.kind === 'file' ? channel.log.path : channel.log.kind === 'auto' ? 'AUTO' : null,
    [`${name}_logfile_maxbytes`]: channel.maxBytes,
    [`${name}_logfile_backups`]: channel.backups,
    [`${name}_capture_maxbytes`]: channel.captureMaxBytes,
    [`${name}_events_enabled`]: channel.eventsEnabled,
    [`${name}_syslog`]: channel.syslog,
  };
}

function serverWords(server: ServerSpec): Record<string, unknown> {
  const common = {
    section: server.section,
    username: server.credentials?.username ?? null,
    password: server.credentials?.password ?? null,
  };
  if (server.kind === 'inet') return { ...common, host: server.host, port: server.port };
  const { owner } = server;
  return {
    ...common,
    file: server.file,
    chmod: server.mode,
    chown: owner === null ? [-1, -1] : [owner.uid, owner.gid],
  };
}
