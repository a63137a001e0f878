/** The kinds of values that only hupd's own options have. Their errors are made after the pattern of supervisord's. */
import { splitCommand } from '../core/shell-words.ts';
import type { SocketAddress } from '../core/spec.ts';
import { badDecimal, parseDecimal } from '../util/python-number.ts';
import { reprText } from '../util/python-repr.ts';
import { splitBlanks } from '../util/python-text.ts';
import { accepted, type DataType, type Parsed, refused } from './datatype.ts';
import { within } from './datatypes.ts';

/** Seconds, fractions allowed, not negative. */
export const seconds: DataType<number> = {
  name: 'seconds',
  expected: 'a number of seconds such as 2 or 0.5',
  words: [],
  parse: (value) => {
    const number = parseDecimal(value);
    if (number === null) return refused(badDecimal(value));
    return number < 0 ? refused(`${number} is below lower bound (0)`) : accepted(number);
  },
};

export const count: DataType<number> = {
  name: 'integer',
  expected: 'a whole number from 1 up',
  words: [],
  parse: (value) => within(1, null, value),
};

/** One of a few words, in any case. */
export function oneOf<const T extends string>(option: string, choices: readonly T[]): DataType<T> {
  return {
    name: choices.join(' | '),
    expected: choices.join(', '),
    words: choices,
    parse: (value) => {
      const lower = value.toLowerCase();
      const choice = choices.find((one) => one === lower);
      return choice === undefined ? refused(`invalid '${option}' value ${reprText(value)}`) : accepted(choice);
    },
  };
}

/** Words with blanks between them. */
export const words: DataType<readonly string[]> = {
  name: 'list',
  expected: 'words with blanks between them',
  words: [],
  parse: (value) => accepted(splitBlanks(value)),
};

export const commandLine: DataType<string | null> = {
  name: 'command',
  expected: 'a command line with its quotes in pairs',
  words: [],
  parse: (value) => parseCommand(value),
};

/** As it is written; null: none. One that can not be split would fail whenever it is to be run. */
export function parseCommand(value: string): Parsed<string | null> {
  const split = splitCommand(value);
  if ('error' in split) return refused(`can't parse command ${reprText(value)}: ${split.error}`);
  return accepted(split.length === 0 ? null : value);
}

export const socketAddresses: DataType<readonly SocketAddress[]> = {
  name: 'addresses',
  expected: 'tcp://host:port, tcp://[::1]:port or unix:///path, several with blanks between them',
  words: [],
  parse: (value) => {
    const addresses: SocketAddress[] = [];
    for (const word of splitBlanks(value)) {
      const address = parseAddress(word);
      if (!address.ok) return address;
      addresses.push(address.value);
    }
    return accepted(addresses);
  },
};

/** `tcp://host:port` or `unix:///path`. */
export function parseAddress(word: string): Parsed<SocketAddress> {
  const path = /^unix:\/\/(.*)$/s.exec(word)?.[1];
  if (path !== undefined) {
    return path.startsWith('/')
      ? accepted({ kind: 'unix', path })
      : refused(`Unix socket path ${reprText(path)} is not an absolute path`);
  }
  const [, bracketed, plain, digits] = /^tcp:\/\/(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]*)):(\d+)$/.exec(word) ?? [];
  if (digits === undefined) return refused(`Bad socket format ${reprText(word)}`);
  const port = within(1, 65535, digits);
  if (!port.ok) return port;
  const host = (bracketed ?? plain ?? '').toLowerCase();
  return accepted({ kind: 'tcp', host: host === '' || host === '*' ? '0.0.0.0' : host, port: port.value });
}
