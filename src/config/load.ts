/** The way in: reads configuration files from the disk. The only file of this folder that touches it. */
import { accessSync, constants, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Config } from '../core/spec.ts';
import { absolute } from '../util/posix-path.ts';
import {
  type CtlLoadResult,
  ctlDefaults,
  type LoadResult,
  readConfiguration,
  readCtlConfiguration,
} from './configuration.ts';
import type { DaemonFlags } from './daemon-flags.ts';
import type { KnownUser, Machine } from './datatype.ts';
import type { Diagnostic } from './diagnostic.ts';
import { type GivenProgram, type GivenResult, readGivenProgram } from './given-program.ts';

/** Groups are looked up in `/etc/group` unless there is something better. */
export interface UserLookups {
  byName(name: string): KnownUser | null;
  byId(uid: number): KnownUser | null;
  groupByName?(name: string): { readonly gid: number } | null;
  groupById?(gid: number): { readonly gid: number } | null;
}

export interface LoadOptions {
  /** Absolute. */
  readonly file: string;
  /** The file as it was given, for messages; `file` if absent. */
  readonly shownAs?: string;
  readonly flags: DaemonFlags;
  readonly environment: ReadonlyMap<string, string> | Readonly<Record<string, string | undefined>>;
  readonly hostName: string;
  readonly cwd: string;
  readonly users: UserLookups;
  readonly tempDir: string;
}

/** Reads the main file and what it includes. Nothing is started, opened or changed. */
export function loadConfig(options: LoadOptions): LoadResult {
  return readConfiguration(machineOf(options), {
    file: options.file,
    shownAs: options.shownAs ?? options.file,
    flags: options.flags,
    environment: variables(options.environment),
  });
}

/** A program that a client adds to a configuration that was loaded with these options. */
export function loadGivenProgram(options: LoadOptions, config: Config, given: GivenProgram): GivenResult {
  return readGivenProgram(machineOf(options), config, given, variables(options.environment));
}

/** Every problem in all files at once, for `hupd --check`; warnings too. */
export function checkConfig(options: LoadOptions): readonly Diagnostic[] {
  return loadConfig(options).diagnostics;
}

export type CtlLoadOptions = Omit<LoadOptions, 'file' | 'flags' | 'tempDir'> & {
  /** Absolute. null: there is none, and the defaults hold. */
  readonly file: string | null;
};

/** The client's part of the file. What `[include]` names is not read. */
export function loadCtlConfig(options: CtlLoadOptions): CtlLoadResult {
  const { file } = options;
  if (file === null) return { ok: true, config: ctlDefaults, messages: [] };
  return readCtlConfiguration(machineOf({ ...options, tempDir: '/tmp' }), {
    file,
    shownAs: options.shownAs ?? file,
    environment: variables(options.environment),
  });
}

function variables(environment: LoadOptions['environment']): ReadonlyMap<string, string> {
  if (isMap(environment)) return environment;
  const pairs = Object.entries(environment);
  return new Map(pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}

function isMap(environment: LoadOptions['environment']): environment is ReadonlyMap<string, string> {
  return environment instanceof Map;
}

function machineOf(options: Pick<LoadOptions, 'environment' | 'hostName' | 'cwd' | 'users' | 'tempDir'>): Machine {
  return {
    uid: process.getuid?.() ?? 0,
    cwd: options.cwd,
    home: variables(options.environment).get('HOME') ?? null,
    tempDir: options.tempDir,
    hostName: options.hostName,
    userByName: (name) => options.users.byName(name),
    userById: (uid) => options.users.byId(uid),
    groupByName: (name) => (options.users.groupByName ?? localGroups.byName)(name),
    groupById: (gid) => (options.users.groupById ?? localGroups.byId)(gid),
    isDirectory: (path) => attempt(() => statSync(path).isDirectory()) ?? false,
    exists: (path) => attempt(() => lstatSync(path)) !== null,
    list: (directory) => attempt(() => readdirSync(directory)) ?? [],
    read: readBytes,
  };
}

/** null: it failed, whatever the reason; the callers only ask what is there. */
function attempt<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}

/** The users of `/etc/passwd`: for a client, which needs no more than `~` in a path. */
export const localUsers: UserLookups = {
  byName: (wanted) => findUser(([name]) => name === wanted),
  byId: (wanted) => findUser(([, , uid]) => uid === String(wanted)),
};

const localGroups = {
  byName: (wanted: string) => findGroup(([name]) => name === wanted),
  byId: (wanted: number) => findGroup(([, , gid]) => gid === String(wanted)),
};

type Fields = readonly string[];

function findUser(matches: (fields: Fields) => boolean): KnownUser | null {
  const [, , uid, gid, , home] = findLine('/etc/passwd', matches) ?? [];
  return uid === undefined ? null : { uid: Number(uid), gid: Number(gid), home: home ?? '' };
}

function findGroup(matches: (fields: Fields) => boolean): { readonly gid: number } | null {
  const gid = findLine('/etc/group', matches)?.[2];
  return gid === undefined ? null : { gid: Number(gid) };
}

function findLine(file: string, matches: (fields: Fields) => boolean): Fields | null {
  const lines = attempt(() => readFileSync(file, 'utf8')) ?? '';
  return (
    lines
      .split('\n')
      .map((line) => line.split(':'))
      .find((fields) => fields[0] !== '' && matches(fields)) ?? null
  );
}

/** Where AUTO logs go by default: the first of Python's candidates that can be written to. */
export function findTempDir(environment: LoadOptions['environment'], cwd: string): string {
  const names = variables(environment);
  const candidates = [names.get('TMPDIR'), names.get('TEMP'), names.get('TMP'), '/tmp', '/var/tmp', '/usr/tmp', cwd];
  const usable = (path: string | undefined): path is string =>
    path !== undefined &&
    path !== '' &&
    attempt(() => {
      accessSync(path, constants.W_OK | constants.X_OK);
      return statSync(path).isDirectory();
    }) === true;
  return absolute(candidates.find(usable) ?? cwd, cwd);
}

function readBytes(path: string): Uint8Array | { readonly errno: string } {
  try {
    return readFileSync(path);
  } catch (error) {
    return { errno: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
  }
}
