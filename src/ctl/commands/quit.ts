import type { Command } from '../command.ts';

export const command: Command = {
  help: ['quit\t\t\tLeave the shell'],
  async run(ctl) {
    ctl.output('');
    return 'quit';
  },
};
