/**
 * `status --watch`: after the table one line for each process that changes, with the time, until ^C.
 */
import type { ProcessInfo } from '../core/describe.ts';
import type { CommandResult } from './command.ts';
import type { Ctl } from './ctl.ts';
import { statusLines } from './format.ts';
import { namespecOf } from './names.ts';
import { processNews } from './process-news.ts';
import { clock } from './wall-clock.ts';

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
      for (const line of statusLines([info], paint)) ctl.output(`${clock(info.now * 1000)} ${line}`);
    }
  };
  return ctl.terminal.untilInterrupt(async (signal) => {
    const news = processNews(ctl.client, signal);
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
