import type { Command } from '../command.ts';
import { completeLine } from '../complete-line.ts';

/** For the scripts of `completion`, and for nobody else: `complete LINE`, the line up to the cursor. */
export const command: Command = {
  help: [],
  async run(ctl, arg, given) {
    const { files, candidates } = await completeLine(given?.join(' ') ?? arg, ctl.findCommand);
    if (files) ctl.output(':files');
    for (const { word, text } of candidates) ctl.output(text === '' ? word : `${word}\t${text}`);
    return undefined;
  },
};
