/**
 * How inherited sockets are told to a program by variables (landscape 3e). Each server reads one dialect. A program that is not known is given
 * all those that cannot hurt; the others only what the profile names, since
 *
 *   NGINX         any nginx believes it, one that the program starts for itself too
 *   UNICORN_FD    beside LISTEN_FDS a unicorn has each socket twice
 *   UWSGI_RELOADS makes a uWSGI close every descriptor that it does not know
 *   LISTEN_FDS    makes a uWSGI bind its own addresses beside them, which are in use
 *   FPM_SOCKETS   removes the paths of unix sockets that are not in the configuration
 *
 * `PUMA_INHERIT_n` is not among them: puma reads LISTEN_FDS and closes what it has not matched, which would be the same descriptors. Nor is
 * `GUNICORN_FD`: it would make gunicorn look for an old master.
 */
import type { SocketAddress } from '../core/spec.ts';
import type { Dialect, ServerProfile } from './profiles/profile.ts';

/** The first descriptor that is handed over; 0 to 2 are the standard ones. */
export const firstSocketFd = 3;

/** For programs that nothing is known of. */
export const harmless: readonly Dialect[] = ['listen-fds', 'server-starter', 'einhorn'];

/** Child descriptor numbers for these sockets, from 3 up. */
export function socketFds(sockets: ReadonlyArray<{ readonly fd: number }>): ReadonlyMap<number, number> {
  return new Map(sockets.map(({ fd }, index) => [firstSocketFd + index, fd]));
}

export function dialectsOf(profile: ServerProfile | null): readonly Dialect[] {
  return profile === null ? harmless : profile.takes;
}

/**
 * `probe`: where the private probe listens, the last of the descriptors; null: there is none. `LISTEN_PID` is missing here: it has to be the
 * successor's own pid, which only the spawn can know.
 */
export function socketVariables(
  dialects: readonly Dialect[],
  sockets: readonly SocketAddress[],
  probe: SocketAddress | null,
  generation: number,
): ReadonlyMap<string, string> {
  if (sockets.length === 0) return new Map();
  const all = probe === null ? sockets : [...sockets, probe];
  const given = all.map((address, index) => ({ address, fd: firstSocketFd + index }));
  return new Map(dialects.flatMap((dialect) => inDialect(dialect, given, sockets.length, generation)));
}

type Given = { readonly address: SocketAddress; readonly fd: number };

/** `count`: of the sockets, without the probe. */
function inDialect(
  dialect: Dialect,
  given: readonly Given[],
  count: number,
  generation: number,
): ReadonlyArray<readonly [name: string, value: string]> {
  switch (dialect) {
    case 'listen-fds':
      return [
        ['LISTEN_FDS', `${given.length}`],
        ['LISTEN_FDNAMES', given.map((_, index) => (index < count ? `socket${index}` : 'probe')).join(':')],
      ];
    case 'unicorn':
      return [['UNICORN_FD', given.map(({ fd }) => fd).join(',')]];
    case 'server-starter':
      return [
        ['SERVER_STARTER_PORT', given.map(({ address, fd }) => `${bracketed(address)}=${fd}`).join(';')],
        ['SERVER_STARTER_GENERATION', `${generation}`],
      ];
    case 'einhorn':
      return [
        ['EINHORN_FD_COUNT', `${count}`],
        ...given.slice(0, count).map(({ fd }, index) => [`EINHORN_FD_${index}`, `${fd}`] as const),
      ];
    case 'nginx':
      return [['NGINX', given.map(({ fd }) => `${fd};`).join('')]];
    case 'php-fpm':
      return [['FPM_SOCKETS', given.map(({ address, fd }) => `${plain(address)}=${fd}`).join(',')]];
    case 'uwsgi':
      return [['UWSGI_RELOADS', `${Math.max(0, generation - 2)}`]];
  }
}

function bracketed(address: SocketAddress): string {
  if (address.kind === 'unix') return address.path;
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** As php-fpm writes an address: without brackets. */
function plain(address: SocketAddress): string {
  return address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
}
