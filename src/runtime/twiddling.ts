/**
 * Programs that come and go while the daemon runs, without a configuration file: what supervisor_twiddler does. They are members of their group
 * like any other; a file knows nothing of them, so the group shows as changed at the next `reread`, and `update` makes it again as the file has it.
 */
import type { GivenProgram, GivenResult } from '../config/given-program.ts';
import { isAtRest } from '../core/process.ts';
import type { GroupSpec } from '../core/spec.ts';
import type { Groups } from './groups.ts';
import type { Member } from './member.ts';
import { refusal } from './refusal.ts';
import type { Outcome, Twiddling } from './supervision.ts';

export interface TwiddlerOptions {
  readonly groups: Groups;
  readonly readProgram: (given: GivenProgram) => GivenResult;
  /** Starts those that start by themselves. */
  readonly autostart: (members: readonly Member[]) => void;
  /** Calls off the next start of one that waits for it. */
  readonly giveUp: (member: Member) => void;
  /** The group has other processes than before. */
  readonly regrouped: (before: GroupSpec, after: GroupSpec) => void;
}

export class Twiddler implements Twiddling {
  readonly #options: TwiddlerOptions;

  constructor(options: TwiddlerOptions) {
    this.#options = options;
  }

  addProgram(group: string, program: string, options: ReadonlyMap<string, string>): Outcome {
    const { groups, readProgram, autostart } = this.#options;
    const before = groups.get(group);
    if (before === null) return refusal('BAD_NAME', `group: ${group}`);
    const read = readProgram({ group, program, options });
    if (!read.ok) return refusal('INCORRECT_PARAMETERS', read.error);
    const names = new Set(before.members.map(({ spec }) => spec.name));
    const taken = read.processes.find(({ name }) => names.size === names.add(name).size);
    if (taken !== undefined) return refusal('BAD_NAME', taken.name);
    const known = new Set(before.members);
    groups.redefine({ ...before.spec, processes: [...before.spec.processes, ...read.processes] });
    this.#regrouped(before.spec);
    autostart((groups.get(group)?.members ?? []).filter((member) => !known.has(member)));
    return { ok: true };
  }

  removeProcess(group: string, name: string): Outcome {
    const { groups, giveUp } = this.#options;
    const before = groups.get(group);
    const member = groups.find(group, name);
    if (before === null || member === null) return refusal('BAD_NAME', name);
    if (member.state === 'BACKOFF') giveUp(member);
    if (!isAtRest(member.process)) return refusal('STILL_RUNNING', name);
    groups.redefine({ ...before.spec, processes: before.spec.processes.filter((spec) => spec.name !== name) });
    groups.settle(group, new Set([member]), new Map());
    this.#regrouped(before.spec);
    return { ok: true };
  }

  #regrouped(before: GroupSpec): void {
    const after = this.#options.groups.get(before.name)?.spec;
    if (after !== undefined) this.#options.regrouped(before, after);
  }
}
