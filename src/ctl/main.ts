/** hupctl from its words to its exit status. */

import { splitCredentials } from '../util/url-credentials.ts';
import { findCommand } from './command-table.ts';
import { Ctl } from './ctl.ts';
import { exitStatus } from './exit-status.ts';
import { parseOptions } from './options.ts';
import { ProcessTerminal } from './terminal.ts';
import { usageText } from './usage.ts';

/** `program`: the name it was called by, with its path. */
export async function main(argv: readonly string[], program: string, version: string): Promise<number> {
  const terminal = new ProcessTerminal();
  const parsed = await parseOptions(argv, program);
  switch (parsed.kind) {
    case 'help':
      terminal.write(usageText(program));
      return exitStatus.success;
    case 'version':
      terminal.write(`${version}\n`);
      return exitStatus.success;
    case 'usage-error':
      terminal.writeError(`Error: ${parsed.text}\nFor help, use ${program} -h\n`);
      return exitStatus.invalidArgs;
    case 'run':
      break;
  }
  const { options } = parsed;
  const { password, serverUrls } = options;
  // Every user of the machine may read the words that a process was started with.
  const isSecret = (word: string) => (password !== null && word.includes(password)) || serverUrls.some(hasPassword);
  if (argv.some(isSecret)) process.title = 'hupctl';
  if (options.serverUrls.length > 1) {
    const { runOnServers } = await import('./fleet.ts');
    const status = await runOnServers(terminal, options, findCommand);
    terminal.close();
    return status;
  }
  const ctl = new Ctl({ terminal, settings: { ...options }, findCommand });
  if (options.args.length > 0) {
    await ctl.runLine(options.args.join(' '), options.args);
    terminal.close();
    return ctl.exitStatus;
  }
  const { runShell } = await import('./shell.ts');
  await runShell(ctl, terminal, options);
  terminal.close();
  return exitStatus.success;
}

function hasPassword(url: string): boolean {
  return splitCredentials(url).credentials !== null;
}
