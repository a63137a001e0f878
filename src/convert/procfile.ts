/**
 * A Procfile: `name: shell command` a line, with the `.env` beside it. Processes get the ports that foreman gives them: 5000 for the first,
 * 5100 for the second, one more for each instance.
 */
import { splitCommand } from '../core/shell-words.ts';
import { basename, dirname, join } from '../util/posix-path.ts';
import { parseDotenv } from './dotenv.ts';
import type { Surroundings, Variable } from './section.ts';
import {
  type Command,
  type Conversion,
  type ConvertedProgram,
  distinctNames,
  doubled,
  programName,
} from './section.ts';

export interface ProcfileOptions {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
  /** How many of which; one of each that is not named. */
  readonly formation: ReadonlyMap<string, number>;
  readonly port: number;
  readonly user: string | null;
  readonly group: string | null;
}

/** foreman's step between the ports of two process types. */
const portStep = 100;

export function convertProcfile(options: ProcfileOptions, { read }: Surroundings): Conversion {
  const { file, text, formation, group } = options;
  const entries = text.split(/\r?\n/).flatMap((line) => {
    const [, name, command] = /^([A-Za-z0-9_-]+):\s*(.+)$/.exec(line) ?? [];
    return name === undefined || command === undefined ? [] : [{ name, command: command.trim() }];
  });
  if (entries.length === 0) return { error: `${file}: no line "name: command" in it; is it a Procfile?` };
  const unknown = [...formation.keys()].find((name) => !entries.some((entry) => entry.name === name));
  if (unknown !== undefined) {
    return {
      error: `--formation names ${unknown}, and the Procfile has ${entries.map(({ name }) => name).join(', ')}`,
    };
  }
  const dotenv = parseDotenv(read(join(dirname(file), '.env')) ?? '');
  const programs = entries.flatMap((entry, index) => {
    const count = formation.get(entry.name) ?? 1;
    return count === 0 ? [] : [toProgram(entry, count, options, { dotenv, index })];
  });
  const notes =
    dotenv.length === 0
      ? []
      : ['The variables are those that .env had when this was made; mend them here from now on.'];
  return { source: `the Procfile of ${basename(dirname(file))}`, programs: distinctNames(programs), notes, group };
}

function toProgram(
  { name, command }: { readonly name: string; readonly command: string },
  count: number,
  options: ProcfileOptions,
  { dotenv, index }: { readonly dotenv: readonly Variable[]; readonly index: number },
): ConvertedProgram {
  const given = dotenv.find((variable) => variable.name === 'PORT');
  const port = Number(given?.value ?? options.port) + index * portStep;
  const several = count > 1;
  const variables = dotenv.filter((variable) => variable !== given);
  return {
    name: programName(name),
    command: shellCommand(command),
    environment: [
      ...variables,
      several ? { name: 'PORT', value: '%(process_num)d', expands: true } : { name: 'PORT', value: String(port) },
    ],
    options: [
      ['directory', doubled(dirname(options.file))],
      // The number of a process is its port.
      ...(several
        ? ([
            ['numprocs', String(count)],
            ['numprocs_start', String(port)],
            ['process_name', '%(program_name)s_%(process_num)d'],
          ] as const)
        : []),
      ...(options.user === null ? [] : ([['user', options.user]] as const)),
      ['autorestart', 'true'],
      ['stopasgroup', 'true'],
      ['redirect_stderr', 'true'],
    ],
    notes:
      name === 'release'
        ? ['Heroku runs release once for each deployment: here it would be kept running, so start it by hand.']
        : [],
  };
}

/** A Procfile's command is for a shell. It is done without one where that makes no difference. */
export function shellCommand(command: string): Command {
  const words = splitCommand(command);
  const needsShell = /[$`|&;<>()*?[\]{}~#!\\]/.test(command) || 'error' in words || /^\w+=/.test(words[0] ?? '');
  if (!needsShell) return { words };
  // `exec`, for signals to reach the program and not the shell; not before what is more than one command.
  const simple =
    !/[|&;<>()`{}!]/.test(command) && !/^\w+=/.test(command) && !/^(exec|cd|\.|source|if|for|while)\b/.test(command);
  return { script: simple ? `exec ${command}` : command };
}
