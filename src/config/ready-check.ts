/**
 * `ready_check=`: a word, or a kind with what it needs behind a colon. Behind an http address there may be words of the form name=value:
 *
 *     ready_check=http:/health status=200-299,401 host=www.example.org timeout=2
 */
import type { ReadyCheck, SocketAddress, StatusRange } from '../core/spec.ts';
import { parseDecimal } from '../util/python-number.ts';
import { reprText } from '../util/python-repr.ts';
import { splitBlanks } from '../util/python-text.ts';
import { accepted, type DataType, type Parsed, refused } from './datatype.ts';
import { parseAddress, parseCommand } from './own-datatypes.ts';

type HttpCheck = Extract<ReadyCheck, { kind: 'http' }>;

/** What a server answers that works: a page, or a way to one. */
const workingStatuses: readonly StatusRange[] = [{ from: 200, to: 399 }];
const httpTimeoutSecs = 10;

const simpleChecks: ReadonlyMap<string, ReadyCheck> = new Map([
  ['auto', { kind: 'auto' }],
  ['accept', { kind: 'accept' }],
  ['notify', { kind: 'notify' }],
  ['startsecs', { kind: 'startsecs' }],
]);

export const readyCheck: DataType<ReadyCheck> = {
  name: 'ready check',
  expected:
    'auto, accept, http:/path, http://host:port/path, tcp://host:port, unix:/path, exec:command, notify, fd:number, log:regex or startsecs',
  words: [...simpleChecks.keys(), 'http:/', 'fd:3'],
  parse: (value) => {
    const simple = simpleChecks.get(value.toLowerCase());
    if (simple !== undefined) return accepted(simple);
    const [, kind = '', rest = ''] = /^([a-z]+):(.+)$/s.exec(value) ?? [];
    return parseCheck(kind, rest) ?? refused(`invalid 'ready_check' value ${reprText(value)}`);
  },
};

/** null: not a check. */
function parseCheck(kind: string, rest: string): Parsed<ReadyCheck> | null {
  switch (kind) {
    case 'http':
      return parseHttp(rest);
    case 'tcp':
      return parseAddress(`tcp:${rest}`);
    case 'unix':
      return parseAddress(rest.startsWith('//') ? `unix:${rest}` : `unix://${rest}`);
    case 'exec':
      return parseExec(rest);
    case 'fd':
      return /^\d{1,4}$/.test(rest) && Number(rest) > 2 ? accepted({ kind, fd: Number(rest) }) : null;
    case 'log':
      return parsePattern(rest);
    default:
      return null;
  }
}

function parseExec(rest: string): Parsed<ReadyCheck> | null {
  const command = parseCommand(rest);
  if (!command.ok) return command;
  return command.value === null ? null : accepted({ kind: 'exec', command: command.value });
}

function parseHttp(rest: string): Parsed<ReadyCheck> | null {
  const [where = '', ...words] = splitBlanks(rest);
  const target = parseTarget(where);
  if (target === null) return null;
  let check: HttpCheck = {
    kind: 'http',
    ...target,
    host: null,
    statuses: workingStatuses,
    timeoutSecs: httpTimeoutSecs,
  };
  for (const word of words) {
    const setting = parseSetting(word);
    if (setting === null) {
      return refused(`ready_check has ${reprText(word)}, and not one of status=200-399, host=name, timeout=seconds`);
    }
    check = { ...check, ...setting };
  }
  return accepted(check);
}

function parseTarget(where: string): { readonly address: SocketAddress | null; readonly path: string } | null {
  const url = where.startsWith('//') ? `http:${where}` : where.startsWith('/') ? `http://localhost${where}` : '';
  if (!URL.canParse(url)) return null;
  const { hostname, port, pathname, search, username, password } = new URL(url);
  if (username !== '' || password !== '') return null;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const address = where.startsWith('//') ? { kind: 'tcp' as const, host, port: Number(port || '80') } : null;
  return { address, path: pathname + search };
}

function parseSetting(word: string): Partial<HttpCheck> | null {
  const [, name, value = ''] = /^(\w+)=(.+)$/.exec(word) ?? [];
  switch (name) {
    case 'host':
      return { host: value };
    case 'status': {
      const statuses = value.split(',').map(parseStatuses);
      return statuses.every((range) => range !== null) ? { statuses } : null;
    }
    case 'timeout': {
      const timeoutSecs = parseDecimal(value);
      return timeoutSecs !== null && timeoutSecs > 0 ? { timeoutSecs } : null;
    }
    default:
      return null;
  }
}

function parseStatuses(text: string): StatusRange | null {
  const [, from, to = from] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? [];
  return from === undefined || Number(to) < Number(from) ? null : { from: Number(from), to: Number(to) };
}

function parsePattern(pattern: string): Parsed<ReadyCheck> {
  try {
    new RegExp(pattern, 'u');
    return accepted({ kind: 'log', pattern });
  } catch {
    return refused(`ready_check has a bad regular expression: ${reprText(pattern)}`);
  }
}
