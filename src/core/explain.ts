/**
 * Why a process is in the state that it is in, in sentences, from what happened to it: `hupctl why` prints them, the TUI shows them. Without
 * a history (a real supervisord keeps none) they say what the state alone tells.
 */
import { describeSpan, type HistoryEntry } from './history.ts';
import { signalName } from './signals.ts';
import type { StateName } from './states.ts';

/** Times are wall milliseconds, 0: never. */
export interface Explained {
  readonly state: StateName;
  readonly pid: number;
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly spawnError: string;
  readonly exitCode: number;
  /** What a ready check that is waited for said last. */
  readonly lastAnswer: string;
  /** Of its log, where the history has none. */
  readonly lastLine: string;
}

type Of<W extends HistoryEntry['what']> = Extract<HistoryEntry, { what: W }>;
type Exited = Of<'exited'>;

/** `clock` shows a moment to people. The first sentence is about the state; those after it are about what led there. No full stops. */
export function explain(
  process: Explained,
  entries: readonly HistoryEntry[],
  clock: (wall: number) => string,
): readonly string[] {
  const since = entries.findLast(isTurn)?.at ?? sinceByState(process);
  const head = `${process.state}${since === 0 ? '' : ` since ${clock(since)}`}`;
  const why = whyState(process, entries, clock);
  const reload = lastReloadFailure(entries, clock);
  return [why === '' ? head : `${head}: ${why}`, ...(reload === null ? [] : [reload])];
}

/** A change of state, or of the generation that is in it. */
function isTurn(entry: HistoryEntry): boolean {
  return entry.what === 'state' || (entry.what === 'reload' && entry.fact === 'promoted');
}

function sinceByState({ state, startedAt, stoppedAt }: Explained): number {
  switch (state) {
    case 'RUNNING':
    case 'STARTING':
      return startedAt;
    case 'STOPPED':
    case 'EXITED':
    case 'BACKOFF':
    case 'FATAL':
      return stoppedAt;
    case 'STOPPING':
    case 'UNKNOWN':
      return 0;
  }
}

function whyState(process: Explained, entries: readonly HistoryEntry[], clock: (wall: number) => string): string {
  switch (process.state) {
    case 'FATAL':
      return failedStarts(process, entries);
    case 'BACKOFF':
      return `${failedStarts(process, entries)}; it is tried again`;
    case 'EXITED':
      return exited(process, entries);
    case 'STOPPED':
      return stopped(process, entries);
    case 'RUNNING':
      return `pid ${process.pid}${startedBy(entries, clock)}`;
    case 'STARTING':
      return starting(process, entries);
    case 'STOPPING':
      return stoppedBy(entries) ?? 'it has been told to stop';
    case 'UNKNOWN':
      return 'a signal could not be sent to it';
  }
}

const tooQuick = /^Exited (too quickly|before it was ready)/;

/** `exited with 1 within 1 s, 4 times; last line: ...`. */
function failedStarts({ spawnError, lastLine }: Explained, entries: readonly HistoryEntry[]): string {
  const attempts = sinceLast(
    entries,
    ({ what, to, wish }) => (what === 'state' && to === 'RUNNING') || wish === 'start',
  );
  const exits = attempts.flatMap((entry) => (entry.what === 'exited' ? [entry] : []));
  const failures = attempts.filter((entry) => entry.what === 'state' && entry.to === 'BACKOFF').length;
  const last = exits.at(-1);
  const line = last?.lastLine || lastLine;
  const detail = line === '' ? '' : `; last line: ${line}`;
  if (last !== undefined && tooQuick.test(spawnError)) {
    const longest = Math.max(1, Math.ceil(Math.max(...exits.map(({ ranSecs }) => ranSecs))));
    return `${death(last, exits)} within ${describeSpan(longest).replace('.0', '')}${times(exits.length)}${detail}`;
  }
  return `${spawnError === '' ? 'it could not be started' : spawnError}${times(failures)}${detail}`;
}

function exited({ exitCode, lastLine }: Explained, entries: readonly HistoryEntry[]): string {
  const last = lastOf(entries, 'exited');
  const change = lastOf(entries, 'state');
  if (last === null) return `${exitCode === -1 ? 'ended by a signal' : `exited with ${exitCode}`}${tail(lastLine)}`;
  const expected = change?.expected === true;
  const how = `${death(last, entries)} after ${describeSpan(last.ranSecs)}, which is ${expected ? 'an expected end' : 'not an expected end'}`;
  return `${how}; autorestart does not start it again${expected ? '' : tail(last.lastLine)}`;
}

function stopped({ startedAt }: Explained, entries: readonly HistoryEntry[]): string {
  if (entries.length === 0 && startedAt === 0) return 'it has not been started';
  const last = lastOf(entries, 'exited');
  const by = stoppedBy(entries) ?? '';
  return last === null ? by : `${by}${by === '' ? '' : '; '}${ending(last)} after ${describeSpan(last.ranSecs)}`;
}

