import type { Command } from '../command.ts';

export const command: Command = {
  help: ['history'],
  async run(ctl) {
    ctl.fail('ERROR: not yet');
    return undefined;
  },
};
