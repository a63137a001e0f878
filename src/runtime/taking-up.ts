/**
 * A daemon takes up what an earlier one has left: the groups as they were, each process with its state, its children with their pipes and sockets,
 * the reloads and the event pools. Which configuration is the right one is asked afterwards, by an update.
 *
 *     groups ─► states, children ─► reloads ─► what was under way goes on, who has died meanwhile has exited
 *
 * A child that is ours (after an exec in place) is waited for by the reaper like any other; one that is not is followed.
 */
import type { Carried, CarriedChild, CarriedProcess, CarriedSocket } from '../core/carried.ts';
import type { ExitStatus } from '../core/exit-status.ts';
import { fit } from '../core/fit.ts';
import { type LogText, ownTexts } from '../core/log-texts.ts';
import { aliveGenerations, newProcess } from '../core/process.ts';
import type { Config, GroupSpec, ProcessSpec } from '../core/spec.ts';
import { type HandedOver, Handover } from '../handover/handover.ts';
import { madeBy } from '../handover/made-successor.ts';
import { recognise } from '../handover/profiles/recognise.ts';
import type { HeldSocket, Os } from '../os/os.ts';
import { OsError } from '../os/os-error.ts';
import { ReadyChannel } from '../readiness/ready-channel.ts';
import { Child } from './child.ts';
import { ChildEnds, type ChildInput, type OutputChannel } from './child-ends.ts';
import type { Engine } from './engine.ts';
import type { EventBus } from './event-bus.ts';
import type { Groups } from './groups.ts';
import type { Member } from './member.ts';
import type { Reloads } from './reloads.ts';

/** What an earlier daemon has left. */
export interface Legacy {
  readonly carried: Carried;
  /** Its descriptors are open here: it is this very process, before an exec, or what was taken from a supervisord that lives. */
  readonly isSameProcess: boolean;
  /** Children of ours that were reaped before their processes were here. */
  readonly exits: Array<readonly [pid: number, status: ExitStatus]>;
}

export interface TakingUpOptions {
  readonly os: Os;
  readonly legacy: Legacy;
  readonly config: Config;
  readonly groups: Groups;
  readonly engine: Engine;
  readonly events: EventBus;
  readonly reloads: Reloads;
  readonly say: (line: LogText) => void;
}

type Find = (socket: CarriedSocket) => HeldSocket | null;

export class TakingUp {
  readonly #options: TakingUpOptions;
  readonly #taken = new Set<Member>();
  /** By inode: several processes may have had the same one. */
  readonly #sockets = new Map<number, HeldSocket | null>();

  constructor(options: TakingUpOptions) {
    this.#options = options;
  }

  /** The groups are there, each process in the state that it had, and its children with it. Nothing moves yet. */
  take(): void {
    const { legacy, groups, events, reloads } = this.#options;
    for (const [name, spec] of legacy.carried.groups) {
      const fitted = fitGroup(spec, this.#options.config);
      const carried = new Map(
        fitted.processes.flatMap((process) => {
          const found = legacy.carried.processes.get(`${name}:${process.name}`);
          return found === undefined ? [] : [[process.name, found] as const];
        }),
      );
      events.addPool(fitted);
      const { members } = groups.add(fitted, carried);
      for (const member of members) {
        const found = carried.get(member.spec.name);
        if (found !== undefined) this.#member(member, found);
      }
    }
    reloads.restore(legacy.carried.reloads.values());
  }

  /** What was under way goes on. Returns those that the earlier daemon did not know, or had stopped only since it was on its way down. */
  resume(): readonly Member[] {
    const { groups, engine, reloads, events, legacy, say } = this.#options;
    const members = [...groups.members()];
    const taken = members.filter((member) => this.#taken.has(member));
    const alive = taken.flatMap(({ process }) => aliveGenerations(process));
    say(tookUp(legacy, alive.length));
    events.resume();
    for (const member of taken) engine.resume(member);
    reloads.resume((group, name) => groups.find(group, name)?.process.reload !== null);
    for (const member of taken) for (const child of member.children.values()) this.#watch(child);
    return legacy.carried.leaving ? members : members.filter((member) => !this.#taken.has(member));
  }

  #member(member: Member, carried: CarriedProcess): void {
    this.#taken.add(member);
    member.process = fit(carried.process, newProcess);
    member.older = carried.older;
    member.nextReloadBy = carried.nextReloadBy;
    const pids = carried.children.map(({ pid }) => pid);
    const lost = new Set<number>();
    // What was lost once stays lost for it: its sockets and its children's handovers have to agree.
    const find = (socket: CarriedSocket) => {
      const found = lost.has(socket.inode) ? null : this.#socket(socket, pids);
      if (found === null) lost.add(socket.inode);
      return found;
    };
    member.sockets.regain(carried, find);
    for (const child of carried.children) this.#child(member, child, carried.fcgi, find);
    this.#launching(member, carried, find);
    const { current } = member;
    current?.ends.ascribeTo(current.pid);
  }

  /** A start was on its way: the child is there, or it is not. */
  #launching(member: Member, carried: CarriedProcess, find: Find): void {
    const { launching } = carried;
    if (launching === null || carried.children.some(({ generation }) => generation === launching.generation)) return;
    const { os } = this.#options;
    const pid = this.#writer(member, launching.pipes.stdout);
    if (pid === null) return;
    const stat = os.stat(pid);
    if (stat === null) {
      if (os.kill(pid, 0, false) !== 'ESRCH')
        this.#options.say(ownTexts.lookFailed(member.spec.name, `pid ${pid} can not be read`));
      return;
    }
    this.#child(member, { ...launching, pid, startTime: stat.startTime }, carried.fcgi, find);
  }

  /** Of one that could not be looked at when it was started: it is the same if it has the pipe. */
  #startTime(member: Member, { pid, pipes }: CarriedChild): number {
    const isSame = this.#writer(member, pipes.stdout) === pid;
    return (isSame ? this.#options.os.stat(pid)?.startTime : null) ?? 0;
  }

  #writer({ spec }: Member, path: string): number | null {
    const { os, say } = this.#options;
    try {
      return os.findWriter(path);
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      say(ownTexts.lookFailed(spec.name, error.message));
      return null;
    }
  }

