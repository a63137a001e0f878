/** Something that the server takes its time for, with a moving line about it where there is a terminal to show it on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessInfo } from '../core/describe.ts';
import type { Ctl } from './ctl.ts';
import { ManyProgress, type Tally } from './many-progress.ts';
import { processNews } from './process-news.ts';

/** News that come faster are told together. */
const pauseMs = 100;

/**
 * `makeTally` sees the processes as they are before. The work gets a promise that resolves when the server tells no more. Without a terminal, or
 * where the server does not tell at all, it is the work alone.
 */
export async function withProgress<T>(
  ctl: Ctl,
  makeTally: (infos: readonly ProcessInfo[]) => Tally,
  work: (lost: Promise<void>) => Promise<T>,
): Promise<T> {
  if (!ctl.terminal.moves) return work(Promise.resolve());
  const over = new AbortController();
  const next = processNews(ctl.client, over.signal);
  const first = await next();
  if (!first.ok) return work(Promise.resolve());
  const progress = new ManyProgress(makeTally(first.value), Date.now());
  progress.news(first.value, Date.now());
  const hide = ctl.showLive((now, width) => progress.render(now, width));
  const watching = watch();
  try {
    return await work(watching);
  } finally {
    over.abort();
    hide();
    await watching;
  }

  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      const reply = await next();
      if (over.signal.aborted || !reply.ok) return;
      progress.news(reply.value, Date.now());
      await sleep(pauseMs, undefined, { signal: over.signal }).catch(() => undefined); // it is over
    }
  }
}
