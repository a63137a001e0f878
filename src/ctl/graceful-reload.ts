/**
 * `reload NAME...`: asks hupd for the reload and tells what happens while it happens: a line for each step, and on a terminal one that moves
 * while a successor is waited for. The wait is the server's: each call is answered when there is something new.
 */

import { makeNamespec } from '../core/namespec.ts';
import { describeFact } from '../core/reload/describe-fact.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import { faultCodes } from '../rpc/contract.ts';
import type { ReloadReport } from './client.ts';
import type { Command, CommandResult } from './command.ts';
import type { Ctl } from './ctl.ts';
import { exitStatus } from './exit-status.ts';
import type { Reply } from './failure.ts';
import { Waiting } from './waiting.ts';

/** How long one call may stay open; another follows. */
const longPollSecs = 25;
/** Of a failed successor's output, without `--all-output`. */
const linesShown = 5;

export async function gracefulReload(ctl: Ctl, arg: string, command: Command): Promise<CommandResult> {
  const words = arg.split(/\s+/);
  const flags = words.filter((word) => word.startsWith('--'));
  const names = words.filter((word) => !word.startsWith('--'));
  const unknown = flags.find((flag) => flag !== '--plan' && flag !== '--all-output');
  if (unknown !== undefined) return ctl.failUsage(`Error: unknown option ${unknown}`, command);
  if (names.length === 0) return ctl.failUsage(`Error: reload ${flags.join(' ')} requires a process name`, command);
  for (const name of names) {
    const failure = flags.includes('--plan')
      ? await plan(ctl, name)
      : await reloadOne(ctl, name, flags.includes('--all-output'));
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function plan(ctl: Ctl, name: string): Promise<CommandResult> {
  const reply = await ctl.client.planReload(name);
  if (!reply.ok) return refused(ctl, name, reply);
  for (const line of reply.value) ctl.output(`${name}: ${line}`);
  return undefined;
}

async function reloadOne(ctl: Ctl, name: string, allOutput: boolean): Promise<CommandResult> {
  const begun = await begin(ctl, name);
  if (!begun.ok) return refused(ctl, name, begun);
  const waiting = new Waiting(ctl.terminal);
  let told = 0;
  for (;;) {
    const reply = await ctl.client.waitReload(begun.value, told, longPollSecs);
    waiting.end();
    if (!reply.ok) return reply.failure;
    const { facts, done } = reply.value;
    for (const fact of facts.slice(told)) tell(ctl, fact, allOutput);
    told = facts.length;
    if (done) return ended(ctl, reply.value);
    const last = facts.at(-1);
    if (last?.fact === 'waiting') waiting.begin(specOf(last), last.timeoutSecs);
  }
}

function begin(ctl: Ctl, name: string): Promise<Reply<number>> {
  if (name === 'all') return ctl.client.reloadAllProcesses();
  return ctl.client.reloadProcess(name);
}

function refused(ctl: Ctl, name: string, reply: Reply<unknown> & { ok: false }): CommandResult {
  const { failure } = reply;
  if (failure.kind !== 'fault') return failure;
  switch (failure.code) {
    case faultCodes.UNKNOWN_METHOD:
      return ctl.fail(
        'Error: this server has no hupd.reloadProcess: it is a supervisord; a graceful reload needs hupd',
      );
    case faultCodes.BAD_NAME:
      return ctl.fail(`${name}: ERROR (no such ${name.includes('*') || name.endsWith(':') ? 'group' : 'process'})`);
    case faultCodes.FAILED:
      return ctl.fail(`${name}: ERROR (${failure.text.replace(/^FAILED: /, '')})`);
    default:
      return failure;
  }
}

function tell(ctl: Ctl, fact: ReloadFact, allOutput: boolean): void {
  if (fact.fact === 'promoted' || fact.fact === 'stopping') return; // what follows at once says it better
  ctl.output(`${specOf(fact)}: ${describeFact(fact)}`);
  if (fact.fact !== 'failed') return;
  const { lastOutput } = fact;
  const shown = allOutput ? lastOutput : lastOutput.slice(-linesShown);
  if (shown.length > 0) ctl.output('  its last output:');
  for (const line of shown) ctl.output(`    ${line}`);
}

function ended(ctl: Ctl, { ok, reason, facts }: ReloadReport): undefined {
  if (ok) return;
  const told = facts.some((fact) => fact.fact === 'failed');
  if (told) ctl.setStatus(exitStatus.generic);
  else ctl.fail(`ERROR: ${reason}`);
}

function specOf({ group, name }: ReloadFact): string {
  return makeNamespec(group, name);
}
