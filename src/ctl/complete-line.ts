/**
 * What may follow on a command line of hupctl or hupd, up to the cursor. Names of processes come from the server that the line itself names; one that
 * does not answer within a second is not waited for, and every failure is silence: a shell that completes has no place for complaints.
 */
import { daemonUsage } from '../config/daemon-usage.ts';
import type { ProcessInfo } from '../core/describe.ts';
import { signalNumbers } from '../core/signals.ts';
import { commandNames, hupdCommands, supervisorCommands, takesGroups, takesProcesses } from './command-names.ts';
import type { Ctl } from './ctl.ts';
import { namespecOf } from './names.ts';
import { parseOptions } from './options.ts';
import { RpcClient } from './rpc-client.ts';
import { usageText } from './usage.ts';

export interface Candidate {
  readonly word: string;
  /** What it is; '' for what needs no word. */
  readonly text: string;
}

export interface Completed {
  /** The shell is to offer files as well. */
  readonly files: boolean;
  readonly candidates: readonly Candidate[];
}

const answerBoundMs = 1000;
const nothing: Completed = { files: false, candidates: [] };

type FindCommand = Ctl['findCommand'];

/** `findCommand`: for the options that a command's help names. */
export async function completeLine(line: string, findCommand: FindCommand): Promise<Completed> {
  const all = line.trimStart().split(/\s+/);
  const program = (all[0] ?? '').replace(/^.*\//, '');
  const typed = all.at(-1) ?? '';
  const before = all.slice(1, -1);
  const completed = await (/^(hupd|supervisord)$/.test(program)
    ? ofDaemon(before)
    : ofClient(before, typed, findCommand));
  return { ...completed, candidates: completed.candidates.filter(({ word }) => word.startsWith(typed)) };
}

interface Flag extends Candidate {
  readonly names: readonly string[];
  /** FILENAME and the like; '' for one that takes no value. */
  readonly value: string;
}

/** The usage text has a line for each: `-c/--configuration FILENAME -- what it is`. */
function flagsOf(usage: string): readonly Flag[] {
  return usage.split('\n').flatMap((line) => {
    const [, short, long, value = '', text = ''] = /^(?:(-\w)\/)?(--[\w-]+)(?: ([A-Z_]+))? -- (.*)$/.exec(line) ?? [];
    if (long === undefined) return [];
    return [{ names: short === undefined ? [long] : [short, long], value, text, word: long }];
  });
}

function flagCandidates(flags: readonly Flag[]): readonly Candidate[] {
  return flags.flatMap(({ names, text }) => names.toReversed().map((word) => ({ word, text })));
}

function ofDaemon(before: readonly string[]): Completed {
  const flags = flagsOf(daemonUsage('hupd'));
  const last = flags.find(({ names }) => names.includes(before.at(-1) ?? ''));
  if (last?.names.includes('--loglevel')) return of(['critical', 'error', 'warn', 'info', 'debug', 'trace', 'blather']);
  if (last !== undefined && last.value !== '') return { files: /FILE|DIR/.test(last.value), candidates: [] };
  return { files: false, candidates: flagCandidates(flags) };
}

async function ofClient(before: readonly string[], typed: string, findCommand: FindCommand): Promise<Completed> {
  const flags = flagsOf(usageText('hupctl'));
  let at = 0;
  while (before[at]?.startsWith('-')) {
    const flag = flags.find(({ names }) => names.includes(before[at] ?? ''));
    if (flag !== undefined && flag.value !== '' && at === before.length - 1) {
      return { files: flag.value === 'FILENAME', candidates: [] };
    }
    at += flag !== undefined && flag.value !== '' ? 2 : 1;
  }
  const [action, ...words] = before.slice(at);
  if (action === undefined) {
    return {
      files: false,
      candidates: [...(typed.startsWith('-') ? flagCandidates(flags) : []), ...commandNames.map(plain)],
    };
  }
  const fixed = await withoutServer(action, words, typed, findCommand);
  return fixed ?? ofServer(action, words, () => processes(before.slice(0, at)));
}

/** Those that its help lines name. */
async function optionsOf(action: string, findCommand: FindCommand): Promise<readonly string[]> {
  const help = (await findCommand(action))?.help ?? [];
  return [...new Set(help.flatMap((line) => line.split('\t')[0]?.match(/--[a-z][\w-]*/g) ?? []))];
}

const takesAll = new Set(['clear', 'pid', 'reload', 'restart', 'start', 'status', 'stop', 'signal']);

/** What an option of a command is followed by; one that is not here and takes a value has none that could be offered. */
const valuesOf: Readonly<Record<string, Completed>> = {
  'migrate --config': { files: true, candidates: [] },
  'import --output': { files: true, candidates: [] },
  'import --from': of(['procfile', 'pm2', 'systemd']),
  'import --formation': nothing,
  'import --port': nothing,
  'import --user': nothing,
  'import --group': nothing,
  'import --env': nothing,
  'import --instance': nothing,
};

/** What may follow `words` of an action, `typed` being begun; null: that depends on the server's processes. */
export async function withoutServer(
  action: string,
  words: readonly string[],
  typed: string,
  findCommand: FindCommand,
): Promise<Completed | null> {
  if (typed.startsWith('-')) return { files: false, candidates: (await optionsOf(action, findCommand)).map(plain) };
  const values = valuesOf[`${action} ${words.at(-1)}`] ?? (words.at(-1) === '--serial' ? nothing : undefined);
  if (values !== undefined) return values;
  if (action === 'help') return of([...supervisorCommands, ...hupdCommands]);
  if (action === 'completion') return words.length === 0 ? of(['bash', 'zsh', 'fish']) : nothing;
  if (action === 'import' || action === 'migrate' || action === 'link-compat') return { files: true, candidates: [] };
  if (action === 'signal' && words.length === 0) return of([...signalNumbers.keys()].map((name) => name.slice(3)));
  return takesGroups.has(action) || takesProcesses.has(action) ? null : nothing;
}

async function ofServer(
  action: string,
  words: readonly string[],
  ask: () => Promise<readonly ProcessInfo[]>,
): Promise<Completed> {
  if (takesGroups.has(action)) return of([...new Set((await ask()).map(({ group }) => group))]);
  const infos = await ask();
  const groups = infos.filter(({ group, name }) => group !== name).map(({ group }) => `${group}:*`);
  const names = infos.map((info) => ({ word: namespecOf(info), text: info.statename.toLowerCase() }));
  const channels = action === 'tail' && words.some((word) => !word.startsWith('-')) ? ['stdout', 'stderr'] : [];
  const more = [...channels, ...new Set(groups), ...(takesAll.has(action) ? ['all'] : [])];
  return { files: false, candidates: [...names, ...more.map(plain)].filter(({ word }) => !words.includes(word)) };
}

function of(words: readonly string[]): Completed {
  return { files: false, candidates: words.map(plain) };
}

function plain(word: string): Candidate {
  return { word, text: '' };
}

/** Of the server that the options name, or their file, or the usual file. */
async function processes(options: readonly string[]): Promise<readonly ProcessInfo[]> {
  const parsed = await parseOptions([...options, 'status'], '/usr/bin/hupctl');
  if (parsed.kind !== 'run') return [];
  const client = new RpcClient(parsed.options);
  const reply = await client.call('supervisor.getAllProcessInfo', [], AbortSignal.timeout(answerBoundMs));
  return reply.ok && Array.isArray(reply.value) ? (reply.value as unknown as readonly ProcessInfo[]) : [];
}
