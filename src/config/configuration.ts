/** A configuration from end to end, given a machine to ask: everything about loading but the disk. */
import type { Config, StartMessage } from '../core/spec.ts';
import type { DaemonFlags } from './daemon-flags.ts';
import type { Machine } from './datatype.ts';
import type { Diagnostic } from './diagnostic.ts';
import { checkFlagPaths, evaluate } from './evaluate.ts';
import { readFiles, readMainFile } from './files.ts';
import { type CtlConfig, readSupervisorctl } from './sections/supervisorctl.ts';
import { findUnknown } from './unknown-names.ts';

export type LoadResult =
  | { readonly ok: true; readonly config: Config; readonly diagnostics: readonly Diagnostic[] }
  /** `error`: what follows `Error: ` in supervisord's message. */
  | { readonly ok: false; readonly error: string; readonly diagnostics: readonly Diagnostic[] };

export interface ConfigurationOptions {
  /** Absolute. */
  readonly file: string;
  /** As it was given: so it stands in messages. */
  readonly shownAs: string;
  readonly flags: DaemonFlags;
  readonly environment: ReadonlyMap<string, string>;
}

export function readConfiguration(machine: Machine, options: ConfigurationOptions): LoadResult {
  const { file, shownAs, flags, environment } = options;
  const flagError = checkFlagPaths(flags, machine);
  if (flagError !== null) return failed(flagError, shownAs, 'command line');
  const bytes = readMain(machine, file, shownAs);
  if (!(bytes instanceof Uint8Array)) return failed(bytes.error, shownAs, 'configuration');
  const { reading, files, includes } = readFiles({ path: file, shown: shownAs, bytes }, machine, environment);
  const config = evaluate(reading, flags, files, includes);
  findUnknown(reading);
  const found = [...reading.problems.map(({ diagnostic }) => diagnostic), ...reading.warnings];
  const diagnostics = inOrder(found, [shownAs, ...files]);
  const [first] = reading.problems;
  return first === undefined ? { ok: true, config, diagnostics } : { ok: false, error: first.error, diagnostics };
}

export type CtlLoadResult =
  | { readonly ok: true; readonly config: CtlConfig; readonly messages: readonly StartMessage[] }
  | { readonly ok: false; readonly error: string };

/** What the client does without a file. */
export const ctlDefaults: CtlConfig = {
  serverUrl: 'http://localhost:9001',
  username: null,
  password: null,
  prompt: 'supervisor',
  historyFile: null,
};

export function readCtlConfiguration(machine: Machine, options: Omit<ConfigurationOptions, 'flags'>): CtlLoadResult {
  const { file, shownAs, environment } = options;
  const bytes = readMain(machine, file, shownAs);
  if (!(bytes instanceof Uint8Array)) return { ok: false, error: bytes.error };
  const { reading } = readMainFile({ path: file, shown: shownAs, bytes }, machine, environment);
  const config = readSupervisorctl(reading);
  const [first] = reading.problems;
  return first === undefined ? { ok: true, config, messages: reading.messages } : { ok: false, error: first.error };
}

function failed(error: string, file: string, what: string): LoadResult {
  return { ok: false, error, diagnostics: [{ severity: 'error', file, line: 0, what, why: error, todo: '' }] };
}

function readMain(machine: Machine, path: string, shown: string): Uint8Array | { readonly error: string } {
  const bytes = machine.read(path);
  if (bytes instanceof Uint8Array) return bytes;
  const verb = machine.exists(path) && bytes.errno !== 'ENOENT' ? 'read' : 'find';
  return { error: `could not ${verb} config file ${shown}` };
}

/** By file, in the order of reading, then by line; each finding once. */
function inOrder(found: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  const once = new Map(found.map((one) => [JSON.stringify([one.file, one.line, one.what, one.why]), one]));
  return [...once.values()].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
}
