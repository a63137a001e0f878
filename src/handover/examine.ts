/** The doctor's findings of every program, each once however many processes it has. */
import type { ProcessSpec } from '../core/spec.ts';
import { Addresses } from './contradictions.ts';
import { type Diagnosis, diagnose } from './doctor.ts';
import { serverConfig } from './server-files.ts';

/** `bootSecsOf`: the longest start of the program that was seen; 0: none was. */
export function examine(
  specs: Iterable<ProcessSpec>,
  bootSecsOf: (spec: ProcessSpec) => number,
): ReadonlyArray<Diagnosis & { readonly spec: ProcessSpec }> {
  const programs = new Map<string, ProcessSpec>();
  for (const spec of specs) programs.set(`${spec.group}:${spec.program}`, spec);
  const addresses = new Addresses();
  return [...programs.values()].flatMap((spec) => {
    const configOf: Parameters<typeof diagnose>[1] = (server, words) => serverConfig(server, words, spec.directory);
    const found = [...addresses.add(spec), ...diagnose(spec, configOf, bootSecsOf(spec))];
    return found.map((each) => ({ spec, ...each }));
  });
}
