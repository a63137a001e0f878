/** Who the daemon is and how much it may have: limits first (they may need root), then `[supervisord] user=` (compat 4.6, 4.7). */
import type { DaemonSpec, StartMessage } from '../core/spec.ts';
import type { LimitedResource, Os } from '../os/os.ts';

/** `error`: the text after `Error: `. */
export type Became =
  | { readonly ok: true; readonly messages: readonly StartMessage[] }
  | { readonly ok: false; readonly error: string };

/** Node has it; its types lack it. */
interface WithInitGroups {
  initgroups(user: string, extraGroup: number): void;
}

/** Once, before anything else: supervisord does it after it has become the user, who may then not be allowed to. */
export function ensureLimits(os: Os, { minFds, minProcs }: DaemonSpec): Became {
  const files = os.ensureLimit('NOFILE', minFds);
  if (!files.ok) {
    return { ok: false, error: limitText('file descriptors', 'minfds', 'this process', 'process', minFds, files.hard) };
  }
  const processes = os.ensureLimit('NPROC', minProcs);
  if (!processes.ok) {
    const { hard } = processes;
    return {
      ok: false,
      error: limitText('available processes', 'minprocs', 'this program', 'program', minProcs, hard),
    };
  }
  return {
    ok: true,
    messages: [
      ...(files.raised ? [increased('NOFILE', minFds)] : []),
      ...(processes.raised ? [increased('NPROC', minProcs)] : []),
    ],
  };
}

/** Who this process is, and who there is. */
export interface Users {
  readonly uid: number;
  readonly userById: (uid: number) => object | null;
}

/** Why the daemon can not be that user, or null. */
export function userRefusal(os: Users, uid: number | null): string | null {
  if (uid === null || os.uid === uid) return null;
  if (os.uid !== 0) return "Can't drop privilege as nonroot user";
  return os.userById(uid) === null ? `Can't find uid ${uid}` : null;
}

/** At the beginning of each life. */
export function becomeUser(os: Os, uid: number | null): Became {
  const error = userRefusal(os, uid);
  if (error !== null) return { ok: false, error };
  if (uid === null) return { ok: true, messages: os.uid === 0 ? [{ level: 'CRIT', text: runningAsRoot }] : [] };
  const user = os.uid === uid ? null : os.userById(uid);
  if (user !== null) {
    (process as typeof process & WithInitGroups).initgroups(user.name, user.gid);
    process.setgid?.(user.gid);
    process.setuid?.(uid);
  }
  return { ok: true, messages: [{ level: 'INFO', text: `Set uid to user ${uid} succeeded` }] };
}

const runningAsRoot =
  'Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  ' +
  'If you intend to run as root, you can set user=root in the config file to avoid this message.';

function increased(resource: LimitedResource, to: number): StartMessage {
  return { level: 'INFO', text: `Increased RLIMIT_${resource} limit to ${to}` };
}

function limitText(what: string, option: string, who: string, short: string, wanted: number, hard: number): string {
  const open = what === 'file descriptors' ? 'file descriptors' : 'processes';
  return (
    `The minimum number of ${what} required to run ${who} is ${wanted} as per the "${option}" command-line argument or config file setting. ` +
    `The current environment will only allow you to open ${hard} ${open}.  Either raise the number of usable ${open} in your ` +
    `environment (see README.rst) or lower the ${option} setting in the config file to allow the ${short} to start.`
  );
}
