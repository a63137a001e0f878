/**
 * The daemon as its clients know it: carries out what `Supervision` promises, on the engine and the groups. Holds what is neither a process's
 * state nor a client's: the mood (running, restarting, shutting down) and the configuration that was read last.
 */

import type { GivenProgram, GivenResult } from '../config/given-program.ts';
import type { HandedServer } from '../core/carried.ts';
import { reloadEvent } from '../core/event.ts';
import type { ExitStatus } from '../core/exit-status.ts';
import type { HistoryEntry } from '../core/history.ts';
import { daemonTexts, type LogText, ownTexts } from '../core/log-texts.ts';
import { makeNamespec } from '../core/namespec.ts';
import { isAtRest } from '../core/process.ts';
import { describeFact } from '../core/reload/describe-fact.ts';
import { reloadRefusal } from '../core/reload/step.ts';
import type { Config, LogLevel, ProcessSpec } from '../core/spec.ts';
import { type DaemonStateName, isRunningState } from '../core/states.ts';
import type { OutputOf } from '../core/turn.ts';
import { addressName } from '../handover/describe.ts';
import { examine } from '../handover/examine.ts';
import type { DaemonLog } from '../log/daemon-log.ts';
import type { Syslog } from '../log/syslog.ts';
import type { Fd, Os } from '../os/os.ts';
import { type Carry, descriptorsOf } from './carry.ts';
import { Changes } from './changes.ts';
import { ConfigGroups } from './config-groups.ts';
import { Deadlines } from './deadlines.ts';
import { Engine, lastLinesKept } from './engine.ts';
import type { Environment } from './environment.ts';
import { EventBus } from './event-bus.ts';
import { Groups } from './groups.ts';
import { History } from './history.ts';
import { Launcher } from './launcher.ts';
import { Leaving } from './leaving.ts';
import type { Member } from './member.ts';
import { callRefusal, planReload } from './plan-reload.ts';
import { refusal } from './refusal.ts';
import { ReloadMeter } from './reload-meter.ts';
import { ReloadTests } from './reload-test.ts';
import { Reloads } from './reloads.ts';
import { SelfUpdate } from './self-update.ts';
import { SideCommands } from './side-commands.ts';
import type {
  ChangesView,
  EventPoolView,
  Finding,
  GroupView,
  Outcome,
  ProcessView,
  Refusal,
  ReloadView,
  SocketView,
  Supervision,
  TallyView,
  UsageView,
} from './supervision.ts';
import { type Legacy, TakingUp } from './taking-up.ts';
import { Twiddler } from './twiddling.ts';
import { type Question, Upgrading } from './upgrading.ts';
import { UsageReading } from './usage-reading.ts';
import { lastAnswer, viewOf } from './view.ts';
import { Wishes } from './wishes.ts';

export interface SupervisorOptions {
  readonly os: Os;
  readonly version: string;
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
  readonly upgrades: number;
  /** Why a restart would fail, asked before anything is stopped; null: it would not, as far as can be seen. */
  readonly mayRestart: () => string | null;
}

export class Supervisor implements Supervision {
  readonly #os: Os;
  readonly #options: SupervisorOptions;
  readonly #deadlines: Deadlines;
  readonly #meter: ReloadMeter;
  readonly #engine: Engine;
  readonly #launcher: Launcher;
  readonly #commands: SideCommands;
  readonly #reloadTests: ReloadTests;
  readonly #groups: Groups;
  readonly #reloads: Reloads;
  readonly #wishes: Wishes;
  readonly #events: EventBus;
  readonly #leaving: Leaving;
  readonly #changes: Changes;
  readonly #history: History;
  readonly #usage: UsageReading;
  readonly #configGroups: ConfigGroups;
  readonly twiddling: Twiddler;
  readonly #self: SelfUpdate;
  readonly #takingUp: TakingUp | null;
  readonly upgrading: Upgrading;
  #mood: DaemonStateName = 'RUNNING';
  /** What an earlier daemon has left is here. */
  #isTaken = false;
  /** Resolves when all processes are down after `shutdown` or `restart`. */
  readonly ended: Promise<'shutdown' | 'restart'>;

