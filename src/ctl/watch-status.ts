/**
 * `status --watch`: after the table one line for each process that changes, with the time, until ^C. hupd answers when there is something to
 * tell; a real supervisord is asked every two seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessInfo } from '../core/describe.ts';
import { faultCodes } from '../rpc/contract.ts';
import type { CommandResult } from './command.ts';
import type { Ctl } from './ctl.ts';
import type { Reply } from './failure.ts';
import { statusLines } from './format.ts';
import { namespecOf } from './names.ts';

const longPollSecs = 25;
const pollMs = 2000;

export interface Watched {
  /** As they were shown in the table. */
  readonly infos: readonly ProcessInfo[];
  /** Whether a process is one that was asked for. */
  readonly isWanted: (info: ProcessInfo) => boolean;
  readonly paint: ((state: string, padded: string) => string) | undefined;
}

export async function watchStatus(ctl: Ctl, { infos, isWanted, paint }: Watched): Promise<CommandResult> {
  const shown = new Map(infos.map((info) => [namespecOf(info), look(info)]));
  const tell = (news: readonly ProcessInfo[]): void => {
    for (const info of news.filter(isWanted)) {
      if (shown.get(namespecOf(info)) === look(info)) continue;
      shown.set(namespecOf(info), look(info));
      for (const line of statusLines([info], paint)) ctl.output(`${time(info.now)} ${line}`);
    }
  };
  return ctl.terminal.untilInterrupt(async (signal) => {
    const news = newsFrom(ctl, signal);
    while (!signal.aborted) {
      const reply = await news();
      if (signal.aborted) break;
      if (!reply.ok) return reply.failure;
      tell(reply.value);
    }
    return undefined;
  });
}

/** What is worth a line. */
function look({ statename, pid }: ProcessInfo): string {
  return `${statename} ${pid}`;
}

/** Each call resolves to processes that may have changed. */
function newsFrom(ctl: Ctl, signal: AbortSignal): () => Promise<Reply<readonly ProcessInfo[]>> {
  let version = 0;
  let polls = false;
  const poll = async () => {
    await sleep(pollMs, undefined, { signal }).catch(() => undefined); // ^C
    return signal.aborted ? ({ ok: true, value: [] } as const) : ctl.client.getAllProcessInfo();
  };
  return async () => {
    if (polls) return poll();
    const reply = await ctl.client.waitChange(version, longPollSecs, signal);
    if (reply.ok) {
      version = reply.value.version;
      return { ok: true, value: reply.value.processes };
    }
    polls = reply.failure.kind === 'fault' && reply.failure.code === faultCodes.UNKNOWN_METHOD;
    return polls ? ctl.client.getAllProcessInfo() : reply;
  };
}

function time(secs: number): string {
  const date = new Date(secs * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
