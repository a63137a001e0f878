/**
 * What the control plane (XML-RPC, HTTP, the pages) may ask of the daemon, and all it knows of it. `Supervisor` implements it; tests of
 * the upper layers use a table of rows instead.
 */
import type { ProcessFacts } from '../core/describe.ts';
import type { HistoryEntry } from '../core/history.ts';
import type { ReloadFact, ReloadOutcome } from '../core/reload/facts.ts';
import type { Config, GroupSpec, LogLevel, ProcessSpec } from '../core/spec.ts';
import type { DaemonStateName } from '../core/states.ts';

/** One process as clients see it. Times are wall milliseconds, 0: never. */
export interface ProcessView extends ProcessFacts {
  readonly spec: ProcessSpec;
  /** Starts so far: the number of the present generation. */
  readonly generation: number;
  /** All that are alive, the one that is the process first. */
  readonly generations: ReadonlyArray<{
    readonly number: number;
    readonly pid: number;
    readonly startedAt: number;
    readonly role: 'current' | 'successor' | 'retiring';
  }>;
  /** The reload under way, if any. */
  readonly reloadId: number | null;
  /** What a ready check that is waited for said last; '' when none is, or it said nothing yet. */
  readonly lastAnswer: string;
  /** How often it was started again because it had ended, or failed to start. */
  readonly restarts: number;
}

export interface ProcessName {
  readonly group: string;
  readonly name: string;
}

/** What a reload would do, or how it would go round: `name` is of a process, or of its program. */
export interface PlanLine {
  readonly name: string;
  readonly text: string;
}

/** What changed since a client last looked. */
export interface ChangesView {
  /** To be asked with the next time. */
  readonly version: number;
  /** `processes` are all there are; otherwise those that changed. */
  readonly complete: boolean;
  readonly processes: readonly ProcessView[];
}

/** A listening socket that hupd holds for a process, and who waits there to be accepted. */
export interface SocketView {
  /** `127.0.0.1:8000`, `unix:/run/web.sock`. */
  readonly address: string;
  readonly waiting: number;
  /** Connections; null: the kernel does not tell. */
  readonly limit: number | null;
  /** Connections turned away since the socket was made. */
  readonly dropped: number;
}

/** What the generations of one process use, with all their descendants. */
export interface UsageView {
  readonly group: string;
  readonly name: string;
  readonly pid: number;
  /** Since the start of each generation that is alive: it falls when one has gone. */
  readonly cpuSecs: number;
  readonly rssBytes: number;
  /** How many processes of the system they are. */
  readonly processes: number;
  /** The same, generation by generation. */
  readonly generations: ReadonlyArray<{ readonly pid: number; readonly processes: number }>;
}

/** What was counted of a process since it was first heard of. */
export interface TallyView {
  /** Ends, by how: `exit status 1`. */
  readonly exits: ReadonlyMap<string, number>;
  readonly reloadsDone: number;
  readonly reloadsFailed: number;
  /** Of the last reload that ended; 0: none has. */
  readonly lastReloadSecs: number;
  /** Connections that the kernel turned away during reloads; null: no reload could tell. */
  readonly reloadDrops: number | null;
  /** From the last start, of a successor too, until it counted as ready; null: none did yet. */
  readonly lastBootSecs: number | null;
}

/** Events on their way to the listeners of a group. */
export interface EventPoolView {
  readonly waiting: number;
  /** How many may wait. */
  readonly bufferSize: number;
  /** Thrown away because the buffer was full. */
  readonly dropped: number;
}

export interface GroupView {
  readonly spec: GroupSpec;
  /** In (priority, name) order. */
  readonly processes: readonly ProcessView[];
}

/** A refusal as the protocol names it; `text` is what follows the fault's name (`BAD_NAME: text`), '' for none. */
export interface Refusal {
  readonly ok: false;
  readonly fault:
    | 'BAD_NAME'
    | 'BAD_SIGNAL'
    | 'NO_FILE'
    | 'NOT_EXECUTABLE'
    | 'FAILED'
    | 'ABNORMAL_TERMINATION'
    | 'SHUTDOWN_STATE'
    | 'SPAWN_ERROR'
    | 'ALREADY_STARTED'
    | 'NOT_RUNNING'
    | 'ALREADY_ADDED'
    | 'STILL_RUNNING'
    | 'CANT_REREAD'
    | 'INCORRECT_PARAMETERS';
  readonly text: string;
}
export type Outcome = { readonly ok: true } | Refusal;

