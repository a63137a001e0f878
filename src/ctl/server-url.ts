/** Where a server URL leads: `unix:///path/to/socket` or `http://host[:port]`; what else is in it is ignored, as by supervisorctl. */
import type { NetConnectOpts } from 'node:net';
import { reprText } from '../util/python-repr.ts';
import { type Failure, valueError } from './failure.ts';

/** The kernel's limit, which Node does not see: it would cut the path, and talk to another socket. */
const maxSocketPathBytes = 107;

/** A Failure, in Python's words, if it leads nowhere. */
export function serverTarget(serverUrl: string): NetConnectOpts | Failure {
  if (serverUrl.startsWith('unix://')) {
    const path = serverUrl.slice('unix://'.length);
    return Buffer.byteLength(path) > maxSocketPathBytes
      ? { kind: 'other', type: 'OSError', message: 'AF_UNIX path too long' }
      : { path };
  }
  const { host, port } = authority(serverUrl) ?? { host: '', port: '' };
  if (host === '') {
    return valueError(`Unknown protocol for serverurl ${serverUrl}`);
  }
  if (!/^\d*$/.test(port)) {
    return valueError(`Port could not be cast to integer value as ${reprText(port)}`);
  }
  return Number(port) > 65535
    ? valueError('Port out of range 0-65535')
    : { host, port: port === '' ? 80 : Number(port) };
}

/** What the `Host` header says. */
export function hostHeader(serverUrl: string): string {
  const { host, port } = authority(serverUrl) ?? { host: 'localhost', port: '' };
  const name = host.includes(':') ? `[${host}]` : host;
  return port === '' ? name : `${name}:${port}`;
}

/** Null: it is no HTTP URL. An IPv6 address is given without its brackets. */
function authority(serverUrl: string): { readonly host: string; readonly port: string } | null {
  const found = /^http:\/\/(?:[^/?#@]*@)?(?:\[([^\]/?#]*)\]|([^/?#:]*))(?::([^/?#]*))?(?:[/?#]|$)/.exec(serverUrl);
  return found === null ? null : { host: (found[1] ?? found[2] ?? '').toLowerCase(), port: found[3] ?? '' };
}
