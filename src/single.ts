/**
 * The entry of the single executable, which is hupd and hupctl: by the name that it is called by, or as `hupd ctl`. It comes as one CommonJS
 * file (`scripts/build-single.mjs`); node gives it the name that it was called by where a script's path would be.
 */
import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

process.on('SIGUSR1', () => {}); // before anything else: without a handler node opens its debugger

const called = process.argv[1] ?? '';
process.argv[1] = whereIs(called);
void run(process.argv[1], process.argv.slice(2)).then((status) => process.exit(status));

async function run(program: string, words: readonly string[]): Promise<number> {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const isCtl = /^(hup|supervisor)ctl/.test(name);
  if (isCtl || words[0] === 'ctl') {
    const { main } = await import('./ctl/main.ts');
    const { version } = await import('./version.ts');
    return main(isCtl ? words : words.slice(1), program, version);
  }
  const { runAs } = await import('./daemon/run-as.ts');
  return runAs(program, words);
}

/** The path by which it was called: what the shell found in PATH comes without one. */
function whereIs(name: string): string {
  if (name.includes('/')) return name;
  const directories = [...(process.env.PATH ?? '').split(delimiter), dirname(process.execPath)];
  return directories.map((directory) => resolve(join(directory, name))).find((path) => existsSync(path)) ?? name;
}
