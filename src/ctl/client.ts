/**
 * The methods of a supervisord or hupd, with their types: what the commands and the full-screen view call. One line a method; the
 * work is in `rpc-client.ts`. What a server sends is taken to have the shape that the protocol promises.
 */
import type { ProcessInfo } from '../core/describe.ts';
import type { HistoryEntry } from '../core/history.ts';
import type { ReloadFact } from '../core/reload/facts.ts';
import type { ReloadStrategy } from '../core/spec.ts';
import type { RpcValue } from '../rpc/codec.ts';
import type { Reply } from './failure.ts';
import { RpcClient } from './rpc-client.ts';

export interface ConfigInfo {
  readonly name: string;
  readonly group: string;
  readonly inuse: boolean;
  readonly autostart: boolean;
  readonly group_prio: number;
  readonly process_prio: number;
}

/** How one process of a group or of all fared: `status` is a fault code, 80 for success. */
export interface ResultRow {
  readonly name: string;
  readonly group: string;
  readonly status: number;
  readonly description: string;
}

export interface ReloadReport {
  readonly id: number;
  readonly target: string;
  /** Seconds; 0: not yet. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly done: boolean;
  readonly ok: boolean;
  readonly reason: string;
  /** Oldest first; `at` is in seconds. */
  readonly facts: readonly ReloadFact[];
}

export interface Finding {
  readonly program: string;
  readonly level: string;
  readonly text: string;
  readonly todo: string;
}

export interface Generation {
  readonly number: number;
  readonly pid: number;
  /** Seconds. */
  readonly startedAt: number;
  readonly role: 'current' | 'successor' | 'retiring';
}

/** What only hupd tells of a process. */
export interface WatchedProcess extends ProcessInfo {
  readonly generation: number;
  /** Those that are alive. */
  readonly generations: readonly Generation[];
  readonly strategy: ReloadStrategy;
  /** 0: none is under way. */
  readonly reloadId: number;
  /** Of a ready check that is waited for; '' when none is. */
  readonly lastAnswer: string;
  readonly restarts: number;
}

export interface ChangeReport {
  readonly version: number;
  /** `processes` are all there are, not only those that changed. */
  readonly complete: boolean;
  readonly daemonState: string;
  readonly processes: readonly WatchedProcess[];
}

export interface UsageRow {
  readonly group: string;
  readonly name: string;
  readonly pid: number;
  readonly cpuSecs: number;
  readonly rssBytes: number;
  readonly processes: number;
  /** Seconds. */
  readonly at: number;
}

/** `at` is in seconds; `text` says it in words. */
export type HistoryRow = HistoryEntry & { readonly text: string };

