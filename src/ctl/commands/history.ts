import { splitNamespec } from '../../core/namespec.ts';
import { describeFact } from '../../core/reload/describe-fact.ts';
import { faultCodes } from '../../rpc/contract.ts';
import { expandWildcards } from '../act.ts';
import type { ReloadReport } from '../client.ts';
import type { Command, CommandResult } from '../command.ts';
import type { Ctl } from '../ctl.ts';
import { exitStatus } from '../exit-status.ts';
import { pad } from '../format.ts';
import { namespecOf } from '../names.ts';
import { sayMissing } from '../server-lacks.ts';
import { clock, dateTime } from '../wall-clock.ts';
import { parseNames } from '../words.ts';

export const command: Command = {
  help: [
    'history <name>\t\tShow the reloads of a process, oldest first; wildcards are allowed',
    'history --facts <name>\tThe same with everything that happened',
    'history --json <name>\tThe same as JSON',
  ],
  async run(ctl, arg, given) {
    const parsed = parseNames('history', arg, given, { '--facts': 'flag', '--json': 'flag' });
    if ('error' in parsed) {
      return ctl.failUsage(`Error: ${parsed.error}`, command, exitStatus.invalidArgs);
    }
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const expanded = await expandWildcards(ctl, parsed.rest);
    if (!expanded.ok) {
      return expanded.failure;
    }
    for (const name of expanded.value) {
      const failure = await showHistory(ctl, name, parsed.options);
      if (failure !== undefined) {
        return failure;
      }
    }
    return undefined;
  },
};

async function showHistory(ctl: Ctl, name: string, flags: ReadonlyMap<string, string>): Promise<CommandResult> {
  const reply = await ctl.client.getReloadHistory(name);
  if (reply.ok) {
    const lines = flags.has('--json')
      ? [JSON.stringify(reply.value, null, 2)]
      : reply.value.flatMap((report) => [summary(name, report), ...(flags.has('--facts') ? factLines(report) : [])]);
    for (const line of lines.length > 0 ? lines : [`${name}: no reload yet`]) {
      ctl.output(line);
    }
    return undefined;
  }
  const code = reply.failure.kind === 'fault' ? reply.failure.code : null;
  if (code === faultCodes.UNKNOWN_METHOD) {
    return sayMissing(ctl, 'hupd.getReloadHistory', 'it does not reload');
  }
  if (code === faultCodes.BAD_NAME) {
    return ctl.fail(`${name}: ERROR (no such process)`);
  }
  return reply.failure;
}

/** `2024-05-06 07:08:09  ok      rolling  pid 4711 -> 4715, 4.9 s`, of the one process that was asked for. */
function summary(name: string, { facts, done, ok, reason }: ReloadReport): string {
  const { group, process } = splitNamespec(name);
  const own = facts.filter((fact) => fact.group === group && fact.name === (process ?? name));
  const started = own.find((fact) => fact.fact === 'started');
  const last = own.findLast((fact) => fact.fact === 'done' || fact.fact === 'failed');
  const at = dateTime(((own[0] ?? facts[0])?.at ?? 0) * 1000);
  const strategy = pad(started?.strategy ?? '-', 8);
  if (last?.fact === 'done') {
    return `${at}  ok      ${strategy} pid ${started?.pid ?? 0} -> ${last.pid}, ${last.tookSecs.toFixed(1)} s`;
  }
  const what = last?.fact === 'failed' ? 'failed ' : done ? (ok ? 'ok     ' : 'failed ') : 'running';
  return `${at}  ${pad(what, 8)}${strategy} pid ${started?.pid ?? 0}${done ? `: ${last?.reason ?? reason}` : ''}`;
}

function factLines({ facts }: ReloadReport): string[] {
  return facts.map((fact) => `    ${clock(fact.at * 1000)}  ${namespecOf(fact)}: ${describeFact(fact)}`);
}
