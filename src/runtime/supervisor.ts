/**
 * The daemon as its clients know it: carries out what `Supervision` promises, each by the part that does it (`composition.ts`), and begins and hands
 * over a life.
 */
import type { HandedServer } from '../core/carried.ts';
import type { ExitStatus } from '../core/exit-status.ts';
import type { HistoryEntry } from '../core/history.ts';
import { daemonTexts, type LogText, ownTexts } from '../core/log-texts.ts';
import { makeNamespec } from '../core/namespec.ts';
import type { Config, LogLevel } from '../core/spec.ts';
import type { DaemonStateName } from '../core/states.ts';
import { addressName } from '../handover/describe.ts';
import type { Fd, Os } from '../os/os.ts';
import { descriptorsOf, holdPipes } from './carry.ts';
import { type CompositionOptions, compose, type Parts } from './composition.ts';
import { diagnose } from './diagnosis.ts';
import { clearMainLog, clearProcessLogs, reopenAll } from './log-upkeep.ts';
import type { Member } from './member.ts';
import { planReloads } from './plan-reload.ts';
import { refusal } from './refusal.ts';
import type {
  ChangesView,
  EventPoolView,
  Finding,
  GroupView,
  Outcome,
  PlanLine,
  ProcessName,
  ProcessView,
  ReloadView,
  SocketView,
  Supervision,
  TallyView,
  Twiddling,
  UsageView,
} from './supervision.ts';
import type { Upgrading } from './upgrading.ts';
import { viewOf } from './view.ts';

export interface SupervisorOptions extends CompositionOptions {
  readonly version: string;
  readonly upgrades: number;
  /** Why a restart would fail, asked before anything is stopped; null: it would not, as far as can be seen. */
  readonly mayRestart: () => string | null;
}

export class Supervisor implements Supervision {
  readonly #os: Os;
  readonly #options: SupervisorOptions;
  readonly #parts: Parts;
  /** What an earlier daemon has left is here. */
  #isTaken = false;
  /** All that there was to see, and in which epoch. Garbage once nobody asks: it is large where there are many processes. */
  #seen: WeakRef<readonly GroupView[]> | null = null;
  #seenAt = -1;
  /** Open for the exec that is about to be done. */
  #holders: readonly Fd[] = [];

  constructor(options: SupervisorOptions) {
    this.#os = options.os;
    this.#options = options;
    this.#parts = compose(options, this);
    options.os.onExit((pid, status) => this.#exited(pid, status));
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
    return this.#parts.leaving.mood;
  }
  get config(): Config {
    return this.#parts.configGroups.config;
  }
  get mainLogPath(): string | null {
    return this.#options.log.path;
  }
  get twiddling(): Twiddling {
    return this.#parts.twiddling;
  }
  get upgrading(): Upgrading {
    return this.#parts.upgrading;
  }
  /** Resolves when all processes are down after `shutdown` or `restart`. */
  get ended(): Promise<'shutdown' | 'restart'> {
    return this.#parts.leaving.ended;
  }

  now(): number {
    return this.#os.clock.now().wall;
  }

  /** Once, when the control servers listen: from here on the groups and their log files are there. */
  addConfiguredGroups(): void {
    if (this.#parts.takingUp === null) this.#parts.configGroups.addAll();
    else this.#parts.takingUp.take();
    this.#options.carry?.begin({
      groups: () => this.#parts.groups.all().map(({ spec }) => spec),
      members: () => this.#parts.groups.members(),
      reloads: () => this.#parts.reloads.all(),
      pools: () => this.#parts.events.save(),
      sending: () => this.#parts.events.sending,
      isLeaving: () => this.daemonState !== 'RUNNING',
    });
  }

  /** Starts what is to start by itself, in priority order. */
  begin(): void {
    const { legacy } = this.#options;
    this.#isTaken = true;
    const toStart = this.#parts.takingUp?.resume() ?? [...this.#parts.groups.members()];
    if (legacy?.isSameProcess !== true) this.#parts.events.notify({ type: 'SUPERVISOR_STATE_CHANGE_RUNNING' });
    this.#parts.wishes.autostart(toStart);
    this.#parts.self.sync();
    for (const [pid, status] of legacy?.exits ?? []) this.#exited(pid, status);
    if (legacy?.isSameProcess) for (const fd of legacy.carried.handed?.holders ?? []) this.#os.letGo(fd);
    if (legacy !== null) void this.#parts.self.update(null);
  }

  /** What of the runtime directory is in use. */
  *pipePaths(): Iterable<string> {
    for (const { children } of this.#parts.groups.members()) {
      for (const child of children.values()) yield* child.ends.paths;
    }
  }

