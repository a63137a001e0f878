import { faultCodes } from '../../rpc/contract.ts';
import type { Command } from '../command.ts';
import { exitStatus } from '../exit-status.ts';
import { faultReason } from '../failure.ts';
import { sayMissing } from '../server-lacks.ts';

const longestWaitMs = 30_000;
const askAgainMs = 100;

export const command: Command = {
  help: [
    'upgrade\t\t\tLet the daemon become the hupd that is installed now, in place: all programs run on',
    'The new version is asked first whether it can go on; if not, nothing happens.',
  ],
  async run(ctl, arg) {
    if (arg !== '') {
      return ctl.failUsage('Error: upgrade accepts no arguments', command, exitStatus.invalidArgs);
    }
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const before = await ctl.client.getUpgrades();
    if (!before.ok) {
      return before.failure.kind === 'fault' && before.failure.code === faultCodes.UNKNOWN_METHOD
        ? sayMissing(ctl, 'hupd.upgrade', 'it cannot be upgraded in place')
        : before.failure;
    }
    const asked = await ctl.client.upgrade();
    if (!asked.ok) {
      return asked.failure.kind === 'fault'
        ? ctl.fail(`upgrade: ERROR (${faultReason(asked.failure)})`, 1)
        : asked.failure;
    }
    const end = performance.now() + longestWaitMs;
    const bound = AbortSignal.timeout(longestWaitMs); // its socket takes connections, whatever has become of it
    for (;;) {
      const now = await ctl.client.getUpgrades(bound);
      if (now.ok && now.value > before.value) {
        break;
      }
      if (performance.now() > end) {
        return ctl.fail('upgrade: ERROR (no answer from the new version; see the log of the daemon)', 1);
      }
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
    ctl.output('upgraded');
    return undefined;
  },
};
