/**
 * What both sides of the wire agree on: the faults, their numbers, and the API's version. Imported by the server and by hupctl; it
 * imports nothing of either.
 */

/** supervisord's fault codes (its `xmlrpc.Faults`). A fault's string is its name, or `NAME: text`. */
export const faultCodes = {
  UNKNOWN_METHOD: 1,
  INCORRECT_PARAMETERS: 2,
  BAD_ARGUMENTS: 3,
  SIGNATURE_UNSUPPORTED: 4,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
  /** Of supervisor_twiddler, whose interface is built in. */
  NOT_IN_WHITELIST: 230,
} as const;
export type FaultName = keyof typeof faultCodes;

/** What `getAPIVersion` says; supervisorctl accepts no other. */
export const apiVersion = '3.0';
/** What `hupd.getAPIVersion` says: raised when a `hupd.*` method changes its meaning. */
export const hupdApiVersion = '1.0';
