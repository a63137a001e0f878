/**
 * What the daemon is made of, and who tells whom. No part calls another while it is made, so each may be given a way to those that come after it.
 *
 *     basics (know nobody) ─► movers (of processes, one by one) ─► the rest (whole groups, the daemon itself)
 */
import type { GivenProgram, GivenResult } from '../config/given-program.ts';
import { reloadEvent } from '../core/event.ts';
import { makeNamespec } from '../core/namespec.ts';
import { describeFact } from '../core/reload/describe-fact.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import type { Config } from '../core/spec.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import type { Syslog } from '../log/syslog.ts';
import type { Os } from '../os/os.ts';
import type { Carry } from './carry.ts';
import { Changes } from './changes.ts';
import { ConfigGroups } from './config-groups.ts';
import { consequences } from './consequences.ts';
import { Deadlines } from './deadlines.ts';
import { Engine } from './engine.ts';
import type { Environment } from './environment.ts';
import { EventBus } from './event-bus.ts';
import { Groups } from './groups.ts';
import { History } from './history.ts';
import { Launcher } from './launcher.ts';
import { Leaving } from './leaving.ts';
import { ReloadMeter } from './reload-meter.ts';
import { ReloadRequests } from './reload-requests.ts';
import { ReloadTests } from './reload-test.ts';
import { Reloads } from './reloads.ts';
import { SelfUpdate, type SelfUpdateOptions } from './self-update.ts';
import { SideCommands } from './side-commands.ts';
import { type Legacy, TakingUp } from './taking-up.ts';
import { Twiddler } from './twiddling.ts';
import { type Question, Upgrading } from './upgrading.ts';
import { UsageReading } from './usage-reading.ts';
import { Wishes } from './wishes.ts';

export interface CompositionOptions {
  readonly os: Os;
  readonly config: Config;
  readonly environment: Environment;
  /** Of the first control server, or null. */
  readonly serverUrl: string | null;
  readonly log: DaemonLog;
  readonly syslog: () => Syslog | null;
  /** A restart goes on counting events where the life before it ended. */
  readonly firstEventSerial: number;
  /** The configuration as its files are now, or supervisord's message on what is wrong with them. */
  readonly readConfig: () =>
    | { readonly ok: true; readonly config: Config }
    | { readonly ok: false; readonly error: string };
  /** A program that a client adds, read as a section of this configuration. */
  readonly readProgram: (config: Config, given: GivenProgram) => GivenResult;
  /** Keeps what a later daemon has to know; null: no daemon is to take up where this one ends. */
  readonly carry: Carry | null;
  readonly legacy: Legacy | null;
  /** Asks the installation as it is now whether it could go on; null: it has nothing to go on from. */
  readonly question: Question | null;
}

interface Basics {
  readonly deadlines: Deadlines;
  readonly meter: ReloadMeter;
  readonly changes: Changes;
  readonly history: History;
  readonly usage: UsageReading;
  readonly commands: SideCommands;
  readonly launcher: Launcher;
}

interface Movers {
  readonly groups: Groups;
  readonly events: EventBus;
  readonly engine: Engine;
  readonly reloadTests: ReloadTests;
  readonly reloads: Reloads;
  readonly requests: ReloadRequests;
  readonly wishes: Wishes;
}

export interface Parts extends Basics, Movers {
  readonly leaving: Leaving;
  readonly configGroups: ConfigGroups;
  readonly twiddling: Twiddler;
  readonly self: SelfUpdate;
  /** null: no earlier daemon has left anything. */
  readonly takingUp: TakingUp | null;
  readonly upgrading: Upgrading;
}

/** To be called only when all of them are made. */
type All = () => Parts;

/** `daemon`: how the daemon itself does what a client would ask of it. */
export function compose(options: CompositionOptions, daemon: SelfUpdateOptions['daemon']): Parts {
  const all: All = () => parts;
  const basics = makeBasics(options);
  const known = { ...basics, ...makeMovers(options, basics, all) };
  const parts: Parts = {
    ...known,
    leaving: makeLeaving(options, known, all),
    configGroups: makeConfigGroups(options, known, all),
    twiddling: makeTwiddler(options, known, all),
    self: makeSelfUpdate(options, known, daemon),
    takingUp: makeTakingUp(options, known),
    upgrading: makeUpgrading(options, known, all),
  };
  return parts;
}

function makeBasics({ os, environment, serverUrl, carry }: CompositionOptions): Basics {
  const deadlines = new Deadlines(os.clock);
  const changes = new Changes(deadlines);
  return {
    deadlines,
    changes,
    meter: new ReloadMeter(os, deadlines),
    history: new History(os.clock, (process) => changes.touch(process)),
    usage: new UsageReading(os),
    commands: new SideCommands(os, environment, serverUrl),
    launcher: new Launcher(os, environment, () => serverUrl, carry),
  };
}

