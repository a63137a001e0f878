/**
 * A log as it is followed: its last lines, where the reader stands in them, and what they search for. The reader stands either at the end,
 * and moves with it, or at a line, and then nothing moves until they go back to the end.
 */
import { harmless, takeCells } from './cells.ts';

/** Lines that are kept, and characters of one. */
export const linesKept = 5000;
const charsKept = 4000;

export interface LogView {
  /** Whose it is: `group:name/stdout`; '' for none. */
  readonly key: string;
  readonly lines: readonly string[];
  /** What came after the last line end. */
  readonly partial: string;
  /** Lines that have been forgotten: line numbers go on counting. */
  readonly dropped: number;
  /** The number of the line after the last one shown; null: the end, whatever comes. */
  readonly end: number | null;
  readonly search: string;
  /** Why there is nothing to follow; '' when there is. */
  readonly trouble: string;
}

export const emptyLog: LogView = { key: '', lines: [], partial: '', dropped: 0, end: null, search: '', trouble: '' };

/** Another log, from its beginning; what is searched for stays. */
export function openLog(log: LogView, key: string): LogView {
  return { ...emptyLog, key, search: log.search };
}

export function appendText(log: LogView, text: string): LogView {
  const pieces = (log.partial + text).split('\n');
  const partial = (pieces.pop() ?? '').slice(-charsKept);
  const lines = [...log.lines, ...pieces.map((piece) => harmless(piece.slice(0, charsKept)))];
  const over = Math.max(0, lines.length - linesKept);
  return { ...log, lines: over > 0 ? lines.slice(over) : lines, partial, dropped: log.dropped + over, trouble: '' };
}

/** The number of the line after the last: with the unfinished one, if there is any. */
function lastNumber(log: LogView): number {
  return log.dropped + allLines(log).length;
}

function allLines({ lines, partial }: LogView): readonly string[] {
  return partial === '' ? lines : [...lines, harmless(partial)];
}

/** Lines that came since the reader stopped. */
export function newLines(log: LogView): number {
  return log.end === null ? 0 : Math.max(0, lastNumber(log) - log.end);
}

export function pause(log: LogView): LogView {
  return { ...log, end: log.end === null ? lastNumber(log) : null };
}

/** `by` lines down, up when negative. Past the end: the reader follows again. */
export function scrollLog(log: LogView, by: number): LogView {
  const last = lastNumber(log);
  const end = (log.end ?? last) + by;
  if (end >= last) return { ...log, end: by > 0 ? null : last };
  return { ...log, end: Math.max(end, Math.min(log.dropped + 1, last)) };
}

export function toEnd(log: LogView): LogView {
  return { ...log, end: null };
}

export function toStart(log: LogView): LogView {
  return scrollLog(log, -lastNumber(log));
}

/** To the next line above (`-1`) or below (`1`) that has what is searched for; unchanged when there is none. */
export function findNext(log: LogView, direction: -1 | 1): LogView {
  if (log.search === '') return log;
  const lines = allLines(log);
  const at = (log.end ?? lastNumber(log)) - log.dropped - 1;
  for (let next = at + direction; next >= 0 && next < lines.length; next += direction) {
    if (hasMatch(lines[next] ?? '', log.search)) return { ...log, end: log.dropped + next + 1 };
  }
  return log;
}

/** From where the reader stands upwards, the line there included. */
export function searchFor(log: LogView, search: string): LogView {
  const sought = { ...log, search };
  if (search === '') return sought;
  const lines = allLines(log);
  const at = (log.end ?? lastNumber(log)) - log.dropped - 1;
  if (hasMatch(lines[at] ?? '', search)) return sought;
  return findNext(sought, -1);
}

export function countMatches(log: LogView): number {
  return log.search === '' ? 0 : allLines(log).filter((it) => hasMatch(it, log.search)).length;
}

/** Small letters match both; a capital is meant. */
function hasMatch(text: string, search: string): boolean {
  return search === search.toLowerCase() ? text.toLowerCase().includes(search) : text.includes(search);
}

/** The text cut at its matches: every second piece is one. */
export function splitAtMatches(text: string, search: string): readonly string[] {
  if (search === '') return [text];
  const ignoreCase = search === search.toLowerCase();
  return text.split(new RegExp(`(${search.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')})`, ignoreCase ? 'i' : ''));
}

/** The last screen lines that fit, each line of the log on as many as it needs. `start` marks the first screen line of each. */
export function visibleLines(
  log: LogView,
  width: number,
  height: number,
): ReadonlyArray<{ readonly text: string; readonly start: boolean }> {
  const lines = allLines(log);
  const out: Array<{ text: string; start: boolean }> = [];
  for (let at = (log.end ?? lastNumber(log)) - log.dropped - 1; at >= 0 && out.length < height; at -= 1) {
    out.unshift(...cells(lines[at] ?? '', width));
  }
  return out.slice(-height);
}

/** Between characters: a log is not prose. */
function cells(text: string, width: number): Array<{ text: string; start: boolean }> {
  const out: Array<{ text: string; start: boolean }> = [];
  let rest = text;
  do {
    const piece = takeCells(rest, width) || rest.slice(0, 1);
    out.push({ text: piece, start: out.length === 0 });
    rest = rest.slice(piece.length);
  } while (rest !== '');
  return out;
}
