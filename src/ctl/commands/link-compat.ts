import { existsSync, lstatSync, realpathSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from '../command.ts';
import type { Ctl } from '../ctl.ts';

/** supervisord's programs by the one that does their work. */
const programs = {
  supervisord: 'hupd',
  supervisorctl: 'hupctl',
  pidproxy: 'hupd',
  echo_supervisord_conf: 'hupd',
} as const;

/** Asks no server. */
export const command: Command = {
  help: [
    'link-compat\t\tLet supervisord, supervisorctl, pidproxy and echo_supervisord_conf be names of hupd and hupctl, in their directory',
    'link-compat <directory>\tThe same, in another directory; what is there already is left alone',
  ],
  async run(ctl, arg) {
    // Where it was called from, which may be a link itself.
    const called = resolve(process.argv[1] ?? process.execPath);
    const home = dirname(called);
    const directory = arg === '' ? home : resolve(arg);
    if (!existsSync(directory)) {
      return ctl.fail(`${directory}: ERROR (no such directory)`);
    }
    for (const [name, program] of Object.entries(programs)) {
      // The single executable may have any name, and is both.
      const own = isThere(join(home, program)) ? program : basename(called);
      link(ctl, join(directory, name), directory === home ? own : join(home, own), join(home, own));
    }
    return undefined;
  },
};

function link(ctl: Ctl, path: string, target: string, program: string): void {
  try {
    if (isThere(path)) {
      if (same(path, program)) ctl.output(`${path}: is there already`);
      else ctl.fail(`${path}: ERROR (is there, and is not hupd's: remove it, or name another directory)`);
      return;
    }
    symlinkSync(target, path);
    ctl.output(`${path}: linked to ${target}`);
  } catch (error) {
    ctl.fail(`${path}: ERROR (${(error as Error).message})`);
  }
}

/** A link that leads nowhere is there too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function same(path: string, program: string): boolean {
  try {
    return realpathSync(path) === realpathSync(program);
  } catch {
    return false;
  }
}
