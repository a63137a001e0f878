import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';
import { words } from '../names.ts';

export const command: Command = {
  help: ['add <group> [...]\tBring groups that a reread has found into use'],
  async run(ctl, arg) {
    for (const name of words(arg)) {
      const reply = await ctl.client.addProcessGroup(name);
      const code = !reply.ok && reply.failure.kind === 'fault' ? reply.failure.code : null;
      if (reply.ok) {
        ctl.output(`${name}: added process group`);
      } else if (code === faultCodes.SHUTDOWN_STATE) {
        ctl.fail('ERROR: shutting down');
      } else if (code === faultCodes.ALREADY_ADDED) {
        ctl.output('ERROR: process group already active');
      } else if (code === faultCodes.BAD_NAME) {
        ctl.fail(`ERROR: no such process/group: ${name}`);
      } else {
        return reply.failure;
      }
    }
    return undefined;
  },
};
