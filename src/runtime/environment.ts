/** The environment of a child, as bytes: the daemon's own, what supervisord adds, what the configuration adds, what is handed over (compat 3.7). */
import type { ProcessSpec } from '../core/spec.ts';

export type Environment = ReadonlyMap<string, Buffer>;

/** The daemon's environment as the kernel has it; an environment need not be UTF-8, so the values stay bytes. */
export function parseEnvironment(block: Buffer): Environment {
  const environment = new Map<string, Buffer>();
  for (let from = 0; from < block.length; ) {
    const end = block.indexOf(0, from);
    const entry = block.subarray(from, end === -1 ? block.length : end);
    const equals = entry.indexOf('=');
    if (equals > 0) environment.set(entry.subarray(0, equals).toString(), entry.subarray(equals + 1));
    from += entry.length + 1;
  }
  return environment;
}

/** `serverUrl`: of the first control server, or null for none. Later ones win. */
export function childEnvironment(
  own: Environment,
  spec: ProcessSpec,
  serverUrl: string | null,
  handedOver: Iterable<readonly [string, string]>,
): readonly Buffer[] {
  const result = new Map(own);
  for (const name of hupdsOwn) result.delete(name);
  const set = (name: string, value: string) => result.set(name, Buffer.from(value));
  set('SUPERVISOR_ENABLED', '1');
  const url = spec.serverUrl ?? serverUrl;
  if (url !== null) set('SUPERVISOR_SERVER_URL', url);
  set('SUPERVISOR_PROCESS_NAME', spec.name);
  set('SUPERVISOR_GROUP_NAME', spec.group);
  for (const [name, value] of spec.environment) set(name, value);
  for (const [name, value] of handedOver) set(name, value);
  return [...result].map(([name, value]) => Buffer.concat([Buffer.from(`${name}=`), value]));
}

/** The PATH that a program's commands are searched in; undefined: there is none. */
export function searchPath(own: Environment, spec: ProcessSpec): string | undefined {
  const set = spec.environment.findLast(([name]) => name === 'PATH')?.[1];
  return set ?? own.get('PATH')?.toString();
}

/**
 * Descriptors that were passed to hupd itself are not its children's: a server that believed these would die. Nor is what a service manager told
 * hupd: a program that spoke on the manager's socket would speak for hupd.
 */
const hupdsOwn = ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES', 'NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC'];
