import type { Command, CommandResult } from './command.ts';
import type { Ctl } from './ctl.ts';

export async function gracefulReload(ctl: Ctl, _arg: string, command: Command): Promise<CommandResult> {
  ctl.failUsage('Error: not yet', command);
  return undefined;
}
