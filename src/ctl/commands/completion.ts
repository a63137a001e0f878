import type { Command } from '../command.ts';
import { completionScripts } from '../completion-scripts.ts';
import { exitStatus } from '../exit-status.ts';

export const command: Command = {
  help: [
    'completion bash|zsh|fish\tPrint a script that completes commands, options and the names of processes that a server has now',
  ],
  async run(ctl, arg) {
    const script = Object.hasOwn(completionScripts, arg) ? completionScripts[arg as 'bash'] : undefined;
    if (script === undefined) {
      return ctl.failUsage('Error: completion requires a shell: bash, zsh or fish', command, exitStatus.invalidArgs);
    }
    ctl.terminal.write(script);
    return undefined;
  },
};
