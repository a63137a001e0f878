/**
 * Asked by a hupd that is about to become this one and still lives: whether this version could go on from that state, and start at all. What
 * would only turn out after the exec leaves the programs without a daemon.
 */
import { serverAddress } from '../core/carried.ts';
import { readCarried } from '../core/carried-lines.ts';
import type { Config, DaemonSpec, ServerSpec } from '../core/spec.ts';
import { exposure, startServers } from '../http/start-servers.ts';
import { notOpened } from '../log/daemon-log.ts';
import { RotatingFile } from '../log/rotating-file.ts';
import { StateFile } from '../os/state-file.ts';
import { type Users, userRefusal } from './become.ts';

/** In the environment of the one that is asked: what the one that asks listens on, and will hand over. */
export const servesMark = 'HUPD_SERVES';

export function servesText(servers: readonly ServerSpec[]): string {
  return JSON.stringify(servers.map(keyOf));
}

/** Why not, in words; null: it could. */
export async function resumeRefusal(
  { servers, daemon }: Config,
  stateFile: string,
  served: string | undefined,
  users: Users,
): Promise<string | null> {
  const read = readCarried(new StateFile(stateFile).read() ?? '');
  if (!read.ok) return `${stateFile}: ${read.why}`;
  const refused = userRefusal(users, daemon.uid);
  if (refused !== null) return refused;
  const unopened = logRefusal(daemon);
  if (unopened !== null) return unopened;
  const exposed = daemon.requireAuth ? servers.flatMap((spec) => exposure(spec) ?? []) : [];
  if (exposed.length > 0) return exposed.join('\n');
  if (served === undefined) return null; // asked by one that does not say
  const handed = new Set(JSON.parse(served) as readonly string[]);
  return listenRefusal(servers.filter((spec) => !handed.has(keyOf(spec))));
}

function logRefusal({ logFile }: DaemonSpec): string | null {
  if (logFile.kind !== 'file') return null;
  const file = new RotatingFile({ path: logFile.path, maxBytes: 0, backups: 0, report: () => {} });
  const trouble = file.open();
  file.close();
  return trouble === null ? null : notOpened(logFile.path, trouble);
}

/** Listens there for a moment. */
async function listenRefusal(servers: readonly ServerSpec[]): Promise<string | null> {
  const tried = await startServers(servers, {
    handler: (_request, response) => void response.destroy(),
    ...{ namespaces: [], requireAuth: false, log: () => {}, notice: () => {} },
  });
  if (!tried.ok) return tried.text;
  await tried.close();
  return null;
}

function keyOf(spec: ServerSpec): string {
  return `${spec.section} ${serverAddress(spec)}`;
}
