/** The active groups and their members: made from specifications, in the order in which everything happens (priority, then name by code point). */
import type { GroupSpec, ProcessSpec } from '../core/spec.ts';
import type { Os } from '../os/os.ts';
import { compareCodePoints } from '../util/code-point-order.ts';
import { FcgiSocket } from './fcgi-socket.ts';
import { ConfiguredSockets, KeptSockets } from './kept-sockets.ts';
import { Member } from './member.ts';
import { type LogSettings, makeProcessLogs } from './process-logs.ts';

export interface ActiveGroup {
  readonly spec: GroupSpec;
  /** In (priority, name) order. */
  readonly members: readonly Member[];
  /** By program: `socket=` is one set of sockets for all of a program's processes. */
  readonly sockets: ReadonlyMap<string, ConfiguredSockets>;
  readonly fcgiSockets: ReadonlyMap<string, FcgiSocket>;
}

export class Groups {
  readonly #os: Os;
  readonly #logSettings: LogSettings;
  readonly #groups = new Map<string, ActiveGroup>();

  constructor(os: Os, logSettings: LogSettings) {
    this.#os = os;
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
    return this.#groups.get(group)?.members.find((member) => member.spec.name === name) ?? null;
  }

  *members(): Iterable<Member> {
    for (const group of this.all()) yield* group.members;
  }

  add(spec: GroupSpec): ActiveGroup {
    const sockets = new Map<string, ConfiguredSockets>();
    const fcgiSockets = new Map<string, FcgiSocket>();
    const members = [...spec.processes].sort(inOrder).map((process) => this.#member(process, sockets, fcgiSockets));
    const group = { spec, members, sockets, fcgiSockets };
    this.#groups.set(spec.name, group);
    for (const socket of fcgiSockets.values()) socket.probe();
    return group;
  }

  /** The same group with other options of hupd's own: they hold from now on, nothing is restarted. */
  refresh(spec: GroupSpec): void {
    const group = this.#groups.get(spec.name);
    if (group === undefined) return;
    for (const member of group.members) {
      member.spec = spec.processes.find(({ name }) => name === member.spec.name) ?? member.spec;
    }
    this.#groups.set(spec.name, { ...group, spec });
  }

  remove(name: string): void {
    const group = this.#groups.get(name);
    if (group === undefined) return;
    for (const { sockets } of group.members) sockets.releaseBorrowed();
    for (const sockets of group.sockets.values()) sockets.close();
    this.#groups.delete(name);
  }

  #member(spec: ProcessSpec, sockets: Map<string, ConfiguredSockets>, fcgiSockets: Map<string, FcgiSocket>): Member {
    const configured = sockets.get(spec.program) ?? new ConfiguredSockets(this.#os, spec.reload.sockets);
    sockets.set(spec.program, configured);
    const fcgi = this.#fcgiSocket(spec, fcgiSockets);
    return new Member(spec, makeProcessLogs(spec, this.#logSettings), new KeptSockets(this.#os, configured), fcgi);
  }

  /** One for all processes of a section, wherever their priorities put them. */
  #fcgiSocket({ fcgiSocket: spec, program }: ProcessSpec, all: Map<string, FcgiSocket>): FcgiSocket | null {
    if (spec === undefined) return null;
    const socket = all.get(program) ?? new FcgiSocket(this.#os, spec, (line) => this.#logSettings.log.say(line));
    all.set(program, socket);
    return socket;
  }
}

function inOrder(a: { priority: number; name: string }, b: { priority: number; name: string }): number {
  return a.priority - b.priority || compareCodePoints(a.name, b.name);
}
