/**
 * A server that writes a pid file may refuse to start while the file names a living process, which the predecessor is; and the predecessor may
 * remove the file when it stops, whomever it names by then. So the file is put aside for the successor, who then writes its own; put back
 * when the reload fails; and when the predecessor has taken the successor's with it, there is one again that names the successor.
 */
import { chownSync, lstatSync, readFileSync, renameSync, rmSync, type Stats, writeFileSync } from 'node:fs';

export interface PidFileAside {
  /** The predecessor has gone, and `pid` is the process. */
  drop(pid: number): void;
  /** The successor has gone: the predecessor's file is where it was. */
  putBack(): void;
}

export interface PidFile {
  readonly pid: number;
  /** When it was written or renamed last. */
  readonly changedMs: number;
}

/** null: there is none, or none that can be read now. */
export function readPidFile(path: string): PidFile | null {
  try {
    const pid = Number.parseInt(readFileSync(path, 'latin1').slice(0, 32), 10);
    return pid > 1 ? { pid, changedMs: lstatSync(path).ctimeMs } : null;
  } catch {
    return null; // it is being changed, or not ours to read
  }
}

export function putPidFileAside(path: string, generation: number): PidFileAside | null {
  const aside = asideName(path, generation);
  try {
    const stats = lstatSync(path);
    if (!stats.isFile()) return null;
    renameSync(path, aside);
    return fileAside(path, aside, stats);
  } catch {
    return null; // there is none, so there is nothing in the way
  }
}

/** One that an earlier daemon has put aside for that generation; null: there is none. */
export function findPidFileAside(path: string, generation: number): PidFileAside | null {
  const aside = asideName(path, generation);
  const stats = lstatSync(aside, { throwIfNoEntry: false });
  return stats?.isFile() ? fileAside(path, aside, stats) : null;
}

function asideName(path: string, generation: number): string {
  return `${path}.hupd-${generation}`;
}

function fileAside(path: string, aside: string, stats: Stats): PidFileAside {
  return {
    drop: (pid) => {
      rmSync(aside, { force: true });
      writeIfMissing(path, pid, stats);
    },
    putBack: () => {
      try {
        renameSync(aside, path);
      } catch {
        // dropped already, or the directory has gone; the server goes on without it
      }
    },
  };
}

/** `wx` follows no link that somebody may have put there. */
function writeIfMissing(path: string, pid: number, { mode, uid, gid }: Stats): void {
  try {
    writeFileSync(path, `${pid}\n`, { flag: 'wx', mode: mode & 0o777 });
    chownSync(path, uid, gid);
  } catch {
    // the successor's own is there, or the directory is not
  }
}
