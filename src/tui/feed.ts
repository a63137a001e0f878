/**
 * News from the server for as long as the view is open, without a busy loop: hupd answers when a process has changed or a reload goes on; what
 * the processes use is asked for every two seconds, since somebody looks. A real supervisord can only be asked again and again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessInfo } from '../core/describe.ts';
import type { StateName } from '../core/states.ts';
import type { Client, ReloadReport, WatchedProcess } from '../ctl/client.ts';
import type { Failure } from '../ctl/failure.ts';
import { faultCodes } from '../rpc/contract.ts';
import type { Extras, ProcessRow, ReloadRow } from './model.ts';
import type { News } from './update.ts';

const longPollSecs = 25;
const pollMs = 2000;
const usageMs = 2000;
/** Not more answers a second than somebody could see, however much happens. */
const pauseMs = 100;
const retryMs = 1000;
/** Of a reload of many, for how many the usual time is asked. */
const usualsAsked = 20;

export class Feed {
  readonly #client: Client;
  readonly #signal: AbortSignal;
  readonly #tell: (news: News) => void;
  readonly #followed = new Set<number>();
  #lostAt: number | null = null;

  constructor(client: Client, signal: AbortSignal, tell: (news: News) => void) {
    this.#client = client;
    this.#signal = signal;
    this.#tell = tell;
  }

  /** Resolves when the signal has fired. */
  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      const first = await this.#client.waitChange(0, 0, this.#signal);
      if (this.#signal.aborted) return;
      if (first.ok) {
        this.#tell({ news: 'server', name: 'hupd', canReload: true });
        await Promise.all([this.#watch(), this.#readUsage()]);
      } else if (isUnknownMethod(first.failure)) {
        const version = await this.#client.getSupervisorVersion();
        this.#tell({
          news: 'server',
          name: version.ok ? `supervisord ${version.value}` : 'supervisord',
          canReload: false,
        });
        await this.#poll();
      } else await this.#lost(first.failure);
    }
  }

  /** Until the server is another one, or the signal fires. */
  async #watch(): Promise<void> {
    for (let version = 0; !this.#signal.aborted; ) {
      const reply = await this.#client.waitChange(version, longPollSecs, this.#signal);
      if (this.#signal.aborted) return;
      if (!reply.ok) {
        if (isUnknownMethod(reply.failure)) return;
        version = 0;
        await this.#lost(reply.failure);
        continue;
      }
      this.#found();
      const { complete, daemonState, processes } = reply.value;
      version = reply.value.version;
      this.#tell({ news: 'processes', complete, daemonState, processes: processes.map(watchedRow) });
      for (const id of new Set(processes.map(({ reloadId }) => reloadId))) if (id !== 0) this.#follow(id, processes);
      await this.#sleep(pauseMs);
    }
  }

  async #poll(): Promise<void> {
    while (!this.#signal.aborted) {
      const reply = await this.#client.getAllProcessInfo();
      if (this.#signal.aborted) return;
      if (reply.ok) {
        this.#found();
        this.#tell({
          news: 'processes',
          complete: true,
          daemonState: '',
          processes: reply.value.map((info) => row(info, null)),
        });
      } else {
        await this.#lost(reply.failure);
        return;
      }
      await this.#sleep(pollMs);
    }
  }

  async #readUsage(): Promise<void> {
    while (!this.#signal.aborted) {
      const reply = await this.#client.getUsage(this.#signal);
      if (this.#signal.aborted) return;
      if (reply.ok) this.#tell({ news: 'usage', rows: reply.value.map((it) => ({ ...it, at: it.at * 1000 })) });
      else if (isUnknownMethod(reply.failure)) return;
      await this.#sleep(usageMs);
    }
  }

  #follow(id: number, processes: readonly WatchedProcess[]): void {
    if (this.#followed.has(id)) return;
    this.#followed.add(id);
    void this.#followReload(id);
    for (const process of processes.filter(({ reloadId }) => reloadId === id).slice(0, usualsAsked))
      void this.#askUsual(process);
  }

  async #followReload(id: number): Promise<void> {
    // -1: at once, whatever there is.
    for (let told = -1; !this.#signal.aborted && this.#followed.has(id); ) {
      const reply = await this.#client.waitReload(id, told, longPollSecs, this.#signal);
      if (this.#signal.aborted || !reply.ok) return;
      told = reply.value.facts.length;
      this.#tell({ news: 'reload', reload: reloadRow(reply.value) });
      if (reply.value.done) return;
    }
  }

  /** How long the last reload that went well waited for readiness: what the bar is drawn by. */
  async #askUsual({ group, name }: ProcessInfo): Promise<void> {
    const reply = await this.#client.call('hupd.getReloadHistory', [`${group}:${name}`], this.#signal);
    if (!reply.ok || this.#signal.aborted) return;
    const reports = reply.value as unknown as readonly ReloadReport[];
    const facts = reports.filter(({ done, ok }) => done && ok).flatMap((report) => report.facts);
    const ready = facts.findLast((fact) => fact.fact === 'ready' && fact.group === group && fact.name === name);
    if (ready?.fact === 'ready') this.#tell({ news: 'usual', key: `${group}:${name}`, secs: ready.afterSecs });
  }

  /** Tells, and waits a little before the next try. Reloads are forgotten: another daemon counts anew. */
  async #lost(failure: Failure): Promise<void> {
    this.#lostAt ??= Date.now();
    this.#followed.clear();
    this.#tell({ news: 'link', link: { kind: 'lost', text: describeTrouble(failure), since: this.#lostAt } });
    await this.#sleep(retryMs);
  }

  #found(): void {
    this.#lostAt = null;
    this.#tell({ news: 'link', link: { kind: 'up' } });
  }

  async #sleep(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#signal }).catch(() => undefined); // the end
  }
}

