/** The daemon's command line: supervisord's flags to the letter, and three of hupd's own, which have no short forms. */
import type { LogLevel } from '../core/spec.ts';
import { getopt } from '../util/getopt.ts';
import { reprText } from '../util/python-repr.ts';
import { daemonUsage } from './daemon-usage.ts';
import { noMachine } from './datatype.ts';
import { byteSize, integer, logLevel, octal } from './datatypes.ts';

/** A path as given; `option` as typed, for the error text. It is checked when the configuration is loaded. */
export interface PathFlag {
  readonly option: string;
  readonly path: string;
}

/** What the command line says; null or false where it says nothing. It beats the file, at every reload again. */
export interface DaemonFlags {
  readonly configuration: string | null;
  readonly nodaemon: boolean;
  readonly silent: boolean;
  readonly nocleanup: boolean;
  readonly stripAnsi: boolean;
  readonly user: string | null;
  readonly umask: number | null;
  readonly directory: PathFlag | null;
  readonly logFile: PathFlag | null;
  readonly logMaxBytes: number | null;
  readonly logBackups: number | null;
  readonly logLevel: LogLevel | null;
  readonly pidFile: PathFlag | null;
  readonly identifier: string | null;
  readonly childLogDir: PathFlag | null;
  readonly minFds: number | null;
  readonly minProcs: number | null;
  /** `--check`: say what is wrong with the configuration, start nothing. */
  readonly check: boolean;
  /** `--can-resume FILE`: say why this version could not go on with that configuration and that state. */
  readonly canResume: string | null;
  /** `--no-adopt`: leave the children of a daemon that died alone. */
  readonly noAdopt: boolean;
  /** `--take-over URL`: take the children of the supervisord at that URL. */
  readonly takeOver: string | null;
}

export const noFlags: DaemonFlags = {
  configuration: null,
  nodaemon: false,
  silent: false,
  nocleanup: false,
  stripAnsi: false,
  user: null,
  umask: null,
  directory: null,
  logFile: null,
  logMaxBytes: null,
  logBackups: null,
  logLevel: null,
  pidFile: null,
  identifier: null,
  childLogDir: null,
  minFds: null,
  minProcs: null,
  check: false,
  canResume: null,
  noAdopt: false,
  takeOver: null,
};

export type FlagsResult =
  | { readonly kind: 'run'; readonly flags: DaemonFlags }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  /** `message` is what follows `Error: `. */
  | { readonly kind: 'error'; readonly message: string; readonly exitStatus: 2 };

/** Sets one flag, or says what is wrong with its value. */
type Take = (flags: DaemonFlags, value: string, typed: string) => DaemonFlags | { readonly error: string };

interface Flag {
  readonly short: string | null;
  readonly long: string;
  readonly field: keyof DaemonFlags;
  readonly takesValue: boolean;
  readonly take: Take;
  readonly own?: true;
}

const on = (short: string | null, long: string, field: keyof DaemonFlags): Flag => ({
  short,
  long,
  field,
  takesValue: false,
  take: (flags) => ({ ...flags, [field]: true }),
});

const word = (short: string | null, long: string, field: keyof DaemonFlags): Flag => ({
  short,
  long,
  field,
  takesValue: true,
  take: (flags, value) => ({ ...flags, [field]: value }),
});

const path = (short: string, long: string, field: keyof DaemonFlags): Flag => ({
  short,
  long,
  field,
  takesValue: true,
  take: (flags, value, typed) => ({ ...flags, [field]: { option: typed, path: value } }),
});

type Converter = typeof integer | typeof logLevel;

const value = (short: string | null, long: string, field: keyof DaemonFlags, type: Converter): Flag => ({
  short,
  long,
  field,
  takesValue: true,
  take: (flags, text) => {
    const parsed = type.parse(text, noMachine);
    return parsed.ok ? { ...flags, [field]: parsed.value } : { error: parsed.error };
  },
});

const flagTable: readonly Flag[] = [
  word('c', 'configuration', 'configuration'),
  on('n', 'nodaemon', 'nodaemon'),
  word('u', 'user', 'user'),
  value('m', 'umask', 'umask', octal),
  path('d', 'directory', 'directory'),
  path('l', 'logfile', 'logFile'),
  value('y', 'logfile_maxbytes', 'logMaxBytes', byteSize),
  value('z', 'logfile_backups', 'logBackups', integer),
  value('e', 'loglevel', 'logLevel', logLevel),
  path('j', 'pidfile', 'pidFile'),
  word('i', 'identifier', 'identifier'),
  path('q', 'childlogdir', 'childLogDir'),
  value('a', 'minfds', 'minFds', integer),
  value(null, 'minprocs', 'minProcs', integer),
  on('k', 'nocleanup', 'nocleanup'),
  on('t', 'strip_ansi', 'stripAnsi'),
  on('s', 'silent', 'silent'),
  { ...on(null, 'check', 'check'), own: true },
  { ...word(null, 'can-resume', 'canResume'), own: true },
  { ...on(null, 'no-adopt', 'noAdopt'), own: true },
  { ...word(null, 'take-over', 'takeOver'), own: true },
];

/** Accepted and without effect: it profiles Python. */
const PROFILE = 'profile_options';

const shortForms = `h?v${flagTable.map(({ short, takesValue }) => (short ?? '') + (short !== null && takesValue ? ':' : '')).join('')}`;

/** hupd's own flags must be spelled out: they must not make a prefix ambiguous that supervisord knows. */
function longForms(argv: readonly string[]): readonly string[] {
  const known = flagTable.filter(({ long, own }) => !own || argv.some((word) => word.split('=')[0] === `--${long}`));
  return ['help', 'version', `${PROFILE}=`, ...known.map(({ long, takesValue }) => (takesValue ? `${long}=` : long))];
}

/** `argv`: the words after the program's name. `programName`: as it was called, for the usage text. */
export function parseDaemonFlags(argv: readonly string[], programName: string): FlagsResult {
  const parsed = getopt(argv, shortForms, longForms(argv));
  if ('error' in parsed) return refuse(parsed.error);
  if (parsed.rest.length > 0) {
    return refuse(`positional arguments are not supported: [${parsed.rest.map(reprText).join(', ')}]`);
  }
  let flags = noFlags;
  const given = new Set<string>();
  for (const [typed, text] of parsed.options) {
    if (typed === '-h' || typed === '-?' || typed === '--help') return { kind: 'help', text: daemonUsage(programName) };
    if (typed === '-v' || typed === '--version') return { kind: 'version' };
    const flag = flagTable.find(({ short, long }) => typed === `-${short}` || typed === `--${long}`);
    const taken = flag?.take(flags, text, typed) ?? flags;
    if ('error' in taken) return refuse(`invalid value for ${typed} ${reprText(text)}: ${taken.error}`);
    const target = flag?.field ?? PROFILE;
    if (given.has(target)) return refuse(`conflicting command line option ${reprText(typed)}`);
    given.add(target);
    flags = taken;
  }
  return { kind: 'run', flags };
}

function refuse(message: string): FlagsResult {
  return { kind: 'error', message, exitStatus: 2 };
}
