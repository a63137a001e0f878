/** `[inet_http_server]` and `[unix_http_server]`: every section whose name begins so is a server. */
import type { Credentials, ServerSpec } from '../../core/spec.ts';
import { absolute } from '../../util/posix-path.ts';
import { strip } from '../../util/python-text.ts';
import { expandHome } from '../datatype.ts';
import { inetAddress, octal, text, userAndGroup } from '../datatypes.ts';
import { type OptionRow, option, own } from '../option.ts';
import type { Reading, SectionReader } from '../reading.ts';

const common = {
  username: option('username', text, null, 'environment', 'Who may do everything.'),
  password: option('password', text, null, 'environment', 'Clear, or {SHA} and the lower-case hex SHA-1.'),
  read_only_username: own(option('read_only_username', text, null, 'environment', 'Who may look and change nothing.')),
  read_only_password: own(option('read_only_password', text, null, 'environment', 'As password.')),
} as const;

export const inetServerOptions = {
  ...common,
  port: option('port', inetAddress, null, 'environment', 'Required: host:port, *:port or port.'),
} as const;

export const unixServerOptions = {
  ...common,
  file: option('file', text, null, 'here', 'Required: the path of the socket.'),
  chmod: option('chmod', octal, null, 'environment', 'The mode of the socket; 0700 by default.'),
  chown: option('chown', userAndGroup, null, 'environment', 'The owner of the socket, user or user:group.'),
} as const;

/** inet servers first, then unix servers, each in file order. */
export function readServers(reading: Reading): readonly ServerSpec[] {
  const names = [...reading.document.sections.keys()];
  const inet = names.filter((name) => name.startsWith('inet_http_server')).map((name) => readInet(reading, name));
  const unix = names.filter((name) => name.startsWith('unix_http_server')).map((name) => readUnix(reading, name));
  return [...inet, ...unix].filter((server) => server !== null);
}

function readInet(reading: Reading, name: string): ServerSpec | null {
  const section = reading.section(name);
  const credentials = readPair(section, common.username, common.password);
  if (!section.has('port')) {
    section.refuse(null, `section [${name}] has no port value`, 'add port=127.0.0.1:9001');
    return null;
  }
  const address = section.read(inetServerOptions.port);
  const readOnlyCredentials = readPair(section, common.read_only_username, common.read_only_password);
  return address === null ? null : { kind: 'inet', section: name, credentials, readOnlyCredentials, ...address };
}

function readUnix(reading: Reading, name: string): ServerSpec | null {
  const section = reading.section(name);
  const file = section.read(unixServerOptions.file, [new Map([['here', reading.here]])]);
  if (!section.has('file')) {
    section.refuse(null, `section [${name}] has no file value`, 'add file=/run/hupd.sock');
    return null;
  }
  const credentials = readPair(section, common.username, common.password);
  const owner = readAs(section, unixServerOptions.chown, 'Invalid sockchown value');
  const mode = readAs(section, unixServerOptions.chmod, 'Invalid chmod value') ?? 0o700;
  const readOnlyCredentials = readPair(section, common.read_only_username, common.read_only_password);
  if (file === null) return null;
  const path = absolute(expandHome(strip(file), reading.machine), reading.machine.cwd);
  return { kind: 'unix', section: name, credentials, readOnlyCredentials, file: path, mode, owner };

  /** Any refusal in the one wording that supervisord has for this option. */
  function readAs<T>(from: SectionReader, row: OptionRow<T | null>, refusal: string): T | null {
    const raw = from.find(row.name)?.value;
    const value = raw === undefined ? null : from.expand(row.name, raw, []);
    if (value === null) return null;
    const parsed = row.parse(value, reading.machine);
    return from.convert(row, parsed.ok ? parsed : { ok: false, error: `${refusal} ${value}` });
  }
}

/** Both or neither. An empty user name is no authentication, as under supervisord. */
function readPair(
  section: SectionReader,
  usernameRow: OptionRow<string | null>,
  passwordRow: OptionRow<string | null>,
): Credentials | null {
  const username = section.read(usernameRow);
  const password = section.read(passwordRow);
  if ((username === null) !== (password === null)) {
    const missing = username === null ? usernameRow.name : passwordRow.name;
    if (!section.has(missing)) {
      section.refuse(
        username === null ? passwordRow.name : usernameRow.name,
        `Section [${section.name}] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified`,
        `add ${missing}=`,
      );
    }
    return null;
  }
  return username === null || username === '' || password === null ? null : { username, password };
}

/** Nobody but this machine's own users can reach it, or whoever does needs a password. */
function isProtected(server: ServerSpec): boolean {
  if (server.kind === 'unix' || server.credentials !== null) return true;
  return server.host === 'localhost' || server.host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(server.host);
}

/** A server that is not protected is refused with `require_auth`, and otherwise found by `--check`. */
export function checkProtection(reading: Reading, server: ServerSpec, requireAuth: boolean): void {
  if (isProtected(server)) return;
  const what = `[${server.section}]`;
  const why = 'other machines can reach it without a password';
  const todo = 'set username and password, or listen on 127.0.0.1';
  const place = reading.section(server.section).place('port');
  if (!requireAuth) {
    reading.find(place, what, why, todo);
    return;
  }
  const error = `section ${what} can be reached from other machines without a password, which require_auth=true forbids: ${todo}`;
  reading.refuse(place, what, error, todo, `${why}, which require_auth=true forbids`);
}
