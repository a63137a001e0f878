import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';
import { sayMissing } from '../server-lacks.ts';

export const command: Command = {
  help: ['doctor\t\t\tLook for what would go wrong at a reload, program by program, and say what to do'],
  async run(ctl, arg) {
    if (arg !== '') {
      return ctl.failUsage('Error: doctor accepts no arguments', command);
    }
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const reply = await ctl.client.doctor();
    if (!reply.ok) {
      return reply.failure.kind === 'fault' && reply.failure.code === faultCodes.UNKNOWN_METHOD
        ? sayMissing(ctl, 'hupd.doctor', 'it cannot examine its programs')
        : reply.failure;
    }
    for (const { program, level, text, todo } of reply.value) {
      ctl.output(`${program}: ${level}: ${text}`);
      if (todo !== '') {
        ctl.output(`    ${todo}`);
      }
    }
    if (reply.value.length === 0) {
      ctl.output('Nothing found');
    }
    if (reply.value.some(({ level }) => /^(warn|err|crit)/i.test(level))) {
      ctl.exitStatus = 1;
    }
    return undefined;
  },
};
