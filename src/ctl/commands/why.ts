import type { ProcessInfo } from '../../core/describe.ts';
import { explain } from '../../core/explain.ts';
import type { HistoryEntry } from '../../core/history.ts';
import { isStoppedState, type StateName } from '../../core/states.ts';
import { faultCodes } from '../../rpc/contract.ts';
import type { Command, CommandResult } from '../command.ts';
import type { Ctl } from '../ctl.ts';
import { exitStatus } from '../exit-status.ts';
import type { Reply } from '../failure.ts';
import { namespecOf } from '../names.ts';
import { selectProcesses } from '../select-processes.ts';
import { recently } from '../wall-clock.ts';
import { parseNames } from '../words.ts';

/** As many as the server keeps. */
const entriesAsked = 100;
const entriesShown = 6;
/** Of a log, for its last line. */
const bytesRead = 1600;

export const command: Command = {
  help: [
    'why <name> [...]\t\tSay why a process is in the state that it is in, and what happened to it last',
    'why --all <name>\t\tThe same with all that is remembered',
  ],
  async run(ctl, arg, given) {
    const parsed = parseNames('why', arg, given, { '--all': 'flag' });
    if ('error' in parsed) {
      return ctl.failUsage(`Error: ${parsed.error}`, command, exitStatus.invalidArgs);
    }
    const up = await ctl.upcheck();
    if (up !== true) {
      return up || undefined;
    }
    const reply = await ctl.client.getAllProcessInfo();
    if (!reply.ok) {
      return reply.failure;
    }
    for (const info of selectProcesses(ctl, reply.value, parsed.rest)) {
      const failure = await why(ctl, info, parsed.options.has('--all') ? entriesAsked : entriesShown);
      if (failure !== undefined) {
        return failure;
      }
    }
    return undefined;
  },
};

async function why(ctl: Ctl, info: ProcessInfo, shown: number): Promise<CommandResult> {
  const name = namespecOf(info);
  const history = await historyOf(ctl, name);
  if (!history.ok) {
    return history.failure;
  }
  for (const line of explain(await facts(ctl, info, history.value), history.value, toMinute)) {
    ctl.output(`${name}: ${line}`);
  }
  for (const line of await parked(ctl, info)) {
    ctl.output(`${name}: ${line}`);
  }
  for (const { at, text } of history.value.slice(-shown)) {
    ctl.output(`    ${recently(at)}  ${text}`);
  }
  return undefined;
}

/** Who waits where hupd keeps the socket open: always told of a process that is down, else when somebody does. */
async function parked(ctl: Ctl, info: ProcessInfo): Promise<readonly string[]> {
  const reply = await ctl.client.getSockets(namespecOf(info));
  const told = (reply.ok ? reply.value : []).filter(({ waiting }) => waiting > 0 || info.pid === 0);
  return told.map(({ address, waiting }) => {
    const who = waiting === 0 ? 'nobody waits' : waiting === 1 ? '1 client waits' : `${waiting} clients wait`;
    return `${who} to be served on ${address}, which hupd keeps open`;
  });
}

/** In wall milliseconds; empty where the server keeps none. */
async function historyOf(ctl: Ctl, name: string): Promise<Reply<ReadonlyArray<HistoryEntry & { text: string }>>> {
  const reply = await ctl.client.getHistory(name, entriesAsked);
  if (reply.ok) {
    return { ok: true, value: reply.value.map((entry) => ({ ...entry, at: entry.at * 1000 })) };
  }
  const missing = reply.failure.kind === 'fault' && reply.failure.code === faultCodes.UNKNOWN_METHOD;
  return missing ? { ok: true, value: [] } : reply;
}

async function facts(ctl: Ctl, info: ProcessInfo, history: readonly HistoryEntry[]) {
  const state = info.statename as StateName;
  const wantsLine = history.length === 0 && (isStoppedState(state) || state === 'BACKOFF') && state !== 'STOPPED';
  return {
    state,
    pid: info.pid,
    startedAt: info.start * 1000,
    stoppedAt: info.stop * 1000,
    spawnError: info.spawnerr,
    exitCode: info.exitstatus,
    lastAnswer: state === 'STARTING' ? await lastAnswer(ctl, info) : '',
    lastLine: wantsLine ? await lastLine(ctl, namespecOf(info)) : '',
  };
}

async function lastAnswer(ctl: Ctl, { group, name }: ProcessInfo): Promise<string> {
  const reply = await ctl.client.waitChange(0, 0);
  const found = reply.ok ? reply.value.processes.find((row) => row.group === group && row.name === name) : undefined;
  return found?.lastAnswer ?? '';
}

/** Of stderr, or of stdout where stderr has none. */
async function lastLine(ctl: Ctl, name: string): Promise<string> {
  for (const channel of ['stderr', 'stdout'] as const) {
    const reply = await ctl.client.readProcessLog(channel, name, -bytesRead, 0);
    const lines = reply.ok ? reply.value.split('\n').map((line) => line.trim()) : [];
    const line = lines.findLast((candidate) => candidate !== '');
    if (line !== undefined) {
      return line;
    }
  }
  return '';
}

/** The sentence says it to the minute; the list below it to the second. */
function toMinute(wall: number): string {
  return recently(wall).slice(0, -':00'.length);
}
