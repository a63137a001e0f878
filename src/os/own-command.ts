/** How this program is started anew: node with a script, or the single executable, which has node inside. */
import { isSea } from 'node:sea';

export interface OwnCommand {
  readonly file: string;
  readonly argv0: string;
  /** What follows argv[0]. */
  readonly args: readonly string[];
}

/** With the words that it was started with. */
export function ownCommand(): OwnCommand {
  const [, program = '', ...words] = process.argv;
  const file = process.execPath;
  // The single executable has its own name where node has the script, and takes it from argv[0].
  if (isSea()) return { file, argv0: program, args: words };
  return { file, argv0: process.argv0, args: [...process.execArgv, program, ...words] };
}
