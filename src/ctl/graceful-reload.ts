/**
 * `reload NAME...`: asks hupd to reload and shows what it tells, by long polls, until the end. Several names are reloaded one after the
 * other, each for itself; what belongs together is reloaded as a group, or as all, so that hupd knows it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { splitNamespec } from '../core/namespec.ts';
import { faultCodes } from '../rpc/contract.ts';
import { expandWildcards } from './act.ts';
import type { Command, CommandResult } from './command.ts';
import type { Ctl } from './ctl.ts';
import { exitStatus } from './exit-status.ts';
import { type Failure, faultReason, type Reply } from './failure.ts';
import { namespecOf } from './names.ts';
import { ReloadProgress } from './progress.ts';
import { sayMissing } from './server-lacks.ts';
import { parseNames } from './words.ts';

/** How long a daemon may be away while its reload is watched. */
const longestAbsenceMs = 30_000;
const askAgainMs = 200;
/** How long the server may keep a poll without news. */
const pollSecs = 20;
/** Of a failed successor's output. */
const lastLines = 10;

export async function gracefulReload(
  ctl: Ctl,
  arg: string,
  given: readonly string[] | null,
  command: Command,
): Promise<CommandResult> {
  const parsed = parseNames('reload with an option', arg, given, { '--plan': 'flag', '--all-output': 'flag' });
  if ('error' in parsed) {
    return ctl.failUsage(`Error: ${parsed.error}`, command, exitStatus.invalidArgs);
  }
  const { rest: names, options } = parsed;
  const up = await ctl.upcheck();
  if (up !== true) {
    return up || undefined;
  }
  const expanded = names.includes('all') ? { ok: true as const, value: ['all'] } : await expandWildcards(ctl, names);
  if (!expanded.ok) {
    return expanded.failure;
  }
  const shownLines = options.has('--all-output') ? Number.POSITIVE_INFINITY : lastLines;
  for (const name of expanded.value) {
    const failure = options.has('--plan') ? await plan(ctl, name) : await reloadOne(ctl, name, shownLines);
    if (failure !== undefined) {
      return failure;
    }
  }
  return undefined;
}

async function plan(ctl: Ctl, given: string): Promise<CommandResult> {
  const all = given === 'all';
  const { name, reply } = await processOrGroup(given, (it) =>
    all ? ctl.client.planReloadAll() : ctl.client.planReload(it),
  );
  if (!reply.ok) {
    return refused(ctl, name, all ? 'hupd.planReloadAll' : 'hupd.planReload', reply.failure);
  }
  for (const line of reply.value) {
    ctl.output(isOne(name) ? `${name}: ${line}` : line); // of several each line has its name
  }
  return undefined;
}

async function reloadOne(ctl: Ctl, given: string, shownLines: number): Promise<CommandResult> {
  const { name, reply } = await processOrGroup(given, (it) => begin(ctl, it));
  return reply.ok ? watch(ctl, name, reply.value, shownLines) : refused(ctl, name, methodOf(name), reply.failure);
}

function begin({ client }: Ctl, name: string): Promise<Reply<number>> {
  switch (methodOf(name)) {
    case 'hupd.reloadAllProcesses':
      return client.reloadAllProcesses();
    case 'hupd.reloadProcessGroup':
      return client.reloadProcessGroup(splitNamespec(name).group);
    case 'hupd.reloadProcess':
      return client.reloadProcess(name);
  }
}

function methodOf(name: string): 'hupd.reloadAllProcesses' | 'hupd.reloadProcessGroup' | 'hupd.reloadProcess' {
  if (name === 'all') {
    return 'hupd.reloadAllProcesses';
  }
  return isOne(name) ? 'hupd.reloadProcess' : 'hupd.reloadProcessGroup';
}

