import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';
import { availLine } from '../format.ts';

export const command: Command = {
  help: ['avail\t\t\tShow every configured process, in use or not'],
  async run(ctl, arg) {
    if (arg !== '') {
      return ctl.failUsage('Error: avail accepts no arguments', command);
    }
    const reply = await ctl.client.getAllConfigInfo();
    if (reply.ok) {
      for (const info of reply.value) {
        ctl.output(availLine(info));
      }
      return undefined;
    }
    if (reply.failure.kind === 'fault' && reply.failure.code === faultCodes.SHUTDOWN_STATE) {
      return ctl.fail('ERROR: supervisor shutting down');
    }
    return reply.failure;
  },
};
