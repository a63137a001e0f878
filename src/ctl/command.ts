/**
 * What a command is. One file a command under `commands/`, imported when it is named; `command-table.ts` lists them.
 */
import type { Ctl } from './ctl.ts';
import type { Failure } from './failure.ts';

/** `quit` ends the shell; a Failure is shown in one line by whoever ran the command, and makes the status 1. */
export type CommandResult = Failure | 'quit' | undefined;

export interface Command {
  /** Usage lines: `syntax`, tabs, what it does. Shown by `help` and after wrong arguments. */
  readonly help: readonly string[];
  /** `arg`: the rest of the line, trimmed. `given`: its words as the shell had them, blanks and all; null where a line was typed. */
  run(ctl: Ctl, arg: string, given: readonly string[] | null): Promise<CommandResult>;
}
