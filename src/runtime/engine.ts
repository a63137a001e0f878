/**
 * The daemon's heart: one queue, one owner. Everything that happens (a client's wish, an exit, a passed deadline, a ready check's word)
 * becomes an event of one process; `step` decides; the effects are carried out here, and their outcomes go to the back of the queue.
 */

import type { ExitStatus } from '../core/exit-status.ts';
import type { LogText } from '../core/log-texts.ts';
import { ownTexts, processTexts } from '../core/log-texts.ts';
import { deadline } from '../core/process.ts';
import { step } from '../core/process-step.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import { effectsUnderWay } from '../core/resuming.ts';
import type { Now } from '../core/time.ts';
import type { Leaving, ProcessEffect, ProcessEvent } from '../core/turn.ts';
import { madeBy } from '../handover/made-successor.ts';
import { leavingOf as leavingOfServer } from '../handover/signals.ts';
import type { Os } from '../os/os.ts';
import { reprText } from '../util/python-repr.ts';
import { beginCheck, type RunCheck } from './checking.ts';
import { Child } from './child.ts';
import type { Deadlines } from './deadlines.ts';
import { familyOf } from './family.ts';
import { Follower, type Found } from './follower.ts';
import { ForeignEnds } from './foreign-ends.ts';
import type { Launcher } from './launcher.ts';
import type { Member } from './member.ts';
import { killByWatchdog } from './watchdog-kill.ts';

export interface EngineListeners {
  log(line: LogText): void;
  /** A process changed its state as clients know it. */
  stateChanged(member: Member, effect: ProcessEffect & { effect: 'state' }): void;
  reloadFact(member: Member, effect: ProcessEffect & { effect: 'reload-fact' }): void;
  reloadEnded(member: Member, ok: boolean, reason: string): void;
  /** A generation was started. */
  spawned(member: Member, child: Child): void;
  /** It was reaped, and all that it wrote has been read; its process has not taken the step yet. */
  reaped(member: Member, child: Child, status: ExitStatus): void;
  /** Its process has. */
  exited(member: Member, pid: number): void;
  /** After each step of that process and its effects. */
  stepped(member: Member): void;
  readonly runCheck: RunCheck;
  runReloadTest(member: Member, command: string): void;
  endReloadTest(member: Member): void;
}

export class Engine {
  readonly #os: Os;
  readonly #deadlines: Deadlines;
  readonly #launcher: Launcher;
  readonly #listeners: EngineListeners;
  readonly #queue: Array<{ member: Member; event: ProcessEvent }> = [];
  readonly #memberOfPid = new Map<number, Member>();
  readonly #follower: Follower;
  readonly #foreignEnds: ForeignEnds;
  #draining = false;
  /** False while the daemon shuts down: nothing is started by itself any more. */
  restarts = true;

