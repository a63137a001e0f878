/** From the `command=` of a program to a file that can be executed, with supervisord's checks in its order (compat 3.6). */
import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { splitCommand } from '../core/shell-words.ts';
import { reprText } from '../util/python-repr.ts';

export type ResolvedCommand =
  | { readonly ok: true; readonly file: string; readonly args: readonly string[] }
  | { readonly ok: false; readonly fault: 'NO_FILE' | 'NOT_EXECUTABLE'; readonly message: string };

const defaultPath = '/bin:/usr/bin:/usr/local/bin';

/** `path`: the PATH that counts for this program, or undefined for none. The first existing entry wins, executable or not. */
export function resolveCommand(command: string, path: string | undefined): ResolvedCommand {
  const words = splitCommand(command);
  if ('error' in words) return notExecutable(`can't parse command ${reprText(command)}: ${words.error}`);
  const [word] = words;
  if (word === undefined) return notExecutable('command is empty');
  const found = word.includes('/') ? { file: word, stats: stat(word) } : search(word, path ?? defaultPath);
  if (found?.stats === undefined) {
    return { ok: false, fault: 'NO_FILE', message: `can't find command ${reprText(word)}` };
  }
  const { file, stats } = found;
  if (stats.isDirectory()) return notExecutable(`command at ${reprText(file)} is a directory`);
  if ((stats.mode & 0o111) === 0) return notExecutable(`command at ${reprText(file)} is not executable`);
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return notExecutable(`no permission to run command ${reprText(file)}`);
  }
  return { ok: true, file, args: words };
}

function notExecutable(message: string): ResolvedCommand {
  return { ok: false, fault: 'NOT_EXECUTABLE', message };
}

function search(word: string, path: string): { file: string; stats: Stats } | undefined {
  for (const directory of path.split(':')) {
    const file = directory === '' ? word : `${directory.replace(/\/+$/, '')}/${word}`;
    const stats = stat(file);
    if (stats !== undefined) return { file, stats };
  }
  return undefined;
}

function stat(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined; // ENOENT, ENOTDIR, EACCES: not there, as far as anyone can tell
  }
}
