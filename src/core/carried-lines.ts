/** `Carried` as lines of JSON, and read from them again: a state as a whole, and what is said of it later, a line at a time. */
import { isRecord } from '../util/shape.ts';
import {
  type Carried,
  type CarriedHead,
  type CarriedRecord,
  carriedFormat,
  type ProcessIdentity,
  processKey,
} from './carried.ts';
import { headShape, identityShape, recordShape } from './carried-shape.ts';
import { makeNamespec } from './namespec.ts';

export type ReadCarried =
  | { readonly ok: true; readonly carried: Carried }
  /** In words. */
  | { readonly ok: false; readonly why: string };

type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends ReadonlyMap<infer A, infer B>
    ? Map<A, B>
    : T[K] extends ReadonlyArray<infer E>
      ? E[]
      : T[K];
};

/** A last line that is not whole was being written when its writer died: what it was to say did not happen. */
export function readCarried(text: string): ReadCarried {
  const lines = text.split('\n');
  lines.pop();
  const first = lines[0] === undefined ? null : parse(lines[0]);
  const head = first === null ? null : readHead(first);
  if (head === null) return refused('it does not begin as the state of a hupd does');
  if (typeof head === 'string') return refused(head);
  const carried: Mutable<Carried> = {
    head,
    groups: new Map(),
    processes: new Map(),
    reloads: new Map(),
    pools: null,
    poolChanges: [],
    sending: new Map(),
    heard: new Map(),
    leaving: false,
    handed: null,
  };
  for (const [index, line] of lines.entries()) {
    if (index === 0) continue;
    const why = take(carried, parse(line));
    if (why !== null) return refused(`line ${index + 1}: ${why}`);
  }
  return { ok: true, carried };
}

/** Children that a state tells of, whatever else it says, with the names of their processes: of one that is refused they go on without a daemon. */
export function childrenIn(state: string): ReadonlyArray<ProcessIdentity & { readonly name: string }> {
  const found = new Map<number, ProcessIdentity & { readonly name: string }>();
  for (const line of state.split('\n')) {
    const value = parse(line);
    if (!isRecord(value) || !isRecord(value.state) || !Array.isArray(value.state.children)) continue;
    const name = makeNamespec(`${value.group}`, `${value.name}`);
    for (const child of value.state.children)
      if (identityShape(child) === null) found.set(child.pid, { ...child, name });
  }
  return [...found.values()];
}

/** The lines that say the same with as little as possible. */
export function writeCarried(carried: Carried): readonly CarriedRecord[] {
  const { head, groups, processes, reloads, pools, poolChanges, sending, leaving, handed } = carried;
  const records: CarriedRecord[] = [head];
  for (const [name, spec] of groups) records.push({ record: 'group', name, spec });
  for (const [key, state] of processes) {
    const at = key.indexOf(':');
    records.push({ record: 'process', group: key.slice(0, at), name: key.slice(at + 1), state });
  }
  for (const reload of reloads.values()) records.push({ record: 'reload', reload });
  if (pools !== null) records.push({ record: 'pools', saved: pools });
  for (const { pool, change } of poolChanges) records.push({ record: 'pool', pool, change });
  for (const [pid, each] of sending) records.push({ record: 'sending', pid, sending: each });
  if (leaving) records.push({ record: 'leaving' });
  if (handed !== null) records.push({ record: 'handed', descriptors: handed });
  return records;
}

export function lineOf(record: CarriedRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** null: understood and taken. */
function take(carried: Mutable<Carried>, value: unknown): string | null {
  if (!isRecord(value)) return 'it is no record';
  const wrong = recordShape(value);
  if (wrong !== null) return `${JSON.stringify(value.record)}${wrong}`;
  const record = value as CarriedRecord;
  switch (record.record) {
    case 'hupd':
      return 'a second beginning';
    case 'group':
      if (record.spec !== null) carried.groups.set(record.name, record.spec);
      else {
        carried.groups.delete(record.name);
        for (const key of [...carried.processes.keys()])
          if (key.startsWith(`${record.name}:`)) carried.processes.delete(key);
        forgetPool(carried, record.name);
      }
      return null;
    case 'process':
      carried.processes.set(processKey(record), record.state);
      return null;
    case 'reload':
      carried.reloads.set(record.reload.id, record.reload);
      return null;
    case 'fact':
    case 'rollout':
      return takeOfReload(carried, record);
    case 'pools':
      carried.pools = record.saved;
      carried.poolChanges = [];
      carried.sending.clear();
      carried.heard.clear();
      return null;
    case 'pool':
      carried.poolChanges.push({ pool: record.pool, change: record.change });
      if (record.change.change === 'output') carried.heard.set(record.change.pid, record.change.piece);
      return null;
    case 'sending':
      carried.sending.set(record.pid, record.sending);
      carried.heard.delete(record.pid);
      return null;
    case 'leaving':
      carried.leaving = true;
      return null;
    case 'handed':
      carried.handed = record.descriptors;
      return null;
  }
}

/** One that is added later by that name is another. No serial comes twice for that. */
function forgetPool(carried: Mutable<Carried>, name: string): void {
  const { pools, poolChanges } = carried;
  const next = ({ change }: (typeof poolChanges)[number]) => (change.change === 'accept' ? change.serial + 1 : 0);
  const nextSerial = poolChanges.reduce((most, each) => Math.max(most, next(each)), pools?.nextSerial ?? 0);
  carried.pools = { nextSerial, pools: (pools?.pools ?? []).filter(([pool]) => pool !== name) };
  carried.poolChanges = poolChanges.filter(({ pool }) => pool !== name);
}

function takeOfReload(
  carried: Mutable<Carried>,
  record: Extract<CarriedRecord, { record: 'fact' | 'rollout' }>,
): string | null {
  const reload = carried.reloads.get(record.id);
  if (reload === undefined) return null; // forgotten meanwhile, as the oldest ones are
  if (record.record === 'fact') carried.reloads.set(record.id, { ...reload, facts: [...reload.facts, record.fact] });
  else {
    const { at, failures, outcome } = record;
    carried.reloads.set(record.id, { ...reload, rollout: { ...reload.rollout, at, failures }, outcome });
  }
  return null;
}

function readHead(value: unknown): CarriedHead | string | null {
  if (!isRecord(value) || value.record !== 'hupd') return null;
  const { format, version } = value;
  if (typeof format === 'number' && typeof version === 'string' && format !== carriedFormat)
    return `it is of format ${format}, written by hupd ${version}; this hupd reads format ${carriedFormat}`;
  return headShape(value) === null ? (value as unknown as CarriedHead) : null;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function refused(why: string): ReadCarried {
  return { ok: false, why };
}
