/**
 * What a configuration says, as plain data: the contract between `config/`, which reads it, and everything that acts on it.
 * Converted once from supervisord's spelling (`startsecs`) to ours (`startSecs`); units stand in the names.
 */
import type { ResultHandlerName } from './result-handler.ts';

/** Where a child's output goes. `auto`: a generated file in the child log directory. */
export type LogTarget =
  | { readonly kind: 'none' }
  | { readonly kind: 'auto' }
  | { readonly kind: 'file'; readonly path: string };

export interface ChannelSpec {
  readonly log: LogTarget;
  /** 0: never rotated. */
  readonly maxBytes: number;
  readonly backups: number;
  /** 0: capture mode off. */
  readonly captureMaxBytes: number;
  readonly eventsEnabled: boolean;
  readonly syslog: boolean;
}

export type SocketAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** Both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

export type ReadyCheck =
  | { readonly kind: 'auto' }
  | { readonly kind: 'accept' }
  /** `path` starts with a slash. Asked at `address`; null: over the private probe, or where the process listens. `host`: of the Host header; null: as it is asked. */
  | {
      readonly kind: 'http';
      readonly path: string;
      readonly address: SocketAddress | null;
      readonly host: string | null;
      /** One of them has to be answered, each within `timeoutSecs`. */
      readonly statuses: readonly StatusRange[];
      readonly timeoutSecs: number;
    }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'notify' }
  | { readonly kind: 'fd'; readonly fd: number }
  | { readonly kind: 'log'; readonly pattern: string }
  | { readonly kind: 'startsecs' };

export type ReloadStrategy = 'restart' | 'hup' | 'rolling';

/** The options that hupd adds to a program section; design.md has the table. */
export interface ReloadSpec {
  readonly strategy: ReloadStrategy;
  readonly signal: number;
  readonly handover: 'auto' | 'sockets' | 'signal' | 'none';
  readonly order: 'start_first' | 'stop_first';
  readonly parallelism: number;
  readonly delaySecs: number;
  readonly timeoutSecs: number;
  readonly overlapSecs: number;
  /** A command, not yet split into words. */
  readonly test: string | null;
  readonly onFailure: 'rollback' | 'continue';
  readonly sockets: readonly SocketAddress[];
  readonly readyCheck: ReadyCheck;
  readonly readyTimeoutSecs: number;
  readonly updateStrategy: 'restart' | 'reload';
  readonly watch: readonly string[];
  readonly watchIgnore: readonly string[];
  readonly watchDelaySecs: number;
}

export interface ProcessSpec {
  readonly name: string;
  readonly group: string;
  /** The section's suffix: `x` of `[program:x]`; `name` is made from it. */
  readonly program: string;
  readonly kind: 'program' | 'eventlistener' | 'fcgi-program';
  /** After `%` expansion, not yet split into words. `%(socket_fd)s` and `%(generation)s` stay in it: they are known only at a start. */
  readonly command: string;
  readonly directory: string | null;
  readonly umask: number | null;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: boolean | 'unexpected';
  readonly startSecs: number;
  readonly startRetries: number;
  readonly exitCodes: readonly number[];
  readonly stopSignal: number;
  readonly stopWaitSecs: number;
  readonly stopAsGroup: boolean;
  readonly killAsGroup: boolean;
  readonly uid: number | null;
  /** `[supervisord] environment` and the program's own, merged; in order, without duplicates. */
  readonly environment: ReadonlyArray<readonly [name: string, value: string]>;
  /** null: automatic, the first unix server, else the first inet server. '': the variable is not set. */
  readonly serverUrl: string | null;
  readonly redirectStderr: boolean;
  readonly stdout: ChannelSpec;
  readonly stderr: ChannelSpec;
  /** Of an fcgi-program: what it gets as descriptor 0, shared with the other processes of its section in the same group. */
  readonly fcgiSocket?: FcgiSocketSpec;
  readonly reload: ReloadSpec;
}

