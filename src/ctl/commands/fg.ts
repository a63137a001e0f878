import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';
import { words } from '../names.ts';

export const command: Command = {
  help: ['fg <name>\t\tSee what a process puts out, and give it lines of input, until Ctrl-C or the end of input'],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const [name, ...rest] = words(arg);
    if (name === undefined) {
      return ctl.failUsage('ERROR: no process name supplied', command);
    }
    if (rest.length > 0) {
      return ctl.fail('ERROR: too many process names supplied');
    }
    const info = await ctl.client.getProcessInfo(name);
    if (!info.ok) {
      const { failure } = info;
      if (failure.kind !== 'fault') {
        return failure;
      }
      if (failure.code === faultCodes.BAD_NAME) {
        return ctl.fail('ERROR: bad process name supplied');
      }
      const { faultText } = await import('../failure.ts');
      ctl.output(`ERROR: ${faultText(failure)}`);
      return undefined;
    }
    if (info.value.statename !== 'RUNNING') {
      return ctl.fail('ERROR: process not running');
    }
    const { foreground } = await import('../foreground.ts');
    return foreground(ctl, name);
  },
};