/** A reload of one process or of many: its number, what happened so far, and the end. */
export interface ReloadView {
  readonly id: number;
  /** As asked for: `web`, `web:*`, `all`. */
  readonly target: string;
  readonly startedAt: number;
  readonly facts: readonly ReloadFact[];
  readonly outcome: ReloadOutcome | null;
}

export interface Finding {
  readonly program: string;
  readonly level: 'ok' | 'note' | 'warning' | 'problem';
  readonly text: string;
  /** What to do about it; '' when nothing. */
  readonly todo: string;
}

export interface ConfigDiff {
  /** Groups that are new, and groups whose new definition is applied without stopping them: `addGroup` does both. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export type Channel = 'stdout' | 'stderr';

/** Programs and processes that come and go without a configuration file, as supervisor_twiddler has them. They do not outlive the daemon. */
export interface Twiddling {
  /** `options`: those of a `[program:x]` section, as text. The group is there already. The refusal's text says what is wrong, as a fault has it. */
  addProgram(group: string, program: string, options: ReadonlyMap<string, string>): Outcome;
  /** It must be down. */
  removeProcess(group: string, name: string): Outcome;
}

export interface Supervision {
  /** Absent: this daemon can not do it. */
  readonly twiddling?: Twiddling;
  readonly version: string;
  readonly identifier: string;
  readonly pid: number;
  readonly daemonState: DaemonStateName;
  /** Wall milliseconds. */
  now(): number;
  /** The configuration that the last `reread` (or the start) brought. */
  readonly config: Config;

  /** Active groups in (priority, name) order. The same array as before means that nothing has changed since. */
  groups(): readonly GroupView[];
  group(name: string): GroupView | null;
  process(group: string, name: string): ProcessView | null;

  /** Processes that changed (state, generations, reload) since that version; 0: all. */
  changes(since: number): ChangesView;
  /** Resolves when there is something newer than that version, or after `timeoutMs`. */
  changed(since: number, timeoutMs: number): Promise<void>;
  /** Of those that are up. Read when it is asked for, at most once a second; `at`: when that was. */
  usage(): Promise<{ readonly at: number; readonly rows: readonly UsageView[] }>;
  /** What happened to a process lately, oldest first. */
  history(group: string, name: string): readonly HistoryEntry[];
  tally(group: string, name: string): TallyView;
  /** Asked of the kernel at each call. */
  sockets(group: string, name: string): readonly SocketView[];
  /** null: the group has no listeners. */
  eventPool(group: string): EventPoolView | null;

  /** Resolves when decided: RUNNING, or not. With `wait` false: as soon as the request was carried out. */
  start(group: string, name: string, wait: boolean): Promise<Outcome>;
  /** Resolves when the process is in a stopped state; with `wait` false: once it was told. */
  stop(group: string, name: string, wait: boolean): Promise<Outcome>;
  signal(group: string, name: string, signal: number): Outcome;
  sendStdin(group: string, name: string, data: Buffer): Outcome;

  /** Starts a reload of these processes, one program after another; a refusal when one of them is being reloaded already. */
  reload(target: string, processes: readonly ProcessName[]): { readonly ok: true; readonly id: number } | Refusal;
  reloadView(id: number): ReloadView | null;
  /** Resolves when the reload has more than `factCount` facts, or has ended, or after `timeoutMs`. */
  reloadChanged(id: number, factCount: number, timeoutMs: number): Promise<void>;
  /** Ended and current ones of that process, oldest first. */
  reloadHistory(group: string, name: string): readonly ReloadView[];
  /** What a reload of these processes would do, step by step, in words; nothing is touched. */
  planReload(processes: readonly ProcessName[]): readonly PlanLine[];
  /** What stands in the way of graceful reloads, program by program. */
  doctor(): readonly Finding[];

  /** Reads the files again; nothing is applied. */
  reread(): { readonly ok: true; readonly diff: ConfigDiff } | Refusal;
  /** Of a group that runs and waits for an update by `update_strategy=reload`: resolves when that has ended. */
  addGroup(name: string): Promise<Outcome>;
  removeGroup(name: string): Outcome;

  /** In place, to the installation as it is now; resolves when the new version was asked. ok: it follows. */
  upgrade(): Promise<Outcome>;
  /** How often this process has become another hupd. */
  readonly upgrades: number;
  shutdown(): void;
  /** Refused, and nothing is stopped, when the configuration as it is now could not be used. */
  restart(): Outcome;

  readonly mainLogPath: string | null;
  clearMainLog(): Outcome;
  clearLogs(group: string, name: string): Outcome;
  remoteCommEvent(type: string, data: string): void;
  log(level: LogLevel, text: string): void;
  /** Is a record of this level written at all? For records that cost something to make. */
  isLogged(level: LogLevel): boolean;
}
