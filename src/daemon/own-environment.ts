/**
 * The environment that hupd was started with, byte for byte: what its children and `%(ENV_X)s` get. Two things of ours are kept out of it:
 * the mark by which a daemon knows the parent that started it, and the detour that NODE_OPTIONS takes.
 *
 * NODE_OPTIONS is meant for the user's programs. Node has obeyed it before our first line runs (a debugger may be open, somebody's module
 * loaded), so hupd starts itself again in the same process without it and remembers it under a name of its own.
 */
import { readFileSync } from 'node:fs';
import { execInPlace } from '../os/exec-in-place.ts';
import { loadLibc } from '../os/libc.ts';
import { ownCommand } from '../os/own-command.ts';
import { type Environment, parseEnvironment } from '../runtime/environment.ts';

/** Marks the daemon for the parent that started it: the descriptor on which it says that it is up. */
export const readyMark = 'HUPD_DAEMON_READY_FD';
export const rememberedOptions = 'HUPD_NODE_OPTIONS';

/** `source`: a file that has the environment as the kernel shows it. */
export function ownEnvironment(source: string | number = '/proc/self/environ'): Environment {
  const environment = new Map(parseEnvironment(readFileSync(source)));
  const options = environment.get(rememberedOptions);
  for (const name of [readyMark, rememberedOptions, 'HUPD_RESUME', 'HUPD_SERVES']) environment.delete(name);
  if (options !== undefined) environment.set('NODE_OPTIONS', options);
  return environment;
}

/** As text, for the configuration. */
export function environmentTexts(environment: Environment): ReadonlyMap<string, string> {
  return new Map([...environment].map(([name, value]) => [name, value.toString()]));
}

/** Returns when there is nothing to shed, or when it can not be done: the daemon then lives with it. */
export function shedNodeOptions(): void {
  if ((process.env.NODE_OPTIONS ?? '') === '') return;
  const loaded = loadLibc();
  if (!loaded.ok) return;
  const env = [...parseEnvironment(readFileSync('/proc/self/environ'))].map(([name, value]) =>
    Buffer.concat([Buffer.from(`${name === 'NODE_OPTIONS' ? rememberedOptions : name}=`), value]),
  );
  const { file, argv0, args } = ownCommand();
  execInPlace(loaded.libc, { file, args: [argv0, ...args], env, keep: [0, 1, 2] });
}
