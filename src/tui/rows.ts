/**
 * Which rows the table has: groups and their processes, after the filter, in the chosen order, without what is folded away. A group of one
 * process that has its name is no group worth a row.
 */
import { compareCodePoints } from '../util/code-point-order.ts';
import { sortValue, worst } from './columns.ts';
import { keyOf, type Model, type ProcessRow, type Target, type Usage } from './model.ts';

export type Row =
  | {
      readonly kind: 'process';
      readonly key: string;
      readonly process: ProcessRow;
      readonly usage: Usage | null;
      readonly depth: 0 | 1;
    }
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly group: string;
      readonly members: readonly ProcessRow[];
      readonly folded: boolean;
      /** Of all members together. */
      readonly sum: GroupSum;
    };

export interface GroupSum {
  readonly state: ProcessRow['state'];
  readonly running: number;
  readonly cpuPercent: number | null;
  readonly rssBytes: number | null;
  readonly restarts: number | null;
}

export function rowsOf(model: Model): readonly Row[] {
  const shown = [...model.processes.values()].filter((process) => matchesFilter(process, model.filter));
  const ordered = sorted(shown, model);
  if (!model.tree) return ordered.map((process) => processRow(process, model, 0));
  // Groups come in the order of their first member, which is the best of them.
  const groups = new Map<string, ProcessRow[]>();
  for (const process of ordered) {
    const members = groups.get(process.group);
    if (members === undefined) groups.set(process.group, [process]);
    else members.push(process);
  }
  return [...groups].flatMap(([group, members]) => groupRows(group, members, model));
}

function groupRows(group: string, members: readonly ProcessRow[], model: Model): readonly Row[] {
  const [only] = members;
  if (members.length === 1 && only?.name === group) return [processRow(only, model, 0)];
  // What was searched for is never hidden.
  const folded = model.folded.has(group) && model.filter === '';
  const head: Row = { kind: 'group', key: groupKey(group), group, members, folded, sum: sumOf(members, model) };
  return folded ? [head] : [head, ...members.map((process) => processRow(process, model, 1))];
}

function processRow(process: ProcessRow, model: Model, depth: 0 | 1): Row {
  return { kind: 'process', key: keyOf(process), process, usage: model.usage.get(keyOf(process)) ?? null, depth };
}

/** No process's key looks like that: theirs begin with the group's name, which is never empty. */
export function groupKey(group: string): string {
  return `:${group}`;
}

function sumOf(members: readonly ProcessRow[], model: Model): GroupSum {
  const usages = members.flatMap((process) => model.usage.get(keyOf(process)) ?? []);
  const extras = members.flatMap(({ extras: it }) => it ?? []);
  const cpu = usages.flatMap(({ cpuPercent }) => cpuPercent ?? []);
  return {
    state: worst(members.map(({ state }) => state)),
    running: members.filter(({ state }) => state === 'RUNNING').length,
    cpuPercent: cpu.length === 0 ? null : cpu.reduce((sum, value) => sum + value, 0),
    rssBytes: usages.length === 0 ? null : usages.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    restarts: extras.length === 0 ? null : extras.reduce((sum, { restarts }) => sum + restarts, 0),
  };
}

/** Each word must be found in the name, the group or the state, or be the pid; a word with `!` before it must not. */
export function matchesFilter({ group, name, state, pid }: ProcessRow, filter: string): boolean {
  if (filter === '') return true;
  const text = `${group}:${name} ${state}`.toLowerCase();
  const has = (word: string) => text.includes(word) || word === String(pid);
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => (word.startsWith('!') && word.length > 1 ? !has(word.slice(1)) : has(word.replace(/^!$/, ''))));
}

function sorted(processes: readonly ProcessRow[], { sort, usage }: Model): readonly ProcessRow[] {
  const { column, descending } = sort;
  const byName = (a: ProcessRow, b: ProcessRow) => compareCodePoints(a.group, b.group) || naturalOrder(a.name, b.name);
  if (column === 'name') return processes.toSorted((a, b) => (descending ? -byName(a, b) : byName(a, b)));
  const values = new Map(processes.map((it) => [it, sortValue(column, it, usage.get(keyOf(it)))]));
  return processes.toSorted((a, b) => {
    const first = values.get(a) ?? null;
    const second = values.get(b) ?? null;
    if (first === null || second === null) return Number(first === null) - Number(second === null) || byName(a, b);
    return (descending ? second - first : first - second) || byName(a, b);
  });
}

/** `web_2` before `web_10`. */
export function naturalOrder(a: string, b: string): number {
  const first = a.split(/(\d+)/);
  const second = b.split(/(\d+)/);
  for (let at = 0; at < Math.min(first.length, second.length); at += 1) {
    const [x = '', y = ''] = [first[at], second[at]];
    const order = at % 2 === 1 ? Number(x) - Number(y) : compareCodePoints(x, y);
    if (order !== 0) return order;
  }
  return first.length - second.length || compareCodePoints(a, b);
}

/** Where the selected row is; its group's row when it is folded away, the first one when it is gone. */
export function selectedIndex({ selected }: Pick<Model, 'selected'>, rows: readonly Row[]): number {
  if (selected === null) return 0;
  const at = rows.findIndex(({ key }) => key === selected);
  if (at >= 0) return at;
  return Math.max(
    0,
    rows.findIndex((row) => row.kind === 'group' && selected.startsWith(`${row.group}:`)),
  );
}

export function selectedRow(model: Model): Row | null {
  const rows = rowsOf(model);
  return rows[selectedIndex(model, rows)] ?? null;
}

/** The process that panels show: the selected one, or the first of a selected group. */
export function shownProcess(model: Model): ProcessRow | null {
  const row = selectedRow(model);
  if (row === null) return null;
  return row.kind === 'process' ? row.process : (row.members[0] ?? null);
}

export function targetOf(row: Row): Target {
  return row.kind === 'group' ? { group: row.group, name: null } : { group: row.process.group, name: row.process.name };
}
