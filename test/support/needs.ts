/**
 * Tests that need a program of another package say so here: without it they are skipped with one line that names the apt package, or fail where
 * HUPD_REQUIRE_PEERS=1 promises that it is there.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

export interface Need {
  /** A command's name, looked for in PATH and in the sbin directories; or an absolute path, for a file of any kind. */
  readonly command: string;
  readonly apt: string;
}

/** What is missing and how to get it, in words; null: everything is there. */
export function missing(wanted: readonly Need[]): string | null {
  const absent = wanted.filter(({ command }) => !isThere(command));
  if (absent.length === 0) return null;
  const packages = [...new Set(absent.map(({ apt }) => apt))].join(' ');
  return `needs ${absent.map(({ command }) => command).join(', ')}: apt-get install ${packages}`;
}

/** true: everything is there, the test may go on. false: it was skipped, return. */
export function needs(t: TestContext, ...wanted: readonly Need[]): boolean {
  const text = missing(wanted);
  if (text === null) return true;
  if (process.env.HUPD_REQUIRE_PEERS === '1') throw new Error(text);
  t.skip(text);
  return false;
}

function isThere(command: string): boolean {
  if (command.startsWith('/')) return can(command, constants.F_OK);
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return directories.some((directory) => can(join(directory, command), constants.X_OK));
}

function can(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
