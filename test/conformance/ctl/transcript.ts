/** A scenario is a configuration and rows of command lines, played in order against one server; a transcript is what they showed. */
import { type ClientKind, helpLines, type Run, run } from './client-kind.ts';
import type { RunningServer, ServerKind } from './server-kind.ts';

export interface Row extends Pick<Run, 'stdin' | 'endInputAt' | 'interruptAt'> {
  /** What comes after the connection's options: words, or a text that has no blanks within words. */
  readonly line: string | readonly string[];
  /** In the place of `-c FILE`. */
  readonly options?: (server: RunningServer) => readonly string[];
  /** What must be so, or be done, before. */
  readonly before?: (server: RunningServer) => Promise<unknown> | undefined;
  /** Digits are masked, because they are pids, sizes or times. */
  readonly maskDigits?: true;
  /** The order is that in which things come to an end. */
  readonly sortLines?: true;
  /** Only what matches is compared: for a stream, where the end is chance. */
  readonly only?: RegExp;
  /** The row of `deviations.ts` that says why hupctl shows something else here, whatever the server. */
  readonly deviation?: string;
  /** The same for hupd, whatever the client. */
  readonly serverDeviation?: string;
}

export interface Scenario {
  readonly title: string;
  readonly config: string;
  readonly rows: readonly Row[];
}

export interface Entry {
  readonly title: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | string;
}

export async function play(client: ClientKind, kind: ServerKind, scenario: Scenario): Promise<readonly Entry[]> {
  const server = await kind.start(scenario.config);
  try {
    const help = await helpLines(client, server.dir);
    const entries: Entry[] = [];
    for (const row of scenario.rows) {
      await row.before?.(server);
      const options = row.options?.(server) ?? ['-c', server.configFile];
      const words = typeof row.line === 'string' ? row.line.split(' ').filter((word) => word !== '') : row.line;
      const shown = await run(client, { ...row, argv: [...options, ...words], cwd: server.dir });
      const text = (raw: string): string => picked(mask(raw, row, { client, server, help }), row);
      entries.push({
        title: titleOf(row),
        stdout: text(shown.stdout),
        stderr: text(shown.stderr),
        status: shown.status,
      });
    }
    return entries;
  } finally {
    await server.stop();
  }
}

export function titleOf(row: Row): string {
  const line = typeof row.line === 'string' ? row.line : row.line.join(' ');
  return `${line}${row.stdin === undefined ? '' : ` <<< ${JSON.stringify(row.stdin)}`}`;
}

interface Around {
  readonly client: ClientKind;
  readonly server: RunningServer;
  readonly help: ReadonlySet<string>;
}

const masks: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bpid \d+/g, 'pid N'],
  [/^((?:supervisor|mine)> )?\d+\.\d+\.\d+$/gm, '$1VERSION'],
  [/\buptime (\d+ days?, )?\d+:\d\d:\d\d/g, 'uptime T'],
  [/\b[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g, 'DATE'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}/g, 'TIME'],
  [/: file: .* line: \d+$/gm, ': file: F line: N'],
  [/(?<=ExpatError'>, ).*(?=: file)/g, 'WHAT'],
  [/^.*GetPassWarning.*\n.*\n/gm, ''],
  [/^Warning: Password input may be echoed.\n/gm, ''],
];

function mask(raw: string, row: Row, { client, server, help }: Around): string {
  let text = raw.replaceAll(server.dir, 'DIR').replaceAll(client.command.at(-1) ?? '', 'PROGRAM');
  for (const [pattern, by] of masks) text = text.replace(pattern, by);
  if (row.maskDigits) text = text.replace(/\d+/g, 'N');
  const lines = text.split('\n').map((line) => (help.has(line) ? '«help»' : line));
  const shown = lines.filter((line, i) => line !== '«help»' || lines[i - 1] !== line).join('\n');
  return row.sortLines ? shown.split('\n').sort().join('\n') : shown.replace('«help»\n\n', '«help»\n');
}

function picked(text: string, { only }: Row): string {
  return only === undefined ? text : (text.match(only) ?? []).join('\n');
}
