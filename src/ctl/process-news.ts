/** What changes, for those who look on: hupd answers when there is something to tell; a real supervisord is asked every two seconds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessInfo } from '../core/describe.ts';
import { faultCodes } from '../rpc/contract.ts';
import type { Client } from './client.ts';
import type { Reply } from './failure.ts';

const longPollSecs = 25;
const pollMs = 2000;

/** Each call resolves to processes that may have changed, the first one to all. An abort ends the wait. */
export function processNews(client: Client, signal: AbortSignal): () => Promise<Reply<readonly ProcessInfo[]>> {
  let version = 0;
  let polls = false;
  const poll = async () => {
    await sleep(pollMs, undefined, { signal }).catch(() => undefined); // ^C
    return signal.aborted ? ({ ok: true, value: [] } as const) : client.getAllProcessInfo();
  };
  return async () => {
    if (polls) return poll();
    const reply = await client.waitChange(version, longPollSecs, signal);
    if (reply.ok) {
      version = reply.value.version;
      return { ok: true, value: reply.value.processes };
    }
    polls = reply.failure.kind === 'fault' && reply.failure.code === faultCodes.UNKNOWN_METHOD;
    return polls ? client.getAllProcessInfo() : reply;
  };
}
