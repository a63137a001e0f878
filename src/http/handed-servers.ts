/** Listeners that outlive their server: handed by descriptor from a daemon to what its process becomes. An inode says that it is the same one. */
import { fstatSync } from 'node:fs';
import type { Server } from 'node:net';
import { type HandedServer, serverAddress } from '../core/carried.ts';
import type { ServerSpec } from '../core/spec.ts';

/** A copy of its descriptor; none where it does not listen. */
export function handedServer(spec: ServerSpec, server: Server, duplicate: (fd: number) => number): HandedServer[] {
  const listener = descriptorOf(server);
  if (listener === null) return [];
  const fd = duplicate(listener);
  return [{ section: spec.section, address: serverAddress(spec), fd, inode: fstatSync(fd).ino }];
}

/** The one that is to be this server's; null: there is none, or it has changed. */
export function inheritedBy(spec: ServerSpec, inherited: readonly HandedServer[]): HandedServer | null {
  const found = inherited.find(({ section, address }) => section === spec.section && address === serverAddress(spec));
  return found !== undefined && isOpen(found) ? found : null;
}

/** Open, and nobody's any more. */
export function unusable(inherited: readonly HandedServer[], specs: readonly ServerSpec[]): readonly HandedServer[] {
  const used = new Set(specs.map((spec) => inheritedBy(spec, inherited)));
  return inherited.filter((server) => !used.has(server) && isOpen(server));
}

/** Node tells it to nobody, but has had it there since it has had servers. */
function descriptorOf(server: Server): number | null {
  const { _handle: handle } = server as unknown as { _handle?: { fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : null;
}

function isOpen({ fd, inode }: HandedServer): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isSocket() && stat.ino === inode;
  } catch {
    return false;
  }
}
