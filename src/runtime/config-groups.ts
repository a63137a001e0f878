/**
 * The configuration that was read last, and the groups that are made of it: what a reread finds, and what comes into use or goes out of it. Settings
 * of the daemon itself hold from the next restart on.
 */
import { diffGroups, isSameGroup } from '../core/config-diff.ts';
import { isAtRest } from '../core/process.ts';
import type { Config, GroupSpec } from '../core/spec.ts';
import { planUpdate } from '../core/update-plan.ts';
import type { EventBus } from './event-bus.ts';
import { type GroupUpdateOptions, updateGroup } from './group-update.ts';
import type { Groups } from './groups.ts';
import type { Member } from './member.ts';
import { refusal } from './refusal.ts';
import type { Outcome, Supervision } from './supervision.ts';

export interface ConfigGroupsOptions {
  readonly first: Config;
  readonly readConfig: () =>
    | { readonly ok: true; readonly config: Config }
    | { readonly ok: false; readonly error: string };
  readonly groups: Groups;
  readonly events: EventBus;
  readonly update: GroupUpdateOptions;
  readonly autostart: (members: readonly Member[]) => void;
  /** Groups came, went or have another definition. */
  readonly changed: () => void;
}

export class ConfigGroups {
  readonly #options: ConfigGroupsOptions;
  #config: Config;

  constructor(options: ConfigGroupsOptions) {
    this.#options = options;
    this.#config = options.first;
  }

  get config(): Config {
    return this.#config;
  }

  /** Without starting anything. */
  addAll(): void {
    for (const group of this.#config.groups) this.#add(group);
  }

  reread(): ReturnType<Supervision['reread']> {
    const { groups, readConfig, changed: tell } = this.#options;
    const read = readConfig();
    if (!read.ok) return refusal('CANT_REREAD', read.error);
    this.#config = read.config;
    const active = groups.all().map(({ spec }) => spec);
    const { added, changed, updatable, removed, refreshed } = diffGroups(active, read.config.groups);
    for (const group of refreshed) groups.redefine(group);
    tell();
    const names = (found: readonly GroupSpec[]) => found.map(({ name }) => name);
    // A client's update stops what is changed, but only calls addProcessGroup for what is added: that is where it is updated.
    const toAdd = read.config.groups.filter((group) => added.includes(group) || updatable.includes(group));
    return { ok: true, diff: { added: names(toAdd), changed: names(changed), removed: names(removed) } };
  }

  async add(name: string): Promise<Outcome> {
    const { groups, update, autostart, changed } = this.#options;
    const spec = this.#config.groups.find((group) => group.name === name);
    if (spec === undefined) return refusal('BAD_NAME', name);
    const active = groups.get(name);
    if (active !== null) {
      const plan = isSameGroup(active.spec, spec) ? null : planUpdate(active.spec, spec);
      return plan === null ? refusal('ALREADY_ADDED', name) : updateGroup(update, spec, plan);
    }
    this.#add(spec);
    autostart(groups.get(name)?.members ?? []);
    changed();
    return { ok: true };
  }

  remove(name: string): Outcome {
    const { groups, events, changed } = this.#options;
    const group = groups.get(name);
    if (group === null) return refusal('BAD_NAME', name);
    if (!group.members.every(({ process }) => isAtRest(process))) return refusal('STILL_RUNNING', name);
    events.removePool(name);
    groups.remove(name);
    changed();
    events.notify({ type: 'PROCESS_GROUP_REMOVED', group: name });
    return { ok: true };
  }

  /** As long as the file's group is the active one, it is so in the configuration too: what `getAllConfigInfo` shows is what there is. */
  regrouped(before: GroupSpec, after: GroupSpec): void {
    this.#config = {
      ...this.#config,
      groups: this.#config.groups.map((group) => (group === before ? after : group)),
    };
    this.#options.changed();
  }

  #add(spec: GroupSpec): void {
    const { groups, events } = this.#options;
    events.addPool(spec);
    groups.add(spec);
    events.notify({ type: 'PROCESS_GROUP_ADDED', group: spec.name });
  }
}