  constructor(options: SupervisorOptions) {
    const { os, config, environment, log, carry, legacy } = options;
    let end: (how: 'shutdown' | 'restart') => void = () => {};
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.#os = os;
    this.#options = options;
    this.#deadlines = new Deadlines(os.clock);
    this.#meter = new ReloadMeter(os, this.#deadlines);
    this.#changes = new Changes(this.#deadlines);
    this.#history = new History(os.clock, (process) => this.#changes.touch(process));
    this.#usage = new UsageReading(os);
    this.#events = new EventBus({
      clock: os.clock,
      deadlines: this.#deadlines,
      log,
      server: config.daemon.identifier,
      firstSerial: options.firstEventSerial,
      heard: () => this.#leaving.continue(),
      carry,
      carried: legacy?.carried ?? null,
    });
    this.#commands = new SideCommands(os, environment, options.serverUrl);
    this.#launcher = new Launcher(os, environment, () => options.serverUrl, carry);
    this.#engine = new Engine(os, this.#deadlines, this.#launcher, {
      log: (line) => log.say(line),
      spawned: (member, child) => {
        this.#events.spawned(member, child);
        this.#changes.touch(member.spec);
      },
      reaped: (member, child, status) => this.#history.exited(member, child, status),
      exited: (member, pid) => this.#events.exited(member, pid),
      stateChanged: (member, effect) => {
        this.#events.stateChanged(member, effect);
        this.#history.stateChanged(member, effect);
      },
      reloadFact: (member, effect) => {
        const { fact, outputOf } = effect;
        this.#meter.look(member);
        if (fact.fact === 'failed') this.#reloads.fact({ ...fact, lastOutput: this.#lastLines(member, outputOf) });
        else if (fact.fact === 'done') this.#reloads.fact({ ...fact, ...this.#meter.end(member) });
        else this.#reloads.fact(fact);
      },
      reloadEnded: (member, ok, reason) => {
        this.#meter.end(member);
        this.#reloadTests.forget(member);
        this.#reloads.processEnded(member.spec.group, member.spec.name, ok, reason);
      },
      stepped: (member) => this.#stepped(member),
      runCheck: ({ spec }, child, command, ended) => this.#commands.check(spec, child, command, ended),
      runReloadTest: (member, command) => this.#reloadTests.begin(member, command),
      endReloadTest: (member) => this.#reloadTests.end(member),
    });
    this.#reloadTests = new ReloadTests({
      commands: this.#commands,
      tested: (member, ok, reason) => this.#engine.post(member, { event: 'reload-tested', ok, reason }),
    });
    this.#wishes = new Wishes({
      os,
      engine: this.#engine,
      launcher: this.#launcher,
      deadlines: this.#deadlines,
      say: (line) => log.say(line),
      asked: (member, wish) => this.#history.asked(member, wish),
    });
    this.#reloads = new Reloads({
      clock: os.clock,
      deadlines: this.#deadlines,
      reloadProcess: (group, name) => this.#reloadProcess(group, name),
      changed: (process) => this.#changes.touch(process),
      carry,
      onFact: (fact) => {
        this.#history.reloadFact(fact);
        log.log(
          fact.fact === 'failed' ? 'ERRO' : 'INFO',
          `${makeNamespec(fact.group, fact.name)}: ${describeFact(fact)}`,
        );
        const event = reloadEvent(fact);
        if (event !== null) this.#events.notify(event);
      },
    });
    this.#groups = new Groups(
      os,
      {
        childLogDir: config.daemon.childLogDir,
        identifier: config.daemon.identifier,
        stripAnsi: config.daemon.stripAnsi,
        log,
        syslog: options.syslog,
        listeners: this.#events,
      },
      (name, spec) => carry?.group(name, spec),
    );
    this.#leaving = new Leaving({
      clock: os.clock,
      deadlines: this.#deadlines,
      groups: this.#groups,
      events: this.#events,
      say: (line) => log.say(line),
      stop: (member) => this.#engine.post(member, { event: 'stop' }),
      isBusy: () => this.#commands.count > 0,
      done: () => {
        carry?.end();
        this.#groups.close();
        end(this.#mood === 'SHUTDOWN' ? 'shutdown' : 'restart');
      },
    });
    this.#configGroups = new ConfigGroups({
      first: config,
      readConfig: options.readConfig,
      groups: this.#groups,
      events: this.#events,
      update: {
        groups: this.#groups,
        engine: this.#engine,
        wishes: this.#wishes,
        reloads: this.#reloads,
        reload: (target, processes) => this.reload(target, processes),
        changed: () => this.#groupsChanged(),
        say: (line) => log.say(line),
      },
      autostart: (members) => this.#autostart(members),
      changed: () => this.#groupsChanged(),
    });
    this.twiddling = new Twiddler({
      groups: this.#groups,
      readProgram: (given) => options.readProgram(options.config, given),
      autostart: (members) => this.#autostart(members),
      giveUp: (member) => this.#engine.post(member, { event: 'stop' }),
      regrouped: (before, after) => this.#configGroups.regrouped(before, after),
    });
    this.#self = new SelfUpdate({
      os,
      deadlines: this.#deadlines,
      groups: this.#groups,
      reloads: this.#reloads,
      daemon: this,
      watchesConfig: config.daemon.watchConfig,
      say: (line) => log.say(line),
    });
    const { groups, engine, events, reloads } = {
      groups: this.#groups,
      engine: this.#engine,
      events: this.#events,
      reloads: this.#reloads,
    };
    this.#takingUp =
      legacy === null
        ? null
        : new TakingUp({
            ...{ os, legacy, config, groups, engine, events, reloads },
            say: (line) => log.say(line),
          });
    this.upgrading = new Upgrading({
      question: carry === null ? null : options.question,
      run: (command, ended) => this.#commands.startOwn(command, ended),
      members: () => this.#groups.members(),
      isLeaving: () => this.#mood !== 'RUNNING',
      say: (line) => log.say(line),
    });
    os.onExit((pid, status) => this.#exited(pid, status));
  }

  get version(): string {
    return this.#options.version;
  }
  get identifier(): string {
    return this.#options.config.daemon.identifier;
  }
  get pid(): number {
    return this.#os.pid;
  }
  get daemonState(): DaemonStateName {
    return this.#mood;
  }
  get config(): Config {
    return this.#configGroups.config;
  }
  get mainLogPath(): string | null {
    return this.#options.log.path;
  }

  now(): number {
    return this.#os.clock.now().wall;
  }

  /** Once, when the control servers listen: from here on the groups and their log files are there. */
  addConfiguredGroups(): void {
    if (this.#takingUp === null) this.#configGroups.addAll();
    else this.#takingUp.take();
    this.#options.carry?.begin({
      groups: () => this.#groups.all().map(({ spec }) => spec),
      members: () => this.#groups.members(),
      reloads: () => this.#reloads.all(),
      pools: () => this.#events.save(),
      sending: () => this.#events.sending,
      isLeaving: () => this.#mood !== 'RUNNING',
    });
  }

  /** Starts what is to start by itself, in priority order. */
  begin(): void {
    const { legacy } = this.#options;
    this.#isTaken = true;
    const toStart = this.#takingUp?.resume() ?? [...this.#groups.members()];
    if (legacy?.isSameProcess !== true) this.#events.notify({ type: 'SUPERVISOR_STATE_CHANGE_RUNNING' });
    this.#autostart(toStart);
    this.#self.sync();
    for (const [pid, status] of legacy?.exits ?? []) this.#exited(pid, status);
    if (legacy?.isSameProcess) for (const fd of legacy.carried.handed?.holders ?? []) this.#os.letGo(fd);
    if (legacy !== null) void this.#self.update(null);
  }

  /** What of the runtime directory is in use. */
  *pipePaths(): Iterable<string> {
    for (const { children } of this.#groups.members()) {
      for (const child of children.values()) yield* child.ends.paths;
    }
  }

  groups(): readonly GroupView[] {
    return this.#groups
      .all()
      .map(({ spec, members }) => ({ spec, processes: members.map((member) => this.#view(member)) }));
  }

  group(name: string): GroupView | null {
    const group = this.#groups.get(name);
    return group === null ? null : { spec: group.spec, processes: group.members.map((member) => this.#view(member)) };
  }

  process(group: string, name: string): ProcessView | null {
    const member = this.#groups.find(group, name);
    return member === null ? null : this.#view(member);
  }

  changes(since: number): ChangesView {
    const isNew = (member: Member) => this.#changes.isNew(member.spec, since);
    return {
      version: this.#changes.version,
      complete: this.#changes.isAllNew(since),
      processes: [...this.#groups.members()].filter(isNew).map((member) => this.#view(member)),
    };
  }
  changed(since: number, timeoutMs: number): Promise<void> {
    return this.#changes.changed(since, timeoutMs);
  }
  usage(): Promise<{ readonly at: number; readonly rows: readonly UsageView[] }> {
    return this.#usage.read(() => this.#groups.members());
  }
  history(group: string, name: string): readonly HistoryEntry[] {
    return this.#history.of(group, name);
  }
  tally(group: string, name: string): TallyView {
    return this.#history.tally(group, name);
  }
  sockets(group: string, name: string): readonly SocketView[] {
    const held = this.#groups.find(group, name)?.sockets.held ?? [];
    return held.flatMap((socket) => {
      const queue = this.#os.acceptQueue(socket);
      if (queue === null) return [];
      return [{ address: addressName(socket.address), ...queue }];
    });
  }
  eventPool(group: string): EventPoolView | null {
    return this.#events.pool(group);
  }

  start(group: string, name: string, wait: boolean): Promise<Outcome> {
    return this.#wishes.start(this.#groups.find(group, name), makeNamespec(group, name), wait);
  }
  stop(group: string, name: string, wait: boolean): Promise<Outcome> {
    return this.#wishes.stop(this.#groups.find(group, name), makeNamespec(group, name), wait);
  }
  signal(group: string, name: string, signal: number): Outcome {
    return this.#wishes.signal(this.#groups.find(group, name), makeNamespec(group, name), signal);
  }
  sendStdin(group: string, name: string, data: Buffer): Outcome {
    return this.#wishes.sendStdin(this.#groups.find(group, name), makeNamespec(group, name), data);
  }

  reload(
    target: string,
    processes: ReadonlyArray<{ readonly group: string; readonly name: string }>,
  ): { readonly ok: true; readonly id: number } | Refusal {
    const chosen = [];
    for (const { group, name } of processes) {
      const member = this.#groups.find(group, name);
      if (member === null) return refusal('BAD_NAME', makeNamespec(group, name));
      const running = this.#reloads.of(group, name);
      const why = running === null ? reloadRefusal(member.process) : `reload ${running} of it is under way`;
      if (why !== null) return refusal('FAILED', `${makeNamespec(group, name)} can not be reloaded now: ${why}`);
      const groupPriority = this.#groups.get(group)?.spec.priority ?? 0;
      chosen.push({ group, name, spec: member.spec, groupPriority });
    }
    return { ok: true, id: this.#reloads.begin(target, chosen) };
  }

  reloadView(id: number): ReloadView | null {
    return this.#reloads.view(id);
  }
  reloadChanged(id: number, factCount: number, timeoutMs: number): Promise<void> {
    return this.#reloads.changed(id, factCount, timeoutMs);
  }
  reloadHistory(group: string, name: string): readonly ReloadView[] {
    return this.#reloads.history(group, name);
  }

  planReload(group: string, name: string): readonly string[] {
    const member = this.#groups.find(group, name);
    return member === null ? [] : planReload(this.#os, member);
  }

  doctor(): readonly Finding[] {
    const specs = [...this.#groups.members()].map(({ spec }) => spec);
    const bootSecsOf = ({ group, program }: ProcessSpec) => {
      const names = specs.filter((spec) => spec.group === group && spec.program === program).map(({ name }) => name);
      const facts = names.flatMap((name) => this.#reloads.history(group, name).flatMap((reload) => reload.facts));
      return Math.max(0, ...facts.map((fact) => (fact.fact === 'ready' ? fact.afterSecs : 0)));
    };
    return examine(specs, bootSecsOf).map(({ spec, ...found }) => ({ program: spec.program, ...found }));
  }

  reread(): ReturnType<Supervision['reread']> {
    return this.#configGroups.reread();
  }
  addGroup(name: string): Promise<Outcome> {
    return this.#configGroups.add(name);
  }
  removeGroup(name: string): Outcome {
    return this.#configGroups.remove(name);
  }

  upgrade(): Promise<Outcome> {
    return this.upgrading.ask();
  }
  get upgrades(): number {
    return this.#options.upgrades;
  }

  /**
   * Everything is written down, for this same process to take up after an exec. What has to stay open for that. From here on nothing may happen
   * before the exec. Throws where it can not be written.
   */
  handOver(servers: readonly HandedServer[]): readonly Fd[] {
    const pipes = [...this.#groups.members()].flatMap(({ children }) =>
      [...children.values()].flatMap(({ ends }) => ends.channels.map(({ pipe }) => pipe.path)),
    );
    const holders = pipes.flatMap((path) => this.#os.holdOpen(path) ?? []);
    this.#options.carry?.handOver({ servers, holders });
    return [...servers.map(({ fd }) => fd), ...holders, ...descriptorsOf(this.#groups.members())];
  }

  shutdown(): void {
    this.#leave('SHUTDOWN');
  }
  restart(): Outcome {
    if (this.#mood === 'SHUTDOWN') return { ok: true };
    const why = this.#options.mayRestart();
    if (why !== null) {
      this.say(ownTexts.restartRefused(why));
      return refusal('CANT_REREAD', why);
    }
    this.#leave('RESTARTING');
    return { ok: true };
  }

  clearMainLog(): Outcome {
    const { log } = this.#options;
    if (log.path === null) return refusal('NO_FILE', '');
    const trouble = log.clear();
    if (trouble !== null) return refusal(trouble.errno === 'ENOENT' ? 'NO_FILE' : 'FAILED', '');
    this.say(daemonTexts.reopeningLogFile());
    return { ok: true };
  }

  clearLogs(group: string, name: string): Outcome {
    const member = this.#groups.find(group, name);
    if (member === null) return refusal('BAD_NAME', makeNamespec(group, name));
    const troubles = [member.logs.stdout.clear(), member.logs.stderr.clear()];
    return troubles.every((trouble) => trouble === null) ? { ok: true } : refusal('FAILED', makeNamespec(group, name));
  }

  /** SIGUSR2, after a rotation from outside. */
  reopenLogs(): void {
    this.say(daemonTexts.logReopen());
    this.#options.log.reopen();
    for (const { logs } of this.#groups.members()) {
      logs.stdout.reopen();
      logs.stderr.reopen();
    }
  }

  remoteCommEvent(type: string, data: string): void {
    this.#events.notify({ type: 'REMOTE_COMMUNICATION', remoteType: type, data });
  }

  get nextEventSerial(): number {
    return this.#events.nextSerial;
  }

  log(level: LogLevel, text: string): void {
    this.#options.log.log(level, text);
  }

  say(line: LogText): void {
    this.#options.log.say(line);
  }

  #groupsChanged(): void {
    this.#changes.touchAll();
    this.#self.sync();
  }

  #autostart(members: readonly Member[]): void {
    for (const member of members) {
      if (!member.spec.autostart) continue;
      const { group, name } = member.spec;
      if (member.state === 'STOPPING') void this.#wishes.start(member, makeNamespec(group, name), false);
      else if (!isRunningState(member.state)) this.#engine.post(member, { event: 'start' });
    }
  }

  #exited(pid: number, status: ExitStatus): void {
    if (!this.#isTaken && this.#options.legacy !== null) {
      this.#options.legacy.exits.push([pid, status]);
      return;
    }
    if (this.#engine.exited(pid, status)) return;
    if (this.#commands.exited(pid, status)) this.#leaving.continue();
    else this.say(daemonTexts.reapedUnknown(pid, status));
  }

  #lastLines(member: Member, outputOf: OutputOf): readonly string[] {
    if (outputOf === null) return [];
    if (outputOf === 'reload-test') return this.#reloadTests.lastLines(member, lastLinesKept);
    return member.children.get(outputOf)?.lastLines(lastLinesKept) ?? [];
  }

  #reloadProcess(group: string, name: string): void {
    const member = this.#groups.find(group, name);
    const why = member === null ? 'it was removed' : (reloadRefusal(member.process) ?? callRefusal(member));
    if (member === null || why !== null) this.#reloads.processEnded(group, name, false, why ?? '');
    else this.#engine.post(member, { event: 'reload', strategy: member.nextReloadBy ?? member.spec.reload.strategy });
  }

  #stepped(member: Member): void {
    member.fcgi?.keepFor(member, member.process.reload !== null);
    this.#events.stepped(member);
    this.#changes.answered(member.spec, lastAnswer(member.process));
    this.#options.carry?.process(member);
    if (isAtRest(member.process)) member.sockets.releaseBorrowed();
    this.#leaving.continue();
  }

  #leave(mood: 'SHUTDOWN' | 'RESTARTING'): void {
    if (this.#mood === mood) return;
    if (this.#mood === 'RUNNING') this.#events.notify({ type: 'SUPERVISOR_STATE_CHANGE_STOPPING' });
    this.#mood = mood;
    this.#options.carry?.leaving();
    this.#changes.touchAll();
    this.#self.end();
    this.#engine.restarts = false;
    this.#leaving.go();
  }

  #view(member: Member): ProcessView {
    const { group, name } = member.spec;
    return viewOf(member, this.#reloads.of(group, name), this.#history.restarts(group, name));
  }
}
