/**
 * Lines into configuration files, each file as a whole: a backup first, then a new file in the place of the old one, with its mode and owner, so that
 * nobody ever reads half of it. Should the set-up not be read as before afterwards, the old file comes back.
 */
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nameMatcher } from '../config/glob.ts';
import { type Insertion, insertLines } from '../convert/insert-lines.ts';
import type { SetUp } from './set-up.ts';

export interface FileInsertion extends Insertion {
  /** Absolute. */
  readonly file: string;
}

export interface EditOutcome {
  readonly ok: boolean;
  readonly text: string;
}

/** `again` reads the set-up as it is now. */
export function writeEdits(insertions: readonly FileInsertion[], again: () => SetUp): readonly EditOutcome[] {
  const files = [...new Set(insertions.map(({ file }) => file))];
  return files.flatMap((file) => {
    const these = insertions.filter((insertion) => insertion.file === file);
    try {
      return writeFile(file, these, again);
    } catch (error) {
      return { ok: false, text: `${file}: ${error instanceof Error ? error.message : error}; it is as it was` };
    }
  });
}

function writeFile(file: string, insertions: readonly Insertion[], again: () => SetUp): readonly EditOutcome[] {
  const old = readFileSync(file, 'utf8');
  const outcomes: EditOutcome[] = [];
  let text = old;
  for (const insertion of insertions) {
    const next = insertLines(text, insertion);
    const what = `[${insertion.section}]: ${insertion.lines.join(', ')}`;
    outcomes.push(
      next === null
        ? { ok: false, text: `${file}: no safe place for ${what}; add it by hand` }
        : { ok: true, text: `${file}: added to ${what}` },
    );
    text = next ?? text;
  }
  if (text === old) return outcomes;
  const before = again();
  const target = realpathSync(file);
  const backup = backupName(file, 'includes' in before ? before.includes : []);
  copyFileSync(target, backup, constants.COPYFILE_EXCL);
  replace(target, text);
  const now = again();
  if ('errors' in now || 'errors' in before || now.sections.length !== before.sections.length) {
    replace(target, old);
    const why = 'errors' in now ? now.errors[0] : 'its programs were not the same';
    return [{ ok: false, text: `${file}: with the lines in it, ${why}; it is as it was` }];
  }
  return [...outcomes, { ok: true, text: `${file}: what it was is in ${backup}` }];
}

function replace(target: string, text: string): void {
  const { mode, uid, gid } = statSync(target);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    chownSync(temporary, uid, gid);
    chmodSync(temporary, mode & 0o7777);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Beside the file. Where `[include]` would read it as well (`files=conf.d/*`), a dot in front keeps it out. */
function backupName(file: string, includes: readonly string[]): string {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 17);
  const name = `${basename(file)}.bak-${stamp}`;
  const isIncluded = includes.some(
    (pattern) =>
      nameMatcher(basename(pattern)).test(name) &&
      (/[*?[]/.test(dirname(pattern)) || dirname(pattern) === dirname(file)),
  );
  return join(dirname(file), isIncluded ? `.${name}` : name);
}
