/**
 * The daemon as the control plane sees it, as a table of rows: tests of rpc/ and http/ need no process. A start or stop that waits stays open
 * until the test decides it.
 */
import type { HistoryEntry } from '../../src/core/history.ts';
import type { ReloadFact } from '../../src/core/reload/facts.ts';
import type { Config, GroupSpec, LogLevel } from '../../src/core/spec.ts';
import { type DaemonStateName, isRunningState, isStoppedState, type StateName } from '../../src/core/states.ts';
import type {
  ChangesView,
  EventPoolView,
  GroupView,
  Outcome,
  ProcessView,
  Refusal,
  ReloadView,
  SocketView,
  Supervision,
  TallyView,
  UsageView,
} from '../../src/runtime/supervision.ts';
import { buildSpec, type SpecOverrides } from './spec-builder.ts';

export interface Row extends Partial<Omit<ProcessView, 'spec'>> {
  readonly group: string;
  readonly name: string;
  readonly spec?: SpecOverrides;
}

const ok: Outcome = { ok: true };

export class FakeSupervision implements Supervision {
  readonly version = '4.2.5';
  readonly identifier = 'supervisor';
  readonly pid = 4242;
  daemonState: DaemonStateName = 'RUNNING';
  config: Config;
  mainLogPath: string | null = null;
  /** 2026-11-22 12:00:00 UTC. */
  time = Date.UTC(2026, 10, 22, 12) + 567;
  /** What was asked of it, one line each. */
  readonly asked: string[] = [];
  readonly logged: string[] = [];
  /** Starts and stops that wait, by namespec. */
  readonly waiting = new Map<string, (outcome: Outcome) => void>();
  /** Refusals to give, by `verb group:name`. */
  readonly refusals = new Map<string, Refusal>();
  readonly reloads = new Map<number, ReloadView>();
  readonly #rows: ProcessView[];
  readonly #active: Set<string>;
  #reloadWaiters: Array<() => void> = [];

