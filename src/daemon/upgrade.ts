/**
 * The daemon becomes another hupd in place: the same process, so its children stay its children and its descriptors open. First the other one is
 * asked, as a process of its own, whether it can read the configuration and the state; only one that can takes over.
 *
 *     new hupd --can-resume STATE ─ no ─► refused, nothing has happened
 *         │ yes
 *         ▼
 *     servers let requests under way end, connections wait in their queues ─► everything is written down ─► execve ─► taken up
 *
 * What is started is what was started before, by the same words: the path leads to the newer installation if there is one.
 */
import type { ServerSpec } from '../core/spec.ts';
import { execInPlace } from '../os/exec-in-place.ts';
import { loadLibc } from '../os/libc.ts';
import { ownCommand } from '../os/own-command.ts';
import type { Environment } from '../runtime/environment.ts';
import type { Question } from '../runtime/upgrading.ts';
import { servesMark, servesText } from './can-resume.ts';
import { rememberedOptions } from './own-environment.ts';

/** What a hupd tells the one that it becomes. */
export interface Resumed {
  /** Of the process that wrote it: a copy in somebody's environment means nothing. */
  readonly pid: number;
  /** Where hupd was started: relative paths on its command line mean that. */
  readonly cwd: string;
  /** Where it had gone since. Not told by the first versions. */
  readonly directory?: string;
  readonly runtimeDirectory: string;
  readonly upgrades: number;
}

export const resumeMark = 'HUPD_RESUME';

/** null: this process was not a hupd before. */
export function resumedFrom(env: NodeJS.ProcessEnv): Resumed | null {
  try {
    const resumed = JSON.parse(env[resumeMark] ?? 'null') as Resumed | null;
    return resumed?.pid === process.pid ? resumed : null;
  } catch {
    return null; // somebody else's variable
  }
}

function entries(environment: Environment): Buffer[] {
  return [...environment].map(([name, value]) =>
    Buffer.concat([Buffer.from(`${name === 'NODE_OPTIONS' ? rememberedOptions : name}=`), value]),
  );
}

/** The question whether the installation as it is now could go on from that state. */
export function questionFor(
  stateFile: string,
  environment: Environment,
  directory: string,
  servers: readonly ServerSpec[],
): Question {
  const { file, argv0, args } = ownCommand();
  const env = entries(new Map([...environment, [servesMark, Buffer.from(servesText(servers))]]));
  return { file, args: [argv0, ...args, '--can-resume', stateFile], env, directory };
}

/**
 * Returns only when it failed, with the reason; nothing has changed then. A signal that comes before the new program has its handlers (some 100 ms)
 * ends it, and the next start takes its programs up: holding signals back is of no use, since node empties the mask and resets the
 * dispositions that it was started with.
 */
export function becomeAnother(
  resumed: Omit<Resumed, 'directory'>,
  environment: Environment,
  keep: readonly number[],
): string {
  const loaded = loadLibc();
  if (!loaded.ok) return loaded.problem;
  const directory = process.cwd();
  const mark = new Map([[resumeMark, Buffer.from(JSON.stringify({ ...resumed, directory }))]]);
  process.chdir(resumed.cwd);
  const env = entries(new Map([...environment, ...manager(), ...mark]));
  const { file, argv0, args } = ownCommand();
  const errno = execInPlace(loaded.libc, { file, args: [argv0, ...args], env, keep: [0, 1, 2, ...keep] });
  process.chdir(directory);
  return `execve ${file}: ${errno}`;
}

/** Not for programs, but for hupd itself as long as it lives. */
function manager(): Environment {
  // Not by /proc/self/environ, which is root's of a process that has become another user.
  const own = Object.entries(process.env).map(([name, value]) => [name, Buffer.from(value ?? '')] as const);
  return new Map(own.filter(([name]) => name === 'NOTIFY_SOCKET' || name.startsWith('WATCHDOG_')));
}
