/** The benches' C programs: what measures must cost less than what is measured. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const made = new Map<string, string>();
let directory: string | null = null;

/** The program that a file beside this one makes, compiled once a run and removed at its end. Throws where there is no compiler. */
export function compiled(source: string): string {
  const known = made.get(source);
  if (known !== undefined) return known;
  const file = join(ownDirectory(), basename(source, '.c'));
  const args = ['-O2', '-static', '-pthread', '-o', file, `test/bench/peers/${source}`];
  const { status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`this bench needs a C compiler (apt-get install gcc libc6-dev): ${stderr}`);
  made.set(source, file);
  return file;
}

function ownDirectory(): string {
  if (directory !== null) return directory;
  const dir = mkdtempSync(join(tmpdir(), 'hupd-bench-programs-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  directory = dir;
  return dir;
}
