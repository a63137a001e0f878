import type { Command } from '../command.ts';

export const command: Command = {
  help: ['version\t\t\tShow the version of the server'],
  async run(ctl, arg) {
    if (arg !== '') {
      return ctl.failUsage('Error: version accepts no arguments', command);
    }
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const reply = await ctl.client.getSupervisorVersion();
    if (!reply.ok) {
      return reply.failure;
    }
    ctl.output(String(reply.value));
    return undefined;
  },
};
