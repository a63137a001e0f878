/**
 * What is known of one kind of server, as data: a new server is a row here and not a branch elsewhere. Recognised by the words of its
 * command line.
 */
export interface ServerProfile {
  readonly name: string;
  /** Matched against the base name of the program, and of the script that an interpreter runs. */
  readonly programs: RegExp;
  /** Options that name a pid file which a second instance would refuse to overwrite. */
  readonly pidFileOptions: readonly string[];
  /** `gunicorn-heartbeat`: each worker's heartbeat file tells when it serves. */
  readonly workersCheck: 'gunicorn-heartbeat' | null;
  /** Options that say how many workers there are to be. */
  readonly workersOptions: readonly string[];
}
