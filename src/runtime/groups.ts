/** The active groups and their members: made from specifications, in the order in which everything happens (priority, then name by code point). */
import type { CarriedProcess } from '../core/carried.ts';
import type { GroupSpec, ProcessSpec } from '../core/spec.ts';
import type { Os } from '../os/os.ts';
import { compareCodePoints } from '../util/code-point-order.ts';
import { FcgiSocket } from './fcgi-socket.ts';
import { ConfiguredSockets, KeptSockets } from './kept-sockets.ts';
import { Member } from './member.ts';
import { changeProcessLogs, type LogSettings, makeProcessLogs } from './process-logs.ts';

export interface ActiveGroup {
  readonly spec: GroupSpec;
  /** In (priority, name) order. */
  readonly members: readonly Member[];
  /** The same by name: thousands may be asked for one after the other. */
  readonly byName: ReadonlyMap<string, Member>;
  /** By program: `socket=` is one set of sockets for all of a program's processes. */
  readonly sockets: Map<string, ConfiguredSockets>;
  readonly fcgiSockets: Map<string, FcgiSocket>;
}

export class Groups {
  readonly #os: Os;
  readonly #logSettings: LogSettings;
  readonly #groups = new Map<string, ActiveGroup>();

  readonly #changed: (name: string, spec: GroupSpec | null) => void;

  /** `changed` is told when a group is there, has another definition, or is not there any more (null). */
  constructor(os: Os, logSettings: LogSettings, changed: (name: string, spec: GroupSpec | null) => void) {
    this.#os = os;
    this.#changed = changed;
    this.#logSettings = logSettings;
  }

  /** In (priority, name) order. */
  all(): readonly ActiveGroup[] {
    return [...this.#groups.values()].sort((a, b) => inOrder(a.spec, b.spec));
  }

  get(name: string): ActiveGroup | null {
    return this.#groups.get(name) ?? null;
  }

  find(group: string, name: string): Member | null {
    return this.#groups.get(group)?.byName.get(name) ?? null;
  }

  *members(): Iterable<Member> {
    for (const group of this.all()) yield* group.members;
  }

  /** `carried`: by name, of those that an earlier daemon had. */
  add(spec: GroupSpec, carried: ReadonlyMap<string, CarriedProcess> = new Map()): ActiveGroup {
    const sockets = new Map<string, ConfiguredSockets>();
    const fcgiSockets = new Map<string, FcgiSocket>();
    const members = [...spec.processes]
      .sort(inOrder)
      .map((process) => this.#member(process, sockets, fcgiSockets, carried.get(process.name)?.logs));
    const group = { spec, members, byName: named(members), sockets, fcgiSockets };
    this.#groups.set(spec.name, group);
    this.#changed(spec.name, spec);
    if (carried.size === 0) for (const socket of fcgiSockets.values()) socket.probe();
    return group;
  }

  /** The same group by another definition: processes that it does not name any more stay for now, new ones are there from now on. */
  redefine(spec: GroupSpec): void {
    const group = this.#groups.get(spec.name);
    if (group === undefined) return;
    const members = new Map(group.byName);
    for (const process of spec.processes) {
      const member = members.get(process.name);
      if (member === undefined) members.set(process.name, this.#member(process, group.sockets, group.fcgiSockets));
      else this.#redefineMember(member, process);
    }
    this.#put(group, spec, [...members.values()]);
  }

  /** Takes out processes that are at rest, goes back to the old definition where `undone` says so, and closes the sockets that nobody wants now. */
  settle(name: string, gone: ReadonlySet<Member>, undone: ReadonlyMap<Member, ProcessSpec>): void {
    const group = this.#groups.get(name);
    if (group === undefined) return;
    const members = group.members.filter((member) => !gone.has(member));
    for (const [member, spec] of undone) this.#redefineMember(member, spec);
    for (const { sockets } of gone) sockets.releaseBorrowed();
    const specs = members.map(({ spec }) => spec);
    for (const [program, sockets] of group.sockets) {
      sockets.closeAllBut(specs.filter((spec) => spec.program === program).flatMap(({ reload }) => reload.sockets));
    }
    const processes = group.spec.processes.map(
      (process) => specs.find((spec) => spec.name === process.name) ?? process,
    );
    this.#put(group, { ...group.spec, processes }, members);
  }

  /** At the end of a life: sockets that are kept for good are kept only as long as that. */
  close(): void {
    for (const name of [...this.#groups.keys()]) this.remove(name);
  }

  #redefineMember(member: Member, spec: ProcessSpec): void {
    member.logs = changeProcessLogs(member.logs, member.spec, spec, this.#logSettings);
    member.sockets.change(spec.reload.sockets);
    member.spec = spec;
  }

  #put(group: ActiveGroup, spec: GroupSpec, members: readonly Member[]): void {
    const sorted = [...members].sort((a, b) => inOrder(a.spec, b.spec));
    this.#groups.set(spec.name, { ...group, spec, members: sorted, byName: named(sorted) });
    this.#changed(spec.name, spec);
  }

  remove(name: string): void {
    const group = this.#groups.get(name);
    if (group === undefined) return;
    for (const { sockets } of group.members) sockets.releaseBorrowed();
    for (const sockets of group.sockets.values()) sockets.closeAllBut([]);
    this.#groups.delete(name);
    this.#changed(name, null);
  }

  #member(
    spec: ProcessSpec,
    sockets: Map<string, ConfiguredSockets>,
    fcgiSockets: Map<string, FcgiSocket>,
    logs: CarriedProcess['logs'] | null = null,
  ): Member {
    const configured = sockets.get(spec.program) ?? new ConfiguredSockets(this.#os);
    sockets.set(spec.program, configured);
    const kept = new KeptSockets(this.#os, configured, spec.reload.sockets);
    const fcgi = this.#fcgiSocket(spec, fcgiSockets);
    return new Member(spec, makeProcessLogs(spec, this.#logSettings, logs), kept, fcgi);
  }

  /** One for all processes of a section, wherever their priorities put them. */
  #fcgiSocket({ fcgiSocket: spec, program }: ProcessSpec, all: Map<string, FcgiSocket>): FcgiSocket | null {
    if (spec === undefined) return null;
    const socket = all.get(program) ?? new FcgiSocket(this.#os, spec, (line) => this.#logSettings.log.say(line));
    all.set(program, socket);
    return socket;
  }
}

function named(members: readonly Member[]): ReadonlyMap<string, Member> {
  return new Map(members.map((member) => [member.spec.name, member]));
}

function inOrder(a: { priority: number; name: string }, b: { priority: number; name: string }): number {
  return a.priority - b.priority || compareCodePoints(a.name, b.name);
}