function makeMovers(options: CompositionOptions, basics: Basics, all: All): Movers {
  const { os, log, carry } = options;
  const { deadlines, launcher, commands, history } = basics;
  const events = makeEvents(options, basics, all);
  const groups = makeGroups(options, basics, events);
  const engine = new Engine(os, deadlines, launcher, consequences({ log, carry, hearers: all }));
  const reloads = makeReloads(options, basics, all);
  return {
    events,
    groups,
    engine,
    reloads,
    requests: new ReloadRequests({ groups, engine, reloads }),
    reloadTests: new ReloadTests({
      commands,
      tested: (member, ok, reason) => engine.post(member, { event: 'reload-tested', ok, reason }),
    }),
    wishes: new Wishes({
      ...{ os, engine, launcher, deadlines },
      say: (line) => log.say(line),
      asked: (member, wish) => history.asked(member, wish),
    }),
  };
}

function makeEvents(options: CompositionOptions, { deadlines }: Basics, all: All): EventBus {
  const { os, config, log, carry, legacy, firstEventSerial } = options;
  return new EventBus({
    ...{ deadlines, log, carry },
    clock: os.clock,
    server: config.daemon.identifier,
    firstSerial: firstEventSerial,
    heard: () => all().leaving.continue(),
    carried: legacy?.carried ?? null,
  });
}

function makeGroups(
  { os, config, log, syslog, carry }: CompositionOptions,
  { changes }: Basics,
  listeners: EventBus,
): Groups {
  const { childLogDir, identifier, stripAnsi } = config.daemon;
  const logSettings = { childLogDir, identifier, stripAnsi, log, syslog, listeners };
  return new Groups(os, logSettings, (name, spec) => {
    carry?.group(name, spec);
    changes.regrouped();
  });
}

function makeReloads({ os, log, carry }: CompositionOptions, { deadlines, changes }: Basics, all: All): Reloads {
  return new Reloads({
    ...{ deadlines, carry },
    clock: os.clock,
    reloadProcess: (group, name) => all().requests.reloadProcess(group, name),
    changed: (process) => changes.touch(process),
    onFact: (fact) => {
      all().history.reloadFact(fact);
      logFact(log, fact);
      const event = reloadEvent(fact);
      if (event !== null) all().events.notify(event);
    },
  });
}

function logFact(log: DaemonLog, fact: ReloadFact): void {
  const level = fact.fact === 'failed' ? 'ERRO' : 'INFO';
  log.log(level, `${makeNamespec(fact.group, fact.name)}: ${describeFact(fact)}`);
}

type Known = Basics & Movers;

function makeLeaving({ os, log, carry }: CompositionOptions, known: Known, all: All): Leaving {
  const { deadlines, groups, events, engine, commands, changes } = known;
  return new Leaving({
    ...{ deadlines, groups, events },
    clock: os.clock,
    say: (line) => log.say(line),
    moodChanged: () => {
      carry?.leaving();
      changes.touchAll();
      all().self.end();
      engine.restarts = false;
    },
    stop: (member) => engine.post(member, { event: 'stop' }),
    isBusy: () => commands.count > 0,
    done: () => {
      carry?.end();
      groups.close();
    },
  });
}

function makeConfigGroups({ config, readConfig, log }: CompositionOptions, known: Known, all: All): ConfigGroups {
  const { groups, events, engine, wishes, reloads, requests, changes } = known;
  const changed = () => {
    changes.touchAll();
    all().self.sync();
  };
  return new ConfigGroups({
    ...{ readConfig, groups, events, changed },
    first: config,
    update: { groups, engine, wishes, reloads, requests, changed, say: (line) => log.say(line) },
    autostart: (members) => wishes.autostart(members),
  });
}

function makeTwiddler(options: CompositionOptions, { groups, engine, wishes }: Known, all: All): Twiddler {
  return new Twiddler({
    groups,
    readProgram: (given) => options.readProgram(options.config, given),
    autostart: (members) => wishes.autostart(members),
    giveUp: (member) => engine.post(member, { event: 'stop' }),
    regrouped: (before, after) => all().configGroups.regrouped(before, after),
  });
}

function makeSelfUpdate(
  { os, config, log }: CompositionOptions,
  { deadlines, groups, reloads }: Known,
  daemon: SelfUpdateOptions['daemon'],
): SelfUpdate {
  const { watchConfig: watchesConfig } = config.daemon;
  return new SelfUpdate({ os, deadlines, groups, reloads, daemon, watchesConfig, say: (line) => log.say(line) });
}

function makeTakingUp({ os, config, log, legacy }: CompositionOptions, known: Known): TakingUp | null {
  const { groups, engine, events, reloads } = known;
  if (legacy === null) return null;
  return new TakingUp({ os, legacy, config, groups, engine, events, reloads, say: (line) => log.say(line) });
}

function makeUpgrading({ log, carry, question }: CompositionOptions, known: Known, all: All): Upgrading {
  const { commands, groups } = known;
  return new Upgrading({
    question: carry === null ? null : question,
    run: (command, ended) => commands.startOwn(command, ended),
    members: () => groups.members(),
    isLeaving: () => all().leaving.mood !== 'RUNNING',
    say: (line) => log.say(line),
  });
}
