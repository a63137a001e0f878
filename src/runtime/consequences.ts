/** What follows from what the engine does: who hears of it, and in which order. */
import { isAtRest } from '../core/process.ts';
import type { OutputOf, ProcessEffect } from '../core/turn.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import type { Carry } from './carry.ts';
import type { Changes } from './changes.ts';
import type { EngineListeners } from './engine.ts';
import type { EventBus } from './event-bus.ts';
import type { History } from './history.ts';
import type { Leaving } from './leaving.ts';
import type { Member } from './member.ts';
import type { ReloadMeter } from './reload-meter.ts';
import type { ReloadTests } from './reload-test.ts';
import type { Reloads } from './reloads.ts';
import type { SideCommands } from './side-commands.ts';
import { lastAnswer } from './view.ts';

export interface Hearers {
  readonly events: EventBus;
  readonly changes: Changes;
  readonly history: History;
  readonly meter: ReloadMeter;
  readonly reloads: Reloads;
  readonly reloadTests: ReloadTests;
  readonly commands: SideCommands;
  readonly leaving: Leaving;
}

export interface ConsequencesOptions {
  readonly log: DaemonLog;
  readonly carry: Carry | null;
  /** Not asked before the engine does something: some are made after it. */
  readonly hearers: () => Hearers;
}

/** Lines of a failed successor's output that are kept for the client. */
const lastLinesKept = 100;

export function consequences({ log, carry, hearers }: ConsequencesOptions): EngineListeners {
  return {
    log: (line) => log.say(line),
    spawned: (member, child) => {
      hearers().events.spawned(member, child);
      hearers().changes.touch(member.spec);
    },
    reaped: (member, child, status) => hearers().history.exited(member, child, status),
    exited: (member, pid) => hearers().events.exited(member, pid),
    stateChanged: (member, effect) => {
      hearers().events.stateChanged(member, effect);
      hearers().history.stateChanged(member, effect);
    },
    reloadFact: (member, effect) => reloadFact(hearers(), member, effect),
    reloadEnded: (member, ok, reason) => {
      hearers().meter.end(member);
      hearers().reloadTests.forget(member);
      hearers().reloads.processEnded(member.spec.group, member.spec.name, ok, reason);
    },
    stepped: (member) => stepped(hearers(), carry, member),
    runCheck: ({ spec }, child, command, ended) => hearers().commands.check(spec, child, command, ended),
    runReloadTest: (member, command) => hearers().reloadTests.begin(member, command),
    endReloadTest: (member) => hearers().reloadTests.end(member),
  };
}

function reloadFact(
  { meter, reloads, reloadTests }: Hearers,
  member: Member,
  { fact, outputOf }: ProcessEffect & { effect: 'reload-fact' },
): void {
  meter.look(member);
  if (fact.fact === 'failed') reloads.fact({ ...fact, lastOutput: lastLines(reloadTests, member, outputOf) });
  else if (fact.fact === 'done') reloads.fact({ ...fact, ...meter.end(member) });
  else reloads.fact(fact);
}

function lastLines(reloadTests: ReloadTests, member: Member, outputOf: OutputOf): readonly string[] {
  if (outputOf === null) return [];
  if (outputOf === 'reload-test') return reloadTests.lastLines(member, lastLinesKept);
  return member.children.get(outputOf)?.lastLines(lastLinesKept) ?? [];
}

function stepped({ events, changes, leaving }: Hearers, carry: Carry | null, member: Member): void {
  member.fcgi?.keepFor(member, member.process.reload !== null);
  events.stepped(member);
  changes.stepped(member.spec, lastAnswer(member.process));
  carry?.process(member);
  if (isAtRest(member.process)) member.sockets.releaseBorrowed();
  leaving.continue();
}
