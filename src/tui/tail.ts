/** The log that the panel shows, followed as `tail -f` does it: the last bytes, then whatever comes, over one stream that stays open. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../ctl/client.ts';
import type { Failure } from '../ctl/failure.ts';
import { describeTrouble } from './feed.ts';
import type { News } from './update.ts';

const backlogBytes = 32 * 1024;
/** A selection that moves on at once is not worth a stream. */
const settleMs = 120;
const retryMs = 1000;
/** What comes within that time is told at once. */
const gatherMs = 30;

export class LogTail {
  readonly #client: Client;
  readonly #tell: (news: News) => void;
  #key = '';
  #current: AbortController | null = null;

  constructor(client: Client, tell: (news: News) => void) {
    this.#client = client;
    this.#tell = tell;
  }

  /** null: none. The same again changes nothing. */
  follow(log: { readonly group: string; readonly name: string; readonly channel: 'stdout' | 'stderr' } | null): void {
    const key = log === null ? '' : `${log.group}:${log.name}/${log.channel}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#current?.abort();
    this.#current = null;
    if (log === null) return;
    const controller = new AbortController();
    this.#current = controller;
    this.#tell({ news: 'log-opened', key });
    void this.#run(key, log, controller.signal);
  }

  close(): void {
    this.follow(null);
  }

  async #run(
    key: string,
    log: { group: string; name: string; channel: 'stdout' | 'stderr' },
    signal: AbortSignal,
  ): Promise<void> {
    await pause(settleMs, signal);
    const { group, name, channel } = log;
    let backlog: string | null = null;
    while (!signal.aborted) {
      if (backlog === null) {
        const reply = await this.#client.readProcessLog(channel, `${group}:${name}`, -backlogBytes, 0);
        backlog = reply.ok ? reply.value : '';
      }
      const failure = await this.#stream(key, `/logtail/${group}:${name}/${channel}`, backlog, signal);
      if (signal.aborted) return;
      if (failure !== null) this.#tell({ news: 'log-trouble', key, trouble: troubleText(failure, channel) });
      backlog = null;
      await pause(retryMs, signal);
      if (!signal.aborted && failure === null) this.#tell({ news: 'log-opened', key });
    }
  }

  /** Resolves when the stream has ended; null: by the signal or the server, in peace. */
  async #stream(key: string, path: string, backlog: string, signal: AbortSignal): Promise<Failure | null> {
    const decoder = new TextDecoder();
    let gathered = '';
    let isFirst = true;
    let timer: NodeJS.Timeout | null = null;
    const flush = () => {
      timer = null;
      if (signal.aborted) return;
      const text = isFirst ? joinBacklog(backlog, gathered) : gathered;
      isFirst = false;
      gathered = '';
      this.#tell({ news: 'log-text', key, text });
    };
    // A log to which nothing is added still has its last bytes.
    timer = setTimeout(flush, gatherMs * 10);
    const reply = await this.#client.stream(
      path,
      (bytes) => {
        gathered += decoder.decode(bytes, { stream: true });
        if (isFirst && timer !== null) clearTimeout(timer);
        if (isFirst || timer === null) timer = setTimeout(flush, gatherMs);
      },
      signal,
    );
    if (timer !== null) clearTimeout(timer);
    if (gathered !== '') flush();
    return reply.ok ? null : reply.failure;
  }
}

/** What was read and what the stream begins with overlap: the stream tells the last bytes again. */
export function joinBacklog(backlog: string, first: string): string {
  for (let size = Math.min(backlog.length, first.length); size > 0; size -= 1) {
    if (backlog.endsWith(first.slice(0, size))) return backlog + first.slice(size);
  }
  return first === '' ? backlog : first;
}

function troubleText(failure: Failure, channel: string): string {
  if (failure.kind === 'http' && (failure.status === 404 || failure.status === 410))
    return `there is no ${channel} log`;
  return describeTrouble(failure);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined); // somebody looks elsewhere
}
