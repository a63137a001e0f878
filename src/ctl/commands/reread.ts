import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  help: ['reread\t\t\tRead the configuration files again and show what changed; nothing is applied'],
  async run(ctl, arg) {
    if (arg !== '') {
      return ctl.failUsage('Error: reread accepts no arguments', command);
    }
    const reply = await ctl.client.reloadConfig();
    if (reply.ok) {
      for (const line of changeLines(...reply.value[0])) {
        ctl.output(line);
      }
      return undefined;
    }
    const { failure } = reply;
    if (failure.kind === 'fault' && failure.code === faultCodes.SHUTDOWN_STATE) {
      ctl.fail('ERROR: supervisor shutting down');
    } else if (failure.kind === 'fault' && failure.code === faultCodes.CANT_REREAD) {
      ctl.fail(`ERROR: ${failure.text}`);
    } else {
      return failure;
    }
    return undefined;
  },
};

function changeLines(added: readonly string[], changed: readonly string[], removed: readonly string[]): string[] {
  const changes = new Map([
    ...added.map((name) => [name, 'available'] as const),
    ...changed.map((name) => [name, 'changed'] as const),
    ...removed.map((name) => [name, 'disappeared'] as const),
  ]);
  if (changes.size === 0) {
    return ['No config updates to processes'];
  }
  return [...changes.keys()].sort(byCodePoint).map((name) => `${name}: ${changes.get(name)}`);
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