  constructor(os: Os, deadlines: Deadlines, launcher: Launcher, listeners: EngineListeners) {
    this.#os = os;
    this.#deadlines = deadlines;
    this.#launcher = launcher;
    this.#listeners = listeners;
    this.#follower = new Follower({
      os,
      deadlines,
      isKnown: (pid) => this.#memberOfPid.has(pid),
      found: (member, generation, maker, found) => {
        this.#adopt(member, generation, maker, found);
        this.post(member, { event: 'adopted', generation, pid: found.pid });
      },
      none: (member, generation, failed) => this.post(member, { event: 'not-adopted', generation, failed }),
    });
    const tell = (pid: number, text: (name: string) => LogText) => {
      const name = this.#memberOfPid.get(pid)?.spec.name;
      if (name !== undefined) listeners.log(text(name));
    };
    this.#foreignEnds = new ForeignEnds({
      os,
      deadlines,
      unknown: (pid) => tell(pid, (name) => ownTexts.endUnknown(name, pid)),
      deaf: (pid, errno) => tell(pid, (name) => ownTexts.notFollowed(name, pid, errno)),
      exited: (pid, status) => this.exited(pid, status),
    });
  }

  /** Takes the event and everything that follows from it at once, unless it is called from inside a step: then it waits its turn. */
  post(member: Member, event: ProcessEvent): void {
    this.#queue.push({ member, event });
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
        this.#step(next.member, next.event);
    } finally {
      this.#draining = false;
    }
  }

  /** A child that an earlier daemon started or followed. */
  takeUp(member: Member, child: Child): void {
    if (child.maker === null) this.#listen(member, child);
    this.#hold(member, child);
  }

  /** When all of its children are there: goes on with what was under way. */
  resume(member: Member): void {
    const { process, spec } = member;
    this.#deadlines.set(member, deadline(process), () => this.post(member, { event: 'time' }));
    this.#follower.remember(member);
    for (const effect of effectsUnderWay(process, spec)) {
      const started = effect.effect === 'spawn' ? member.children.get(effect.generation) : undefined;
      if (started === undefined) this.#carryOut(member, effect);
      else this.post(member, { event: 'spawned', generation: started.generation, pid: started.pid });
    }
  }

  /** A child was reaped. False: it is none of ours. */
  exited(pid: number, status: ExitStatus): boolean {
    const toldBefore = this.#foreignEnds.takeTold(pid);
    const member = this.#memberOfPid.get(pid);
    if (member === undefined) return toldBefore;
    if (member.childOfPid(pid) !== null) this.#lookForSuccessor(member, pid, status);
    this.#memberOfPid.delete(pid);
    const child = member.childOfPid(pid);
    child?.drain();
    if (child !== null) this.#listeners.reaped(member, child, status);
    this.post(member, { event: 'exited', pid, status });
    for (const other of member.children.values())
      if (other.handover.predecessor === pid) other.handover.predecessorGone(other.pid);
    if (child !== null) {
      member.children.delete(child.generation);
      child.end();
    }
    this.#listeners.exited(member, pid);
    return true;
  }

  /** Sends a signal; what is not there any more is no problem. Returns the kernel's answer. */
  kill(member: Member, pid: number, signal: number, group: boolean): string {
    this.#listeners.log(processTexts.killing(member.spec.name, pid, signal, group));
    const answer = this.#os.kill(pid, signal, group);
    if (answer === 'ESRCH') this.#listeners.log(processTexts.killJustExited(member.spec.name, pid));
    return answer;
  }

  #step(member: Member, event: ProcessEvent): void {
    const now: Now = this.#os.clock.now();
    const { spec, older } = member;
    const { restarts } = this;
    let effects: readonly ProcessEffect[];
    try {
      const stepped = step(member.process, event, { spec, now, restarts, older, leaving: leavingOf(member) });
      member.process = stepped.process;
      effects = stepped.effects;
    } catch (error) {
      // A bug of ours: the old state stands, the daemon lives.
      const what = `${JSON.stringify(event)} in ${JSON.stringify(member.process)}`;
      this.#listeners.log({ level: 'CRIT', text: `internal error: ${spec.name}: ${what}: ${String(error)}` });
      return;
    }
    for (const effect of effects) this.#carryOut(member, effect);
    this.#deadlines.set(member, deadline(member.process), () => this.post(member, { event: 'time' }));
    this.#follower.remember(member);
    this.#listeners.stepped(member);
    for (const watcher of [...member.watchers]) if (watcher()) member.watchers.delete(watcher);
  }

  #carryOut(member: Member, effect: ProcessEffect): void {
    switch (effect.effect) {
      case 'spawn':
        return this.#spawn(member, effect.generation, effect.predecessor);
      case 'follow':
        return this.#follower.follow(member, effect.generation, effect.predecessor);
      case 'end-follow':
        return this.#follower.end(member, effect.generation);
      case 'kill':
        return this.#kill(member, effect);
      case 'before-signal':
        return member.children.get(effect.generation)?.forgetOutput();
      case 'check-ready':
        return this.#checkReady(member, effect);
      case 'end-check':
        return member.children.get(effect.generation)?.setCheck(null);
      case 'promoted':
        return this.#promoted(member, effect.generation);
      case 'run-reload-test':
        return this.#listeners.runReloadTest(member, effect.command);
      case 'end-reload-test':
        return this.#listeners.endReloadTest(member);
      case 'log':
        return this.#listeners.log(effect.line);
      case 'state':
        return this.#listeners.stateChanged(member, effect);
      case 'reload-fact':
        return this.#listeners.reloadFact(member, effect);
      case 'reload-ended':
        member.sockets.releaseUnproven();
        return this.#listeners.reloadEnded(member, effect.ok, effect.reason);
    }
  }

  #spawn(member: Member, generation: number, predecessor: number | null): void {
    const launched = this.#launcher.launch(member, generation, predecessor);
    if (!launched.ok) {
      this.post(member, { event: 'spawn-failed', generation, message: launched.message });
      return;
    }
    const { child, problems } = launched;
    this.#listen(member, child);
    this.#join(member, child);
    for (const problem of problems) {
      this.#listeners.log({ level: 'WARN', text: `reload of ${reprText(member.spec.name)}: ${problem}` });
    }
    this.post(member, { event: 'spawned', generation, pid: child.pid });
  }

  #listen(member: Member, child: Child): void {
    child.ready.begin(child.pid, (text) => this.#listeners.log(ownTexts.strayNotification(member.spec.name, text)));
  }

  #join(member: Member, child: Child): void {
    this.#hold(member, child);
    this.#listeners.spawned(member, child);
  }

  #hold(member: Member, child: Child): void {
    member.children.set(child.generation, child);
    this.#memberOfPid.set(child.pid, member);
    child.accompany(
      killByWatchdog(member, child, {
        deadlines: this.#deadlines,
        kill: (pid, signal, group) => this.kill(member, pid, signal, group),
        log: (line) => this.#listeners.log(line),
      }),
    );
  }

  /** That process, a successor that the generation `maker` has made itself, is a generation from here on. */
  #adopt(member: Member, generation: number, maker: number, { pid, startTime, toldReady, addresses }: Found): void {
    const predecessor = member.childOfPid(maker);
    if (predecessor === null) return;
    const { words, ends } = predecessor;
    const handover = madeBy(maker, predecessor.handover.server, addresses);
    const child = new Child({ generation, pid, startTime, handover, words, ends, maker, toldReady });
    this.#join(member, child);
    this.followEnd(child);
  }

  /** Of a child that its parent may have to reap, and not we. */
  followEnd(child: Child): void {
    this.#foreignEnds.follow(child);
  }

  /** Of a process that has ended. */
  #lookForSuccessor(member: Member, pid: number, status: ExitStatus): void {
    const child = member.childOfPid(pid);
    const found = child === null ? null : this.#follower.ended(member, child, status);
    if (found === null) return;
    const generation = member.process.generations + 1;
    this.#adopt(member, generation, pid, found);
    this.post(member, { event: 'succeeded', generation, pid: found.pid });
  }

  /** The borrowed sockets are kept if it has taken them: what somebody only holds would swallow connections. */
  #promoted(member: Member, generation: number): void {
    const child = member.children.get(generation);
    if (child === undefined) return;
    const { sockets, probe } = child.handover;
    child.handover.promoted();
    child.ends.ascribeTo(child.pid);
    if (sockets.length === 0) return;
    const { pids, refused } = this.#os.whoServes(child.pid, sockets);
    if (probe !== null || refused || pids.length > 0) member.sockets.prove();
  }

  #kill(member: Member, { pid, signal, group }: ProcessEffect & { effect: 'kill' }): void {
    const family = group ? familyOf(this.#os, member, pid) : null;
    const answer = this.kill(member, pid, signal, group && family === null);
    for (const relative of family ?? []) this.#os.kill(relative, signal, false);
    for (const { handover } of member.children.values()) if (handover.predecessor === pid) handover.predecessorTold();
    if (answer !== 'ok' && answer !== 'ESRCH') this.post(member, { event: 'kill-failed', pid, errno: answer });
  }

  #checkReady(member: Member, effect: ProcessEffect & { effect: 'check-ready' }): void {
    const options = {
      os: this.#os,
      deadlines: this.#deadlines,
      runCheck: this.#listeners.runCheck,
      post: (asked: Member, event: ProcessEvent) => this.post(asked, event),
      tell: (asked: Member, fact: ReloadFact) =>
        this.#listeners.reloadFact(asked, { effect: 'reload-fact', fact, outputOf: null }),
    };
    beginCheck(options, member, effect);
  }
}

function leavingOf({ current, spec }: Member): Leaving {
  return leavingOfServer(current?.handover.server ?? null, current?.words ?? [], spec.stopSignal);
}
