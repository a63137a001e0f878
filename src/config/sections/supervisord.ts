/** `[supervisord]`: the daemon itself. */
import type { DaemonSpec } from '../../core/spec.ts';
import { absolute } from '../../util/posix-path.ts';
import { expandHome } from '../datatype.ts';
import {
  boolean,
  byteSize,
  existingDirectory,
  integer,
  logLevel,
  octal,
  pathInDirectory,
  text,
  user,
} from '../datatypes.ts';
import { parseEnvironment } from '../environment.ts';
import type { Names } from '../expand.ts';
import { type OptionRow, option, own } from '../option.ts';
import type { Reading, SectionReader } from '../reading.ts';

/** In the order in which supervisord reads them. */
export const supervisordOptions = {
  minfds: option('minfds', integer, '1024', 'here', 'The least number of open files that the daemon must be allowed.'),
  minprocs: option(
    'minprocs',
    integer,
    '200',
    'here',
    'The least number of processes that the daemon must be allowed.',
  ),
  directory: option('directory', existingDirectory, null, 'here', 'Where the daemon goes when it leaves the terminal.'),
  user: option('user', text, null, 'here', 'The user whom the daemon becomes, if it is started by root.'),
  umask: option('umask', octal, '022', 'here', 'The umask of the daemon when it leaves the terminal.'),
  logfile: option('logfile', pathInDirectory, 'supervisord.log', 'here', 'The main log, or syslog.'),
  logfile_maxbytes: option(
    'logfile_maxbytes',
    byteSize,
    '50MB',
    'here',
    'The main log is rotated at this size; 0: never.',
  ),
  logfile_backups: option('logfile_backups', integer, '10', 'here', 'How many rotated main logs are kept.'),
  loglevel: option('loglevel', logLevel, 'info', 'here', 'The least level that the main log shows.'),
  pidfile: option('pidfile', pathInDirectory, 'supervisord.pid', 'here', 'Where the daemon writes its pid.'),
  identifier: option('identifier', text, 'supervisor', 'here', 'A name for this daemon, asked for by clients.'),
  nodaemon: option('nodaemon', boolean, 'false', 'here', 'Stay in the foreground.'),
  silent: option(
    'silent',
    boolean,
    'false',
    'here',
    'In the foreground: no copy of the main log on the standard output.',
  ),
  childlogdir: option(
    'childlogdir',
    existingDirectory,
    null,
    'here',
    'The directory of AUTO log files; by default the one for temporary files.',
  ),
  nocleanup: option('nocleanup', boolean, 'false', 'here', 'Keep the AUTO log files of the last run.'),
  strip_ansi: option('strip_ansi', boolean, 'false', 'here', 'Remove ANSI escape sequences from the logs of children.'),
  environment: option('environment', text, '', 'host', 'KEY="value" pairs for every child.'),
  require_auth: own(
    option(
      'require_auth',
      boolean,
      'false',
      'here',
      'Refuse an inet server without a password, unless it listens on this machine alone.',
    ),
  ),
  watch_config: own(
    option('watch_config', boolean, 'false', 'here', 'Read the files again when they change, and update.'),
  ),
  ignore_python_plugins: own(
    option(
      'ignore_python_plugins',
      boolean,
      'false',
      'here',
      'Name plug-ins written in Python in a warning instead of refusing them.',
    ),
  ),
  adopt: own(option('adopt', boolean, 'true', 'here', 'Take over the children of a daemon that died.')),
} as const satisfies Readonly<Record<string, OptionRow<never> | OptionRow>>;

/** The section's settings; those of the command line come over them later. */
export interface SupervisordSection {
  readonly daemon: Omit<DaemonSpec, 'uid'>;
  /** Not yet looked up: the last thing that supervisord checks. */
  readonly user: string | null;
  readonly environment: ReadonlyMap<string, string>;
}

/** Its `environment` becomes `ENV_` names for everything that is read after it. */
export function readSupervisord(reading: Reading): SupervisordSection {
  const section = reading.section('supervisord');
  const names: Names = [new Map([['here', reading.here]])];
  const rows = supervisordOptions;
  const read = <T>(row: OptionRow<T>): T => section.read(row, names);
  const { machine } = reading;
  const minFds = read(rows.minfds);
  const minProcs = read(rows.minprocs);
  const directory = read(rows.directory);
  const userText = read(rows.user);
  const umask = read(rows.umask);
  const logFile = read(rows.logfile);
  const logMaxBytes = read(rows.logfile_maxbytes);
  const logBackups = read(rows.logfile_backups);
  const level = read(rows.loglevel);
  const pidFile = read(rows.pidfile);
  const identifier = read(rows.identifier);
  const nodaemon = read(rows.nodaemon);
  const silent = read(rows.silent);
  const childLogDir =
    read(rows.childlogdir) ?? checkedTempDir(section, machine.tempDir, machine.isDirectory(machine.tempDir));
  const nocleanup = read(rows.nocleanup);
  const stripAnsi = read(rows.strip_ansi);
  const environment = readEnvironment(reading, section);
  for (const [name, value] of environment) reading.environment.set(`ENV_${name}`, value);
  reading.ignorePythonPlugins = read(rows.ignore_python_plugins);
  return {
    daemon: {
      logFile: mainLog(logFile, reading),
      logMaxBytes,
      logBackups,
      logLevel: level,
      pidFile: absolute(pidFile, machine.cwd),
      umask,
      nodaemon,
      silent,
      nocleanup,
      stripAnsi,
      minFds,
      minProcs,
      childLogDir: absolute(childLogDir, machine.cwd),
      directory,
      identifier,
      environment: [...environment],
      requireAuth: read(rows.require_auth),
      watchConfig: read(rows.watch_config),
      ignorePythonPlugins: reading.ignorePythonPlugins,
      adopt: read(rows.adopt),
    },
    user: userText,
    environment,
  };
}

/** Only the exact word means the system's log; NONE and AUTO are file names here. */
export function mainLog(path: string, { machine }: Pick<Reading, 'machine'>): DaemonSpec['logFile'] {
  return path === 'syslog'
    ? { kind: 'syslog' }
    : { kind: 'file', path: absolute(expandHome(path, machine), machine.cwd) };
}

function checkedTempDir(section: SectionReader, path: string, exists: boolean): string {
  if (!exists && !section.has('childlogdir')) {
    section.refuse('childlogdir', `${path} is not an existing directory`, 'set childlogdir');
  }
  return path;
}

/** Expanded once: a literal percent is `%%` here as everywhere. */
function readEnvironment(reading: Reading, section: SectionReader): ReadonlyMap<string, string> {
  const names: Names = [
    new Map([
      ['here', reading.here],
      ['host_node_name', reading.machine.hostName],
    ]),
  ];
  const raw = section.find('environment')?.value ?? '';
  const expanded = section.expand('environment', raw, names, 'environment');
  if (expanded === null) return new Map();
  const parsed = parseEnvironment(expanded);
  if (parsed.ok) return parsed.value;
  section.refuse('environment', parsed.error, 'write KEY="value",KEY2="value2"');
  return new Map();
}

/** `name`'s uid. null: no user, or an unknown one, which is then refused at `section`'s option. */
export function lookUpUser(reading: Reading, name: string | null): number | null {
  if (name === null) return null;
  const found = user.parse(name, reading.machine);
  if (found.ok) return found.value;
  reading.section('supervisord').refuse('user', found.error, `it takes ${user.expected}`);
  return null;
}
