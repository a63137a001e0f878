/**
 * How inherited sockets are told to a program. Each server reads one of these and ignores the others, so all are given at once
 * (landscape 3e). `GUNICORN_FD` is not among them: it would make gunicorn look for an old master.
 */
import type { HeldSocket } from '../os/os.ts';

/** The first descriptor that is handed over; 0 to 2 are the standard ones. */
export const firstSocketFd = 3;

/** Child descriptor numbers for these sockets, from 3 up. */
export function socketFds(sockets: ReadonlyArray<{ readonly fd: number }>): ReadonlyMap<number, number> {
  return new Map(sockets.map(({ fd }, index) => [firstSocketFd + index, fd]));
}

/** `LISTEN_PID` is missing here: it has to be the successor's own pid, which only the spawn can know. */
export function socketVariables(
  sockets: readonly HeldSocket[],
  probes: number,
  generation: number,
): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const count = sockets.length + probes;
  if (count === 0) return variables;
  const fds = Array.from({ length: count }, (_, index) => firstSocketFd + index);
  variables.set('LISTEN_FDS', `${count}`);
  variables.set(
    'LISTEN_FDNAMES',
    fds.map((_, index) => (index < sockets.length ? `socket${index}` : 'probe')).join(':'),
  );
  variables.set('UNICORN_FD', fds.join(','));
  variables.set(
    'SERVER_STARTER_PORT',
    sockets.map((socket, index) => `${starterName(socket)}=${firstSocketFd + index}`).join(';'),
  );
  variables.set('SERVER_STARTER_GENERATION', `${generation}`);
  variables.set('EINHORN_FD_COUNT', `${sockets.length}`);
  for (const index of sockets.keys()) variables.set(`EINHORN_FD_${index}`, `${firstSocketFd + index}`);
  return variables;
}

function starterName({ address }: HeldSocket): string {
  return address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
}
