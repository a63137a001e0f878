import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';
import type { Ctl } from '../ctl.ts';

export const command: Command = {
  help: ['shutdown\t\tStop every process, then the server itself'],
  async run(ctl, arg) {
    if (arg !== '') {
      return ctl.failUsage('Error: shutdown accepts no arguments', command);
    }
    const really = await ctl.confirm('Really shut the remote supervisord process down y/N? ');
    if (really !== true) {
      return really || undefined;
    }
    const reply = await ctl.client.shutdown();
    if (reply.ok) {
      ctl.output('Shut down');
      await showTheEnd(ctl);
      return undefined;
    }
    const { failure } = reply;
    const url = ctl.settings.serverUrl;
    if (failure.kind === 'fault' && failure.code === faultCodes.SHUTDOWN_STATE) {
      ctl.output('ERROR: already shutting down');
    } else if (failure.kind === 'socket' && failure.code === 'ECONNREFUSED') {
      ctl.fail(`ERROR: ${url} refused connection (already shut down?)`);
    } else if (failure.kind === 'socket' && failure.code === 'ENOENT') {
      ctl.fail(`ERROR: ${url} no such file (already shut down?)`);
    } else {
      return failure;
    }
    return undefined;
  },
};

/** On a terminal, until the server has gone; ^C ends the watching, not the shutdown. */
async function showTheEnd(ctl: Ctl): Promise<void> {
  if (!ctl.terminal.moves) return;
  const { GoalTally } = await import('../many-progress.ts');
  const { withProgress } = await import('../with-progress.ts');
  await ctl.terminal.untilInterrupt((signal) =>
    withProgress(
      ctl,
      (infos) => new GoalTally('stopped', infos),
      (lost) => Promise.race([lost, new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))]),
    ),
  );
}
