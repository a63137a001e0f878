/**
 * pm2's ecosystem file: the object that it evaluates to, or that its JSON says. pm2's own defaults are written out where ours differ (it stops by
 * INT, kills after 1.6 s, restarts after any exit).
 */
import { splitCommand } from '../core/shell-words.ts';
import { absolute, basename, dirname, isAbsolute } from '../util/posix-path.ts';
import {
  type Conversion,
  type ConvertedProgram,
  distinctNames,
  doubled,
  programName,
  type Surroundings,
  type Variable,
} from './section.ts';
import { parseTimeSpan } from './time-span.ts';

export interface EcosystemOptions {
  /** Absolute. */
  readonly file: string;
  readonly value: unknown;
  /** `production` takes `env_production` over `env`. */
  readonly env: string | null;
  /** What `instances: max` comes to. */
  readonly cpus: number;
  readonly group: string | null;
}

type App = Readonly<Record<string, unknown>>;

export function convertEcosystem(options: EcosystemOptions, surroundings: Surroundings): Conversion {
  const { file, value, group } = options;
  const apps = appsOf(value);
  if (apps === null || apps.length === 0) return { error: `${file}: no apps in it; is it a configuration of pm2?` };
  const bad = apps.findIndex((app) => typeof app.script !== 'string' && typeof app.cmd !== 'string');
  if (bad >= 0) return { error: `${file}: app ${bad + 1} of ${apps.length} has no script` };
  const programs = apps.map((app) => toProgram(app, options, surroundings));
  const notes = isRecord(value) && value.deploy !== undefined ? ['deploy is left out: hupd ships no files.'] : [];
  return { source: `pm2's ${basename(file)}`, programs: distinctNames(programs), notes, group };
}

