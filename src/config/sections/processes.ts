/**
 * The processes of a program-type section, numprocs of them. Options of the section are read once, the others once a process: `environment`
 * first, whose variables then are `ENV_` names for the rest.
 */
import { splitCommand } from '../../core/shell-words.ts';
import type { ChannelSpec, FcgiSocketSpec, LogTarget, ProcessSpec, ReloadSpec } from '../../core/spec.ts';
import { compareCodePoints } from '../../util/code-point-order.ts';
import { join } from '../../util/posix-path.ts';
import { reprText } from '../../util/python-repr.ts';
import { strip } from '../../util/python-text.ts';
import type { ChildLog } from '../datatypes.ts';
import { processName } from '../datatypes.ts';
import { parseEnvironment } from '../environment.ts';
import type { OptionRow } from '../option.ts';
import type { Reading, SectionReader } from '../reading.ts';
import { programOptions } from './program-options.ts';
import { readReload } from './reload-options.ts';

/** More would only be a slip, and would not fit into memory. */
const MAX_PROCESSES = 100_000;

export interface ProcessesOf {
  readonly section: string;
  readonly group: string;
  readonly kind: ProcessSpec['kind'];
  readonly fcgiSocket: FcgiSocketSpec | null;
  readonly groupUpdateStrategy: ReloadSpec['updateStrategy'] | null;
  /** `[supervisord] environment`. */
  readonly environment: ReadonlyMap<string, string>;
}

/** In order of name. */
export function readProcesses(reading: Reading, of: ProcessesOf): readonly ProcessSpec[] {
  const file = reading.document.sections.get(of.section)?.file ?? '';
  const section = reading.section(of.section, ` in section ${reprText(of.section)} (file: ${reprText(file)})`);
  const program = readProgram(reading, section, of);
  const processes: ProcessSpec[] = [];
  const numbered = new Map(program.names);
  const variables = new Map<string, string>();
  const end = program.numProcs + program.numProcsStart;
  for (let number = program.numProcsStart; number < end; number++) {
    numbered.set('process_num', number).set('numprocs', program.numProcs);
    // A variable of the process before stays known, unless the daemon's own environment has it: so does supervisord.
    for (const name of reading.environment.keys()) variables.delete(name);
    processes.push(readProcess(reading, section, of, program, [numbered, variables], variables));
  }
  return processes.sort((a, b) => compareCodePoints(a.name, b.name));
}

/** What all processes of the section share. */
type Program = ReturnType<typeof readProgram>;

function readProgram(reading: Reading, section: SectionReader, of: ProcessesOf) {
  const name = processName.parse(of.section.slice(of.section.indexOf(':') + 1), reading.machine);
  if (!name.ok) section.refuse(null, name.error, `use ${processName.expected}`);
  const programName = name.ok ? name.value : '';
  const names = new Map<string, string | number>([
    ['here', reading.here],
    ['program_name', programName],
    ['host_node_name', reading.machine.hostName],
    ['group_name', of.group],
  ]);
  const read = <T>(row: OptionRow<T>): T => section.read(row, [names]);
  const rows = programOptions;
  const shared = {
    program: programName,
    priority: read(rows.priority),
    autostart: read(rows.autostart),
    autorestart: read(rows.autorestart),
    startSecs: read(rows.startsecs),
    startRetries: read(rows.startretries),
    stopSignal: read(rows.stopsignal),
    stopWaitSecs: read(rows.stopwaitsecs),
    stopAsGroup: read(rows.stopasgroup),
  };
  const killAsGroup = read(rows.killasgroup) ?? shared.stopAsGroup;
  const codes = read(rows.exitcodes);
  const redirectStderr = read(rows.redirect_stderr);
  const numProcs = read(rows.numprocs);
  const numProcsStart = read(rows.numprocs_start);
  const stdout = {
    captureMaxBytes: read(rows.stdout_capture_maxbytes),
    eventsEnabled: read(rows.stdout_events_enabled),
  };
  const stderr = {
    captureMaxBytes: read(rows.stderr_capture_maxbytes),
    eventsEnabled: read(rows.stderr_events_enabled),
  };
  const serverUrl = read(rows.serverurl);
  const uid = read(rows.user);
  const umask = read(rows.umask);
  const rawName = section.find(rows.process_name.name)?.value ?? '%(program_name)s';
  const nameTemplate = section.convert(rows.process_name, processName.parse(rawName, reading.machine));
  const nameless = numProcs > 1 && !nameTemplate.includes('%(process_num)');
  if (nameless) {
    section.refuse(
      section.has('process_name') ? 'process_name' : 'numprocs',
      '%(process_num) must be present within process_name when numprocs > 1',
      'add process_name=%(program_name)s_%(process_num)02d',
    );
  }
  if (numProcs > MAX_PROCESSES) {
    section.refuse('numprocs', `${numProcs} is above upper bound (${MAX_PROCESSES})`, '');
  }
  if (shared.stopAsGroup && !killAsGroup) {
    section.refuse('killasgroup', 'Cannot set stopasgroup=true and killasgroup=false', 'remove one of them');
  }
  return {
    shared: {
      ...shared,
      killAsGroup,
      exitCodes: codes,
      redirectStderr,
      serverUrl: serverUrl !== null && strip(serverUrl).toUpperCase() === 'AUTO' ? null : serverUrl,
      uid,
      umask,
    },
    names,
    // What is refused must not lead to more refusals.
    numProcs: nameless || numProcs > MAX_PROCESSES ? 1 : numProcs,
    numProcsStart,
    nameTemplate,
    stdout,
    stderr,
  };
}

