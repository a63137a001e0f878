/** Where a supervisord is asked, and as whom: as the URL says, else as the configuration's own server at that place, for it is meant to be the same. */
import type { Config, ServerSpec } from '../core/spec.ts';
import type { ServerAddress } from '../ctl/rpc-client.ts';
import { splitCredentials } from '../util/url-credentials.ts';

export function addressOf(url: string, { servers }: Pick<Config, 'servers'>): ServerAddress {
  const { serverUrl, credentials: given } = splitCredentials(url);
  if (given !== null) return { serverUrl, ...given };
  const credentials = servers.find((server) => isAt(server, url))?.credentials ?? null;
  const isClear = credentials !== null && !credentials.password.startsWith('{SHA}');
  return {
    serverUrl: url,
    username: isClear ? credentials.username : null,
    password: isClear ? credentials.password : null,
  };
}

function isAt(server: ServerSpec, url: string): boolean {
  if (server.kind === 'unix') return url === `unix://${server.file}`;
  const authority = url.replace(/^http:\/\//, '').replace(/\/.*$/, '');
  const port = /:(\d+)$/.exec(authority)?.[1] ?? '80';
  return url.startsWith('http://') && Number(port) === server.port;
}
