/** What a unit says of its process: whose it is, where it runs, where its output goes. */
import { doubled, type Surroundings } from './section.ts';
import { type Draft, service } from './unit-draft.ts';

export function addIdentity({ unit, expand, options, notes }: Draft, { homeOf }: Surroundings): void {
  const user = unit.last('Service', 'User');
  const home = homeOf(user === undefined ? 'root' : expand(user));
  if (user !== undefined && home === null) {
    notes.push(`There is no user ${expand(user)} on this machine: make one, then remove the ; and autostart=false.`);
    options.push([';user', doubled(expand(user))]);
  } else if (user !== undefined && expand(user) !== 'root') {
    options.push(['user', doubled(expand(user))]);
  }
  const group = unit.last('Service', 'Group');
  if (group !== undefined && group !== (user ?? 'root')) {
    notes.push(`Group=${group} is left out: hupd takes the groups of the user; add the user to it.`);
  }
  const directory = expand(unit.last('Service', 'WorkingDirectory') ?? '/').replace(/^-/, '');
  options.push(['directory', doubled(directory === '~' ? (home ?? '/') : directory)]);
  const umask = unit.last('Service', 'UMask');
  if (umask !== undefined && /^[0-7]{1,4}$/.test(umask)) options.push(['umask', umask.padStart(3, '0')]);
}

export function addOutput(draft: Draft): void {
  const { expand, options, notes } = draft;
  const stdout = service(draft, 'StandardOutput') ?? 'journal';
  const stderr = service(draft, 'StandardError') ?? 'inherit';
  const target = (value: string): string | null => {
    if (value === 'null') return 'NONE';
    const path = /^(?:file|append|truncate):(.*)$/.exec(value)?.[1];
    return path === undefined ? null : doubled(expand(path));
  };
  const out = target(stdout);
  if (out !== null) options.push(['stdout_logfile', out]);
  if (/^(syslog|kmsg)/.test(stdout)) options.push(['stdout_syslog', 'true']);
  const err = target(stderr);
  if (err !== null) options.push(['stderr_logfile', err]);
  else options.push(['redirect_stderr', 'true']);
  if (/^(tty|socket|fd:)/.test(stdout)) notes.push(`StandardOutput=${stdout}: here its output goes to a log.`);
  const stdin = service(draft, 'StandardInput') ?? 'null';
  if (stdin !== 'null') notes.push(`StandardInput=${stdin} is left out: here its input is a pipe, or nothing.`);
}
