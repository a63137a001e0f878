/** The doctor's findings of every program, each once however many processes it has. */
import type { ProcessSpec } from '../core/spec.ts';
import { type Diagnosis, diagnose } from './doctor.ts';
import { serverConfig } from './server-files.ts';

/** `bootSecsOf`: the longest start of the program that was seen; 0: none was. */
export function examine(
  specs: Iterable<ProcessSpec>,
  bootSecsOf: (spec: ProcessSpec) => number,
): ReadonlyArray<Diagnosis & { readonly spec: ProcessSpec }> {
  const programs = new Map<string, ProcessSpec>();
  for (const spec of specs) programs.set(`${spec.group}:${spec.program}`, spec);
  return [...programs.values()].flatMap((spec) =>
    diagnose(spec, (server, words) => serverConfig(server, words, spec.directory), bootSecsOf(spec)).map((found) => ({
      spec,
      ...found,
    })),
  );
}
