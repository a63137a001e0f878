import { splitNamespec } from '../../core/namespec.ts';
import { faultCodes } from '../../rpc/contract.ts';
import { expandWildcards, showRow } from '../act.ts';
import type { ResultRow } from '../client.ts';
import type { Command, CommandResult } from '../command.ts';
import type { Ctl } from '../ctl.ts';
import { namespecOf, words } from '../names.ts';

const cleared = {
  done: 'cleared',
  errors: new Map([
    [faultCodes.BAD_NAME, 'no such process'],
    [faultCodes.FAILED, 'failed'],
  ]),
} as const;

export const command: Command = {
  help: [
    'clear <name>\t\tEmpty the log files of a process',
    'clear <group>:*\t\tEmpty those of every process of a group',
    'clear <name> <name>\tEmpty those of several; wildcards are allowed',
    'clear all\t\tEmpty those of every process',
  ],
  async run(ctl, arg) {
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const names = words(arg);
    if (names.length === 0) {
      return ctl.failUsage('Error: clear requires a process name', command);
    }
    if (names.includes('all')) {
      const reply = await ctl.client.clearAllProcessLogs();
      return reply.ok ? show(ctl, reply.value) : reply.failure;
    }
    const expanded = await expandWildcards(ctl, names);
    if (!expanded.ok) {
      return expanded.failure;
    }
    for (const name of expanded.value) {
      const failure = splitNamespec(name).process === null ? await clearGroup(ctl, name) : await clearOne(ctl, name);
      if (failure !== undefined) {
        return failure;
      }
    }
    return undefined;
  },
};

/** The protocol has no method for a group. */
async function clearGroup(ctl: Ctl, namespec: string): Promise<CommandResult> {
  const { group } = splitNamespec(namespec);
  const infos = await ctl.client.getAllProcessInfo();
  if (!infos.ok) {
    return infos.failure;
  }
  const members = infos.value.filter((info) => info.group === group);
  if (members.length === 0) {
    ctl.fail(`${group}: ERROR (no such group)`);
  }
  for (const member of members) {
    const failure = await clearOne(ctl, namespecOf(member));
    if (failure !== undefined) {
      return failure;
    }
  }
  return undefined;
}

async function clearOne(ctl: Ctl, namespec: string): Promise<CommandResult> {
  const { group, process } = splitNamespec(namespec);
  const reply = await ctl.client.clearProcessLogs(namespec);
  if (!reply.ok && reply.failure.kind !== 'fault') {
    return reply.failure;
  }
  const [status, description] =
    reply.ok || reply.failure.kind !== 'fault' ? [faultCodes.SUCCESS, 'OK'] : [reply.failure.code, reply.failure.text];
  return show(ctl, [{ group, name: process ?? '', status, description }]);
}

function show(ctl: Ctl, rows: readonly ResultRow[]): CommandResult {
  for (const row of rows) {
    const failure = showRow(ctl, row, cleared);
    if (failure !== undefined) {
      return failure;
    }
  }
  return undefined;
}
