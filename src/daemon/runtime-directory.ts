/**
 * The directory for the log pipes: the daemon's own, closed to others, one for each configuration file, in a place that a reboot empties.
 * Never a link and never somebody else's: whoever could put one there could read what programs print.
 */
import { createHash } from 'node:crypto';
import { chownSync, lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';

export type RuntimeDirectory =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly error: string };

/** `uid`: who the daemon is going to be. */
export function makeRuntimeDirectory(configFile: string, uid: number): RuntimeDirectory {
  const path = `${base(uid)}/hupd-${createHash('sha256').update(configFile).digest('hex').slice(0, 12)}`;
  try {
    mkdirSync(path, { mode: 0o700, recursive: true });
    const own = process.geteuid?.() ?? 0;
    const stats = lstatSync(path);
    const { uid: owner, mode } = stats;
    if (!stats.isDirectory()) return { ok: false, error: `${path} is not a directory: remove it` };
    if (owner !== own && owner !== uid) return { ok: false, error: `${path} belongs to uid ${owner}: remove it` };
    if ((mode & 0o077) !== 0) return { ok: false, error: `${path} is open to others: chmod 700 it` };
    if (own === 0 && owner !== uid) chownSync(path, uid, -1);
    return { ok: true, path };
  } catch (error) {
    return { ok: false, error: `can not make the directory of the log pipes ${path}: ${(error as Error).message}` };
  }
}

function base(uid: number): string {
  if (uid === 0) return '/run';
  return process.env.XDG_RUNTIME_DIR ?? tmpdir();
}

/** Pipes that a killed daemon left: nobody reads them any more. Only once it is sure that no other daemon lives in there. */
export function emptyRuntimeDirectory(path: string): void {
  for (const name of readdirSync(path)) unlinkSync(`${path}/${name}`);
}

/** At the end; what is still in there is somebody else's. */
export function removeRuntimeDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // not empty: another daemon with the same configuration file has begun
  }
}
