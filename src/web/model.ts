/** What the dashboard shows, worked out from what it was told. Pure: the script in `client/` draws it. */
import type { GenerationRow, ProcessesMessage, ProcessRow, ReloadRow, UsageMessage, UsageRow } from './messages.ts';

/** Samples kept of each process: two minutes, at one in two seconds. */
const samplesKept = 60;

export interface Load {
  /** Of one core, 0 to 100 and more; oldest first. */
  readonly cpuPercents: readonly number[];
  readonly rssBytes: readonly number[];
  readonly last: UsageRow;
  readonly at: number;
}

export interface Model {
  readonly processes: ReadonlyMap<string, ProcessRow>;
  /** Of those that are up. */
  readonly loads: ReadonlyMap<string, Load>;
  readonly daemonState: string;
}

export const emptyModel: Model = { processes: new Map(), loads: new Map(), daemonState: 'RUNNING' };

export function withProcesses(model: Model, message: ProcessesMessage): Model {
  const processes = new Map(message.complete ? [] : model.processes);
  for (const row of message.processes) processes.set(row.id, row);
  return { ...model, processes, daemonState: message.daemonState };
}

export function withUsage(model: Model, { at, rows }: UsageMessage): Model {
  const loads = new Map(
    rows.map((row) => {
      const before = model.loads.get(row.id);
      if (before === undefined) return [row.id, { cpuPercents: [], rssBytes: [row.rssBytes], last: row, at }];
      const secs = (at - before.at) / 1000;
      if (secs <= 0) return [row.id, before];
      // It falls when a generation has gone: that moment tells nothing.
      const used = Math.max(0, row.cpuSecs - before.last.cpuSecs);
      const cpuPercents = [...before.cpuPercents, (100 * used) / secs].slice(-samplesKept);
      return [row.id, { cpuPercents, rssBytes: [...before.rssBytes, row.rssBytes].slice(-samplesKept), last: row, at }];
    }),
  );
  return { ...model, loads };
}

/** The points of a polyline in a box of that size, the newest at the right edge; the top is the largest value, or `least` if that is more. */
export function sparkline(values: readonly number[], width: number, height: number, least: number): string {
  const top = Math.max(least, ...values);
  const step = width / (samplesKept - 1);
  return values
    .map((value, i) => {
      const x = width - (values.length - 1 - i) * step;
      const y = height - 1 - (value / top) * (height - 2);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

export type Verb = 'start' | 'stop' | 'restart' | 'reload';

export function verbsOf({ state }: ProcessRow): readonly Verb[] {
  switch (state) {
    case 'RUNNING':
      return ['reload', 'restart', 'stop'];
    case 'STARTING':
    case 'BACKOFF':
      return ['stop'];
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
      return ['start'];
    case 'STOPPING':
    case 'UNKNOWN':
      return [];
  }
}

export type Tone = 'good' | 'bad' | 'busy' | 'idle';

export function toneOf({ state }: ProcessRow): Tone {
  switch (state) {
    case 'RUNNING':
      return 'good';
    case 'FATAL':
    case 'BACKOFF':
      return 'bad';
    case 'STARTING':
    case 'STOPPING':
      return 'busy';
    case 'STOPPED':
    case 'EXITED':
    case 'UNKNOWN':
      return 'idle';
  }
}

/** One generation as it is drawn: clients, its master, its workers. */
export interface GenerationBoxes extends GenerationRow {
  /** Processes below the master; null: not known yet. */
  readonly workers: number | null;
  readonly ready: boolean;
  /** What its box says of it. */
  readonly standing: string;
}

export function generationBoxes(process: ProcessRow, load: Load | undefined): readonly GenerationBoxes[] {
  return process.generations.map((generation) => {
    const counted = load?.last.generations.find(({ pid }) => pid === generation.pid)?.processes;
    const ready = generation.role !== 'successor' && !(generation.role === 'current' && process.state === 'STARTING');
    const standing = ready ? (generation.role === 'retiring' ? 'finishing its work' : 'serving') : 'not ready yet';
    return { ...generation, workers: counted === undefined ? null : Math.max(0, counted - 1), ready, standing };
  });
}

/** How far a reload has come, 0 to 1; while readiness is waited for, by the time that is left. */
export function reloadProgress({ steps, outcome, timeoutSecs }: ReloadRow, now: number): number {
  if (outcome !== 'under way') return 1;
  const last = steps.at(-1);
  if (last === undefined) return 0;
  switch (last.fact) {
    case 'started':
      return 0.05;
    case 'testing':
    case 'handover':
      return 0.1;
    case 'spawned':
    case 'signalled':
      return 0.2;
    case 'waiting':
      return 0.25 + 0.45 * Math.min(1, Math.max(0, now - last.at) / 1000 / Math.max(1, timeoutSecs));
    case 'ready':
    case 'predecessor-died':
      return 0.75;
    case 'promoted':
      return 0.8;
    case 'stopping':
      return 0.9;
    case 'stopped':
    case 'rolled-back':
    case 'done':
    case 'failed':
      return 1;
  }
}

/** What is to be said of a process in its row. */
export function statusLine(process: ProcessRow, now: number): string {
  const { state, reload, startedAt, description, lastAnswer } = process;
  if (reload?.outcome === 'under way') return `reloading: ${reload.steps.at(-1)?.text ?? 'about to begin'}`;
  if (state === 'STARTING' && lastAnswer !== '') return `not ready: ${lastAnswer}`;
  if (state !== 'RUNNING') return description;
  const up = `up ${span((now - startedAt) / 1000)}`;
  return reload?.outcome === 'failed' && reload.reason !== '' ? `${up}; last reload failed: ${reload.reason}` : up;
}

/** `5 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function span(secs: number): string {
  const whole = Math.max(0, Math.floor(secs));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

export function bytes(count: number): string {
  if (count < 1024 * 1024) return `${Math.round(count / 1024)} KiB`;
  const mebi = count / 1024 / 1024;
  return mebi < 1024 ? `${mebi.toFixed(mebi < 10 ? 1 : 0)} MiB` : `${(mebi / 1024).toFixed(1)} GiB`;
}
