import { faultCodes } from '../../rpc/contract.ts';
import { expandWildcards } from '../act.ts';
import type { Command } from '../command.ts';
import { exitStatus } from '../exit-status.ts';
import { words } from '../names.ts';

export const command: Command = {
  help: [
    "pid\t\t\tShow the server's process id",
    'pid <name>\t\tShow the process id of a process, 0 when it is down; wildcards are allowed',
    'pid all\t\t\tShow every process id, one a line',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const { client } = ctl;
    const names = words(arg);
    if (names.length === 0) {
      const reply = await client.getPid();
      return reply.ok ? (ctl.output(String(reply.value)) as undefined) : reply.failure;
    }
    if (names.includes('all')) {
      const reply = await client.getAllProcessInfo();
      if (!reply.ok) {
        return reply.failure;
      }
      for (const info of reply.value) {
        ctl.output(String(info.pid));
      }
      return undefined;
    }
    const expanded = await expandWildcards(ctl, names);
    if (!expanded.ok) {
      return expanded.failure;
    }
    for (const name of expanded.value) {
      const reply = await client.getProcessInfo(name);
      if (reply.ok) {
        ctl.output(String(reply.value.pid));
        ctl.setStatus(reply.value.pid === 0 ? exitStatus.notRunning : null);
      } else if (reply.failure.kind === 'fault' && reply.failure.code === faultCodes.BAD_NAME) {
        ctl.fail(`No such process ${name}`);
      } else {
        return reply.failure;
      }
    }
    return undefined;
  },
};
