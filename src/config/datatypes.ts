/**
 * The kinds of values in a supervisord file: what each accepts, and supervisord's words for what it refuses, which people search the web
 * for. Nothing of JavaScript's own number parsing is used: `1.5`, '' and `0x10` must be errors.
 */
import { signalNumbers } from '../core/signals.ts';
import type { LogLevel, LogTarget } from '../core/spec.ts';
import { dirname, join } from '../util/posix-path.ts';
import { badInteger, parseInteger } from '../util/python-number.ts';
import { reprText } from '../util/python-repr.ts';
import { strip } from '../util/python-text.ts';
import { accepted, type DataType, expandHome, type Machine, type Parsed, refused } from './datatype.ts';

type Parse<T> = DataType<T>['parse'];

function dataType<T>(name: string, expected: string, parse: Parse<T>, words: readonly string[] = []): DataType<T> {
  return { name, expected, words, parse };
}

export const text = dataType('text', 'any text', (value) => accepted(value));

export const integer = dataType('integer', 'a whole number', (value) => wholeNumber(value));

function wholeNumber(value: string): Parsed<number> {
  const number = parseInteger(value);
  return number === null ? refused(badInteger(value)) : accepted(number);
}

/** A whole number from `min` to `max`. */
export function within(min: number, max: number | null, value: string): Parsed<number> {
  const number = wholeNumber(value);
  if (!number.ok) return number;
  if (number.value < min) return refused(`${number.value} is below lower bound (${min})`);
  if (max !== null && number.value > max) return refused(`${number.value} is above upper bound (${max})`);
  return number;
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['yes', true],
  ['true', true],
  ['on', true],
  ['1', true],
  ['no', false],
  ['false', false],
  ['off', false],
  ['0', false],
]);

export const boolean = dataType(
  'boolean',
  'true or false',
  (value) => {
    const truth = truths.get(value.toLowerCase());
    return truth === undefined ? refused(`not a valid boolean value: ${reprText(value)}`) : accepted(truth);
  },
  [...truths.keys()],
);

const units: ReadonlyMap<string, number> = new Map([
  ['kb', 1024],
  ['mb', 1024 ** 2],
  ['gb', 1024 ** 3],
]);

/** Negative sizes are accepted and mean 0, as supervisord accepts them. */
export const byteSize = dataType('bytes', 'a whole number, alone or followed by KB, MB or GB', (value) => {
  const lower = value.toLowerCase();
  const unit = units.get(lower.slice(-2));
  const number = wholeNumber(unit === undefined ? lower : lower.slice(0, -2));
  return number.ok ? accepted(Math.max(0, number.value * (unit ?? 1))) : number;
});

export const octal = dataType('octal', 'an octal number such as 022', (value) => {
  const number = parseInteger(value, 8);
  return number === null ? refused(`${value} can not be converted to an octal type`) : accepted(number);
});

/** 0 is accepted, as supervisord accepts it. */
export const signal = dataType(
  'signal',
  'the name or number of a signal, such as TERM',
  (value) => {
    const number = parseInteger(value);
    if (number !== null) {
      const known = number === 0 || [...signalNumbers.values()].includes(number);
      return known ? accepted(number) : refused(`value ${reprText(value)} is not a valid signal number`);
    }
    const upper = strip(value).toUpperCase();
    const named = signalNumbers.get(upper.startsWith('SIG') ? upper : `SIG${upper}`);
    return named === undefined ? refused(`value ${reprText(value)} is not a valid signal name`) : accepted(named);
  },
  [...signalNumbers.keys()].flatMap((name) => [name.slice(3), name]),
);

export const exitCodes = dataType<readonly number[]>(
  'exit codes',
  'whole numbers from 0 to 255, with commas',
  (value) => {
    if (value === '') return accepted([]);
    const codes = value.split(',').map((code) => parseInteger(code) ?? -1);
    return codes.every((code) => code >= 0 && code <= 255)
      ? accepted(codes)
      : refused(`not a valid list of exit codes: ${reprText(value)}`);
  },
);

/** A trailing comma makes an empty last element. */
export const stringList = dataType<readonly string[]>('list', 'names with commas', (value) =>
  accepted(value === '' ? [] : value.split(',').map(strip)),
);

export const autoRestart = dataType<boolean | 'unexpected'>(
  'boolean or unexpected',
  'true, false or unexpected',
  (value) => {
    const lower = value.toLowerCase();
    const known = lower === 'unexpected' ? lower : truths.get(lower);
    return known === undefined ? refused(`invalid 'autorestart' value ${reprText(lower)}`) : accepted(known);
  },
  [...truths.keys(), 'unexpected'],
);

