/**
 * A program that stands in no file: its options come from a client. Read by the same rules as a `[program:x]` section of the main file, with
 * the same error texts.
 */
import type { Config, ProcessSpec } from '../core/spec.ts';
import { dirname } from '../util/posix-path.ts';
import type { Machine } from './datatype.ts';
import type { IniDocument } from './ini-document.ts';
import { Reading } from './reading.ts';
import { readProcesses } from './sections/processes.ts';

export interface GivenProgram {
  /** The group that it is for. */
  readonly group: string;
  /** `x` of `[program:x]`. */
  readonly program: string;
  /** Names in lower case, values as they would stand in a file after the equals sign. */
  readonly options: ReadonlyMap<string, string>;
}

export type GivenResult =
  | { readonly ok: true; readonly processes: readonly ProcessSpec[] }
  | { readonly ok: false; readonly error: string };

/** `environment` is the daemon's own; that of `[supervisord]` is under the program's as well. The processes are in order of name. */
export function readGivenProgram(
  machine: Machine,
  { file, daemon }: Config,
  { group, program, options }: GivenProgram,
  environment: ReadonlyMap<string, string>,
): GivenResult {
  const section = `program:${program}`;
  const place = { file, line: 0 };
  const values = new Map([...options].map(([name, value]) => [name, { ...place, value }]));
  const document: IniDocument = {
    sections: new Map([[section, { ...place, name: section, options: values }]]),
    defaults: new Map(),
  };
  const reading = new Reading(document, machine, dirname(file), environment);
  for (const [name, value] of daemon.environment) reading.environment.set(`ENV_${name}`, value);
  const processes = readProcesses(reading, {
    ...{ section, group },
    kind: 'program',
    fcgiSocket: null,
    groupUpdateStrategy: null,
    environment: new Map(daemon.environment),
  });
  const [first] = reading.problems;
  return first === undefined ? { ok: true, processes } : { ok: false, error: first.error };
}
