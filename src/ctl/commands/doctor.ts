import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';
import { exitStatus } from '../exit-status.ts';
import { sayMissing } from '../server-lacks.ts';

export const command: Command = {
  help: ['doctor\t\t\tLook for what would go wrong at a reload, program by program, and say what to do'],
  async run(ctl, arg) {
    if (arg !== '') {
      return ctl.failUsage('Error: doctor accepts no arguments', command, exitStatus.invalidArgs);
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
    if (reply.value.some(({ level }) => level === 'warning' || level === 'problem')) {
      ctl.exitStatus = exitStatus.generic;
    }
    return undefined;
  },
};