  #child(member: Member, carried: CarriedChild, fcgi: CarriedSocket | null, find: Find): void {
    const { engine, events } = this.#options;
    const { generation, pid, words, maker, toldReady } = carried;
    const startTime = carried.startTime === 0 ? this.#startTime(member, carried) : carried.startTime;
    const handover = this.#handover(member, carried, find);
    const ends = this.#ends(member, carried, fcgi, find);
    const child = new Child({ generation, pid, startTime, words, handover, ends, maker, toldReady });
    const { predecessor } = carried;
    if (predecessor !== null && !aliveGenerations(member.process).some((other) => other.pid === predecessor))
      child.handover.predecessorGone(pid);
    engine.takeUp(member, child);
    events.adopted(member, child);
  }

  #handover({ spec }: Member, carried: CarriedChild, find: Find): HandedOver {
    const { generation, words, ownEach, predecessor, maker, addresses } = carried;
    const server = recognise(words);
    if (maker !== null) return madeBy(maker, server, addresses);
    const sockets = carried.sockets.flatMap((socket) => find(socket) ?? []);
    const { os } = this.#options;
    const asked = { os, spec, words, server, generation, predecessor, sockets, ownEach };
    return new Handover({ ...asked, problem: null, regained: true });
  }

  /** A successor that a process has made itself has the same ones. */
  #ends(member: Member, carried: CarriedChild, fcgi: CarriedSocket | null, find: Find): ChildEnds {
    const shared = [...member.children.values()].find(({ pid }) => pid === carried.maker)?.ends;
    if (shared !== undefined) return shared;
    const { os, legacy } = this.#options;
    return new ChildEnds({
      input: fcgi === null ? this.#input(carried.pipes.stdin) : this.#socketInput(member, find(fcgi)),
      channels: this.#channels(member, carried),
      ready: ReadyChannel.regain(os, member.spec, carried, {
        isSameProcess: legacy.isSameProcess,
        attempt: (open) => this.#attempt(open),
      }),
    });
  }

  #channels(member: Member, { pipes }: CarriedChild): readonly OutputChannel[] {
    const paths = [['stdout', pipes.stdout] as const, ['stderr', pipes.stderr] as const];
    return paths.flatMap(([name, path]) => {
      const pipe = path === null || path === '' ? null : this.#attempt(() => this.#options.os.reopenLogPipe(path));
      return pipe === null ? [] : [{ name, pipe, output: member.logs[name].takeUp() }];
    });
  }

  #input(path: string | null): ChildInput {
    const stdin = path === null ? null : this.#attempt(() => this.#options.os.reopenInputPipe(path));
    return { stdin, fd: -1, close: () => stdin?.close() };
  }

  #attempt<T>(open: () => T): T | null {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof OsError)) throw error;
      // ENXIO: nobody reads that input any more, which is no trouble.
      if (error.code !== 'ENXIO') this.#options.say(ownTexts.notTakenUp(error.message));
      return null;
    }
  }

  #socketInput({ fcgi }: Member, socket: HeldSocket | null): ChildInput {
    const user = {};
    if (socket !== null) fcgi?.regain(user, socket);
    return { stdin: null, fd: -1, close: () => fcgi?.release(user) };
  }

  #socket(carried: CarriedSocket, pids: readonly number[]): HeldSocket | null {
    const known = this.#sockets.get(carried.inode);
    if (known !== undefined && known !== null) return known;
    const { os, legacy, say } = this.#options;
    const found = os.regainSocket(legacy.isSameProcess ? carried : { ...carried, fd: -1 }, pids);
    if (found === null && known === undefined) say(ownTexts.socketLost(carried.address));
    this.#sockets.set(carried.inode, found);
    return found;
  }

  #watch(child: Child): void {
    const { os, engine } = this.#options;
    const stat = os.stat(child.pid);
    const isOurs = stat?.startTime === child.startTime && stat.ppid === os.pid;
    if (!isOurs) engine.followEnd(child); // else the reaper tells
  }
}

/** A group as it was, with all that this version wants to know of one. */
function fitGroup(old: GroupSpec, config: Config): GroupSpec {
  const fresh = config.groups.find(({ name }) => name === old.name);
  const anyProcess = config.groups.flatMap(({ processes }) => processes)[0];
  const processes = old.processes.map((process): ProcessSpec => {
    const like = fresh?.processes.find(({ name }) => name === process.name) ?? fresh?.processes[0] ?? anyProcess;
    return like === undefined ? process : fit(process, like);
  });
  return { ...(fresh === undefined ? old : fit(old, fresh)), processes };
}

function tookUp({ carried: { head }, isSameProcess }: Legacy, alive: number): LogText {
  if (head.version.startsWith('supervisord')) return ownTexts.tookOver(head.version, head.pid, alive);
  return ownTexts.tookUp(head.pid, alive, isSameProcess);
}
