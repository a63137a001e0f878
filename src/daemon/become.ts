/** Who the daemon is and how much it may have: limits first (they may need root), then `[supervisord] user=` (compat 4.6, 4.7). */
import type { DaemonSpec } from '../core/spec.ts';
import type { LinuxOs } from '../os/linux-os.ts';

/** null, or why it can not be (the text after `Error: `). */
export function become(os: LinuxOs, { minFds, minProcs, uid }: DaemonSpec): string | null {
  const files = os.ensureLimit('NOFILE', minFds);
  if (!files.ok) return limitText('file descriptors', 'minfds', 'this process', 'process', minFds, files.hard);
  const processes = os.ensureLimit('NPROC', minProcs);
  if (!processes.ok)
    return limitText('available processes', 'minprocs', 'this program', 'program', minProcs, processes.hard);
  return uid === null ? null : dropPrivileges(os, uid);
}

function dropPrivileges(os: LinuxOs, uid: number): string | null {
  if (os.uid === uid) return null;
  if (os.uid !== 0) return "Can't drop privilege as nonroot user";
  const user = os.userById(uid);
  if (user === null) return `Can't find uid ${uid}`;
  process.setgroups?.(os.groupsOf(user));
  process.setgid?.(user.gid);
  process.setuid?.(uid);
  return null;
}

function limitText(what: string, option: string, who: string, short: string, wanted: number, hard: number): string {
  const open = what === 'file descriptors' ? 'file descriptors' : 'processes';
  return (
    `The minimum number of ${what} required to run ${who} is ${wanted} as per the "${option}" command-line argument or config file setting. ` +
    `The current environment will only allow you to open ${hard} ${open}.  Either raise the number of usable ${open} in your ` +
    `environment (see README.rst) or lower the ${option} setting in the config file to allow the ${short} to start.`
  );
}
