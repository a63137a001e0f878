/** A supervisord set-up as files on the disk: each program with the section that makes it, and where that stands. */
import { readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { noFlags } from '../config/daemon-flags.ts';
import { formatDiagnostic } from '../config/diagnostic.ts';
import { readIniLines } from '../config/ini-lines.ts';
import { loadConfig, localUsers } from '../config/load.ts';
import type { ProcessSpec } from '../core/spec.ts';

export interface ProgramSection {
  /** `program:web`. */
  readonly name: string;
  /** Absolute: the file where the section stands first, and the line. */
  readonly file: string;
  readonly line: number;
  /** Its first process. */
  readonly spec: ProcessSpec;
  /** What the section says, in whichever file, as it is written. */
  readonly options: ReadonlyMap<string, string>;
}

export type SetUp =
  | {
      /** In the order of the files. */
      readonly sections: readonly ProgramSection[];
      readonly warnings: readonly string[];
      /** The patterns of `[include]`. */
      readonly includes: readonly string[];
    }
  | { readonly errors: readonly string[] };

/** `file`: absolute. */
export function readSetUp(file: string, shownAs: string): SetUp {
  const result = loadConfig({
    ...{ file, shownAs, flags: noFlags, environment: process.env, hostName: hostname(), cwd: process.cwd() },
    ...{ users: localUsers, tempDir: tmpdir() },
  });
  const lines = result.diagnostics.map(formatDiagnostic);
  if (!result.ok) return { errors: lines };
  const { groups, files, includes } = result.config;
  const specs = new Map<string, ProcessSpec>();
  for (const spec of groups.flatMap(({ processes }) => processes)) {
    const name = `${spec.kind}:${spec.program}`;
    if (!specs.has(name)) specs.set(name, spec);
  }
  const found = readSections(files);
  const sections = [...found].flatMap(([name, section]) => {
    const spec = specs.get(name);
    return spec === undefined ? [] : [{ name, spec, ...section }];
  });
  return { sections, warnings: lines, includes };
}

type Found = Omit<ProgramSection, 'name' | 'spec'>;

function readSections(files: readonly string[]): ReadonlyMap<string, Found> {
  const sections = new Map<string, Found & { readonly options: Map<string, string> }>();
  const defaults = new Map<string, string>();
  for (const file of files) {
    let options = defaults;
    for (const entry of readIniLines(readFileSync(file, 'utf8')).entries) {
      if (entry.kind === 'option') {
        options.set(entry.name, entry.value);
        continue;
      }
      const known = sections.get(entry.name) ?? { file, line: entry.line, options: new Map<string, string>() };
      options = entry.name === 'DEFAULT' ? defaults : known.options;
      if (entry.name !== 'DEFAULT') sections.set(entry.name, known);
    }
  }
  return new Map([...sections].map(([name, it]) => [name, { ...it, options: new Map([...defaults, ...it.options]) }]));
}
