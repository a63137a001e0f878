/** What a kind of value is: its name for people, how text becomes a value, and what the machine must answer meanwhile. */

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export function refused(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}

export interface DataType<T> {
  /** For the manual and for findings: `integer`. */
  readonly name: string;
  /** What a right value looks like: `a whole number`. */
  readonly expected: string;
  /** The words it knows, if these are few: for "did you mean". */
  readonly words: readonly string[];
  /** The error text is supervisord's where the type is. */
  readonly parse: (text: string, machine: Machine) => Parsed<T>;
}

/** A user of this machine. */
export interface KnownUser {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** What a configuration asks of the machine it is for. Every answer is about now; nothing is changed. */
export interface Machine {
  /** Own effective uid. */
  readonly uid: number;
  /** What relative paths of the command line and of `[supervisord]` are relative to. */
  readonly cwd: string;
  /** The variable HOME, if set. */
  readonly home: string | null;
  readonly tempDir: string;
  readonly hostName: string;
  userByName(name: string): KnownUser | null;
  userById(uid: number): KnownUser | null;
  groupByName(name: string): { readonly gid: number } | null;
  groupById(gid: number): { readonly gid: number } | null;
  /** Links followed. */
  isDirectory(path: string): boolean;
  /** A link that leads nowhere exists. */
  exists(path: string): boolean;
  /** Names in a directory, in any order; empty if it cannot be read. */
  list(directory: string): readonly string[];
  read(path: string): Uint8Array | { readonly errno: string };
}

/** `~` and `~user` at the start of a path; unknown users stay as written. */
export function expandHome(path: string, machine: Machine): string {
  const [tilde, name = ''] = /^~([^/]*)/.exec(path) ?? [];
  if (tilde === undefined) return path;
  const user = name === '' ? machine.userById(machine.uid) : machine.userByName(name);
  const home = name === '' ? (machine.home ?? user?.home) : user?.home;
  if (home === undefined) return path;
  return home.replace(/\/+$/, '') + path.slice(tilde.length) || '/';
}

/** Knows nothing: for types that ask nothing of the machine. */
export const noMachine: Machine = {
  uid: 0,
  cwd: '/',
  home: null,
  tempDir: '/tmp',
  hostName: '',
  userByName: () => null,
  userById: () => null,
  groupByName: () => null,
  groupById: () => null,
  isDirectory: () => false,
  exists: () => false,
  list: () => [],
  read: () => ({ errno: 'ENOENT' }),
};
