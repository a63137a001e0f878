/**
 * Where the configuration is looked for when no `-c` names it: supervisord's list, the first that exists. Called by a name of its own, hupd looks
 * where its package has its configuration before it looks where supervisord's has.
 */
import { basename, dirname, join } from '../util/posix-path.ts';

export interface FoundConfig {
  /** As the list spells it, maybe relative. null: none exists. */
  readonly path: string | null;
  readonly searched: readonly string[];
}

/** `argv0`: the program's name as it was called. `exists` is asked with absolute paths, or with `argv0`'s own beginning. */
export function findConfigFile(argv0: string, cwd: string, exists: (path: string) => boolean): FoundConfig {
  const beside = dirname(dirname(argv0));
  const searched = [
    join(beside, 'etc/supervisord.conf'),
    join(beside, 'supervisord.conf'),
    'supervisord.conf',
    'etc/supervisord.conf',
    ...(basename(argv0).startsWith('hup') ? ['/etc/hupd/hupd.conf'] : []),
    '/etc/supervisord.conf',
    '/etc/supervisor/supervisord.conf',
  ];
  return { path: searched.find((path) => exists(join(cwd, path))) ?? null, searched };
}

/** What the daemon says when there is none; the client goes on with its defaults. */
export function noConfigFile(searched: readonly string[]): string {
  return `No config file found at default paths (${searched.join(', ')}); use the -c option to specify a config file at a different path`;
}
