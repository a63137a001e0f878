/**
 * Starting a child where the C library can not be called: by Node's own `child_process`, which waits for its children itself. There is no
 * `Reaper` then that would take them from it, so this file, used by `PlainOs` alone, may do what the rest of the daemon may not.
 *
 * What Node can not do as `spawn.ts` does: the directory is entered before the user changes, the child is given a session of its own and
 * not only a group, an environment that is not UTF-8 is mended, a descriptor with a high number that the daemon's starter left open is
 * inherited, and another user's program gets its path as argv[0], since `setpriv` starts it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { errnoOf } from './libc.ts';
import type { Errno, SpawnRequest, SpawnResult, UserInfo } from './os.ts';
import { failure, hasNul, underUmask, withListenPid } from './spawn.ts';
import { userById } from './users.ts';

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];

/** `onChild` gets the child before it can have ended. The caller keeps its own descriptors. */
export function spawnPlainly(
  ownUid: number,
  asked: SpawnRequest,
  onChild: (pid: number, child: ChildProcess) => void,
): SpawnResult {
  if (hasNul(asked)) return failure('exec', 'EINVAL');
  // Node would search a name without a slash.
  const found = asked.file.includes('/') ? asked : { ...asked, file: `./${asked.file}` };
  const request = found.listenPid ? withListenPid(found) : found;
  if (request.uid === null || request.uid === ownUid) return checked(found) ?? start(request, onChild);

  if (ownUid !== 0) return failure('setuid', 'EPERM', "Can't drop privilege as nonroot user");
  const user = userById(null, request.uid);
  if (user === null) return failure('setuid', 'ENOENT', `Can't find uid ${request.uid}`);
  const setpriv = SETPRIV.find((path) => existsSync(path));
  if (setpriv === undefined)
    return failure('setuid', 'ENOENT', "Can't become another user without setpriv (util-linux)");
  return checked(found) ?? start(asUser(setpriv, user, request), onChild);
}

function asUser(setpriv: string, { uid, gid }: UserInfo, request: SpawnRequest): SpawnRequest {
  const become = [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--'];
  return { ...request, file: setpriv, args: ['setpriv', ...become, request.file, ...request.args.slice(1)] };
}

/** Node tells most failures later, by an event, and never which step it was. Looked at with the daemon's own rights. */
function checked({ file, directory }: SpawnRequest): SpawnResult | null {
  const chdir = directory === null ? null : refusal(`${directory}/.`);
  if (chdir !== null) return failure('chdir', chdir);
  const path = resolve(directory ?? '.', file);
  const exec = refusal(path) ?? (statSync(path).isDirectory() ? 'EACCES' : null);
  return exec === null ? null : failure('exec', exec);
}

function refusal(path: string): Errno | null {
  try {
    accessSync(path, constants.X_OK);
    return null;
  } catch (error) {
    return errnoOf(error);
  }
}

function start(request: SpawnRequest, onChild: (pid: number, child: ChildProcess) => void): SpawnResult {
  const { file, args, directory, env, fds, umask } = request;
  const end = Math.max(...fds.keys()) + 1;
  try {
    const child = underUmask(umask, () =>
      spawn(file, args.slice(1), {
        argv0: args[0] ?? file,
        env: Object.fromEntries(env.map(entryOf)),
        stdio: Array.from({ length: end }, (_, fd) => fds.get(fd) ?? 'ignore'),
        detached: true,
        ...(directory === null ? {} : { cwd: directory }),
      }),
    );
    child.on('error', () => {}); // what failed at once has no pid; nothing else of ours can fail
    // The file was there a moment ago: what its first line names is not.
    if (child.pid === undefined) return failure('exec', 'ENOENT');
    onChild(child.pid, child);
    return { ok: true, pid: child.pid };
  } catch (error) {
    const errno = errnoOf(error);
    return failure(errno === 'EAGAIN' || errno === 'ENOMEM' ? 'fork' : 'exec', errno);
  }
}

function entryOf(entry: Buffer): [string, string] {
  const text = entry.toString();
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
