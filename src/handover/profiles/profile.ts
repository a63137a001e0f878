/**
 * What is known of one kind of server, as data: a new server is a row here and not a branch elsewhere. Recognised by the words of its
 * command line. Where a fact was measured on Debian 12's version, the comment says so; the others are from the server's source.
 */

/** How a program learns of the sockets that it inherits (landscape 3e); `dialects.ts` speaks them. */
export type Dialect = 'listen-fds' | 'unicorn' | 'server-starter' | 'einhorn' | 'nginx' | 'php-fpm' | 'uwsgi';

/**
 * What a signal to the main process does.
 *
 *   graceful   ends when the requests under way are answered
 *   quick      ends at once: requests under way are cut
 *   reload     the same process goes on with the new version
 *   successor  it starts a new main process beside itself, which goes on
 *   respawn    its workers are ended and started again: it does not stop
 *   nothing    ignored, or none of our business
 */
export type SignalEffect = 'graceful' | 'quick' | 'reload' | 'successor' | 'respawn' | 'nothing';

export interface SignalFact {
  readonly signal: number;
  readonly does: SignalEffect;
  /** What more there is to say, for people: after "HUP: ". */
  readonly text: string;
  /** Only with one of these options on the command line, or only without any of them. */
  readonly with?: readonly string[];
  readonly without?: readonly string[];
}

/** Where the server reads its configuration from: its options, and the file without them. */
export interface ConfigSource {
  readonly options: readonly string[];
  /** Relative to the program's directory; null: none. */
  readonly usual: string | null;
}

/** Something in the configuration, or missing from it, that is worth a word. */
export interface ConfigFact {
  readonly pattern: RegExp;
  /** The finding holds when the pattern is found, or when it is not. */
  readonly found: boolean;
  readonly text: string;
  readonly todo: string;
}

export interface ServerProfile {
  readonly name: string;
  /** Matched against the base name of the program, and of the script that an interpreter runs. */
  readonly programs: RegExp;
  /** Its command line must have this word as well, and another one is another server; null: any will do. */
  readonly word: string | null;
  /** What happens while two of them are at work; null: they can live beside each other. */
  readonly alone: { readonly text: string; readonly with?: readonly string[] } | null;
  /** By variables; empty where it reads none. */
  readonly takes: readonly Dialect[];
  /** By arguments: `drops` are removed with their values, `adds` put at the end, `%(socket_fd)s` in it for one socket. */
  readonly takesArguments: { readonly drops: readonly string[]; readonly adds: readonly string[] } | null;
  /** By whatever way, it takes one socket only. */
  readonly takesOne: boolean;
  /** It accepts on every socket that it is given, so on a private probe as well. null: that is the program's business. */
  readonly servesProbe: boolean | null;
  /** In its output, when it is ready; for servers that have no socket. */
  readonly readyLine: string | null;
  /** `gunicorn-heartbeat`: each worker's heartbeat file tells when it serves. */
  readonly workersCheck: 'gunicorn-heartbeat' | null;
  /** Options that say how many workers there are to be. */
  readonly workersOptions: readonly string[];
  /** The first fact that fits counts. A signal that is not here does what the kernel does by itself. */
  readonly signals: readonly SignalFact[];
  /** Stops it from accepting while it answers what it has; a second one is the way back. For those that have no graceful stop. */
  readonly pauses: number | null;
  /** Options that name a pid file. A second instance may refuse to overwrite it, or remove it when it stops. */
  readonly pidFileOptions: readonly string[];
  /** The pid file's name as the first group, in the configuration. */
  readonly pidFileInConfig: RegExp | null;
  readonly config: ConfigSource | null;
  readonly configFacts: readonly ConfigFact[];
  /** With one of these it leaves the foreground, and hupd loses it; `stays`: without one of these it does. */
  readonly daemonizes: { readonly options: readonly string[] } | { readonly unless: readonly string[] } | null;
  /** Seconds that it gives requests when it stops gracefully: the option, and what holds without it. */
  readonly gracefulTimeout: { readonly options: readonly string[]; readonly usual: number } | null;
  /** Seconds after which a worker that has not come up is killed: the option, and what holds without it. */
  readonly bootTimeout: { readonly options: readonly string[]; readonly usual: number } | null;
  /** In the environment of a successor that it makes itself: its own pid. */
  readonly successorVariable: string | null;
  /** A successor that it makes does not find sockets that it was given itself. */
  readonly losesInherited: boolean;
  /** Its own listening sockets are shut down, not only closed, when it stops: for everybody who has them. */
  readonly shutsSocketsDown: boolean;
}

/** Nothing is known. */
const blank: ServerProfile = {
  name: '',
  programs: /^$/,
  word: null,
  alone: null,
  takes: [],
  takesArguments: null,
  takesOne: false,
  servesProbe: false,
  readyLine: null,
  workersCheck: null,
  workersOptions: [],
  signals: [],
  pauses: null,
  pidFileOptions: [],
  pidFileInConfig: null,
  config: null,
  configFacts: [],
  daemonizes: null,
  gracefulTimeout: null,
  bootTimeout: null,
  successorVariable: null,
  losesInherited: false,
  shutsSocketsDown: false,
};

/** A profile says what differs from nothing. */
export function profile(
  known: Pick<ServerProfile, 'name' | 'programs' | 'signals'> & Partial<ServerProfile>,
): ServerProfile {
  return { ...blank, ...known };
}

/** By these numbers on every machine that Node runs on. */
export const SIG = { HUP: 1, INT: 2, QUIT: 3, USR1: 10, USR2: 12, TERM: 15, TSTP: 20, WINCH: 28 } as const;
