import { isatty } from 'node:tty';
import type { Command } from '../command.ts';
import { exitStatus } from '../exit-status.ts';

export const command: Command = {
  help: ['top\t\t\tShow everything at once on the whole terminal, and act on it (also: tui); ? shows the keys'],
  async run(ctl, arg) {
    if (arg !== '') {
      return ctl.failUsage('Error: top takes no arguments', command, exitStatus.invalidArgs);
    }
    if (!isatty(0) || !isatty(1) || process.env.TERM === 'dumb') {
      return ctl.fail('Error: top needs a terminal; status --watch does not');
    }
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const { runTop } = await import('../../tui/run.ts');
    await runTop(ctl.settings);
    return undefined;
  },
};
