/**
 * A systemd service unit. What hupd has a word for becomes an option; what it does not is a comment that says why, by kind: nothing is lost
 * without a word, since a protection that is silently gone is worse than one that never was.
 */
import { basename, dirname } from '../util/posix-path.ts';
import { dropInsOf } from './drop-ins.ts';
import { type Conversion, type ConvertedProgram, programName, type Surroundings, type Variable } from './section.ts';
import { parseTimeSpan } from './time-span.ts';
import { commandOf, type ExecLine } from './unit-command.ts';
import { type Draft, execLines } from './unit-draft.ts';
import { expandSpecifiers, parseUnitFile, parseUnitName, splitUnitWords, type UnitName } from './unit-file.ts';
import { addKind, addReload, addRestart, addStop } from './unit-life.ts';
import { unitNotes } from './unit-notes.ts';
import { addIdentity, addOutput } from './unit-process.ts';
import { signalOfKill } from './unit-signals.ts';
import { addSockets } from './unit-sockets.ts';

export interface UnitOptions {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
  /** What `%i` is; null: as the file's name says. */
  readonly instance: string | null;
}

export function convertUnit({ file, text, instance }: UnitOptions, surroundings: Surroundings): Conversion {
  if (!file.endsWith('.service')) return { error: `${file}: only a .service can become a program` };
  const parsed = parseUnitName(basename(file));
  const name: UnitName = instance === null ? parsed : { ...parsed, full: `${parsed.prefix}@${instance}`, instance };
  const dropIns = dropInsOf(dirname(file), `${name.full}.service`, surroundings);
  const unit = parseUnitFile(text, dropIns.texts);
  const user = unit.last('Service', 'User') ?? 'root';
  const notes: string[] = [];
  const unknown = new Set<string>();
  const expand = (value: string) =>
    expandSpecifiers(value, {
      ...{ unit: name.instance === '' ? { ...name, instance: 'INSTANCE' } : name, user },
      ...{ home: surroundings.homeOf(user) ?? `/home/${user}`, hostName: surroundings.hostName },
      unknown: (specifier) => unknown.add(specifier),
    });
  const draft: Draft = { unit, expand, options: [], notes };
  const main = execLines(draft, 'ExecStart');
  if (main.length === 0) {
    return { error: `${file}: no ExecStart= in its [Service]: there is nothing that hupd could run` };
  }
  const environmentFiles = unit.all('Service', 'EnvironmentFile').map((value) => {
    const path = expand(value);
    return { path: path.replace(/^-/, ''), optional: path.startsWith('-') };
  });
  const command = commandOf({ before: execLines(draft, 'ExecStartPre'), main, environmentFiles });
  addNotesOnCommands(draft, main, environmentFiles.length > 0);
  if (name.instance === '')
    notes.push(`It is a template: INSTANCE stands for what comes after the @. Import it with --instance NAME.`);
  addIdentity(draft, surroundings);
  addKind(draft, main.at(-1)?.words ?? []);
  addRestart(draft);
  addStop(draft);
  addReload(draft);
  addOutput(draft);
  addSockets(draft, file, surroundings);
  notes.push(...unitNotes(unit));
  if (unknown.size > 0) notes.push(`${[...unknown].join(' ')} stays as it is: only systemd knows what it stands for.`);
  // A template without an instance, a user who is not there, what goes away: nothing to start by itself.
  const isForking = unit.last('Service', 'Type') === 'forking';
  const isIncomplete = isForking || name.instance === '' || draft.options.some(([option]) => option === ';user');
  if (isIncomplete) draft.options.push(['autostart', 'false']);
  const program: ConvertedProgram = {
    name: programName(name.instance === '' ? name.prefix : name.full),
    command,
    environment: environmentOf(draft),
    options: draft.options,
    notes,
  };
  const source = [`the unit ${basename(file)}`, ...dropIns.files].join(' and ');
  return { source, programs: [program], notes: [], group: null };
}

function environmentOf({ unit, expand }: Draft): readonly Variable[] {
  const variables = unit
    .all('Service', 'Environment')
    .flatMap(splitUnitWords)
    .flatMap((word): Variable[] => {
      const at = word.indexOf('=');
      return at > 0 ? [{ name: word.slice(0, at), value: expand(word.slice(at + 1)) }] : [];
    });
  const watchdog = parseTimeSpan(unit.last('Service', 'WatchdogSec') ?? '0');
  const interval =
    watchdog === null || watchdog === 0 ? [] : [{ name: 'WATCHDOG_USEC', value: String(watchdog * 1e6) }];
  return [...new Map([...variables, ...interval].map((variable) => [variable.name, variable])).values()];
}

function addNotesOnCommands({ notes, unit }: Draft, main: readonly ExecLine[], hasFiles: boolean): void {
  const hasUser = unit.last('Service', 'User') !== undefined;
  const program = main.at(-1);
  if (program?.privileged && hasUser) notes.push('Its ExecStart was run as root in spite of User=; here it is not.');
  if (program?.calledBy) notes.push(`It was called by the name ${program.calledBy}; here it goes by its own.`);
  if (program?.mayFail)
    notes.push('ExecStart=- took every exit for a success; exitcodes= lists those that are expected.');
  if (hasFiles) notes.push('EnvironmentFile= is read by the shell: a value with blanks needs quotes there.');
  for (const key of ['ExecStartPost', 'ExecStop', 'ExecStopPost', 'ExecCondition']) {
    for (const value of unit.all('Service', key)) {
      if (key === 'ExecStop' && signalOfKill(value) !== null) continue;
      notes.push(`${key}=${value} is left out: hupd runs no other command around a program; an event listener can.`);
    }
  }
}