function isRecord(value: unknown): value is App {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function appsOf(value: unknown): readonly App[] | null {
  const apps = isRecord(value) ? (value.apps ?? value) : value;
  const list = Array.isArray(apps) ? apps : [apps];
  return list.every(isRecord) ? list : null;
}

const interpreters: Readonly<Record<string, string>> = {
  '.js': 'node',
  '.cjs': 'node',
  '.mjs': 'node',
  '.py': 'python3',
  '.rb': 'ruby',
  '.php': 'php',
  '.pl': 'perl',
  '.sh': 'bash',
};

function toProgram(app: App, { file, env, cpus }: EcosystemOptions, surroundings: Surroundings): ConvertedProgram {
  const cwd = absolute(text(app.cwd) ?? '.', dirname(file));
  const script = text(app.script) ?? text(app.cmd) ?? '';
  const notes: string[] = [];
  const options: [string, string][] = [['directory', doubled(cwd)]];
  const count = instances(app.instances, cpus);
  if (count > 1) options.push(['numprocs', String(count)], ['process_name', '%(program_name)s_%(process_num)d']);
  const wantsCluster =
    text(app.exec_mode)?.startsWith('cluster') === true || (app.instances !== undefined && app.exec_mode === undefined);
  if (wantsCluster) {
    notes.push(
      'In cluster mode pm2 shared the port between the processes. Here the program listens on descriptor 3, which socket= holds for all of them (hupd-reload(7)); without that each one finds the address in use. Then add: socket=tcp://0.0.0.0:PORT and reload_strategy=rolling.',
    );
  }
  options.push(...lifeOptions(app, notes), ...outputOptions(app, cwd), ...watchOptions(app));
  const user = text(app.uid) ?? text(app.user);
  if (user !== null) options.push(['user', doubled(user)]);
  notes.push(...notesOn(app));
  return {
    name: programName(text(app.name) ?? basename(script).replace(/\.\w+$/, '')),
    command: { words: commandWords(app, script, cwd, surroundings) },
    environment: [...variables(app, env), ...(count > 1 ? [instanceVariable(app)] : [])],
    options,
    notes,
  };
}

function commandWords(app: App, script: string, cwd: string, { read, exists }: Surroundings): readonly string[] {
  const args = wordsOf(app.args);
  const path = absolute(script, cwd);
  // As pm2 does: what is no file is a command, `npm` for one, and may be a whole command line.
  if (!isAbsolute(script) && !exists(path) && !script.includes('/') && !/\.\w+$/.test(script)) {
    return [...wordsOf(script), ...args];
  }
  const named = text(app.interpreter) ?? text(app.exec_interpreter);
  const runsItself = /^(#!|\x7fELF)/.test(read(path) ?? '');
  const interpreter = named ?? interpreters[/\.\w+$/.exec(script)?.[0] ?? ''] ?? (runsItself ? 'none' : 'node');
  const own = wordsOf(app.interpreter_args ?? app.node_args);
  return interpreter === 'none' ? [path, ...args] : [interpreter, ...own, path, ...args];
}

function lifeOptions(app: App, notes: string[]): [string, string][] {
  const options: [string, string][] = [];
  const codes = Array.isArray(app.stop_exit_codes) ? app.stop_exit_codes.map(Number).filter(Number.isInteger) : [];
  if (app.autorestart === false) options.push(['autorestart', 'false']);
  else if (codes.length > 0) options.push(['autorestart', 'unexpected'], ['exitcodes', codes.join(',')]);
  else options.push(['autorestart', 'true']);
  const minUptime = millis(app.min_uptime);
  if (minUptime !== null) options.push(['startsecs', String(Math.ceil(minUptime / 1000))]);
  if (Number.isInteger(app.max_restarts)) options.push(['startretries', String(app.max_restarts)]);
  options.push(['stopsignal', 'INT']);
  const kill = millis(app.kill_timeout) ?? 1600;
  options.push(['stopwaitsecs', String(Math.max(1, Math.ceil(kill / 1000)))]);
  if (app.treekill !== false) options.push(['stopasgroup', 'true']);
  if (app.wait_ready === true) {
    notes.push(
      "wait_ready waited for process.send('ready'); tell hupd by READY=1 on NOTIFY_SOCKET instead, and add: ready_check=notify.",
    );
  }
  return options;
}

function outputOptions(app: App, cwd: string): [string, string][] {
  const path = (value: unknown): string | null => {
    const given = text(value);
    if (given === null) return null;
    return given === '/dev/null' ? 'NONE' : doubled(absolute(given, cwd));
  };
  const all = path(app.log_file) ?? path(app.log);
  const out = path(app.out_file) ?? path(app.output) ?? all;
  const err = path(app.error_file) ?? path(app.err_file) ?? path(app.error);
  return [
    ...(out === null ? [] : ([['stdout_logfile', out]] as [string, string][])),
    ...(err === null || err === out
      ? ([['redirect_stderr', 'true']] as [string, string][])
      : ([['stderr_logfile', err]] as [string, string][])),
  ];
}

function watchOptions(app: App): [string, string][] {
  const globs = app.watch === true ? ['.'] : wordList(app.watch);
  const ignored = wordList(app.ignore_watch);
  const line = (name: string, words: readonly string[]): [string, string][] =>
    words.length === 0 || words.some((word) => /\s/.test(word)) ? [] : [[name, doubled(words.join(' '))]];
  return globs.length === 0 ? [] : [...line('watch', globs), ...line('watch_ignore', ignored)];
}

const unsupported: Readonly<Record<string, string>> = {
  max_memory_restart: 'hupd watches no memory; superlance has memmon, an event listener',
  cron_restart: 'hupd has no clock; let cron run hupctl restart or reload',
  restart_delay: 'hupd waits 1 s, 2 s, 3 s … after failed starts',
  exp_backoff_restart_delay: 'hupd waits 1 s, 2 s, 3 s … after failed starts',
  log_date_format: 'lines are logged as the program writes them',
  shutdown_with_message: 'hupd stops by a signal',
  source_map_support: 'add --enable-source-maps to the command',
  gid: 'hupd takes the groups of the user',
  post_update: 'hupd ships no files',
  increment_var: 'environment= can use %(process_num)d',
  vizion: '',
};

function notesOn(app: App): readonly string[] {
  return Object.entries(unsupported).flatMap(([key, why]) =>
    app[key] === undefined || why === '' ? [] : [`${key}=${JSON.stringify(app[key])} is left out: ${why}.`],
  );
}

function variables(app: App, env: string | null): readonly Variable[] {
  const chosen = env === null ? undefined : app[`env_${env}`];
  const all = { ...(isRecord(app.env) ? app.env : {}), ...(isRecord(chosen) ? chosen : {}) };
  return Object.entries(all).map(([name, value]) => ({
    name,
    value: typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value),
  }));
}

/** pm2 numbers its processes so. */
function instanceVariable(app: App): Variable {
  return { name: text(app.instance_var) ?? 'NODE_APP_INSTANCE', value: '%(process_num)d', expands: true };
}

function instances(value: unknown, cpus: number): number {
  const number = value === 'max' ? 0 : Number(value ?? 1);
  if (!Number.isInteger(number)) return 1;
  return number > 0 ? number : Math.max(1, cpus + number);
}

function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function wordList(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? [value] : [];
}

function wordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'string') return [];
  const words = splitCommand(value);
  return 'error' in words ? [value] : words;
}

/** Of a number, or of a text such as `10s`. */
function millis(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const secs = /^\d+$/.test(value) ? Number(value) / 1000 : parseTimeSpan(value);
  return secs === null || !Number.isFinite(secs) ? null : secs * 1000;
}
