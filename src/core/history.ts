/**
 * What happened to a process, as plain data, kept so that its present state can be explained: `hupctl why`, the event list of the TUI and
 * of the page. `at` is wall milliseconds.
 */
import type { ReloadFact } from './reload/facts.ts';
import { signalName } from './signals.ts';
import type { StateName } from './states.ts';

export type Happening =
  /** A client's wish that was carried out. `signal`: 0 with `start` and `stop`. */
  | { readonly what: 'asked'; readonly wish: 'start' | 'stop' | 'signal'; readonly signal: number }
  /** `spawnError`: why a start failed, with BACKOFF and FATAL; else ''. `expected` only with EXITED. */
  | {
      readonly what: 'state';
      readonly from: StateName;
      readonly to: StateName;
      readonly pid: number;
      readonly expected: boolean;
      readonly spawnError: string;
    }
  /** A generation was reaped. `how`: `exit status 1`. `lastLine`: of its output, '' when it wrote nothing. */
  | {
      readonly what: 'exited';
      readonly pid: number;
      readonly generation: number;
      readonly how: string;
      readonly ranSecs: number;
      readonly lastLine: string;
    }
  | { readonly what: 'reload'; readonly fact: ReloadFact['fact']; readonly text: string };

export type HistoryEntry = { readonly at: number } & Happening;

/** One sentence, without the process's name and without a full stop. */
export function describeHappening(entry: Happening): string {
  switch (entry.what) {
    case 'asked':
      return entry.wish === 'signal'
        ? `a client sent ${signalName(entry.signal)}`
        : `a client asked to ${entry.wish} it`;
    case 'state':
      return `${entry.from} -> ${entry.to}${stateDetail(entry)}`;
    case 'exited': {
      const lastLine = entry.lastLine === '' ? '' : `; last line: ${entry.lastLine}`;
      return `pid ${entry.pid} ended after ${describeSpan(entry.ranSecs)} (${entry.how})${lastLine}`;
    }
    case 'reload':
      return entry.text;
  }
}

function stateDetail({ to, pid, expected, spawnError }: Happening & { what: 'state' }): string {
  switch (to) {
    case 'STARTING':
    case 'RUNNING':
    case 'STOPPING':
      return pid === 0 ? '' : ` (pid ${pid})`;
    case 'BACKOFF':
    case 'FATAL':
      return spawnError === '' ? '' : ` (${spawnError})`;
    case 'EXITED':
      return expected ? ' (expected)' : ' (not expected)';
    case 'STOPPED':
    case 'UNKNOWN':
      return '';
  }
}

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 days 3 h`: two units at most. */
export function describeSpan(secs: number): string {
  if (secs < 9.95) return `${Math.max(0, secs).toFixed(1)} s`;
  const whole = Math.round(secs);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return two(whole, 60, 'min', 's');
  if (whole < 86_400) return two(Math.floor(whole / 60), 60, 'h', 'min');
  const days = Math.floor(whole / 86_400);
  return two(Math.floor(whole / 3600), 24, days === 1 ? 'day' : 'days', 'h');
}

function two(count: number, size: number, large: string, small: string): string {
  const rest = count % size;
  return `${Math.floor(count / size)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
