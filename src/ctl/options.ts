/**
 * The command line and the configuration file, made into settings: supervisorctl's options, its order of precedence (command line,
 * file, default) and its error texts. Nothing is read when the file is not there.
 */
import { existsSync } from 'node:fs';
import { findConfigFile } from '../config/find-config.ts';
import { getopt } from '../util/getopt.ts';
import { isUrl } from '../util/is-url.ts';
import { reprText } from '../util/python-repr.ts';
import { splitCredentials } from '../util/url-credentials.ts';

export interface CtlOptions {
  readonly interactive: boolean;
  readonly prompt: string;
  readonly serverUrl: string;
  /** More than one: the action is for each of them. */
  readonly serverUrls: readonly string[];
  readonly username: string | null;
  readonly password: string | null;
  readonly historyFile: string | null;
  /** For the first answer of a server; null: it is waited for. */
  readonly timeoutSecs: number | null;
  /** The one that was read; null: none. */
  readonly configFile: string | null;
  /** The action and its arguments; empty: a shell. */
  readonly args: readonly string[];
}

export type ParsedOptions =
  | { readonly kind: 'run'; readonly options: CtlOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  /** Without its `Error: `. */
  | { readonly kind: 'usage-error'; readonly text: string };

const short = 'h?c:is:u:p:r:v';
const long = [
  'help',
  'configuration=',
  'interactive',
  'serverurl=',
  'username=',
  'password=',
  'history_file=',
  'history-file=',
  'timeout=',
  'version',
];

/** Each setting by the names that set it. */
const settingOf: Readonly<Record<string, keyof Given>> = {
  '-c': 'configuration',
  '--configuration': 'configuration',
  '-i': 'interactive',
  '--interactive': 'interactive',
  '-s': 'serverUrl',
  '--serverurl': 'serverUrl',
  '-u': 'username',
  '--username': 'username',
  '-p': 'password',
  '--password': 'password',
  '-r': 'historyFile',
  '--history_file': 'historyFile',
  '--history-file': 'historyFile',
  '--timeout': 'timeout',
};

/** What a timer can hold. */
const maxTimeoutSecs = 2_000_000;

interface Given {
  configuration?: string;
  interactive?: string;
  serverUrl?: string;
  moreServerUrls?: readonly string[];
  username?: string;
  password?: string;
  historyFile?: string;
  timeout?: string;
}

/** `program`: argv[0] as supervisorctl has it, from which the first two places of the configuration file are derived. */
export async function parseOptions(argv: readonly string[], program: string): Promise<ParsedOptions> {
  const parsed = getopt(argv, short, long);
  if ('error' in parsed) {
    return { kind: 'usage-error', text: parsed.error };
  }
  const given: Given = {};
  for (const [name, value] of parsed.options) {
    if (name === '-h' || name === '-?' || name === '--help') {
      return { kind: 'help' };
    }
    if (name === '-v' || name === '--version') {
      return { kind: 'version' };
    }
    const setting = settingOf[name];
    if (setting === 'serverUrl' && !isUrl(value)) {
      const quoted = reprText(value);
      return { kind: 'usage-error', text: `invalid value for ${name} ${quoted}: value ${quoted} is not a URL` };
    }
    if (setting === 'timeout' && !(Number(value) > 0 && Number(value) <= maxTimeoutSecs)) {
      const quoted = reprText(value);
      const why = `value ${quoted} is no number of seconds up to ${maxTimeoutSecs}`;
      return { kind: 'usage-error', text: `invalid value for ${name} ${quoted}: ${why}` };
    }
    if (setting === 'serverUrl' && given.serverUrl !== undefined) {
      given.moreServerUrls = [...(given.moreServerUrls ?? []), value];
      continue;
    }
    if (setting === undefined || setting === 'moreServerUrls' || given[setting] !== undefined) {
      return { kind: 'usage-error', text: `conflicting command line option ${reprText(name)}` };
    }
    given[setting] = value;
  }
  return withConfiguration(given, parsed.rest, program);
}

async function withConfiguration(given: Given, args: readonly string[], program: string): Promise<ParsedOptions> {
  const cwd = process.cwd();
  const file = given.configuration ?? findConfigFile(program, cwd, existsSync).path;
  const loaded = file === null ? null : (await import('./config-file.ts')).loadFile(file, cwd);
  if (loaded !== null && !loaded.ok) {
    return { kind: 'usage-error', text: loaded.error };
  }
  const config = loaded?.config ?? null;
  const serverUrl = given.serverUrl ?? config?.serverUrl ?? 'http://localhost:9001';
  const serverUrls = [...new Set([serverUrl, ...(given.moreServerUrls ?? [])])];
  if (serverUrls.length > 1 && (args.length === 0 || given.interactive !== undefined)) {
    return { kind: 'usage-error', text: 'several servers take an action, and no shell' };
  }
  // Of several servers each has its own.
  const own = serverUrls.length > 1 ? null : splitCredentials(serverUrl).credentials;
  return {
    kind: 'run',
    options: {
      interactive: given.interactive !== undefined || args.length === 0,
      prompt: config?.prompt ?? 'supervisor',
      serverUrl,
      serverUrls,
      username: given.username ?? config?.username ?? own?.username ?? null,
      password: given.password ?? config?.password ?? own?.password ?? null,
      historyFile: given.historyFile ?? config?.historyFile ?? null,
      timeoutSecs: given.timeout === undefined ? null : Number(given.timeout),
      configFile: file,
      args,
    },
  };
}
