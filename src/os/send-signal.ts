import { errnoOf } from './libc.ts';
import type { Errno } from './os.ts';

/** `Os.kill`. */
export function sendSignal(target: number, signal: number, group: boolean): 'ok' | Errno {
  // 0 and -1 mean "my own group" and "everybody": no program of ours is ever that.
  if (!Number.isInteger(target) || target < 1 || (group && target === 1)) return 'EINVAL';
  try {
    process.kill(group ? -target : target, signal);
    return 'ok';
  } catch (error) {
    return errnoOf(error);
  }
}