export interface FcgiSocketSpec {
  readonly address: SocketAddress;
  /** null: the kernel's maximum. */
  readonly backlog: number | null;
  readonly mode: number | null;
  /** null: unchanged. gid -1: unchanged. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

interface GroupBase {
  readonly name: string;
  readonly priority: number;
  /** Program after program as the group lists them; within a program in order of name, by code point. */
  readonly processes: readonly ProcessSpec[];
}

export type GroupSpec =
  | (GroupBase & { readonly kind: 'plain' })
  | (GroupBase & { readonly kind: 'fcgi'; readonly socket: FcgiSocketSpec })
  | (GroupBase & {
      readonly kind: 'eventlistener';
      readonly bufferSize: number;
      /** Event type names, upper case, as written. */
      readonly events: readonly string[];
      readonly resultHandler: ResultHandlerName;
    });

export type LogLevel = 'CRIT' | 'ERRO' | 'WARN' | 'INFO' | 'DEBG' | 'TRAC' | 'BLAT';

export interface DaemonSpec {
  readonly logFile: { readonly kind: 'file'; readonly path: string } | { readonly kind: 'syslog' };
  readonly logMaxBytes: number;
  readonly logBackups: number;
  readonly logLevel: LogLevel;
  readonly pidFile: string;
  readonly umask: number;
  readonly nodaemon: boolean;
  readonly silent: boolean;
  readonly nocleanup: boolean;
  readonly stripAnsi: boolean;
  readonly minFds: number;
  readonly minProcs: number;
  readonly childLogDir: string;
  readonly uid: number | null;
  readonly directory: string | null;
  readonly identifier: string;
  /** Every program has it already, beneath its own; of use to what is added later. In order, without duplicates. */
  readonly environment: ReadonlyArray<readonly [name: string, value: string]>;
  /** Ours: refuse to start an inet server without a password on anything but loopback. */
  readonly requireAuth: boolean;
  readonly watchConfig: boolean;
  readonly ignorePythonPlugins: boolean;
  readonly adopt: boolean;
}

export interface Credentials {
  readonly username: string;
  /** Clear text, or `{SHA}` and the lower-case hex SHA-1. */
  readonly password: string;
}

interface ServerBase {
  /** The section's whole name, for messages. */
  readonly section: string;
  readonly credentials: Credentials | null;
  readonly readOnlyCredentials: Credentials | null;
}

export type ServerSpec =
  /** `host` empty: all IPv4 interfaces. */
  | (ServerBase & { readonly kind: 'inet'; readonly host: string; readonly port: number })
  | (ServerBase & {
      readonly kind: 'unix';
      readonly file: string;
      readonly mode: number;
      readonly owner: { readonly uid: number; readonly gid: number } | null;
    });

/** A line for the main log that was found before the log was open. */
export interface StartMessage {
  readonly level: LogLevel;
  readonly text: string;
}

/** Which interface is published under a namespace: the main one (normally as `supervisor`), or a built-in plug-in. */
export type RpcInterfaceSpec =
  | { readonly namespace: string; readonly interface: 'main' }
  /** `whitelist`: the only methods that may be called; empty: all. */
  | { readonly namespace: string; readonly interface: 'twiddler'; readonly whitelist: readonly string[] };

/** A whole configuration. Groups are in (priority, name) order by code point, and every program is in at least one. */
export interface Config {
  /** Absolute. */
  readonly file: string;
  readonly daemon: DaemonSpec;
  /** inet servers first, then unix servers, each in file order. */
  readonly servers: readonly ServerSpec[];
  readonly rpcInterfaces: readonly RpcInterfaceSpec[];
  readonly groups: readonly GroupSpec[];
  readonly messages: readonly StartMessage[];
  /** The main file and each included file, absolute. */
  readonly files: readonly string[];
  /** The patterns of `[include]`, absolute: a file that comes to match one changes the configuration too. */
  readonly includes: readonly string[];
}
