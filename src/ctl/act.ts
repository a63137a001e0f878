/**
 * Start, stop and signal are one thing with different words: carried out on all, on a group or on one process, each result a line.
 */

import type { ProcessInfo } from '../core/describe.ts';
import { splitNamespec } from '../core/namespec.ts';
import { faultCodes } from '../rpc/contract.ts';
import type { ResultRow } from './client.ts';
import type { CommandResult } from './command.ts';
import type { Ctl } from './ctl.ts';
import { exitStatus, statusOfFault } from './exit-status.ts';
import { type Failure, type Reply, valueError } from './failure.ts';
import { type Goal, GoalTally } from './many-progress.ts';
import { isWildcard, matchesWildcard, namespecOf } from './names.ts';
import { isSelected } from './select-processes.ts';
import { withProgress } from './with-progress.ts';

export interface Action {
  all(): Promise<Reply<readonly ResultRow[]>>;
  group(group: string): Promise<Reply<readonly ResultRow[]>>;
  one(namespec: string): Promise<Reply<unknown>>;
  /** `web: started`. */
  readonly done: string;
  /** By fault code, what stands in the parentheses of `web: ERROR (…)`; null: the fault's text is the whole line. */
  readonly errors: ReadonlyMap<number, string | null>;
  /** A fault that is shown but no reason for an exit status. */
  readonly ignored?: number;
  readonly noSuchGroupStatus: number;
  /** Where the processes are to come; without it nothing is shown meanwhile. */
  readonly goal?: Goal;
}

/** Carries the action out on each name, in order, and shows on a terminal how far it is. */
export async function act(ctl: Ctl, names: readonly string[], action: Action): Promise<CommandResult> {
  const { goal } = action;
  if (goal === undefined) {
    return actOnEach(ctl, names, action);
  }
  const tally = (infos: readonly ProcessInfo[]) =>
    new GoalTally(
      goal,
      infos.filter((info) => isSelected(info, names)),
    );
  return withProgress(ctl, tally, () => actOnEach(ctl, names, action));
}

async function actOnEach(ctl: Ctl, names: readonly string[], action: Action): Promise<CommandResult> {
  if (names.includes('all')) {
    return showRows(ctl, await action.all(), action);
  }
  const expanded = await expandWildcards(ctl, names);
  if (!expanded.ok) {
    return expanded.failure;
  }
  for (const name of expanded.value) {
    const { group, process } = splitNamespec(name);
    const failure = process === null ? await actOnGroup(ctl, group, action) : await actOnOne(ctl, name, action);
    if (failure !== undefined) {
      return failure;
    }
  }
  return undefined;
}

async function actOnGroup(ctl: Ctl, group: string, action: Action): Promise<CommandResult> {
  const reply = await action.group(group);
  if (!reply.ok && reply.failure.kind === 'fault' && reply.failure.code === faultCodes.BAD_NAME) {
    return ctl.fail(`${group}: ERROR (no such group)`, action.noSuchGroupStatus);
  }
  return showRows(ctl, reply, action);
}

async function actOnOne(ctl: Ctl, namespec: string, action: Action): Promise<CommandResult> {
  const { group, process } = splitNamespec(namespec);
  const named = { group, name: process ?? '' };
  const reply = await action.one(namespec);
  if (reply.ok) {
    return showRow(ctl, { ...named, status: faultCodes.SUCCESS, description: 'OK' }, action);
  }
  const { failure } = reply;
  return failure.kind === 'fault'
    ? showRow(ctl, { ...named, status: failure.code, description: failure.text }, action)
    : failure;
}

function showRows(ctl: Ctl, reply: Reply<readonly ResultRow[]>, action: Action): CommandResult {
  if (!reply.ok) {
    return reply.failure;
  }
  for (const row of reply.value) {
    const failure = showRow(ctl, row, action);
    if (failure !== undefined) {
      return failure;
    }
  }
  return undefined;
}

/** One result as a line; a code that the table does not know is an error of its own. */
export function showRow(
  ctl: Ctl,
  row: ResultRow,
  action: Pick<Action, 'done' | 'errors' | 'ignored'>,
): Failure | undefined {
  const name = namespecOf(row);
  const text = row.status === faultCodes.SUCCESS ? action.done : action.errors.get(row.status);
  if (text === undefined) {
    return valueError(`Unknown result code ${row.status} for ${name}`);
  }
  if (row.status === faultCodes.SUCCESS) {
    ctl.output(`${name}: ${text}`);
  } else {
    ctl.output(text === null ? row.description : `${name}: ERROR (${text})`);
  }
  ctl.setStatus(statusOfFault(row.status, action.ignored));
  return undefined;
}

/** Replaces wildcards by what they match, each process once; one that matches nothing stays, for the server to refuse. */
export async function expandWildcards(ctl: Ctl, names: readonly string[]): Promise<Reply<readonly string[]>> {
  if (!names.some(isWildcard)) {
    return { ok: true, value: names };
  }
  const infos = await ctl.client.getAllProcessInfo();
  if (!infos.ok) {
    return infos;
  }
  const expanded = names.flatMap((name) => {
    const matches = isWildcard(name) ? infos.value.filter((info) => matchesWildcard(name, info)).map(namespecOf) : [];
    return matches.length > 0 ? matches : [name];
  });
  return { ok: true, value: [...new Set(expanded)] };
}

export const stopErrors: Action['errors'] = new Map([
  [faultCodes.BAD_NAME, 'no such process'],
  [faultCodes.BAD_SIGNAL, 'bad signal name'],
  [faultCodes.NOT_RUNNING, 'not running'],
  [faultCodes.FAILED, null],
]);

const startErrors: Action['errors'] = new Map([
  [faultCodes.BAD_NAME, 'no such process'],
  [faultCodes.NO_FILE, 'no such file'],
  [faultCodes.NOT_EXECUTABLE, 'file is not executable'],
  [faultCodes.ALREADY_STARTED, 'already started'],
  [faultCodes.SPAWN_ERROR, 'spawn error'],
  [faultCodes.ABNORMAL_TERMINATION, 'abnormal termination'],
]);

export function startAction({ client }: Ctl): Action {
  return {
    all: () => client.startAllProcesses(),
    group: (group) => client.startProcessGroup(group),
    one: (name) => client.startProcess(name),
    done: 'started',
    goal: 'started',
    errors: startErrors,
    ignored: faultCodes.ALREADY_STARTED,
    noSuchGroupStatus: exitStatus.invalidArgs,
  };
}

export function stopAction({ client }: Ctl): Action {
  return {
    all: () => client.stopAllProcesses(),
    group: (group) => client.stopProcessGroup(group),
    one: (name) => client.stopProcess(name),
    done: 'stopped',
    goal: 'stopped',
    errors: stopErrors,
    ignored: faultCodes.NOT_RUNNING,
    noSuchGroupStatus: exitStatus.generic,
  };
}
