/**
 * `restart --wait`: plain restart gives up on a process at its first start that fails, and waits for one after the other. This starts them
 * together, lets the server's retries do their work, and tells of each how it settled.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessInfo } from '../core/describe.ts';
import { splitNamespec } from '../core/namespec.ts';
import { act, showRow, startAction, stopAction } from './act.ts';
import type { CommandResult } from './command.ts';
import type { Ctl } from './ctl.ts';
import { exitStatus } from './exit-status.ts';
import { manyLine } from './moving-line.ts';
import { namespecOf } from './names.ts';
import { isMeant } from './select-processes.ts';

const pollMs = 200;

export async function restartAndWait(ctl: Ctl, names: readonly string[], timeoutSecs: number): Promise<CommandResult> {
  const infos = await ctl.client.getAllProcessInfo();
  if (!infos.ok) {
    return infos.failure;
  }
  const targets = names.flatMap((name) => membersOf(name, infos.value));
  const failure = await act(ctl, names, stopAction(ctl));
  return failure ?? startAndWait(ctl, [...new Set(targets)], timeoutSecs);
}

/** A name that is none stays, for the server to refuse. */
function membersOf(name: string, infos: readonly ProcessInfo[]): readonly string[] {
  const members = infos.filter((info) => name === 'all' || isMeant(name, info));
  return members.length > 0 || name === 'all' ? members.map(namespecOf) : [name];
}

async function startAndWait(ctl: Ctl, names: readonly string[], timeoutSecs: number): Promise<CommandResult> {
  const started = new Set<string>();
  for (const name of names) {
    const reply = await ctl.client.startProcess(name, false);
    if (reply.ok) {
      started.add(name);
      continue;
    }
    if (reply.failure.kind !== 'fault') {
      return reply.failure;
    }
    const { group, process } = splitNamespec(name);
    const row = { group, name: process ?? '*', status: reply.failure.code, description: reply.failure.text };
    const failure = showRow(ctl, row, startAction(ctl));
    if (failure !== undefined) {
      return failure;
    }
  }
  return waitSettled(ctl, started, timeoutSecs);
}

async function waitSettled(ctl: Ctl, open: Set<string>, timeoutSecs: number): Promise<CommandResult> {
  const total = open.size;
  const begin = Date.now();
  const hide = ctl.showLive((now, width) => {
    const [slowest = ''] = open; // they were started in this order
    return manyLine({ done: total - open.size, total, what: 'settled', who: slowest }, now, width);
  });
  try {
    while (open.size > 0) {
      const infos = await ctl.client.getAllProcessInfo();
      if (!infos.ok) {
        return infos.failure;
      }
      for (const info of infos.value.filter((it) => open.has(namespecOf(it)))) {
        const settled = outcome(info);
        if (settled !== null) {
          open.delete(namespecOf(info));
          ctl.output(`${namespecOf(info)}: ${settled.text}`);
          ctl.setStatus(settled.good ? null : exitStatus.notRunning);
        }
      }
      if (Date.now() - begin > timeoutSecs * 1000) {
        break;
      }
      await sleep(open.size > 0 ? pollMs : 0);
    }
    for (const name of open) {
      ctl.output(`${name}: ERROR (not running after ${timeoutSecs} s)`);
      ctl.exitStatus = exitStatus.notRunning;
    }
    return undefined;
  } finally {
    hide();
  }
}

/** Null while it may still become something. A program that is done with its work has not failed. */
function outcome({
  statename,
  description,
  exitstatus,
}: ProcessInfo): { readonly good: boolean; readonly text: string } | null {
  switch (statename) {
    case 'RUNNING':
      return { good: true, text: `running (${description})` };
    case 'EXITED':
      return exitstatus === 0
        ? { good: true, text: 'finished (exit status 0)' }
        : { good: false, text: `ERROR (exited with status ${exitstatus})` };
    case 'FATAL':
    case 'UNKNOWN':
    case 'STOPPED':
      return { good: false, text: `ERROR (${statename}: ${description})` };
    default:
      return null;
  }
}
