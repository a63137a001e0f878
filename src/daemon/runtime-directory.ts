/**
 * The directory for the log pipes and notify sockets: the daemon's own, closed to others, one for each configuration file, in a place that a
 * reboot empties. Never a link and never somebody else's, for root neither (one of root's own becomes the daemon's user's): whoever could put one
 * there could read what programs print. Root's programs may have other users, which have to reach their own sockets: they may go through it, and
 * not look into it.
 */
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fnv1a } from '../util/fnv.ts';

export type RuntimeDirectory =
  /** `created`: it was not there; else another daemon may live in it. */
  | { readonly ok: true; readonly path: string; readonly created: boolean }
  | { readonly ok: false; readonly error: string };

/** `uid`: who the daemon is going to be. */
export function makeRuntimeDirectory(configFile: string, uid: number): RuntimeDirectory {
  const own = process.geteuid?.() ?? 0;
  const path = runtimeDirectory(configFile, own);
  try {
    const created = mkdirSync(path, { mode: 0o700, recursive: true }) !== undefined;
    const stats = lstatSync(path);
    if (!stats.isDirectory()) return { ok: false, error: `${path} is not a directory: remove it` };
    if (stats.uid !== uid && (own !== 0 || stats.uid !== 0)) return { ok: false, error: foreign(path, stats.uid, uid) };
    if ((stats.mode & 0o066) !== 0) return { ok: false, error: `${path} is open to others: chmod 700 it` };
    if (stats.uid !== uid) chownSync(path, uid, -1);
    chmodSync(path, uid === 0 ? 0o711 : 0o700);
    return { ok: true, path, created };
  } catch (error) {
    return { ok: false, error: `can not make the directory of the log pipes ${path}: ${(error as Error).message}` };
  }
}

/** Of a daemon that `own` starts. */
export function runtimeDirectory(configFile: string, own: number): string {
  return `${base(own)}/hupd-${fnv1a(configFile)}`;
}

function foreign(path: string, owner: number, uid: number): string {
  const why = `the log pipes of hupd, which runs as uid ${uid}, would be in the hands of that user`;
  return `${path} belongs to uid ${owner}: ${why}; see what is in it, then remove it`;
}

/** Root's is the same whoever its daemon is going to be; what root's session says of its own directories is not for that user. */
function base(own: number): string {
  return own === 0 ? '/run' : (process.env.XDG_RUNTIME_DIR ?? tmpdir());
}

/** Of what a killed daemon has left, `inUse` is still read. */
export function emptyRuntimeDirectory(path: string, inUse: ReadonlySet<string>): void {
  for (const name of readdirSync(path)) if (!inUse.has(`${path}/${name}`)) unlinkSync(`${path}/${name}`);
}

/** What is in it stays. */
export function removeRuntimeDirectory(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // not empty, or the daemon is no longer who may do it
  }
}
