/** The daemon's pid file: overwritten without looking, as supervisord does, and removed at the end by the one that wrote it. */
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';

/** False when it can not be written; the daemon goes on without it. */
export function writePidFile(path: string, pid: number): boolean {
  try {
    writeFileSync(path, `${pid}\n`);
    return true;
  } catch {
    return false;
  }
}

export function holdsPid(path: string, pid: number): boolean {
  try {
    return readFileSync(path, 'utf8').trim() === `${pid}`;
  } catch {
    return false;
  }
}

export function removePidFile(path: string, pid: number): void {
  try {
    if (holdsPid(path, pid)) unlinkSync(path);
  } catch {
    // somebody has removed it already
  }
}