export class Client extends RpcClient {
  #typed<T>(method: string, ...params: readonly RpcValue[]): Promise<Reply<T>> {
    return this.call(method, params) as Promise<Reply<T>>;
  }

  getVersion = () => this.#typed<string>('supervisor.getVersion');
  getSupervisorVersion = () => this.#typed<string>('supervisor.getSupervisorVersion');
  getPid = () => this.#typed<number>('supervisor.getPID');
  shutdown = () => this.#typed<boolean>('supervisor.shutdown');
  restart = () => this.#typed<boolean>('supervisor.restart');

  getProcessInfo = (name: string) => this.#typed<ProcessInfo>('supervisor.getProcessInfo', name);
  getAllProcessInfo = () => this.#typed<readonly ProcessInfo[]>('supervisor.getAllProcessInfo');
  getAllConfigInfo = () => this.#typed<readonly ConfigInfo[]>('supervisor.getAllConfigInfo');

  startProcess = (name: string, wait = true) => this.#typed<boolean>('supervisor.startProcess', name, wait);
  startProcessGroup = (group: string) => this.#typed<readonly ResultRow[]>('supervisor.startProcessGroup', group);
  startAllProcesses = () => this.#typed<readonly ResultRow[]>('supervisor.startAllProcesses');
  stopProcess = (name: string, wait = true) => this.#typed<boolean>('supervisor.stopProcess', name, wait);
  stopProcessGroup = (group: string) => this.#typed<readonly ResultRow[]>('supervisor.stopProcessGroup', group);
  stopAllProcesses = () => this.#typed<readonly ResultRow[]>('supervisor.stopAllProcesses');
  signalProcess = (name: string, signal: string) => this.#typed<boolean>('supervisor.signalProcess', name, signal);
  signalProcessGroup = (group: string, signal: string) =>
    this.#typed<readonly ResultRow[]>('supervisor.signalProcessGroup', group, signal);
  signalAllProcesses = (signal: string) => this.#typed<readonly ResultRow[]>('supervisor.signalAllProcesses', signal);
  sendProcessStdin = (name: string, text: string) => this.#typed<boolean>('supervisor.sendProcessStdin', name, text);

  clearProcessLogs = (name: string) => this.#typed<boolean>('supervisor.clearProcessLogs', name);
  clearAllProcessLogs = () => this.#typed<readonly ResultRow[]>('supervisor.clearAllProcessLogs');
  readProcessLog = (channel: 'stdout' | 'stderr', name: string, offset: number, length: number) =>
    this.#typed<string>(`supervisor.readProcess${channel === 'stdout' ? 'Stdout' : 'Stderr'}Log`, name, offset, length);
  readLog = (offset: number, length: number) => this.#typed<string>('supervisor.readLog', offset, length);

  reloadConfig = () =>
    this.#typed<readonly [readonly [added: readonly string[], changed: readonly string[], removed: readonly string[]]]>(
      'supervisor.reloadConfig',
    );
  addProcessGroup = (name: string) => this.#typed<boolean>('supervisor.addProcessGroup', name);
  removeProcessGroup = (name: string) => this.#typed<boolean>('supervisor.removeProcessGroup', name);

  reloadProcess = (name: string) => this.#typed<number>('hupd.reloadProcess', name);
  reloadProcessGroup = (group: string) => this.#typed<number>('hupd.reloadProcessGroup', group);
  reloadAllProcesses = () => this.#typed<number>('hupd.reloadAllProcesses');
  /** Answers when there are more than `factCount` facts, when the reload has ended, or after `timeoutSecs`. */
  waitReload = (id: number, factCount: number, timeoutSecs: number, signal?: AbortSignal) =>
    this.call('hupd.waitReload', [id, factCount, timeoutSecs], signal) as Promise<Reply<ReloadReport>>;
  planReload = (name: string) => this.#typed<readonly string[]>('hupd.planReload', name);
  planReloadAll = () => this.#typed<readonly string[]>('hupd.planReloadAll');
  getReloadHistory = (name: string) => this.#typed<readonly ReloadReport[]>('hupd.getReloadHistory', name);
  upgrade = () => this.#typed<boolean>('hupd.upgrade');
  getUpgrades = (signal?: AbortSignal) => this.call('hupd.getUpgrades', [], signal) as Promise<Reply<number>>;
  doctor = () => this.#typed<readonly Finding[]>('hupd.doctor');

  /** Answers when there is something newer than that version (0: at once), or after `timeoutSecs`. */
  waitChange = (sinceVersion: number, timeoutSecs: number, signal?: AbortSignal) =>
    this.call('hupd.waitChange', [sinceVersion, timeoutSecs], signal) as Promise<Reply<ChangeReport>>;
  getUsage = (signal?: AbortSignal) => this.call('hupd.getUsage', [], signal) as Promise<Reply<readonly UsageRow[]>>;
  /** The last events, oldest first. */
  getSockets = (name: string) =>
    this.#typed<ReadonlyArray<{ readonly address: string; readonly waiting: number }>>('hupd.getSockets', name);
  getHistory = (name: string, count: number) => this.#typed<readonly HistoryRow[]>('hupd.getHistory', name, count);
}