function starting({ lastAnswer }: Explained, entries: readonly HistoryEntry[]): string {
  const last = lastOf(entries, 'exited');
  const change = lastOf(entries, 'state');
  const again = change?.from === 'BACKOFF' || change?.from === 'EXITED';
  const before = again && last !== null ? `again, after it ${death(last, entries)}${tail(last.lastLine)}` : '';
  const waiting = lastAnswer === '' ? '' : `not ready yet: ${lastAnswer}`;
  return [before, waiting].filter((part) => part !== '').join('; ') || 'it has not been up for startsecs yet';
}

/** Who had it started this time, as far as the past is known. */
function startedBy(entries: readonly HistoryEntry[], clock: (wall: number) => string): string {
  const at = entries.findLastIndex((entry) => entry.what === 'reload' && entry.fact === 'promoted');
  const began = entries.findLastIndex((entry) => entry.what === 'state' && entry.to === 'STARTING');
  if (at > began) {
    const done = entries.slice(at).find((entry) => entry.what === 'reload' && entry.fact === 'done');
    return `, which came by a reload${done?.what === 'reload' ? ` (${done.text})` : ''}`;
  }
  const change = entries[began];
  const before = entries.slice(0, Math.max(0, began));
  if (change?.what !== 'state') return '';
  if (change.from === 'EXITED' || change.from === 'BACKOFF') {
    const last = lastOf(before, 'exited');
    const asked = wasAsked(before.at(-1));
    if (asked) return ', started by a client';
    return last === null
      ? ''
      : `, started again after it ${death(last, entries)} at ${clock(last.at)}${tail(last.lastLine)}`;
  }
  if (wasAsked(before.at(-1))) return ', started by a client';
  const reloaded = before.findLast((entry) => entry.what === 'reload');
  if (reloaded?.what === 'reload' && reloaded.fact === 'started') return ', started anew by a reload';
  return ', started with hupd';
}

function stoppedBy(entries: readonly HistoryEntry[]): string | null {
  const told = entries.findLastIndex((entry) => entry.what === 'state' && entry.to === 'STOPPING');
  // Told to stop while it waited for its next try, it was never STOPPING.
  const before = told < 0 ? entries.slice(0, -1) : entries.slice(0, told);
  const cause = before.findLast((entry) => entry.what === 'asked' || entry.what === 'reload');
  if (cause?.what === 'asked' && cause.wish === 'stop') return 'a client asked to stop it';
  if (cause?.what === 'reload' && cause.fact === 'started') return 'a reload stops it before it is started anew';
  return told < 0 ? null : 'hupd stopped it';
}

/** Of the last reload, if it failed and the process was not started anew since. */
function lastReloadFailure(entries: readonly HistoryEntry[], clock: (wall: number) => string): string | null {
  const at = entries.findLastIndex(
    (entry) => entry.what === 'reload' && (entry.fact === 'failed' || entry.fact === 'done'),
  );
  const last = entries[at];
  if (last?.what !== 'reload' || last.fact !== 'failed') return null;
  if (entries.slice(at).some((entry) => entry.what === 'state' && entry.to === 'STARTING')) return null;
  return `its last reload, at ${clock(last.at)}, went wrong: ${last.text.replace(/^reload failed: /, '')}`;
}

/** `exit status 1` -> `exited with 1`, `terminated by SIGKILL` -> `was terminated by SIGKILL`. */
function ending({ how }: Exited): string {
  return how.startsWith('exit status') ? how.replace('exit status', 'exited with') : `was ${how}`;
}

/** The same of one that nobody told to stop: who else sends SIGKILL is worth a thought. */
function death(last: Exited, entries: readonly HistoryEntry[]): string {
  const before = entries[entries.indexOf(last) - 1];
  if (before?.what === 'asked' && before.wish === 'signal') {
    return `${ending(last)}, after a client had sent ${signalName(before.signal)}`;
  }
  const hint = last.how.startsWith('terminated by SIGKILL')
    ? " (not by hupd; by the kernel's out-of-memory killer?)"
    : '';
  return `${ending(last)}${hint}`;
}

function wasAsked(entry: HistoryEntry | undefined): boolean {
  return entry?.what === 'asked' && entry.wish === 'start';
}

function times(count: number): string {
  return count < 2 ? '' : `, ${count} times`;
}

function tail(line: string): string {
  return line === '' ? '' : `; last line: ${line}`;
}

function lastOf<W extends HistoryEntry['what']>(entries: readonly HistoryEntry[], what: W): Of<W> | null {
  return entries.findLast((entry): entry is Of<W> => entry.what === what) ?? null;
}

/** The entries after the last one that is so. */
function sinceLast(
  entries: readonly HistoryEntry[],
  isIt: (entry: Partial<{ what: string; to: string; wish: string }>) => boolean,
): readonly HistoryEntry[] {
  return entries.slice(entries.findLastIndex((entry) => isIt(entry)) + 1);
}
