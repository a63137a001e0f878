/** The socket of `[fcgi-program:x]`, which its processes share as their standard input. */
import type { FcgiSocketSpec } from '../../core/spec.ts';
import { isAbsolute, normalize } from '../../util/posix-path.ts';
import { reprText } from '../../util/python-repr.ts';
import { accepted, type Parsed, refused } from '../datatype.ts';
import { integer, octal, text, user, userAndGroup, within } from '../datatypes.ts';
import type { Names } from '../expand.ts';
import { type OptionRow, option } from '../option.ts';
import type { Reading, SectionReader } from '../reading.ts';

/** Beyond those of a program. */
export const fcgiOptions = {
  socket: option('socket', text, null, 'program', 'Required: tcp://host:port or unix:///absolute/path.'),
  socket_backlog: option(
    'socket_backlog',
    integer,
    null,
    'here',
    'Connections that may wait; as many as the kernel allows by default.',
  ),
  socket_owner: option('socket_owner', userAndGroup, null, 'here', 'The owner of a unix socket, user or user:group.'),
  socket_mode: option('socket_mode', octal, null, 'here', 'The mode of a unix socket; 0700 by default.'),
} as const;

/** The `user` of the section, which owns the socket unless it says otherwise, is looked up here with fewer names than later. */
const userOption = option('user', user, null, 'here', '');

/** null: refused, and said so. `programName` is a name that `socket` may use. */
export function readFcgiSocket(reading: Reading, name: string, programName: string): FcgiSocketSpec | null {
  const section = reading.section(name);
  const names: Names = [new Map([['here', reading.here]])];
  const uid = section.read(userOption, names);
  const backlog = readBacklog(section, names);
  const owner = readAs(section, fcgiOptions.socket_owner);
  const mode = readAs(section, fcgiOptions.socket_mode);
  const socket = section.read(fcgiOptions.socket, [...names, new Map([['program_name', programName]])]);
  if (socket === null || socket === '') {
    if (socket === '' || !section.has('socket')) {
      section.refuse(
        'socket',
        `[${name}] section requires a "socket" line`,
        'add socket=unix:///run/%(program_name)s.sock',
      );
    }
    return null;
  }
  const spec = parseSocket(socket);
  if (spec.ok) return spec.value;
  section.refuse('socket', `${spec.error} in [${name}] socket`, 'write tcp://host:port or unix:///absolute/path');
  return null;

  function parseSocket(value: string): Parsed<FcgiSocketSpec> {
    const path = /^unix:\/\/(.*)$/s.exec(value)?.[1];
    if (path !== undefined) {
      if (!isAbsolute(path)) return refused(`('Unix socket path %s is not an absolute path', ${reprText(path)})`);
      return accepted({
        address: { kind: 'unix', path: normalize(path) },
        backlog,
        mode: mode ?? 0o700,
        owner: owner ?? defaultOwner(),
      });
    }
    if (owner !== null || mode !== null) {
      return refused('socket_owner and socket_mode params should only be used with a Unix domain socket');
    }
    const [, host, digits] = /^tcp:\/\/([^\s:]+):(\d+)$/.exec(value) ?? [];
    if (host === undefined || digits === undefined) return refused(`('Bad socket format %s', ${reprText(value)})`);
    const port = within(1, 65535, digits);
    if (!port.ok) return port;
    return accepted({
      address: { kind: 'tcp', host: host.toLowerCase(), port: port.value },
      backlog,
      mode: null,
      owner: null,
    });
  }

  /** The program's user and its primary group, if that is another than the daemon's. */
  function defaultOwner(): FcgiSocketSpec['owner'] {
    if (uid === null || uid === reading.machine.uid) return null;
    return { uid, gid: reading.machine.userById(uid)?.gid ?? -1 };
  }

  /** Any refusal in the one wording that supervisord has for these. */
  function readAs<T>(from: SectionReader, row: OptionRow<T | null>): T | null {
    const raw = from.find(row.name)?.value;
    const value = raw === undefined ? null : from.expand(row.name, raw, names);
    if (value === null) return null;
    const parsed = row.parse(value, reading.machine);
    return from.convert(row, parsed.ok ? parsed : refused(`Invalid ${row.name} value ${value}`));
  }
}

function readBacklog(section: SectionReader, names: Names): number | null {
  const backlog = section.read(fcgiOptions.socket_backlog, names);
  if (backlog === null || (backlog >= 1 && backlog <= 65535)) return backlog;
  section.refuse('socket_backlog', `Invalid socket_backlog value ${backlog}`, 'it takes 1 to 65535');
  return null;
}
