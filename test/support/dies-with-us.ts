/**
 * A daemon that gets TERM when the test that started it is gone, however it went: a runner that has lost its patience kills without a word, and what is
 * left would go on for ever. util-linux can ask the kernel for that and then become the command, which has its pid.
 */
import { existsSync } from 'node:fs';

const setpriv = '/usr/bin/setpriv';

/** The command as it was where there is no util-linux. */
export function diesWithUs(command: readonly [string, ...string[]]): [file: string, args: string[]] {
  const [file, ...args] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'TERM', ...command] : command;
  return [file, args];
}
