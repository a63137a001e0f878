/**
 * Lines into configuration files, all of them or none: every new text is beside its file, and a backup of every old one, before the first takes its
 * place; each is put there as a whole, with the mode and the owner of the old one, so that nobody ever reads half of it. When one cannot be put there,
 * or the set-up is not read as before afterwards, the old ones come back.
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
  const undo: Undo[] = [];
  try {
    const files = [...new Set(insertions.map(({ file }) => file))];
    const edits = files.map((file) =>
      editOf(
        file,
        insertions.filter((insertion) => insertion.file === file),
      ),
    );
    const changed = edits.filter(({ text, old }) => text !== old);
    const outcomes = edits.flatMap((edit) => edit.outcomes);
    return changed.length === 0 ? outcomes : [...outcomes, ...putAll(changed, again, undo)];
  } catch (error) {
    const left = undo.toReversed().flatMap((restore) => restore());
    const rest = left.length === 0 ? 'every file is as it was' : left.join('; ');
    return [{ ok: false, text: `nothing is written: ${error instanceof Error ? error.message : error}; ${rest}` }];
  }
}

interface Edit {
  /** As the set-up names it; the target is what it is a link to. */
  readonly file: string;
  readonly target: string;
  readonly old: string;
  readonly text: string;
  readonly outcomes: readonly EditOutcome[];
}

function editOf(file: string, insertions: readonly Insertion[]): Edit {
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
  return { file, target: realpathSync(file), old, text, outcomes };
}

/** Says in words what could not be put back. */
type Undo = () => readonly string[];

/** Throws where it fails; `undo` then has what to take back, the last thing last. */
function putAll(edits: readonly Edit[], again: () => SetUp, undo: Undo[]): readonly EditOutcome[] {
  const before = again();
  const staged = edits.map(({ file, target, old, text }) => {
    const backup = backupName(file, 'includes' in before ? before.includes : []);
    copyFileSync(target, backup, constants.COPYFILE_EXCL);
    const temporary = temporaryOf(target);
    undo.push(() => {
      rmSync(temporary, { force: true });
      if (!isText(target, old)) return [`what ${file} was is in ${backup}`];
      rmSync(backup);
      return [];
    });
    writeLike(target, temporary, text);
    return { file, target, old, temporary, backup };
  });
  for (const { file, target, old, temporary } of staged) {
    renameSync(temporary, target);
    undo.push(() => putBack(file, target, old));
  }
  const now = again();
  if ('errors' in now) throw new Error(`with the lines in it, ${now.errors[0]}`);
  if ('errors' in before || now.sections.length !== before.sections.length)
    throw new Error('with the lines in it, its programs were not the same');
  return staged.map(({ file, backup }) => ({ ok: true, text: `${file}: what it was is in ${backup}` }));
}

function putBack(file: string, target: string, old: string): readonly string[] {
  const temporary = temporaryOf(target);
  try {
    writeLike(target, temporary, old);
    renameSync(temporary, target);
    return [];
  } catch (error) {
    rmSync(temporary, { force: true });
    return [`${file} could not be put back: ${error instanceof Error ? error.message : error}`];
  }
}

function isText(path: string, text: string): boolean {
  return readFileSync(path, 'utf8') === text;
}

function temporaryOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
}

/** A new file with the mode and the owner of `target`. */
function writeLike(target: string, path: string, text: string): void {
  const { mode, uid, gid } = statSync(target);
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  chownSync(path, uid, gid);
  chmodSync(path, mode & 0o7777);
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
