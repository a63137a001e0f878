/** Files that a server's command line names: its configuration, and in one of them its pid file. Read, never written. */
import { closeSync, openSync, readSync } from 'node:fs';
import { isAbsolute, join } from '../util/posix-path.ts';
import { optionValue } from './command-line.ts';
import type { ServerProfile } from './profiles/profile.ts';

/** Of a longer file the rest is not looked at. */
const mostBytes = 1 << 20;

/** '' where there is none, or none that can be read. Relative names belong to the program's directory. */
export function serverConfig(profile: ServerProfile, words: readonly string[], directory: string | null): string {
  if (profile.config === null) return '';
  const file = optionValue(words, profile.config.options) ?? profile.config.usual;
  return file === null ? '' : readText(absolute(file, directory));
}

/** null: it writes none, as far as can be seen. */
export function pidFileOf(profile: ServerProfile, words: readonly string[], directory: string | null): string | null {
  const given = optionValue(words, profile.pidFileOptions);
  if (given !== null) return absolute(given, directory);
  if (profile.pidFileInConfig === null) return null;
  // nginx takes directives on its command line as well: -g "pid /run/x.pid;"
  for (const text of [...words, serverConfig(profile, words, directory)]) {
    const found = profile.pidFileInConfig.exec(text)?.[1];
    if (found !== undefined) return absolute(found, directory);
  }
  return null;
}

/** By which a program that is not known may be told where to write its pid. */
const usualPidFileOptions = ['--pid', '--pidfile', '--pid-file', '-pidfile', '-pid-file'];

/** Where it names its main process; gunicorn's successor writes its own beside it until it is alone. */
export function pidFilesOf(
  profile: ServerProfile | null,
  words: readonly string[],
  directory: string | null,
): readonly string[] {
  if (profile !== null) {
    const file = pidFileOf(profile, words, directory);
    return file === null ? [] : [file, `${file}.2`];
  }
  const given = optionValue(words, usualPidFileOptions);
  return given === null ? [] : [absolute(given, directory)];
}

function absolute(file: string, directory: string | null): string {
  return isAbsolute(file) || directory === null ? file : join(directory, file);
}

function readText(file: string): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(mostBytes);
      return bytes.toString('utf8', 0, readSync(fd, bytes, 0, mostBytes, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return ''; // not there, not ours to read, or no file: then nothing is known of it
  }
}
