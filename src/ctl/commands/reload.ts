import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  help: [
    'reload\t\t\tRestart the server itself, with every process',
    'reload <name> [...]\tReplace processes by a new version, each by its reload_strategy; wildcards are allowed',
    'reload <group>[:*]\tThe same for every process of a group',
    'reload all\t\tThe same for everything',
    'reload --plan <name>\tSay what a reload would do, and do nothing',
    'reload --all-output ...\tShow all that a failed new version has put out, not only its last lines',
  ],
  async run(ctl, arg, given) {
    if (arg !== '') {
      const { gracefulReload } = await import('../graceful-reload.ts');
      return gracefulReload(ctl, arg, given, command);
    }
    const really = await ctl.confirm('Really restart the remote supervisord process y/N? ');
    if (really !== true) {
      return really || undefined;
    }
    const reply = await ctl.client.restart();
    if (reply.ok) {
      ctl.output('Restarted supervisord');
      return undefined;
    }
    if (reply.failure.kind === 'fault' && reply.failure.code === faultCodes.SHUTDOWN_STATE) {
      return ctl.fail('ERROR: already shutting down');
    }
    return reply.failure;
  },
};
