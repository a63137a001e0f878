import { faultCodes } from '../../rpc/contract.ts';
import type { Command, CommandResult } from '../command.ts';
import type { Ctl } from '../ctl.ts';
import type { Reply } from '../failure.ts';
import { words } from '../names.ts';

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
    return (
      (await inTurn(chosen(removed), (group) => removeGroup(ctl, group))) ??
      (await inTurn(chosen(changed), (group) => changeGroup(ctl, group))) ??
      (await inTurn(chosen(added), (group) => addGroup(ctl, group)))
    );
  },
};

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

async function inTurn(
  groups: readonly string[],
  apply: (group: string) => Promise<CommandResult>,
): Promise<CommandResult> {
  for (const group of groups) {
    const failure = await apply(group);
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

/** Says the line if the call went well; else hands the failure on. */
function said(ctl: Ctl, reply: Reply<unknown>, line: string): CommandResult {
  if (!reply.ok) {
    return reply.failure;
  }
  ctl.output(line);
  return undefined;
}
