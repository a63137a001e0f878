/**
 * AUTO child logs: files with generated names in the child log directory, made when a group is made and deleted when the daemon next starts.
 *
 *     web-stdout---supervisor-x3k9_a0b.log         process, channel, identifier of the daemon, eight random characters
 *
 * The clean-up deletes by name, in a directory that may be /tmp, so it is stricter than supervisord's: the identifier is not a pattern, and a name
 * must match from its first to its last character. Two daemons with the identifiers `a` and `a-b` leave each other's logs alone.
 */
import { closeSync, constants, openSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { daemonTexts, type LogText } from '../core/log-texts.ts';
import { type Trouble, troubleOf } from './log-output.ts';

/** Of every AUTO log, at its first opening and after each rotation: only the daemon's user may read it. */
export const autoLogMode = 0o600;

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789_';
const randomLength = 8;
const maxAttempts = 100;

export interface AutoLogName {
  readonly directory: string;
  readonly process: string;
  readonly channel: 'stdout' | 'stderr';
  readonly identifier: string;
}

/** Creates the file, empty, and never through a link or over an existing one. */
export function createAutoLog(
  name: AutoLogName,
): { readonly ok: true; readonly path: string } | { readonly ok: false; readonly trouble: Trouble } {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  for (let attempt = 1; ; attempt++) {
    const path = join(name.directory, `${name.process}-${name.channel}---${name.identifier}-${randomName()}.log`);
    try {
      closeSync(openSync(path, flags, autoLogMode));
      return { ok: true, path };
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.errno !== 'EEXIST' || attempt === maxAttempts) return { ok: false, trouble };
    }
  }
}

/** `keep`: those that somebody goes on writing. Deletes the AUTO logs, and their backups, that an earlier run with this identifier left. What goes wrong is said, and is no reason to stop. */
export function cleanAutoLogs(
  directory: string,
  identifier: string,
  report: (text: LogText) => void,
  keep: ReadonlySet<string> = new Set(),
): void {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    troubleOf(error);
    report(daemonTexts.childLogDirUnreadable());
    return;
  }
  const pattern = autoLogPattern(identifier);
  for (const name of names) {
    if (!pattern.test(name)) continue;
    const path = join(directory, name);
    if (keep.has(path.replace(/\.\d+$/, ''))) continue;
    try {
      unlinkSync(path);
    } catch (error) {
      if (troubleOf(error).errno !== 'ENOENT') report(daemonTexts.childLogNotRemoved(path));
    }
  }
}

function autoLogPattern(identifier: string): RegExp {
  const literal = identifier.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(`^.+-(?:stdout|stderr)---${literal}-[a-z0-9_]{${randomLength}}\\.log(?:\\.\\d{1,4})?$`, 's');
}

function randomName(): string {
  let name = '';
  for (let i = 0; i < randomLength; i++) name += alphabet[Math.floor(Math.random() * alphabet.length)];
  return name;
}
