/**
 * Where a unix socket comes into being. It is bound under another name, given its mode, and only then linked to its own: nobody can connect
 * before the mode is right, and of two daemons that start at once one loses. An existing socket is asked whether somebody serves it; only a
 * dead socket is removed, never a file of another kind (supervisord removes anything).
 */
import { chmodSync, chownSync, linkSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, type ListenOptions, type Server } from 'node:net';
import { dirname } from 'node:path';
import type { ServerSpec } from '../core/spec.ts';
import { httpBounds } from './bounds.ts';
import { addressInUse, errnoText, type ListenFailure, notPermittedToChown } from './listen-errors.ts';

export type UnixServerSpec = Extract<ServerSpec, { kind: 'unix' }>;

/** What the kernel takes, without the ending zero; libuv cuts off the rest without a word. */
const longestPath = 107;

/** `notice`: a line for stderr. On success the path leads to the server; `remove` takes it away again. */
export async function listenUnix(
  server: Server,
  spec: UnixServerSpec,
  notice: (line: string) => void,
): Promise<{ readonly ok: true; readonly remove: () => void } | ListenFailure> {
  const temporary = `${spec.file}.${process.pid}`;
  if (Buffer.byteLength(temporary) > longestPath) {
    return { ok: false, text: `${errnoText('AF_UNIX path too long')}: ${spec.file}` };
  }
  try {
    removeIfThere(temporary);
    await bindPrivately(server, temporary);
    chmodSync(temporary, spec.mode);
    const linked = await linkInPlace(temporary, spec.file, notice);
    if (linked !== 'linked') return linked;
    return { ok: true, ...owned(spec) };
  } catch (error) {
    return failure(error, spec);
  } finally {
    removeIfThere(temporary);
  }
}

/** Of a socket that listens already, and is in its place. */
export async function listenUnixAgain(
  server: Server,
  spec: UnixServerSpec,
  fd: number,
): Promise<{ readonly ok: true; readonly remove: () => void } | ListenFailure> {
  try {
    await listens(server, { fd, backlog: httpBounds.backlog });
    return { ok: true, remove: removalOf(spec.file) };
  } catch (error) {
    return failure(error, spec);
  }
}

/** `fd`: listens already; node's types do not know it, its documentation does. Rejects where it can not. */
export function listens(server: Server, where: ListenOptions & { readonly fd?: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The umask is the process's: it is changed only for the one synchronous call that binds. */
function bindPrivately(server: Server, path: string): Promise<void> {
  const umask = process.umask(0o177);
  try {
    return listens(server, { path, backlog: httpBounds.backlog });
  } finally {
    process.umask(umask);
  }
}

async function linkInPlace(
  temporary: string,
  file: string,
  notice: (line: string) => void,
): Promise<'linked' | ListenFailure> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      linkSync(temporary, file);
      return 'linked';
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const kind = kindOf(file);
    if (kind === 'other') {
      return {
        ok: false,
        text: `Cannot open an HTTP server: ${file} exists and is not a socket; remove it, or choose another file`,
      };
    }
    if (kind === 'socket') {
      if (await isServed(file)) return addressInUse;
      notice(`Unlinking stale socket ${file}`);
      removeIfThere(file);
    }
  }
  return addressInUse;
}

function kindOf(path: string): 'socket' | 'other' | 'none' {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 'none';
  return status.isSocket() ? 'socket' : 'other';
}

/** Somebody accepts connections there. One who does not answer in time counts as there: it may be busy. */
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const decide = (served: boolean): void => {
      socket.destroy();
      resolve(served);
    };
    socket.setTimeout(httpBounds.livenessMs, () => decide(true));
    socket.once('connect', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
    socket.once('data', () => decide(true));
    socket.once('end', () => decide(false));
    socket.once('error', () => decide(false));
  });
}

function owned(spec: UnixServerSpec): { readonly remove: () => void } {
  if (spec.owner !== null) {
    try {
      chownSync(spec.file, spec.owner.uid, spec.owner.gid);
    } catch (error) {
      removeIfThere(spec.file);
      throw error;
    }
  }
  return { remove: removalOf(spec.file) };
}

/** Takes away what is there now; another daemon may put its own there meanwhile. */
function removalOf(file: string): () => void {
  const { ino, dev } = lstatSync(file);
  return () => {
    const status = lstatSync(file, { throwIfNoEntry: false });
    if (status?.ino === ino && status.dev === dev) removeIfThere(file);
  };
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Not there: that is what was wanted. Not allowed: the next step says so.
  }
}

function failure(error: unknown, spec: UnixServerSpec): ListenFailure {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'chown' && code === 'EPERM' && spec.owner !== null) {
    return { ok: false, text: notPermittedToChown(spec.file, spec.owner) };
  }
  if (code === 'EADDRINUSE') return addressInUse;
  // libuv makes EACCES of a missing directory.
  const noDirectory = code === 'EACCES' && kindOf(dirname(spec.file)) === 'none';
  return { ok: false, text: errnoText(noDirectory ? 'ENOENT' : (code ?? String(error))) };
}