  constructor(rows: readonly Row[], inactive: readonly string[] = []) {
    this.#rows = rows.map(toView);
    const names = [...new Set(rows.map(({ group }) => group))];
    this.#active = new Set(names.filter((name) => !inactive.includes(name)));
    this.config = {
      file: '/etc/supervisord.conf',
      daemon: {} as Config['daemon'],
      servers: [],
      rpcInterfaces: [{ namespace: 'supervisor', interface: 'main' }],
      groups: names.map((name) => this.#spec(name)),
      messages: [],
      files: [],
      includes: [],
    };
  }

  now(): number {
    return this.time;
  }

  groups(): readonly GroupView[] {
    return [...this.#active].map((name) => this.#group(name)).sort((a, b) => a.spec.priority - b.spec.priority);
  }

  group(name: string): GroupView | null {
    return this.#active.has(name) ? this.#group(name) : null;
  }

  process(group: string, name: string): ProcessView | null {
    return this.group(group)?.processes.find((process) => process.name === name) ?? null;
  }

  /** Changes a row. */
  set(group: string, name: string, changes: Partial<ProcessView>): void {
    const at = this.#rows.findIndex((row) => row.group === group && row.name === name);
    const row = this.#rows[at];
    if (row === undefined) throw new Error(`no row ${group}:${name}`);
    const changed = { ...row, ...changes };
    this.#rows[at] = changed;
    this.changeCount += 1;
    this.#changedAt.set(changed, this.changeCount);
    for (const done of [...this.#changeWaiters]) done();
  }

  /** Raised by each `set`. */
  changeCount = 1;
  readonly histories = new Map<string, readonly HistoryEntry[]>();
  usageRows: readonly UsageView[] = [];
  readonly #changeWaiters = new Set<() => void>();
  readonly #changedAt = new Map<ProcessView, number>();

  changes(since: number): ChangesView {
    const complete = since === 0 || since > this.changeCount;
    const all = this.groups().flatMap(({ processes }) => processes);
    const processes = complete ? all : all.filter((process) => (this.#changedAt.get(process) ?? 0) > since);
    return { version: this.changeCount, complete, processes };
  }

  changed(since: number, timeoutMs: number): Promise<void> {
    if (since !== this.changeCount) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#changeWaiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#changeWaiters.add(done);
    });
  }

  async usage() {
    return { at: this.time, rows: this.usageRows };
  }

  history(group: string, name: string): readonly HistoryEntry[] {
    return this.histories.get(`${group}:${name}`) ?? [];
  }

  readonly held = new Map<string, readonly SocketView[]>();
  sockets(group: string, name: string): readonly SocketView[] {
    return this.held.get(`${group}:${name}`) ?? [];
  }

  readonly tallies = new Map<string, TallyView>();
  tally(group: string, name: string): TallyView {
    const none = {
      exits: new Map(),
      reloadsDone: 0,
      reloadsFailed: 0,
      lastReloadSecs: 0,
      reloadDrops: null,
      lastBootSecs: null,
    };
    return this.tallies.get(`${group}:${name}`) ?? none;
  }

  readonly eventPools = new Map<string, EventPoolView>();
  eventPool(group: string): EventPoolView | null {
    return this.eventPools.get(group) ?? null;
  }

  start(group: string, name: string, wait: boolean): Promise<Outcome> {
    const view = this.process(group, name);
    if (view !== null && isRunningState(view.state)) return refuse('ALREADY_STARTED');
    return this.#decide('start', group, name, wait, 'RUNNING');
  }

  stop(group: string, name: string, wait: boolean): Promise<Outcome> {
    const view = this.process(group, name);
    if (view !== null && !isRunningState(view.state)) return refuse('NOT_RUNNING');
    return this.#decide('stop', group, name, wait, 'STOPPED');
  }

  signal(group: string, name: string, signal: number): Outcome {
    return this.#do(`signal ${group}:${name}`, `${signal}`);
  }

  sendStdin(group: string, name: string, data: Buffer): Outcome {
    return this.#do(`stdin ${group}:${name}`, data.toString('hex'));
  }

  reload(
    target: string,
    processes: ReadonlyArray<{ readonly group: string; readonly name: string }>,
  ): { readonly ok: true; readonly id: number } | Refusal {
    const outcome = this.#do(`reload ${target}`, processes.map(({ group, name }) => `${group}:${name}`).join(' '));
    if (!outcome.ok) return outcome;
    const id = this.reloads.size + 1;
    this.reloads.set(id, { id, target, startedAt: this.time, facts: [], outcome: null });
    return { ok: true, id };
  }

  /** One more fact of a reload, or its end. */
  tell(id: number, news: { readonly fact?: ReloadFact; readonly outcome?: ReloadView['outcome'] }): void {
    const view = this.reloads.get(id);
    if (view === undefined) throw new Error(`no reload ${id}`);
    const facts = news.fact === undefined ? view.facts : [...view.facts, news.fact];
    this.reloads.set(id, { ...view, facts, outcome: news.outcome ?? view.outcome });
    for (const wake of this.#reloadWaiters.splice(0)) wake();
  }

  reloadView(id: number): ReloadView | null {
    return this.reloads.get(id) ?? null;
  }

  async reloadChanged(id: number, factCount: number, timeoutMs: number): Promise<void> {
    this.asked.push(`reloadChanged ${id} ${factCount} ${timeoutMs}`);
    const view = this.reloads.get(id);
    if (view === undefined || view.facts.length > factCount || view.outcome !== null || timeoutMs === 0) return;
    await new Promise<void>((resolve) => this.#reloadWaiters.push(resolve));
  }

  reloadHistory(): readonly ReloadView[] {
    return [...this.reloads.values()];
  }

  planReload(...[processes]: Parameters<Supervision['planReload']>): ReturnType<Supervision['planReload']> {
    return processes.map(({ group, name }) => ({ name, text: `${group}:${name} would be restarted` }));
  }

  doctor() {
    return [{ program: 'web', level: 'warning', text: 'no ready check', todo: 'set ready_check' }] as const;
  }

  reread(): ReturnType<Supervision['reread']> {
    const outcome = this.#do('reread', '');
    return outcome.ok ? { ok: true, diff: { added: ['new'], changed: [], removed: ['old', 'older'] } } : outcome;
  }

  async addGroup(name: string): Promise<Outcome> {
    return this.#do(`add ${name}`, '');
  }

  removeGroup(name: string): Outcome {
    return this.#do(`remove ${name}`, '');
  }

  upgrades = 0;
  upgrade(): Promise<Outcome> {
    this.asked.push('upgrade');
    return Promise.resolve({ ok: true });
  }

  shutdown(): void {
    this.asked.push('shutdown');
    this.daemonState = 'SHUTDOWN';
  }

  restart(): Outcome {
    const outcome = this.#do('restart', '');
    if (outcome.ok) this.daemonState = 'RESTARTING';
    return outcome;
  }

  clearMainLog(): Outcome {
    return this.#do('clear main', '');
  }

  clearLogs(group: string, name: string): Outcome {
    return this.#do(`clear ${group}:${name}`, '');
  }

  remoteCommEvent(type: string, data: string): void {
    this.asked.push(`event ${type} ${data}`);
  }

  log(level: LogLevel, text: string): void {
    this.logged.push(`${level} ${text}`);
  }

  isLogged(): boolean {
    return true;
  }

  #do(request: string, detail: string): Outcome {
    this.asked.push(`${request} ${detail}`.trim());
    return this.refusals.get(request) ?? ok;
  }

  async #decide(verb: 'start' | 'stop', group: string, name: string, wait: boolean, end: StateName): Promise<Outcome> {
    const request = `${verb} ${group}:${name}`;
    this.asked.push(wait ? request : `${request} nowait`);
    const refusal = this.refusals.get(request);
    if (refusal !== undefined) return refusal;
    if (!wait) return ok;
    this.set(group, name, { state: verb === 'start' ? 'STARTING' : 'STOPPING' });
    const outcome = await new Promise<Outcome>((resolve) => this.waiting.set(`${group}:${name}`, resolve));
    this.waiting.delete(`${group}:${name}`);
    if (outcome.ok) this.set(group, name, { state: end, pid: isStoppedState(end) ? 0 : 999 });
    return outcome;
  }

  #group(name: string): GroupView {
    return {
      spec: this.#spec(name),
      processes: this.#rows
        .filter((row) => row.group === name)
        .sort((a, b) => a.spec.priority - b.spec.priority || (a.name < b.name ? -1 : 1)),
    };
  }

  #spec(name: string): GroupSpec {
    const processes = this.#rows.filter((row) => row.group === name).map(({ spec }) => spec);
    return { kind: 'plain', name, priority: processes[0]?.priority ?? 999, processes };
  }
}

function refuse(fault: Refusal['fault']): Promise<Outcome> {
  return Promise.resolve({ ok: false, fault, text: '' });
}

function toView({ spec, ...row }: Row): ProcessView {
  return {
    spec: buildSpec({ name: row.name, group: row.group, program: row.name, ...spec }),
    state: 'STOPPED',
    pid: 0,
    startedAt: 0,
    stoppedAt: 0,
    spawnError: '',
    exitCode: 0,
    stdoutLog: '',
    stderrLog: '',
    generation: 0,
    generations: [],
    reloadId: null,
    lastAnswer: '',
    restarts: 0,
    ...row,
  };
}