type Layers = readonly [ReadonlyMap<string, string | number>, ReadonlyMap<string, string>];

function readProcess(
  reading: Reading,
  section: SectionReader,
  of: ProcessesOf,
  program: Program,
  names: Layers,
  variables: Map<string, string>,
): ProcessSpec {
  const own = readEnvironment(section, names);
  for (const [name, value] of own) variables.set(`ENV_${name}`, value);
  const directory = section.read(programOptions.directory, names);
  const stdout = readChannel(section, 'stdout', program, names);
  const stderr = readChannel(section, 'stderr', program, names);
  const command = readCommand(section, names);
  const name = section.expand('process_name', program.nameTemplate, names, 'process_name');
  const { machine } = reading;
  return {
    // Before the spread: an object that begins with one gets a hidden class of its own from V8, 700 bytes a process.
    kind: of.kind,
    ...program.shared,
    name: name ?? `${program.shared.program} ${names[0].get('process_num')}`,
    group: of.group,
    command,
    directory,
    environment: [...new Map([...of.environment, ...own])],
    stdout,
    stderr,
    ...(of.fcgiSocket === null ? {} : { fcgiSocket: of.fcgiSocket }),
    reload: readReload(section, {
      names,
      directory: join(machine.cwd, directory ?? machine.cwd),
      ownSocket: of.kind !== 'fcgi-program',
      groupUpdateStrategy: of.groupUpdateStrategy,
    }),
  };
}

function readEnvironment(section: SectionReader, names: Layers): ReadonlyMap<string, string> {
  const raw = section.find('environment')?.value ?? '';
  const expanded = section.expand('environment', raw, names, 'environment');
  const parsed = parseEnvironment(expanded ?? '');
  if (parsed.ok) return parsed.value;
  section.refuse('environment', parsed.error, 'write KEY="value",KEY2="value2"');
  return new Map();
}

/** Known only when a process is started: they stay in the command until then. */
const atStart: ReadonlyMap<string, string> = new Map(
  ['socket_fd', 'generation'].map((name) => [name, `%(${name})s`] as const),
);

function readCommand(section: SectionReader, names: Layers): string {
  const raw = section.find('command')?.value;
  if (raw === undefined) {
    section.refuse(null, `program section ${section.name} does not specify a command`, 'add command=');
    return '';
  }
  const command = section.expand('command', raw, names, undefined, atStart);
  if (command === null) return '';
  const words = splitCommand(command);
  if ('error' in words)
    section.note('command', `its start will fail: ${words.error}`, 'close the quote or double the backslash');
  else if (words.length === 0) section.note('command', 'its start will fail: command is empty', 'name a program');
  return command;
}

function readChannel(
  section: SectionReader,
  channel: 'stdout' | 'stderr',
  program: Program,
  names: Layers,
): ChannelSpec {
  const rows = programOptions;
  const key = `${channel}_logfile` as const;
  const log = section.read(rows[key], names);
  const backups = section.read(rows[`${key}_backups`], names);
  const maxBytes = section.read(rows[`${key}_maxbytes`], names);
  const syslog = section.read(rows[`${channel}_syslog`], names);
  if (log.kind === 'syslog') {
    section.warn(
      key,
      `For [${section.name}], ${key}=syslog but this is deprecated and will be removed.  Use ${channel}_syslog=true to enable syslog instead.`,
      `write ${channel}_syslog=true and ${key}=NONE`,
    );
  }
  if (log.kind === 'auto' && maxBytes === 0) {
    section.warn(
      `${key}_maxbytes`,
      `For [${section.name}], AUTO logging used for ${key} without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally`,
      'name a file, or leave maxbytes out',
    );
  }
  const redirected = channel === 'stderr' && program.shared.redirectStderr;
  if (redirected && log.kind === 'file') {
    section.warn(
      key,
      `For [${section.name}], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored`,
      `remove ${key}`,
    );
  }
  return {
    log: redirected ? { kind: 'none' } : logTarget(log),
    maxBytes,
    backups,
    ...program[channel],
    syslog: syslog || log.kind === 'syslog',
  };
}

function logTarget(log: ChildLog): LogTarget {
  if (log.kind === 'syslog' || (log.kind === 'file' && log.path === '')) return { kind: 'none' };
  return log;
}
