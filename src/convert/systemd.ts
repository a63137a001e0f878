/**
 * A systemd service unit. What hupd has a word for becomes an option; what it does not is a comment that says why, by kind: nothing is lost
 * without a word, since a protection that is silently gone is worse than one that never was.
 */
import { signalNumbers } from '../core/signals.ts';
import { recognise } from '../handover/profiles/recognise.ts';
import { basename, isAbsolute } from '../util/posix-path.ts';
import {
  type Conversion,
  type ConvertedProgram,
  doubled,
  programName,
  type Surroundings,
  type Variable,
} from './section.ts';
import { parseTimeSpan } from './time-span.ts';
import { commandOf, type ExecLine, parseExec } from './unit-command.ts';
import {
  expandSpecifiers,
  parseUnitFile,
  parseUnitName,
  splitUnitWords,
  type UnitFile,
  type UnitName,
} from './unit-file.ts';
import { unitNotes } from './unit-notes.ts';

export interface UnitOptions {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
  /** What `%i` is; null: as the file's name says. */
  readonly instance: string | null;
}

/** A unit on its way to a section: what the parts below add to. */
interface Draft {
  readonly unit: UnitFile;
  readonly expand: (text: string) => string;
  readonly options: [string, string][];
  readonly notes: string[];
}

export function convertUnit({ file, text, instance }: UnitOptions, surroundings: Surroundings): Conversion {
  if (!file.endsWith('.service')) return { error: `${file}: only a .service can become a program` };
  const unit = parseUnitFile(text);
  const parsed = parseUnitName(basename(file));
  const name: UnitName = instance === null ? parsed : { ...parsed, full: `${parsed.prefix}@${instance}`, instance };
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
  return { source: `the unit ${basename(file)}`, programs: [program], notes: [], group: null };
}

function service({ unit }: Draft, key: string): string | undefined {
  return unit.last('Service', key);
}

