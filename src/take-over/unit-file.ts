/** What systemd would do when supervisord's main process goes: read from the unit's files, as systemd merges them. */
import type { UnitFacts } from './survey.ts';

/** In the order in which they count: a file in an earlier place hides those of its name in later ones; drop-ins add up. */
export const unitDirectories = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

/** The service that the process of that `/proc/PID/cgroup` belongs to, or null. */
export function serviceOf(cgroup: string): string | null {
  for (const line of cgroup.split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers !== '' && controllers !== 'name=systemd') continue;
    const last = path.split('/').at(-1) ?? '';
    if (last.endsWith('.service')) return last;
  }
  return null;
}

/** `texts`: the unit's file and its drop-ins, in their order. What none of them sets is systemd's default. */
export function readUnit(name: string, texts: readonly string[], isMasked: boolean): UnitFacts {
  const last = (key: string, whenNone: string): string => {
    const pattern = new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(.*?)[ \\t]*$`, 'gm');
    const values = texts.flatMap((text) => [...text.matchAll(pattern)].map(([, value = '']) => value));
    const set = values.at(-1) ?? '';
    return set === '' ? whenNone : set;
  };
  return { name, killMode: last('KillMode', 'control-group'), restart: last('Restart', 'no'), isMasked };
}
