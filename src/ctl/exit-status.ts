/**
 * What hupctl exits with: supervisorctl's numbers, which scripts and Debian's init script test for. A success never resets an
 * earlier error within one command line.
 */
import { faultCodes } from '../rpc/contract.ts';

export const exitStatus = {
  success: 0,
  generic: 1,
  invalidArgs: 2,
  /** The server has no `supervisor` namespace; of `status`: something is down. */
  unimplemented: 3,
  /** Refused connection; of `status`: unknown name, or no usable server. */
  insufficientPrivileges: 4,
  /** The server speaks another version of the API. */
  notInstalled: 5,
  notRunning: 7,
} as const;

const deadProgramFaults: readonly number[] = [
  faultCodes.SPAWN_ERROR,
  faultCodes.ABNORMAL_TERMINATION,
  faultCodes.NOT_RUNNING,
];

/** The status that a fault of one process asks for; null: it leaves the status alone. */
export function statusOfFault(code: number, ignored?: number): number | null {
  if (code === ignored || code === faultCodes.SUCCESS) {
    return null;
  }
  return deadProgramFaults.includes(code) ? exitStatus.notRunning : exitStatus.generic;
}