function execLines({ unit, expand }: Draft, key: string): readonly ExecLine[] {
  return unit.all('Service', key).flatMap((value) => parseExec(value, expand));
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

function addIdentity({ unit, expand, options, notes }: Draft, { homeOf }: Surroundings): void {
  const user = unit.last('Service', 'User');
  const home = homeOf(user === undefined ? 'root' : expand(user));
  if (user !== undefined && home === null) {
    notes.push(`There is no user ${expand(user)} on this machine: make one, then remove the ; and autostart=false.`);
    options.push([';user', doubled(expand(user))]);
  } else if (user !== undefined && expand(user) !== 'root') {
    options.push(['user', doubled(expand(user))]);
  }
  const group = unit.last('Service', 'Group');
  if (group !== undefined && group !== (user ?? 'root')) {
    notes.push(`Group=${group} is left out: hupd takes the groups of the user; add the user to it.`);
  }
  const directory = expand(unit.last('Service', 'WorkingDirectory') ?? '/').replace(/^-/, '');
  options.push(['directory', doubled(directory === '~' ? (home ?? '/') : directory)]);
  const umask = unit.last('Service', 'UMask');
  if (umask !== undefined && /^[0-7]{1,4}$/.test(umask)) options.push(['umask', umask.padStart(3, '0')]);
}

function addKind(draft: Draft, words: readonly string[]): void {
  const { options, notes } = draft;
  switch (service(draft, 'Type') ?? 'simple') {
    case 'notify':
    case 'notify-reload': {
      options.push(['ready_check', 'notify']);
      const secs = parseTimeSpan(service(draft, 'TimeoutStartSec') ?? service(draft, 'TimeoutSec') ?? '90');
      if (secs !== null && Number.isFinite(secs) && secs > 0) options.push(['ready_timeout', String(secs)]);
      break;
    }
    case 'oneshot':
      options.push(['startsecs', '0'], ['startretries', '0']);
      notes.push('Type=oneshot: it runs once and is EXITED then; nothing waits for its end.');
      break;
    case 'forking': {
      const stays = staysBy(words);
      const how = stays === '' ? 'Give it the option that keeps it in the foreground' : stays;
      notes.push(
        `Type=forking: it leaves the foreground, and hupd would lose it. ${how}, then remove autostart=false.`,
      );
      break;
    }
    case 'dbus':
      notes.push(`Type=dbus: hupd does not look whether ${service(draft, 'BusName') ?? 'its name'} is on the bus.`);
      break;
  }
}

/** What keeps a server that we know in the foreground; '' for others. */
function staysBy(words: readonly string[]): string {
  const server = recognise(words);
  if (server === null || server.daemonizes === null) return '';
  const { daemonizes, name } = server;
  if ('unless' in daemonizes)
    return `Of ${name} that is ${daemonizes.unless[0]}: put it into the command or the configuration`;
  return `Remove ${daemonizes.options.join(' or ')} from the command of ${name}`;
}

function addRestart(draft: Draft): void {
  const { options, notes } = draft;
  const restart = service(draft, 'Restart') ?? 'no';
  const codes = (service(draft, 'SuccessExitStatus') ?? '').split(/\s+/).filter((word) => /^\d+$/.test(word));
  if (restart === 'always') {
    options.push(['autorestart', 'true']);
  } else if (/^on-(failure|abnormal|abort|watchdog)$/.test(restart)) {
    options.push(['autorestart', 'unexpected'], ['exitcodes', ['0', ...codes].join(',')]);
    if (restart !== 'on-failure')
      notes.push(`Restart=${restart}: here a bad exit status is a reason for a restart as well.`);
  } else {
    options.push(['autorestart', 'false']);
    if (restart === 'on-success') notes.push('Restart=on-success has no counterpart: it is not started again.');
  }
  const wait = parseTimeSpan(service(draft, 'RestartSec') ?? '0');
  if (wait !== null && wait > 1) {
    notes.push(
      `RestartSec=${service(draft, 'RestartSec')}: hupd starts it again at once, and after failed starts in 1 s, 2 s, 3 s …`,
    );
  }
}

function addStop(draft: Draft): void {
  const { unit, options, notes } = draft;
  const byCommand = unit
    .all('Service', 'ExecStop')
    .map(signalOfKill)
    .find((signal) => signal !== null);
  const signal = byCommand ?? signalWord(service(draft, 'KillSignal') ?? 'SIGTERM');
  if (signal === null) notes.push(`KillSignal=${service(draft, 'KillSignal')} is no signal that hupd knows.`);
  else if (signal !== 'TERM') options.push(['stopsignal', signal]);
  const secs = parseTimeSpan(service(draft, 'TimeoutStopSec') ?? service(draft, 'TimeoutSec') ?? '90');
  if (secs === Number.POSITIVE_INFINITY) notes.push('TimeoutStopSec=infinity: here it is killed after a day.');
  options.push(['stopwaitsecs', String(secs === null ? 90 : Math.min(Math.ceil(secs), 86_400))]);
  switch (service(draft, 'KillMode') ?? 'control-group') {
    case 'control-group':
      options.push(['stopasgroup', 'true']);
      break;
    case 'mixed':
      options.push(['killasgroup', 'true']);
      break;
    case 'none':
      notes.push('KillMode=none has no counterpart: it is killed after stopwaitsecs.');
      break;
  }
}

function addReload({ unit, options, notes }: Draft): void {
  const lines = unit.all('Service', 'ExecReload');
  const signals = lines.map(signalOfKill);
  const signal = signals.find((one) => one !== null);
  if (signal !== undefined) options.push(['reload_strategy', 'hup'], ['reload_signal', signal]);
  // A command before the signal is the usual place of a test of the configuration.
  const test = signal === undefined ? undefined : lines.find((_, i) => signals[i] === null);
  if (test !== undefined && !/\$/.test(test)) options.push(['reload_test', doubled(test.replace(/^[-@:+!]+/, ''))]);
  for (const line of lines.filter((_, i) => signals[i] === null)) {
    if (line === test && !/\$/.test(line)) continue;
    notes.push(
      `ExecReload=${line} is left out: hupd reloads by a signal (reload_strategy=hup) or by a successor (rolling).`,
    );
  }
  if (lines.length === 0 && unit.last('Service', 'Type') === 'notify-reload') {
    options.push(
      ['reload_strategy', 'hup'],
      ['reload_signal', signalWord(unit.last('Service', 'ReloadSignal') ?? 'HUP') ?? 'HUP'],
    );
  }
}

function addOutput(draft: Draft): void {
  const { expand, options, notes } = draft;
  const stdout = service(draft, 'StandardOutput') ?? 'journal';
  const stderr = service(draft, 'StandardError') ?? 'inherit';
  const target = (value: string): string | null => {
    if (value === 'null') return 'NONE';
    const path = /^(?:file|append|truncate):(.*)$/.exec(value)?.[1];
    return path === undefined ? null : doubled(expand(path));
  };
  const out = target(stdout);
  if (out !== null) options.push(['stdout_logfile', out]);
  if (/^(syslog|kmsg)/.test(stdout)) options.push(['stdout_syslog', 'true']);
  const err = target(stderr);
  if (err !== null) options.push(['stderr_logfile', err]);
  else options.push(['redirect_stderr', 'true']);
  if (/^(tty|socket|fd:)/.test(stdout)) notes.push(`StandardOutput=${stdout}: here its output goes to a log.`);
  const stdin = service(draft, 'StandardInput') ?? 'null';
  if (stdin !== 'null') notes.push(`StandardInput=${stdin} is left out: here its input is a pipe, or nothing.`);
}

/** The .socket unit beside it, whose sockets hupd can hold. */
function addSockets({ expand, options, notes }: Draft, file: string, { read }: Surroundings): void {
  const socketFile = file.replace(/\.service$/, '.socket');
  const text = read(socketFile);
  if (text === null) return;
  const socket = parseUnitFile(text);
  const listens = socket.all('Socket', 'ListenStream').map(expand);
  const addresses = listens.map(socketAddress);
  const usable = addresses.filter((address) => address !== null);
  if (socket.last('Socket', 'Accept') === 'yes' || usable.length < addresses.length || usable.length === 0) {
    notes.push(`${basename(socketFile)} is left out: hupd holds stream sockets that a single process accepts on.`);
    return;
  }
  options.push(['socket', doubled(usable.join(' '))]);
  notes.push(
    `From ${basename(socketFile)}: hupd holds the socket, and starts the program at once and not at the first connection.`,
  );
}

function socketAddress(listen: string): string | null {
  if (isAbsolute(listen) && !/\s/.test(listen)) return `unix://${listen}`;
  if (/^\d+$/.test(listen)) return `tcp://[::]:${listen}`;
  return /^(\[[0-9a-fA-F:.]+\]|[\d.]+):\d+$/.test(listen) ? `tcp://${listen}` : null;
}

/** The signal of `/bin/kill -HUP $MAINPID`; null: it is another command. */
function signalOfKill(value: string): string | null {
  const [program = '', option = '', ...rest] = splitUnitWords(value.replace(/^[-@:+!]+/, ''));
  if (!/(^|\/)kill$/.test(program)) return null;
  const words = option === '-s' ? [`-${rest[0] ?? ''}`, ...rest.slice(1)] : [option, ...rest];
  const [signal = '', target = ''] = words.length === 1 ? ['-TERM', option] : words;
  return /^\$\{?MAINPID\}?$/.test(target) ? signalWord(signal.slice(1)) : null;
}

/** Without its SIG; null: unknown. */
function signalWord(text: string): string | null {
  const upper = text.trim().toUpperCase();
  if (/^\d+$/.test(upper)) return upper;
  const [, offset] = /^(?:SIG)?RTMIN\+(\d+)$/.exec(upper) ?? [];
  if (offset !== undefined) return String((signalNumbers.get('SIGRTMIN') ?? 34) + Number(offset));
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  return signalNumbers.has(name) ? name.slice(3) : null;
}
