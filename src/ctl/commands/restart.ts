import { act, startAction, stopAction } from '../act.ts';
import type { Command } from '../command.ts';
import { exitStatus } from '../exit-status.ts';
import { words } from '../names.ts';

export const command: Command = {
  help: [
    'restart <name>\t\tStop and start one process',
    'restart <group>:*\tStop and start every process of a group',
    'restart <name> <name>\tStop and start several processes or groups; wildcards are allowed',
    'restart all\t\tStop and start everything',
    'restart --wait[=<seconds>] ...\tStart them together and wait, through retries, until each runs or has failed',
    'The configuration files are not read again: see reread and update.',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    if (arg === '') {
      return ctl.failUsage('Error: restart requires a process name', command);
    }
    const all = words(arg);
    const names = all.filter((word) => !word.startsWith('--'));
    if (names.length < all.length) {
      const options = all.filter((word) => word.startsWith('--'));
      const timeout = waitTimeout(options);
      if (timeout === null || names.length === 0) {
        const what =
          timeout === null ? `not an option: ${options.join(' ')}` : 'restart --wait requires a process name';
        return ctl.failUsage(`Error: ${what}`, command, exitStatus.invalidArgs);
      }
      const { restartAndWait } = await import('../restart-and-wait.ts');
      return restartAndWait(ctl, names, timeout);
    }
    return (await act(ctl, names, stopAction(ctl))) ?? (await act(ctl, names, startAction(ctl)));
  },
};

const defaultWaitSecs = 60;

/** Null: these are not the options that there are. */
function waitTimeout(options: readonly string[]): number | null {
  const value = /^--wait(?:=(\d+(?:\.\d+)?))?$/.exec(options[0] ?? '');
  return value === null || options.length > 1 ? null : Number(value[1] ?? defaultWaitSecs);
}
