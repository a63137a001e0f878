import { faultCodes } from '../../rpc/contract.ts';
import type { Command, CommandResult } from '../command.ts';
import type { Ctl } from '../ctl.ts';
import { faultReason, type Reply } from '../failure.ts';
import { GroupTally } from '../many-progress.ts';
import { words } from '../names.ts';
import { withProgress } from '../with-progress.ts';

export const command: Command = {
  help: [
    'update\t\t\tRead the configuration files again and apply what changed: groups are removed, restarted or added',
    'update all\t\tThe same',
    'update <group> [...]\tThe same for these groups only',
  ],
  async run(ctl, arg) {
    const reply = await ctl.client.reloadConfig();
    if (!reply.ok) {
      if (reply.failure.kind === 'fault' && reply.failure.code === faultCodes.SHUTDOWN_STATE) {
        return ctl.fail('ERROR: already shutting down');
      }
      return reply.failure;
    }
    const [added, changed, removed] = reply.value[0];
    const named = new Set(words(arg));
    const wanted = named.size === 0 || named.has('all') ? null : named;
    const bad = wanted === null ? undefined : await refuseUnknown(ctl, wanted, added);
    if (bad !== undefined) {
      return bad;
    }
    const chosen = (groups: readonly string[]): readonly string[] =>
      groups.filter((group) => wanted === null || wanted.has(group));
    const running = await runningOf(ctl, chosen(added));
    if (!running.ok) {
      return running.failure;
    }
    const steps: readonly Step[] = [
      ...chosen(removed).map((group) => [group, removeGroup] as const),
      ...chosen(changed).map((group) => [group, changeGroup] as const),
      ...chosen(added).map((group) => [group, running.value.has(group) ? reloadGroup : addGroup] as const),
    ];
    const tally = new GroupTally(steps.length);
    return withProgress(
      ctl,
      () => tally,
      () => inTurn(ctl, steps, tally),
    );
  },
};

type Step = readonly [group: string, apply: (ctl: Ctl, group: string) => Promise<CommandResult>];

/** Of what is told as added, groups that run are new definitions of hupd's: with `update_strategy=reload` nothing of them is removed. */
async function runningOf(ctl: Ctl, added: readonly string[]): Promise<Reply<ReadonlySet<string>>> {
  if (added.length === 0) {
    return { ok: true, value: new Set() };
  }
  const infos = await ctl.client.getAllProcessInfo();
  return infos.ok ? { ok: true, value: new Set(infos.value.map((info) => info.group)) } : infos;
}

async function refuseUnknown(ctl: Ctl, wanted: ReadonlySet<string>, added: readonly string[]): Promise<CommandResult> {
  const infos = await ctl.client.getAllProcessInfo();
  if (!infos.ok) {
    return infos.failure;
  }
  const known = new Set([...added, ...infos.value.map((info) => info.group)]);
  for (const group of wanted) {
    if (!known.has(group)) {
      ctl.fail(`ERROR: no such group: ${group}`);
    }
  }
  return undefined;
}

async function inTurn(ctl: Ctl, steps: readonly Step[], tally: GroupTally): Promise<CommandResult> {
  for (const [group, apply] of steps) {
    tally.next(group);
    const failure = await apply(ctl, group);
    if (failure !== undefined) {
      return failure;
    }
  }
  return undefined;
}

async function removeGroup(ctl: Ctl, group: string): Promise<CommandResult> {
  const stopped = await ctl.client.stopProcessGroup(group);
  if (!stopped.ok) {
    return stopped.failure;
  }
  ctl.output(`${group}: stopped`);
  if (stopped.value.some((row) => row.status === faultCodes.FAILED)) {
    ctl.fail(`${group}: has problems; not removing`);
    return undefined;
  }
  return said(ctl, await ctl.client.removeProcessGroup(group), `${group}: removed process group`);
}

async function changeGroup(ctl: Ctl, group: string): Promise<CommandResult> {
  const stopped = said(ctl, await ctl.client.stopProcessGroup(group), `${group}: stopped`);
  if (stopped !== undefined) {
    return stopped;
  }
  const removed = await ctl.client.removeProcessGroup(group);
  return removed.ok
    ? said(ctl, await ctl.client.addProcessGroup(group), `${group}: updated process group`)
    : removed.failure;
}

async function addGroup(ctl: Ctl, group: string): Promise<CommandResult> {
  return said(ctl, await ctl.client.addProcessGroup(group), `${group}: added process group`);
}

/** supervisord knows no such thing, so the words are ours. What has become of this group keeps no other from its turn. */
async function reloadGroup(ctl: Ctl, group: string): Promise<CommandResult> {
  const reply = await ctl.client.addProcessGroup(group);
  if (!reply.ok && reply.failure.kind === 'fault' && reply.failure.code === faultCodes.FAILED) {
    return ctl.fail(`ERROR: ${faultReason(reply.failure)}`);
  }
  return said(ctl, reply, `${group}: updated process group`);
}

/** Says the line if the call went well; else hands the failure on. */
function said(ctl: Ctl, reply: Reply<unknown>, line: string): CommandResult {
  if (!reply.ok) {
    return reply.failure;
  }
  ctl.output(line);
  return undefined;
}
