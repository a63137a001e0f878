/**
 * A server that writes a pid file refuses to start while the file names a living process, which the predecessor is. So the file is put aside
 * for the successor, who then writes its own; the predecessor removes the file only if it names itself. Put back when the reload fails.
 */
import { renameSync, rmSync } from 'node:fs';

export interface PidFileAside {
  /** The successor is the process: the old file is of no more use. */
  drop(): void;
  /** The successor has gone: the predecessor's file is where it was. */
  putBack(): void;
}

export function putPidFileAside(path: string, generation: number): PidFileAside | null {
  const aside = `${path}.hupd-${generation}`;
  try {
    renameSync(path, aside);
  } catch {
    return null; // there is none, so there is nothing in the way
  }
  return {
    drop: () => rmSync(aside, { force: true }),
    putBack: () => {
      try {
        renameSync(aside, path);
      } catch {
        // dropped already, or the directory has gone; the server goes on without it
      }
    },
  };
}
