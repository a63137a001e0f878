/** What `-h` prints. Called as supervisord the daemon speaks of itself as supervisord, since scripts look for that. */
import { basename } from '../util/posix-path.ts';

/** `programName`: as it was called. */
export function daemonUsage(programName: string): string {
  const name = basename(programName) === 'supervisord' ? 'supervisord' : 'hupd';
  return `${name} -- run a set of applications as daemons.

Usage: ${programName} [options]

Options:
-c/--configuration FILENAME -- the configuration file (searched for if not given)
-n/--nodaemon -- stay in the foreground (as nodaemon=true in the file)
-s/--silent -- no log on the standard output (as silent=true in the file)
-h/--help -- print this text and exit
-v/--version -- print the version and exit
-u/--user USER -- become this user (a name or a uid)
-m/--umask UMASK -- use this umask when daemonized (default is 022)
-d/--directory DIRECTORY -- go to this directory when daemonized
-l/--logfile FILENAME -- use FILENAME as the main log
-y/--logfile_maxbytes BYTES -- rotate the main log at this size
-z/--logfile_backups NUM -- keep so many rotated main logs
-e/--loglevel LEVEL -- critical, error, warn, info, debug, trace or blather
-j/--pidfile FILENAME -- write the pid to FILENAME
-i/--identifier STR -- the name by which this daemon identifies itself
-q/--childlogdir DIRECTORY -- where the automatic logs of children go
-k/--nocleanup -- keep the automatic logs of the last run
-a/--minfds NUM -- refuse to start with fewer open files allowed
-t/--strip_ansi -- remove ANSI escape sequences from the logs of children
--minprocs NUM -- refuse to start with fewer processes allowed
--profile_options OPTIONS -- accepted and without effect

Of hupd:
--check -- print everything that is wrong with the configuration and exit
--can-resume FILE -- say whether this version could go on from the state in FILE, and exit
--no-adopt -- do not take over the children of a daemon that died
--take-over URL -- take over the children of the supervisord that serves URL (with --check: say what would be done)
`;
}

/** The warning for root who lets the daemon search its file. Printed on the standard error before the search. */
export const rootSearchWarning =
  'Supervisord is running as root and it is searching for its configuration file in default locations (including its current working directory); you probably want to specify a "-c" argument specifying an absolute path to a configuration file for improved security.';
