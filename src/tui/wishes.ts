/** What a person wants done, carried out by the server's methods, and how it turned out in one line. */

import { makeNamespec } from '../core/namespec.ts';
import type { Client, ResultRow } from '../ctl/client.ts';
import type { Failure, Reply } from '../ctl/failure.ts';
import { faultCodes } from '../rpc/contract.ts';
import { describeTrouble } from './feed.ts';
import { keyOf, type ProcessRow, type Target, targetName, type Wish } from './model.ts';

export interface Ended {
  readonly ok: boolean;
  /** '' when something else tells it. */
  readonly text: string;
}

const done: Readonly<Record<Wish['verb'], string>> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  reload: 'reloading',
  signal: 'signalled',
  clear: 'logs emptied',
};

/** `members`: the processes that the target means. Never rejects. */
export async function carryOut(client: Client, wish: Wish, members: readonly ProcessRow[]): Promise<Ended> {
  switch (wish.verb) {
    case 'start':
      return told(wish, await start(client, wish.target));
    case 'stop':
      return told(wish, await stop(client, wish.target));
    case 'restart': {
      const stopped = await stop(client, wish.target);
      // What was down is started all the same.
      if (!stopped.ok && !isFault(stopped.failure, faultCodes.NOT_RUNNING)) return told(wish, stopped);
      return told(wish, await start(client, wish.target));
    }
    case 'signal':
      return told(wish, await signal(client, wish));
    case 'clear':
      return told(wish, await clear(client, members));
    case 'reload': {
      const begun = await reload(client, wish.target);
      return begun.ok ? { ok: true, text: '' } : told(wish, begun);
    }
  }
}

type Result = Reply<readonly ResultRow[]>;

function start(client: Client, { group, name }: Target): Promise<Result> {
  return name === null ? client.startProcessGroup(group) : one(client.startProcess(makeNamespec(group, name)));
}

function stop(client: Client, { group, name }: Target): Promise<Result> {
  return name === null ? client.stopProcessGroup(group) : one(client.stopProcess(makeNamespec(group, name)));
}

function signal(client: Client, { target: { group, name }, signal: which }: Wish): Promise<Result> {
  return name === null
    ? client.signalProcessGroup(group, which)
    : one(client.signalProcess(makeNamespec(group, name), which));
}

function reload(client: Client, { group, name }: Target): Promise<Reply<number>> {
  return name === null ? client.reloadProcessGroup(group) : client.reloadProcess(makeNamespec(group, name));
}

/** The protocol has no call for a group. */
async function clear(client: Client, members: readonly ProcessRow[]): Promise<Result> {
  for (const process of members) {
    const reply = await client.clearProcessLogs(keyOf(process));
    if (!reply.ok) return reply;
  }
  return { ok: true, value: [] };
}

async function one(reply: Promise<Reply<boolean>>): Promise<Result> {
  const it = await reply;
  return it.ok ? { ok: true, value: [] } : it;
}

function told({ verb, target, signal: which }: Wish, result: Result): Ended {
  const who = targetName(target);
  if (!result.ok) return { ok: false, text: `${who}: ${whyNot(result.failure)}` };
  const failed = result.value.filter(({ status }) => status !== faultCodes.SUCCESS);
  const what = verb === 'signal' ? `SIG${which} sent` : done[verb];
  const [first] = failed;
  if (first === undefined) return { ok: true, text: `${who}: ${what}` };
  const name = makeNamespec(first.group, first.name);
  const others = failed.length > 1 ? ` and ${failed.length - 1} more` : '';
  return {
    ok: false,
    text: `${who}: ${result.value.length - failed.length} ${what}; not ${name}${others}: ${words(first.description)}`,
  };
}

function whyNot(failure: Failure): string {
  return failure.kind === 'fault' ? words(failure.text) : describeTrouble(failure);
}

/** `ALREADY_STARTED: web` in words; the name stands before it already. */
function words(fault: string): string {
  const [, name = fault, text = ''] = /^([A-Z_]+)(?:: (.*))?$/s.exec(fault) ?? [];
  if (name === 'FAILED' && text !== '') return text;
  return name === fault || /^[A-Z_]+$/.test(name) ? name.toLowerCase().replaceAll('_', ' ') : fault;
}

function isFault(failure: Failure, code: number): boolean {
  return failure.kind === 'fault' && failure.code === code;
}
