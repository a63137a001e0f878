/**
 * A running group gets another definition without being stopped, as `planUpdate` says: reloads by the programs' own strategies, new processes
 * beside the old ones, and only what is gone is stopped. A process whose reload failed and that runs on as before keeps its old definition,
 * so that the next reread tells of it again.
 */
import { type LogText, ownTexts } from '../core/log-texts.ts';
import { makeNamespec } from '../core/namespec.ts';
import { currentGeneration, isAtRest } from '../core/process.ts';
import type { GroupSpec, ProcessSpec } from '../core/spec.ts';
import type { UpdatePlan } from '../core/update-plan.ts';
import type { Engine } from './engine.ts';
import type { Groups } from './groups.ts';
import type { Member } from './member.ts';
import { refusal } from './refusal.ts';
import type { ReloadRequests } from './reload-requests.ts';
import type { Reloads } from './reloads.ts';
import type { Outcome } from './supervision.ts';
import type { Wishes } from './wishes.ts';

export interface GroupUpdateOptions {
  readonly groups: Groups;
  readonly engine: Engine;
  readonly wishes: Wishes;
  readonly reloads: Reloads;
  readonly requests: ReloadRequests;
  /** The group is not what it was: told to those who show it. */
  readonly changed: () => void;
  readonly say: (line: LogText) => void;
}

/** Resolves when everything is done, or as far as it went. */
export async function updateGroup(options: GroupUpdateOptions, fresh: GroupSpec, plan: UpdatePlan): Promise<Outcome> {
  const { groups, engine, wishes, say } = options;
  const { name: group } = fresh;
  const why = refusedBecause(options, group);
  if (why !== null) return refusal('FAILED', `${group} can not be updated now: ${why}`);

  say(ownTexts.updating(group, describe(plan)));
  const before = new Map<Member, ProcessSpec>();
  for (const { name, strategy } of plan.reload) {
    const member = groups.find(group, name);
    if (member === null) continue;
    before.set(member, member.spec);
    member.older = { before: member.process.generations + 1, spec: member.spec };
    member.nextReloadBy = strategy;
  }
  groups.redefine(fresh);
  options.changed();
  for (const name of plan.add) {
    const member = groups.find(group, name);
    if (member?.spec.autostart) engine.post(member, { event: 'start' });
  }
  const leaving = plan.remove.flatMap((name) => groups.find(group, name) ?? []);
  const stops = leaving.map((member) => wishes.stop(member, makeNamespec(group, member.spec.name), true));
  const failure = await reload(
    options,
    group,
    [...before.keys()].filter((member) => member.isToRun),
  );
  await Promise.all(stops);

  const undone = [...before].filter(([member]) => runsAsBefore(member));
  for (const member of before.keys()) member.nextReloadBy = null;
  groups.settle(group, new Set(leaving.filter(({ process }) => isAtRest(process))), new Map(undone));
  options.changed();
  const left = leaving.find(({ process }) => !isAtRest(process));
  if (failure === null && left === undefined) return { ok: true };
  return refusal('FAILED', `${group}: ${failure ?? `${left?.spec.name} could not be stopped`}`);
}

function refusedBecause({ groups, requests }: GroupUpdateOptions, group: string): string | null {
  for (const member of groups.get(group)?.members ?? []) {
    const why = requests.hindrance(member);
    if (why !== null) return `${member.spec.name}: ${why}`;
  }
  return null;
}

/** null, or why it failed. */
async function reload(
  { reloads, requests }: GroupUpdateOptions,
  group: string,
  members: readonly Member[],
): Promise<string | null> {
  if (members.length === 0) return null;
  const begun = requests.begin(
    `${group}:*`,
    members.map(({ spec }) => ({ group, name: spec.name })),
  );
  if (!begun.ok) return begun.text;
  const { ok, reason } = await reloads.ended(begun.id);
  return ok ? null : reason;
}

function runsAsBefore({ process, older }: Member): boolean {
  const current = currentGeneration(process);
  return current !== null && older !== null && current.number < older.before;
}

function describe({ live, reload, add, remove }: UpdatePlan): string {
  const parts = [
    ...reload.map(({ name, strategy }) => `${name} is reloaded (${strategy})`),
    ...add.map((name) => `${name} is added`),
    ...remove.map((name) => `${name} is stopped and removed`),
    ...live.map((name) => `${name} runs on with its new options`),
  ];
  return parts.length === 0 ? 'nothing has to be touched' : parts.join(', ');
}