  groups(): readonly GroupView[] {
    const { epoch } = this.#parts.changes;
    const seen = this.#seenAt === epoch ? this.#seen?.deref() : undefined;
    if (seen !== undefined) return seen;
    const views = this.#parts.groups
      .all()
      .map(({ spec, members }) => ({ spec, processes: members.map((member) => this.#view(member)) }));
    this.#seen = new WeakRef(views);
    this.#seenAt = epoch;
    return views;
  }

  group(name: string): GroupView | null {
    const group = this.#parts.groups.get(name);
    return group === null ? null : { spec: group.spec, processes: group.members.map((member) => this.#view(member)) };
  }

  process(group: string, name: string): ProcessView | null {
    const member = this.#parts.groups.find(group, name);
    return member === null ? null : this.#view(member);
  }

  changes(since: number): ChangesView {
    const isNew = (member: Member) => this.#parts.changes.isNew(member.spec, since);
    return {
      version: this.#parts.changes.version,
      complete: this.#parts.changes.isAllNew(since),
      processes: [...this.#parts.groups.members()].filter(isNew).map((member) => this.#view(member)),
    };
  }
  changed(since: number, timeoutMs: number): Promise<void> {
    return this.#parts.changes.changed(since, timeoutMs);
  }
  usage(): Promise<{ readonly at: number; readonly rows: readonly UsageView[] }> {
    return this.#parts.usage.read(() => this.#parts.groups.members());
  }
  history(group: string, name: string): readonly HistoryEntry[] {
    return this.#parts.history.of(group, name);
  }
  tally(group: string, name: string): TallyView {
    return this.#parts.history.tally(group, name);
  }
  sockets(group: string, name: string): readonly SocketView[] {
    const held = this.#parts.groups.find(group, name)?.sockets.held ?? [];
    return held.flatMap((socket) => {
      const queue = this.#os.acceptQueue(socket);
      if (queue === null) return [];
      return [{ address: addressName(socket.address), ...queue }];
    });
  }
  eventPool(group: string): EventPoolView | null {
    return this.#parts.events.pool(group);
  }

  start(group: string, name: string, wait: boolean): Promise<Outcome> {
    return this.#parts.wishes.start(this.#parts.groups.find(group, name), makeNamespec(group, name), wait);
  }
  stop(group: string, name: string, wait: boolean): Promise<Outcome> {
    return this.#parts.wishes.stop(this.#parts.groups.find(group, name), makeNamespec(group, name), wait);
  }
  signal(group: string, name: string, signal: number): Outcome {
    return this.#parts.wishes.signal(this.#parts.groups.find(group, name), makeNamespec(group, name), signal);
  }
  sendStdin(group: string, name: string, data: Buffer): Outcome {
    return this.#parts.wishes.sendStdin(this.#parts.groups.find(group, name), makeNamespec(group, name), data);
  }

  reload(...asked: Parameters<Supervision['reload']>): ReturnType<Supervision['reload']> {
    return this.#parts.requests.begin(...asked);
  }

  reloadView(id: number): ReloadView | null {
    return this.#parts.reloads.view(id);
  }
  reloadChanged(id: number, factCount: number, timeoutMs: number): Promise<void> {
    return this.#parts.reloads.changed(id, factCount, timeoutMs);
  }
  reloadHistory(group: string, name: string): readonly ReloadView[] {
    return this.#parts.reloads.history(group, name);
  }

  planReload(processes: readonly ProcessName[]): readonly PlanLine[] {
    return planReloads(this.#os, this.#parts.groups, processes);
  }

  doctor(): readonly Finding[] {
    return diagnose(this.#parts.groups, this.#parts.reloads);
  }

  reread(): ReturnType<Supervision['reread']> {
    return this.#parts.configGroups.reread();
  }
  addGroup(name: string): Promise<Outcome> {
    return this.#parts.configGroups.add(name);
  }
  removeGroup(name: string): Outcome {
    return this.#parts.configGroups.remove(name);
  }

  upgrade(): Promise<Outcome> {
    return this.#parts.upgrading.ask();
  }
  get upgrades(): number {
    return this.#options.upgrades;
  }

  /**
   * Everything is written down, for this same process to take up after an exec. What has to stay open for that. From here on nothing may happen
   * before the exec. Throws where it can not be written.
   */
  handOver(servers: readonly HandedServer[]): readonly Fd[] {
    const holders = holdPipes(this.#os, this.#parts.groups.members());
    this.#holders = holders;
    this.#options.carry?.handOver({ servers, holders });
    return [...servers.map(({ fd }) => fd), ...holders, ...descriptorsOf(this.#parts.groups.members())];
  }

  /** There was no exec after all. */
  stay(): void {
    for (const holder of this.#holders) this.#os.letGo(holder);
    this.#holders = [];
  }

  shutdown(): void {
    this.#parts.leaving.go('SHUTDOWN');
  }
  restart(): Outcome {
    if (this.daemonState === 'SHUTDOWN') return { ok: true };
    const why = this.#options.mayRestart();
    if (why !== null) {
      this.say(ownTexts.restartRefused(why));
      return refusal('CANT_REREAD', why);
    }
    this.#parts.leaving.go('RESTARTING');
    return { ok: true };
  }

  clearMainLog(): Outcome {
    return clearMainLog(this.#options.log);
  }
  clearLogs(group: string, name: string): Outcome {
    const member = this.#parts.groups.find(group, name);
    return member === null ? refusal('BAD_NAME', makeNamespec(group, name)) : clearProcessLogs(member);
  }
  /** SIGUSR2, after a rotation from outside. */
  reopenLogs(): void {
    reopenAll(this.#options.log, this.#parts.groups.members());
  }

  remoteCommEvent(type: string, data: string): void {
    this.#parts.events.notify({ type: 'REMOTE_COMMUNICATION', remoteType: type, data });
  }

  get nextEventSerial(): number {
    return this.#parts.events.nextSerial;
  }

  log(level: LogLevel, text: string): void {
    this.#options.log.log(level, text);
  }
  isLogged(level: LogLevel): boolean {
    return this.#options.log.enabled(level);
  }

  say(line: LogText): void {
    this.#options.log.say(line);
  }

  #exited(pid: number, status: ExitStatus): void {
    if (!this.#isTaken && this.#options.legacy !== null) {
      this.#options.legacy.exits.push([pid, status]);
      return;
    }
    if (this.#parts.engine.exited(pid, status)) return;
    if (this.#parts.commands.exited(pid, status)) this.#parts.leaving.continue();
    else this.say(daemonTexts.reapedUnknown(pid, status));
  }

  #view(member: Member): ProcessView {
    const { group, name } = member.spec;
    return viewOf(member, this.#parts.reloads.of(group, name), this.#parts.history.restarts(group, name));
  }
}
