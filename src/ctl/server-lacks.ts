/** What is said when only hupd could do it, and the server is a supervisord. */
import type { Ctl } from './ctl.ts';
import { exitStatus } from './exit-status.ts';

/** `instead`: what there is. Returns what a command returns that has said it all. */
export function sayMissing(ctl: Ctl, method: string, instead: string): undefined {
  ctl.fail(`hupctl: this server is a supervisord: it has no ${method}; ${instead}`, exitStatus.unimplemented);
  return undefined;
}
