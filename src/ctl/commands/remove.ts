import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';
import { words } from '../names.ts';

export const command: Command = {
  help: ['remove <group> [...]\tTake groups that are stopped out of use'],
  async run(ctl, arg) {
    for (const name of words(arg)) {
      const reply = await ctl.client.removeProcessGroup(name);
      const code = !reply.ok && reply.failure.kind === 'fault' ? reply.failure.code : null;
      if (reply.ok) {
        ctl.output(`${name}: removed process group`);
      } else if (code === faultCodes.STILL_RUNNING) {
        ctl.fail(`ERROR: process/group still running: ${name}`);
      } else if (code === faultCodes.BAD_NAME) {
        ctl.fail(`ERROR: no such process/group: ${name}`);
      } else {
        return reply.failure;
      }
    }
    return undefined;
  },
};