function isUnknownMethod(failure: Failure): boolean {
  return failure.kind === 'fault' && failure.code === faultCodes.UNKNOWN_METHOD;
}

export function describeTrouble(failure: Failure): string {
  switch (failure.kind) {
    case 'fault':
      return failure.text;
    case 'http':
      if (failure.status === 401) return 'the server wants a name and a password';
      if (failure.status === 403) return 'refused: these credentials are read-only';
      return `HTTP ${failure.status} ${failure.reason}`;
    case 'socket':
      return failure.code === 'ENOENT' ? 'the server is not there' : `no connection (${failure.code})`;
    case 'timeout':
      return `no answer within ${failure.secs} s`;
    case 'other':
      return failure.message;
  }
}

function watchedRow(process: WatchedProcess): ProcessRow {
  return row(process, {
    generation: process.generation,
    generations: process.generations.map((it) => ({ ...it, startedAt: it.startedAt * 1000 })),
    strategy: process.strategy,
    reloadId: process.reloadId === 0 ? null : process.reloadId,
    lastAnswer: process.lastAnswer,
    restarts: process.restarts,
  });
}

function row(info: ProcessInfo, extras: Extras | null): ProcessRow {
  return {
    group: info.group,
    name: info.name,
    state: info.statename as StateName,
    pid: info.pid,
    startedAt: info.start * 1000,
    stoppedAt: info.stop * 1000,
    spawnError: info.spawnerr,
    exitCode: info.exitstatus,
    description: info.description,
    extras,
  };
}

/** On the wire all times are seconds. */
function reloadRow({ id, target, startedAt, endedAt, facts, done, ok, reason }: ReloadReport): ReloadRow {
  return {
    id,
    target,
    startedAt: startedAt * 1000,
    endedAt: endedAt * 1000,
    facts: facts.map((fact) => ({ ...fact, at: fact.at * 1000 })),
    done,
    ok,
    reason,
  };
}