/** A uid of this machine. */
export const user = dataType('user', 'a user name or uid of this machine', lookUpUser);

function lookUpUser(value: string, machine: Machine): Parsed<number> {
  const uid = parseInteger(value);
  if (uid !== null) {
    return isId(uid) && machine.userById(uid) !== null ? accepted(uid) : refused(`Invalid user id ${value}`);
  }
  const known = machine.userByName(value);
  return known === null ? refused(`Invalid user name ${value}`) : accepted(known.uid);
}

export interface Owner {
  readonly uid: number;
  /** -1: unchanged. */
  readonly gid: number;
}

export const userAndGroup = dataType<Owner>('user[:group]', 'a user, or user:group', (value, machine) => {
  const colon = value.indexOf(':');
  const uid = lookUpUser(colon < 0 ? value : value.slice(0, colon), machine);
  const gid = colon < 0 ? -1 : lookUpGroup(value.slice(colon + 1), machine);
  return uid.ok && gid !== null ? accepted({ uid: uid.value, gid }) : refused(`Invalid user:group definition ${value}`);
});

function lookUpGroup(value: string, machine: Machine): number | null {
  const gid = parseInteger(value);
  if (gid !== null && !isId(gid)) return null;
  return (gid === null ? machine.groupByName(value) : machine.groupById(gid))?.gid ?? null;
}

function isId(number: number): boolean {
  return number >= 0 && number < 0xffffffff;
}

export const existingDirectory = dataType('directory', 'a directory that exists', (value, machine) => {
  const path = expandHome(value, machine);
  return path !== '' && machine.isDirectory(join(machine.cwd, path))
    ? accepted(path)
    : refused(`${value} is not an existing directory`);
});

/** A file, there or not, in a directory that is there. */
export const pathInDirectory = dataType('path', 'a file in a directory that exists', checkPath);

function checkPath(value: string, machine: Machine): Parsed<string> {
  const path = expandHome(value, machine);
  const directory = dirname(path);
  return directory === '' || machine.isDirectory(join(machine.cwd, directory))
    ? accepted(path)
    : refused(`The directory named as part of the path ${value} does not exist`);
}

const levels: ReadonlyMap<string, LogLevel> = new Map([
  ['critical', 'CRIT'],
  ['error', 'ERRO'],
  ['warn', 'WARN'],
  ['info', 'INFO'],
  ['debug', 'DEBG'],
  ['trace', 'TRAC'],
  ['blather', 'BLAT'],
]);

export const logLevel = dataType(
  'log level',
  [...levels.keys()].join(', '),
  (value) => {
    const level = levels.get(value.toLowerCase());
    return level === undefined ? refused(`bad logging level name ${reprText(value)}`) : accepted(level);
  },
  [...levels.keys()],
);

export type ChildLog = LogTarget | { readonly kind: 'syslog' };

/** The empty file name is no log, but counts as a file name where the two are told apart. */
export const childLog = dataType<ChildLog>('log file', 'a file name, AUTO or NONE', (value, machine) => {
  const lower = value.toLowerCase();
  if (lower === 'none' || lower === 'off') return accepted({ kind: 'none' });
  if (lower === 'auto') return accepted({ kind: 'auto' });
  if (lower === 'syslog') return accepted({ kind: 'syslog' });
  const path = checkPath(value, machine);
  return path.ok ? accepted({ kind: 'file', path: path.value }) : path;
});

export interface InetAddress {
  /** '': all IPv4 interfaces. */
  readonly host: string;
  readonly port: number;
}

export const inetAddress = dataType<InetAddress>('address', 'host:port, *:port or port', (value) => {
  const colon = value.lastIndexOf(':');
  if (colon < 0) {
    const port = within(1, 65535, value);
    return port.ok ? accepted({ host: '', port: port.value }) : refused(`not a valid port number: ${reprText(value)} `);
  }
  if (colon === value.length - 1) return refused("no port number specified in ''");
  const port = within(1, 65535, value.slice(colon + 1));
  const host = value.slice(0, colon).toLowerCase();
  return port.ok ? accepted({ host: host === '*' ? '' : host, port: port.value }) : port;
});

/** A process or group name: it must not break the event protocol or an address of the web pages. */
export const processName = dataType('name', 'a name without blanks, colons and slashes', (value) => {
  const name = strip(value);
  const bad = [' ', ':', '/'].find((char) => name.includes(char));
  return bad === undefined
    ? accepted(name)
    : refused(`Invalid name: ${reprText(value)} because of character: ${reprText(bad)}`);
});
