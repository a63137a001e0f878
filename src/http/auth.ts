/** Basic authentication as supervisord's: a clear password or `{SHA}` and its hex SHA-1, compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Credentials, ServerSpec } from '../core/spec.ts';

/** `full`; `read`: nothing that changes anything; `none`: not known; `malformed`: not even a header of that kind. */
export type Access = 'full' | 'read' | 'none' | 'malformed';

/** The name in that header, whatever it is worth; null: none. */
export function usernameOf(header: string | undefined): string | null {
  const credentials = decoded(header);
  return typeof credentials === 'string' ? null : credentials.username;
}

/** What the sender of this Authorization header may do on this server. A server without credentials is open, whatever is sent. */
export function accessOf(
  server: Pick<ServerSpec, 'credentials' | 'readOnlyCredentials'>,
  header: string | undefined,
): Access {
  if (server.credentials === null) return 'full';
  const offered = decoded(header);
  if (typeof offered === 'string') return offered;
  const { username, password } = offered;
  if (matches(server.credentials, username, password)) return 'full';
  const { readOnlyCredentials } = server;
  return readOnlyCredentials !== null && matches(readOnlyCredentials, username, password) ? 'read' : 'none';
}

function decoded(header: string | undefined): Credentials | 'none' | 'malformed' {
  const [, scheme, encoded] = /^([^ ]+) (.*)$/.exec(header ?? '') ?? [];
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return 'none';
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return 'malformed';
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? 'none' : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Both are compared, whatever comes of the first. */
function matches(credentials: Credentials, username: string, password: string): boolean {
  const offered = credentials.password.startsWith('{SHA}')
    ? `{SHA}${createHash('sha1').update(password).digest('hex')}`
    : password;
  const sameName = sameText(credentials.username, username);
  const samePassword = sameText(credentials.password, offered);
  return sameName && samePassword;
}

/** Digests are of one length, so the time says nothing of the texts. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