/** A program with `numprocs` is a group: its name alone means all of it where no process has that name. */
async function processOrGroup<T>(
  name: string,
  ask: (name: string) => Promise<Reply<T>>,
): Promise<{ readonly name: string; readonly reply: Reply<T> }> {
  const reply = await ask(name);
  if (!isUnknown(reply) || name === 'all' || name.includes(':')) {
    return { name, reply };
  }
  const group = `${name}:*`;
  const ofGroup = await ask(group);
  return isUnknown(ofGroup) ? { name, reply } : { name: group, reply: ofGroup };
}

function isUnknown<T>(reply: Reply<T>): boolean {
  return !reply.ok && reply.failure.kind === 'fault' && reply.failure.code === faultCodes.BAD_NAME;
}

function refused(ctl: Ctl, name: string, method: string, failure: Failure): CommandResult {
  if (failure.kind !== 'fault') {
    return failure;
  }
  const { group, process } = splitNamespec(name);
  switch (failure.code) {
    case faultCodes.UNKNOWN_METHOD:
      return sayMissing(ctl, method, 'restart stops and starts a process; without a name, reload restarts the server');
    case faultCodes.BAD_NAME:
      return ctl.fail(process === null ? `${group}: ERROR (no such group)` : `${name}: ERROR (no such process)`);
    case faultCodes.FAILED:
      return ctl.fail(`${process === null ? group : name}: ERROR (${faultReason(failure)})`);
    default:
      return failure;
  }
}

/** Prints each fact once. ^C ends the watching, not the reload. */
async function watch(ctl: Ctl, name: string, id: number, shownLines: number): Promise<CommandResult> {
  const progress = new ReloadProgress(shownLines);
  const hide = ctl.showLive((now, width) => progress.render(now, width));
  progress.members(await membersOf(ctl, id));
  try {
    return await ctl.terminal.untilInterrupt(async (signal) => {
      let lostAt: number | null = null;
      for (let seen = 0; ; ) {
        const reply = await ctl.client.waitReload(id, seen, pollSecs, signal);
        if (signal.aborted) {
          ctl.fail(`${name}: the reload goes on; hupctl history ${name} tells how it ended`);
          return undefined;
        }
        if (!reply.ok) {
          lostAt ??= performance.now();
          if (!isLost(reply.failure) || performance.now() - lostAt > longestAbsenceMs) {
            return reply.failure;
          }
          await pause(askAgainMs, undefined, { signal }).catch(() => {}); // ^C: seen at the next turn
          continue;
        }
        lostAt = null;
        const { facts, done, ok, reason } = reply.value;
        for (const line of facts.slice(seen).flatMap((fact) => progress.add(fact, Date.now()))) {
          ctl.output(line);
        }
        seen = facts.length;
        if (done) {
          if (!ok) {
            sayOutcome(
              ctl,
              name,
              reason,
              facts.some((fact) => fact.fact === 'failed' && (isOne(name) || fact.reason === reason)),
            );
          }
          return undefined;
        }
      }
    });
  } finally {
    hide();
  }
}

/** Whom the reload is about, as far as it is not over already; asked only where it is shown. */
async function membersOf({ client, terminal }: Ctl, id: number): Promise<readonly string[]> {
  const reply = terminal.moves ? await client.waitChange(0, 0) : null;
  return reply?.ok ? reply.value.processes.filter(({ reloadId }) => reloadId === id).map(namespecOf) : [];
}

/** The daemon is away for a moment: it is upgraded, or was killed and is started again. The reload goes on, under the same number. */
function isLost({ kind }: Failure): boolean {
  return kind === 'socket' || kind === 'other';
}

function isOne(name: string): boolean {
  return name !== 'all' && splitNamespec(name).process !== null;
}

/** A reload can end without a fact that says all: it was called off before anything happened, or its failure kept others from their turn. */
function sayOutcome(ctl: Ctl, name: string, reason: string, said: boolean): void {
  ctl.exitStatus = exitStatus.generic;
  if (!said) {
    ctl.output(`${name}: reload failed: ${reason}`);
  }
}
