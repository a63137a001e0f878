/** Why a server did not start, in supervisord's words. */
import { constants, userInfo } from 'node:os';

export interface ListenFailure {
  readonly ok: false;
  readonly text: string;
}

export const addressInUse: ListenFailure = {
  ok: false,
  text: 'Another program is already listening on a port that one of our HTTP servers is configured to use.  Shut this program down first before starting supervisord.',
};

/** `ENOENT` becomes `errno.ENOENT (2)`; what is no errno stands as it is. */
export function errnoText(code: string): string {
  const number = new Map<string, number>(Object.entries(constants.errno)).get(code);
  const shown = number === undefined ? (resolverCodes.get(code) ?? code) : `errno.${code} (${number})`;
  return `Cannot open an HTTP server: socket.error reported ${shown}`;
}

/** getaddrinfo's, as Python numbers them. */
const resolverCodes: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', '-2'],
  ['EAI_AGAIN', '-3'],
  ['EAI_FAIL', '-4'],
]);

export function notPermittedToChown(path: string, owner: { readonly uid: number; readonly gid: number }): string {
  return `Not permitted to chown ${path} to uid/gid (${owner.uid}, ${owner.gid}); adjust "sockchown" value in config file or on command line to values that the current user (${userName()}) can successfully chown`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.());
  }
}
