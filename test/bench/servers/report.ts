/** The table, as Markdown while it grows and as JSON at its end: both under `artifacts/`, which git does not see. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { perSecond as usualRate } from './measure.ts';
import { faults, type Outcome } from './outcome.ts';

const directory = 'artifacts/bench-servers';

/** What a case prints: measured, or left out. */
export type Line =
  | { readonly line: 'measured'; readonly outcome: Outcome; readonly why: string; readonly wrong: readonly string[] }
  | { readonly line: 'missing'; readonly server: string; readonly text: string };

export function measuredLine(outcome: Outcome, why: string): Line {
  return { line: 'measured', outcome, why, wrong: faults(outcome) };
}

const columns = ['', 'server', 'connections', 'reload', 'requests', 'failed', 'slowest', 'before', 'time', 'note'];

export function heading(versions: readonly string[], words: string): string {
  const when = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const machine = `${cpus().length} shared cores, Linux ${release()}, Node ${process.version}`;
  return `${when} UTC, ${machine}

${versions.join('; ')}

${words}

| ${columns.join(' | ')} |
|${columns.map(() => ' --- ').join('|')}|`;
}

export function row(line: Line): string {
  if (line.line === 'missing') return cells(['–', line.server, '', '', '', '', '', '', '', line.text]);
  const { outcome, why, wrong } = line;
  const { server, connections, kind, requests, failed, slowestMs, ordinaryMs, tookSecs } = outcome;
  const fault = [wrong.join('; '), wrong.length === 0 ? '' : why].filter((text) => text !== '').join(': ');
  const note = [rateOf(outcome), fault].filter((text) => text !== '').join('; ');
  return cells([
    wrong.length === 0 ? 'ok' : 'RED',
    ...[server, connections, kind, `${requests}`, `${failed}`],
    ...[`${slowestMs.toFixed(0)} ms`, `${ordinaryMs.toFixed(0)} ms`, `${tookSecs.toFixed(1)} s`, note],
  ]);
}

/** At a high rate: that it was reached, and that the client was not what was waited for. */
function rateOf({ perSecond, latestMs }: Outcome): string {
  return perSecond < 10 * usualRate
    ? ''
    : `${perSecond.toFixed(0)}/s sent, each at most ${latestMs.toFixed(0)} ms late`;
}

/** Returns where it is. */
export function save(name: string, text: string, lines: readonly Line[]): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${directory}/${name}.md`, `${text}\n`);
  writeFileSync(`${directory}/${name}.json`, `${JSON.stringify(lines, null, 2)}\n`);
  return `${directory}/${name}.md`;
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
